/*
 * sale_edit.h — a date's sale is set up, paused, resumed, closed.
 *
 *              pause             close
 *     ACTIVE <-------> PAUSED ----------> CLOSED, for ever
 *        |     resume                       ^
 *        +------------- close --------------+
 *
 * Thread   Inside a store_job.
 * Memory   Texts of the sales that are read live in the arena.
 * Answers  "No" is a verdict, and then nothing was written.
 */
#ifndef CATALOG_SALE_EDIT_H
#define CATALOG_SALE_EDIT_H

#include "base/ids.h"
#include "catalog/catalog.h"
#include "catalog/edit.h"
#include "catalog/sale_document.h"

enum sale_edit_verdict {
    SALE_EDIT_DONE,
    SALE_EDIT_SAME, /* there was nothing to do */
    SALE_EDIT_NO_OPTION,
    SALE_EDIT_STALE, /* the date has another version than those that were named */
    SALE_EDIT_NO_LAYOUT,
    SALE_EDIT_NO_SALE,
    SALE_EDIT_NO_GROUP, /* the presale names one that is not there */
    SALE_EDIT_IN_USE, /* another strategy or lock, and somebody has a seat or seats are set aside */
    SALE_EDIT_MIXED_DATES, /* a limit per concert, and one of its dates is not sold by v5 */
    SALE_EDIT_CLOSED,
};

struct sale_edit {
    struct option_id option;
    int64_t now_ms;
    struct edit_guard guard; /* of a put: a date's version counts its sale's edits too */

    enum sale_edit_verdict verdict;    /* the answers */
    struct catalog_sale before, after; /* on SALE_EDIT_DONE and SALE_EDIT_SAME */
};

MUST_USE enum status sale_edit_put(struct store_connection *connection, struct arena *arena,
                                   const struct sale_document *document, struct sale_edit *edit);

/* A sale whose time is over cannot be paused or resumed any more; closing a closed one is done. */
MUST_USE enum status sale_edit_move(struct store_connection *connection, struct arena *arena,
                                    enum catalog_sale_status to, struct sale_edit *edit);

#endif
