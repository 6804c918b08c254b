/*
 * layout_replace.h — a date gets its seats, or other ones, in one transaction.
 *
 * A layout may be replaced as long as nobody has ever reserved a seat of it: reservations name
 * seats for ever. The new seats have ids that no seat has had while the old ones were there.
 *
 * Thread   layout_look() where the reader is; layout_replace() inside a store_job.
 * Memory   None.
 * Cost     100,000 seats keep the writer for some 0.15 s.
 */
#ifndef CATALOG_LAYOUT_REPLACE_H
#define CATALOG_LAYOUT_REPLACE_H

#include "base/ids.h"
#include "catalog/edit.h"
#include "catalog/layout_document.h"

struct store_connection;

struct layout_look {             /* what a reader has seen already, so that the writer need not */
    bool reserved;               /* somebody has reserved a seat of this date */
    int64_t last_reservation_id; /* the newest one that was looked at */
};

/* Looks through all reservations: for a reader, not for the writer. */
MUST_USE enum status layout_look(struct store_connection *reader, struct option_id option,
                                 struct layout_look *out_look);

enum layout_verdict {
    LAYOUT_REPLACED,
    LAYOUT_NO_OPTION,
    LAYOUT_STALE, /* the date has another version than those that were named */
    LAYOUT_IN_USE,
};

struct layout_replaced {
    int64_t first_seat_id, first_section_id; /* sections have ids one after the other */
};

/* The document must be free of complaints. *out_replaced counts on LAYOUT_REPLACED. */
MUST_USE enum status layout_replace(struct store_connection *connection, struct option_id option,
                                    const struct layout_document *document,
                                    const struct layout_look *look, const struct edit_guard *guard,
                                    struct layout_replaced *out_replaced,
                                    enum layout_verdict *out_verdict);

#endif
