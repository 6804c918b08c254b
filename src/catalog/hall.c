/*
 * hall.c — blocks of straight rows, set side by side.
 *
 * Every section is one block: rows one behind the other, each a straight line of seats, so that a
 * row is four numbers in the store and on the wire. A block stands on its axis `v`, which points
 * away from the stage; its rows lie across it, along `u`. Looking at the stage, seat 1 is at the
 * left end.
 *
 * Two shapes are enough for every house:
 *
 *     straight   rows of equal length                                  floor, sides, far end
 *     wedge      rows that grow with their distance from a centre      corners, fans
 *
 * Promise: no two seats are closer than 0.8. A wedge keeps inside the two rays of its angle,
 * a straight block inside its strip, both less half an aisle; rows are ROW_PITCH apart.
 */
#include "catalog/hall.h"

#include <math.h>
#include <stdio.h>

#include "base/must.h"

static const double ROW_PITCH = 1.15;
static const double AISLE = 1.8;     /* between neighbouring blocks */
static const double FLOOR_GAP = 4.0; /* between the stage and the first row */
static const double MARGIN = 3.0;    /* around the whole map */
static const double QUARTER = 1.57079632679489661923;

struct block {
    double x, y;            /* middle of the first row; of a wedge, the centre of the circle */
    double angle;           /* of v: 0 right, QUARTER away from the stage */
    double length;          /* straight: across; less the aisle it is the row */
    double radius, opening; /* wedge: of the first row; the angle between its rays */
    uint32_t row_count;
};

static uint32_t seats_in(double length)
{
    return length < 1 ? 0 : (uint32_t)length;
}

static void draw_straight(struct layout *layout, const struct block *block)
{
    double vx = cos(block->angle), vy = sin(block->angle), ux = vy, uy = -vx;
    uint32_t seat_count = seats_in(block->length - AISLE);
    must(seat_count > 0);

    double half = (seat_count - 1) / 2.0;
    for (uint32_t i = 0; i < block->row_count; i++) {
        double x = block->x + vx * ROW_PITCH * i, y = block->y + vy * ROW_PITCH * i;
        layout_add_row(layout, seat_count, x - ux * half, y - uy * half, ux, uy);
    }
}

static void draw_wedge(struct layout *layout, const struct block *block)
{
    double vx = cos(block->angle), vy = sin(block->angle), ux = vy, uy = -vx;

    for (uint32_t i = 0; i < block->row_count; i++) {
        double radius = block->radius + ROW_PITCH * i;
        uint32_t seat_count = seats_in(2 * radius * tan(block->opening / 2) - AISLE);
        if (seat_count == 0)
            seat_count = 1;
        double half = (seat_count - 1) / 2.0;
        double x = block->x + vx * radius, y = block->y + vy * radius;
        layout_add_row(layout, seat_count, x - ux * half, y - uy * half, ux, uy);
    }
}

/* --- sections --------------------------------------------------------------------------------- */

static bool begin_numbered(struct layout *layout, enum grade grade, uint32_t number)
{
    struct layout_section *section = layout_add_section(layout, grade);
    if (!section)
        return false;
    snprintf(section->name, sizeof section->name, "%u", number);
    snprintf(section->name_ko, sizeof section->name_ko, "%u구역", number);
    return true;
}

static struct layout_row *row_of(struct layout *layout, uint32_t section, uint32_t row)
{
    const struct layout_section *found = &layout->sections[section];
    return row < found->row_count ? &layout->rows[found->first_row + row] : NULL;
}

static struct layout_row *last_row_of(struct layout *layout, uint32_t section)
{
    return row_of(layout, section, layout->sections[section].row_count - 1);
}

/* Places for wheelchairs: the first seats of a section's last row, where the entrance is. */
static void mark_accessible(struct layout *layout, uint32_t section)
{
    enum { PLACES = 4 };
    struct layout_row *row = last_row_of(layout, section);
    if (row && row->seat_count > 2 * PLACES)
        row->accessible = (struct layout_run){.first = 0, .count = PLACES};
}

