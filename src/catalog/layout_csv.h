/*
 * layout_csv.h — a layout as a table: one record a seat, or one a run of neighbouring seats.
 *
 *     section,sectionKo,grade,price,row,seats,first,step,number,accessible,blocked,x,y,angle
 *     F1,1구역,VIP,165000,1,20,,,,,,0,10,90
 *     F1,,,,2,,,,A,true,,,,
 *
 * and where the stage is not where it always is: stageX,stageY,stageWidth,stageHeight.
 *
 * The first record names the columns, in any order; `section`, `grade`, `price`, `row` and one of
 * `seats` and `number` must be there. What belongs to a section stands in its first record, what
 * belongs to the stage in the first of all; further on it is empty or the same. The table becomes
 * the JSON that layout_document.h reads, so that one set of rules holds for both; complaints are
 * led back to the lines they come from.
 *
 * Thread   Any; pure.
 * Memory   The arena's: the JSON, and 16 bytes a record.
 */
#ifndef CATALOG_LAYOUT_CSV_H
#define CATALOG_LAYOUT_CSV_H

#include "base/buffer.h"
#include "base/status.h"
#include "catalog/complaints.h"

struct layout_csv_record { /* where it went */
    int section, row, first_seat;
    int line;
};

struct layout_csv {
    struct layout_csv_record *records; /* in the order of the table */
    size_t record_count, record_capacity;
    struct buffer json;
};

/* What is wrong with the table itself is complained about: "line 17, price". */
MUST_USE enum status layout_csv_read(struct text table, struct arena *arena,
                                     struct layout_csv *out_csv, struct complaints *complaints);

/* Complaints about the JSON, from number `from` on, get the lines of the table. */
void layout_csv_name_lines(const struct layout_csv *csv, struct complaints *complaints,
                           size_t from);

#endif
