/* layout.c — sections, rows and seats, added in seat-map order. */
#include "catalog/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"

const char *grade_name(enum grade grade)
{
    switch (grade) {
    case GRADE_VIP:
        return "VIP";
    case GRADE_R:
        return "R";
    case GRADE_S:
        return "S";
    case GRADE_A:
        return "A";
    case GRADE_B:
        return "B";
    case GRADE_COUNT:
        break;
    }
    must(false);
    return "";
}

struct layout *layout_create(void)
{
    return calloc(1, sizeof(struct layout));
}

void layout_destroy(struct layout *layout)
{
    free(layout);
}

struct layout_section *layout_add_section(struct layout *layout, enum grade grade)
{
    if (layout->section_count == CATALOG_SECTIONS_MAX) {
        layout->full = true;
        return NULL;
    }
    struct layout_section *section = &layout->sections[layout->section_count++];
    section->grade = grade;
    section->first_row = layout->row_count;
    return section;
}

struct layout_row *layout_add_row(struct layout *layout, uint32_t seat_count, double x, double y,
                                  double dx, double dy)
{
    must(layout->section_count > 0);
    must(seat_count > 0);

    if (layout->row_count == CATALOG_ROWS_MAX ||
        seat_count > SEATS_PER_OPTION_MAX - layout->seat_count) {
        layout->full = true;
        return NULL;
    }
    struct layout_section *section = &layout->sections[layout->section_count - 1];
    struct layout_row *row = &layout->rows[layout->row_count++];
    section->row_count++;
    snprintf(row->name, sizeof row->name, "%u", section->row_count);
    row->section = layout->section_count - 1;
    row->first_seat = layout->seat_count;
    row->seat_count = seat_count;
    row->x = x;
    row->y = y;
    row->dx = dx;
    row->dy = dy;
    layout->seat_count += seat_count;
    return row;
}

struct box {
    double left, top, right, bottom;
};

static void box_take(struct box *box, double x, double y)
{
    box->left = fmin(box->left, x);
    box->top = fmin(box->top, y);
    box->right = fmax(box->right, x);
    box->bottom = fmax(box->bottom, y);
}

static struct box outline(const struct layout *layout)
{
    struct box box = {layout->stage_x, layout->stage_y, layout->stage_x + layout->stage_width,
                      layout->stage_y + layout->stage_height};
    for (uint32_t i = 0; i < layout->row_count; i++) {
        const struct layout_row *row = &layout->rows[i];
        double last = row->seat_count - 1;
        box_take(&box, row->x, row->y);
        box_take(&box, row->x + last * row->dx, row->y + last * row->dy);
    }
    return box;
}

/* A label stands in the middle of its section: the mean of all seats. */
static void place_label(const struct layout *layout, struct layout_section *section)
{
    double seats = 0, x = 0, y = 0;
    for (uint32_t i = 0; i < section->row_count; i++) {
        const struct layout_row *row = &layout->rows[section->first_row + i];
        double half = (row->seat_count - 1) / 2.0;
        x += (row->x + half * row->dx) * row->seat_count;
        y += (row->y + half * row->dy) * row->seat_count;
        seats += row->seat_count;
    }
    must(seats > 0);
    section->label_x = x / seats;
    section->label_y = y / seats;
}

void layout_settle(struct layout *layout, double margin)
{
    struct box box = outline(layout);
    double move_x = margin - box.left, move_y = margin - box.top;

    layout->stage_x += move_x;
    layout->stage_y += move_y;
    for (uint32_t i = 0; i < layout->row_count; i++) {
        layout->rows[i].x += move_x;
        layout->rows[i].y += move_y;
    }
    layout->width = box.right - box.left + 2 * margin;
    layout->height = box.bottom - box.top + 2 * margin;
    for (uint32_t i = 0; i < layout->section_count; i++)
        place_label(layout, &layout->sections[i]);
}