/* Seats right beside the stage that see nothing of it. */
static void block_beside_stage(struct layout *layout, uint32_t section, bool at_first_seat)
{
    enum { ROWS = 2, SEATS = 3 };
    for (uint32_t i = 0; i < ROWS; i++) {
        struct layout_row *row = row_of(layout, section, i);
        if (row && row->seat_count > SEATS)
            row->blocked = (struct layout_run){.first = at_first_seat ? 0 : row->seat_count - SEATS,
                                               .count = SEATS};
    }
}

/* --- the floor -------------------------------------------------------------------------------- */

static void name_floor_section(struct layout_section *section, bool standing, uint32_t index)
{
    if (standing) {
        snprintf(section->name, sizeof section->name, "Standing %c", 'A' + (int)(index % 26));
        snprintf(section->name_ko, sizeof section->name_ko, "스탠딩 %c구역",
                 'A' + (int)(index % 26));
        return;
    }
    snprintf(section->name, sizeof section->name, "F%u", index + 1);
    snprintf(section->name_ko, sizeof section->name_ko, "플로어 %u구역", index + 1);
}

/* The sound desk takes the middle of the last rows of the middle block. */
static void block_sound_desk(struct layout *layout, uint32_t section)
{
    enum { ROWS = 2, SEATS = 6 };
    uint32_t row_count = layout->sections[section].row_count;
    for (uint32_t i = 0; i < ROWS && i < row_count; i++) {
        struct layout_row *row = row_of(layout, section, row_count - 1 - i);
        if (row->seat_count > 3 * SEATS)
            row->blocked =
                (struct layout_run){.first = (row->seat_count - SEATS) / 2, .count = SEATS};
    }
}

static void draw_floor(struct layout *layout, const struct hall_floor *floor)
{
    double width = floor->seats + AISLE, depth = floor->row_count * ROW_PITCH + AISLE;

    for (uint32_t i = 0; i < floor->columns * floor->lines; i++) {
        uint32_t line = i / floor->columns, column = i % floor->columns;
        struct layout_section *section =
            layout_add_section(layout, line < floor->front_lines ? floor->front : floor->back);
        if (!section)
            return;
        name_floor_section(section, floor->standing, i);
        draw_straight(layout,
                      &(struct block){.x = (column - (floor->columns - 1) / 2.0) * width,
                                      .y = FLOOR_GAP + line * depth,
                                      .angle = QUARTER,
                                      .length = width + 0.01, /* so that the division comes out */
                                      .row_count = floor->row_count});
        bool last_line = line + 1 == floor->lines;
        if (last_line)
            mark_accessible(layout, layout->section_count - 1);
        if (last_line && !floor->standing && floor->lines > 1 && column == floor->columns / 2)
            block_sound_desk(layout, layout->section_count - 1);
    }
}

/* --- tiers ------------------------------------------------------------------------------------ */

struct path { /* where a horseshoe is being drawn */
    struct layout *layout;
    const struct hall *hall;
    const struct hall_tier *tier;
    uint32_t number; /* of the next section */
};

static void draw_next(struct path *path, enum grade grade, const struct block *block)
{
    if (!begin_numbered(path->layout, grade, path->number++))
        return;
    if (block->opening > 0)
        draw_wedge(path->layout, block);
    else
        draw_straight(path->layout, block);
}

/*
 * One straight side, as `count` blocks in the order of the walk: down the left side, along the far
 * end, up the right side. (x, y) is the middle of the side, on the hall's outline.
 */
static void draw_side(struct path *path, enum grade grade, double x, double y, double angle,
                      double length, uint32_t count)
{
    double vx = cos(angle), vy = sin(angle), ux = vy, uy = -vx, each = length / count;
    for (uint32_t i = 0; i < count; i++) {
        double along = (i + 0.5) * each - length / 2;
        draw_next(path, grade,
                  &(struct block){.x = x + vx * path->tier->setback + ux * along,
                                  .y = y + vy * path->tier->setback + uy * along,
                                  .angle = angle,
                                  .length = each,
                                  .row_count = path->tier->row_count});
    }
}

