/*
 * layout_document.h — a layout as an operator sends it: checked whole, and drawn.
 *
 *     {"sections": [{"name": "F1", "nameKo": …, "grade": "VIP", "price": 165000,
 *                    "x": …, "y": …, "angle": …,
 *                    "rows": [{"row": "1", "seats": 20, "first": 101, "step": 2},
 *                             {"row": "2", "seats": [{"number": "1", "accessible": true}, …]}]}],
 *      "stage": {"x": …, "y": …, "width": …, "height": …}}
 *
 * A section stands where `x` and `y` put the middle of its first row, and its rows go back in the
 * direction of `angle` (degrees; 90 is away from the stage). Where no section says so, they are set
 * side by side in front of the stage, in lines.
 *
 * Thread   Any; pure.
 * Memory   The arena's: about 2.5 MB for the layout itself and 24 bytes a seat that is listed.
 *          Nothing points into the JSON.
 * Limits   LAYOUT_…_MAX, CATALOG_SECTIONS_MAX, CATALOG_ROWS_MAX, SEATS_PER_OPTION_MAX.
 */
#ifndef CATALOG_LAYOUT_DOCUMENT_H
#define CATALOG_LAYOUT_DOCUMENT_H

#include "base/arena.h"
#include "base/json_in.h"
#include "base/status.h"
#include "catalog/complaints.h"
#include "catalog/layout.h"

struct layout_document_seat {
    struct text number;
    bool accessible, blocked;
};

struct layout_document_row {
    struct text name;
    const struct layout_document_seat *seats; /* NULL: they are numbered 1, 2, … */
};

struct layout_document_section {
    struct text name, name_ko, grade;
    int64_t price; /* won */
};

struct layout_document {
    struct layout *layout; /* how many there are and where; its own names do not count */
    struct layout_document_section *sections;
    struct layout_document_row *rows;
};

/* *out_document counts when there are no complaints. STATUS_NO_MEMORY: the arena is full. */
MUST_USE enum status layout_document_read(const struct json_in *body, struct arena *arena,
                                          struct layout_document *out_document,
                                          struct complaints *complaints);

#endif
