/*
 * hall.h — draws the seats of a hall from a few numbers.
 *
 * A hall is a stage, a floor of rectangular blocks in front of it, and tiers behind the floor. A
 * tier goes round the floor like a horseshoe (arena, dome, stadium) or fans out from the stage
 * (theatre).
 *
 * Thread   Any; pure.
 * Memory   The layout's.
 */
#ifndef CATALOG_HALL_H
#define CATALOG_HALL_H

#include "catalog/layout.h"

enum { HALL_TIERS = 4 };

enum hall_tier_kind {
    HALL_TIER_NONE,      /* ends the list */
    HALL_TIER_HORSESHOE, /* along the left side, round the far end, along the right side */
    HALL_TIER_FAN,       /* wedges of a circle around the stage */
};

struct hall_tier {
    enum hall_tier_kind kind;
    uint32_t first_number; /* 101: sections 101, 102, … from the left of the stage to its right */
    uint32_t row_count;
    double setback;              /* of the first row, beyond the hall's outline or the circle */
    enum grade grade, grade_far; /* sides and corners; the far end and the corners by the stage */
    /* Horseshoe: blocks a side, a corner, at the far end; and of each corner beside the stage. */
    uint32_t side_blocks, corner_blocks, end_blocks, wing_blocks;
    /* Fan: how wide it opens, in degrees, and into how many wedges. */
    double spread_degrees;
    uint32_t wedges;
};

struct hall_floor {
    bool standing;             /* sections are "Standing A", …; else "F1", … */
    uint32_t columns, lines;   /* blocks beside and behind each other */
    uint32_t row_count, seats; /* of each block; seats in a row */
    uint32_t front_lines;      /* lines of blocks that have the better grade */
    enum grade front, back;
};

struct hall {
    double stage_width, stage_depth;
    double half_width, half_depth, corner_radius; /* outline of a horseshoe's inner edge */
    double fan_radius;                            /* of a fan's circle */
    struct hall_floor floor;
    struct hall_tier tiers[HALL_TIERS];
};

/* The layout must be empty; afterwards it is settled, or `full`. */
void hall_draw(const struct hall *hall, struct layout *layout);

#endif