/* `count` wedges around the corner's centre, from `angle` on against the clock of the map. */
static void draw_corner(struct path *path, enum grade grade, double x, double y, double angle,
                        uint32_t count)
{
    double opening = QUARTER / path->tier->corner_blocks;
    for (uint32_t i = 0; i < count; i++)
        draw_next(path, grade,
                  &(struct block){.x = x,
                                  .y = y,
                                  .angle = angle - (i + 0.5) * opening,
                                  .radius = path->hall->corner_radius + path->tier->setback,
                                  .opening = opening,
                                  .row_count = path->tier->row_count});
}

static void draw_horseshoe(struct layout *layout, const struct hall *hall,
                           const struct hall_tier *tier)
{
    struct path path = {layout, hall, tier, tier->first_number};
    double corner_x = hall->half_width - hall->corner_radius;
    double near_y = hall->corner_radius, far_y = 2 * hall->half_depth - hall->corner_radius;
    double middle_y = hall->half_depth, opening = QUARTER / tier->corner_blocks;
    double wing = opening * tier->wing_blocks;

    draw_corner(&path, tier->grade_far, -corner_x, near_y, 2 * QUARTER + wing, tier->wing_blocks);
    draw_side(&path, tier->grade, -hall->half_width, middle_y, 2 * QUARTER, far_y - near_y,
              tier->side_blocks);
    draw_corner(&path, tier->grade, -corner_x, far_y, 2 * QUARTER, tier->corner_blocks);
    draw_side(&path, tier->grade_far, 0, 2 * hall->half_depth, QUARTER, 2 * corner_x,
              tier->end_blocks);
    draw_corner(&path, tier->grade, corner_x, far_y, QUARTER, tier->corner_blocks);
    draw_side(&path, tier->grade, hall->half_width, middle_y, 0, far_y - near_y, tier->side_blocks);
    draw_corner(&path, tier->grade_far, corner_x, near_y, 0, tier->wing_blocks);
}

static void draw_fan(struct layout *layout, const struct hall *hall, const struct hall_tier *tier)
{
    struct path path = {layout, hall, tier, tier->first_number};
    double spread = tier->spread_degrees / 90 * QUARTER, opening = spread / tier->wedges;

    for (uint32_t i = 0; i < tier->wedges; i++) {
        bool outer = tier->wedges > 2 && (i == 0 || i + 1 == tier->wedges);
        draw_next(&path, outer ? tier->grade_far : tier->grade,
                  &(struct block){.x = 0,
                                  .y = -hall->fan_radius,
                                  .angle = QUARTER + spread / 2 - (i + 0.5) * opening,
                                  .radius = hall->fan_radius + tier->setback,
                                  .opening = opening,
                                  .row_count = tier->row_count});
    }
}

/* The lowest tier has the ramps, and the seats that the stage hides. */
static void mark_lowest(struct layout *layout, uint32_t first_section)
{
    enum { EVERY = 3 };
    if (first_section == layout->section_count)
        return;
    for (uint32_t i = first_section + 1; i < layout->section_count; i += EVERY)
        mark_accessible(layout, i);
    block_beside_stage(layout, first_section, true);
    block_beside_stage(layout, layout->section_count - 1, false);
}

void hall_draw(const struct hall *hall, struct layout *layout)
{
    must(layout->section_count == 0);

    layout->stage_width = hall->stage_width;
    layout->stage_height = hall->stage_depth;
    layout->stage_x = -hall->stage_width / 2;
    layout->stage_y = -hall->stage_depth;

    if (hall->floor.columns > 0)
        draw_floor(layout, &hall->floor);
    for (uint32_t i = 0; i < HALL_TIERS && hall->tiers[i].kind != HALL_TIER_NONE; i++) {
        uint32_t first_section = layout->section_count;
        if (hall->tiers[i].kind == HALL_TIER_HORSESHOE)
            draw_horseshoe(layout, hall, &hall->tiers[i]);
        else
            draw_fan(layout, hall, &hall->tiers[i]);
        if (i == 0)
            mark_lowest(layout, first_section);
    }
    layout_settle(layout, MARGIN);
}
