/*
 * layout_summary.h — what a layout is, in a few lines: for the list of changes.
 *
 * A layout is too large to be written down twice at each change; its sections with their prices say
 * what an operator wants to know of it, and the revision tells one from the next.
 *
 * Thread   The connection's.
 * Memory   The arena's: CHANGE_SECTIONS_MAX sections at most; all of them are counted.
 */
#ifndef CATALOG_LAYOUT_SUMMARY_H
#define CATALOG_LAYOUT_SUMMARY_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"

struct store_connection;

/* {"revision":…,"firstSeatId":…,"seatCount":…,"sectionCount":…,"sections":[…]}; empty where the
   date has no layout, or is not there. */
MUST_USE enum status layout_summary_read(struct store_connection *connection, struct arena *arena,
                                         struct option_id option, struct text *out_json);

#endif
