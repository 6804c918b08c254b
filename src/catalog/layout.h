/*
 * layout.h — where the seats of one date are: sections of rows around a stage.
 *
 * A layout is drawn by a generator (hall.h, plain_sale.c) and written into the store
 * (layout_write.h). Seats are numbered 0, 1, … in the order in which rows are added: that order is
 * the seat map's for ever.
 *
 * Thread   One thread at a time.
 * Memory   One allocation of about 0.8 MB, sized from the limits; layout_destroy().
 * Units    One seat pitch is 1. x grows to the right, y away from the stage.
 * Limits   CATALOG_SECTIONS_MAX, CATALOG_ROWS_MAX, SEATS_PER_OPTION_MAX. Adding beyond them sets
 *          `full`, which the one who draws checks once, at the end.
 */
#ifndef CATALOG_LAYOUT_H
#define CATALOG_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "limits.h"

enum grade { GRADE_VIP, GRADE_R, GRADE_S, GRADE_A, GRADE_B, GRADE_COUNT /* not a grade */ };

/* "VIP", "R", "S", "A", "B". */
const char *grade_name(enum grade grade);

struct layout_run { /* some neighbouring seats of a row */
    uint32_t first, count;
};

struct layout_row { /* seat i sits at (x + i * dx, y + i * dy) */
    char name[12];
    uint32_t section;
    uint32_t first_seat, seat_count;
    double x, y, dx, dy;
    struct layout_run accessible, blocked;
};

struct layout_section {
    char name[24], name_ko[40];
    enum grade grade;
    uint32_t first_row, row_count;
    double label_x, label_y;
};

struct layout {
    uint32_t section_count, row_count, seat_count;
    double width, height;
    double stage_x, stage_y, stage_width, stage_height;
    bool full; /* something did not fit; the layout is of no use */
    struct layout_section sections[CATALOG_SECTIONS_MAX];
    struct layout_row rows[CATALOG_ROWS_MAX];
};

struct layout *layout_create(void); /* NULL when memory is short */
void layout_destroy(struct layout *layout);

/* The rows added next belong to it. NULL when full. */
struct layout_section *layout_add_section(struct layout *layout, enum grade grade);

/* A row of the newest section, named by its place in it; `x`, `y` are those of its first seat. NULL
   when full. */
struct layout_row *layout_add_row(struct layout *layout, uint32_t seat_count, double x, double y,
                                  double dx, double dy);

/* Moves everything so that it starts at (margin, margin), sets width, height and the labels. */
void layout_settle(struct layout *layout, double margin);

#endif
