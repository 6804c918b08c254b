/*
 * sale_edit.h — a date's sale is set up, paused, resumed, closed.
 *
 *              pause             close
 *     ACTIVE <-------> PAUSED ----------> CLOSED, for ever
 *        |     resume                       ^
 *        +------------- close --------------+
 *
 * Thread   Inside a store_job.
 * Memory   Texts of the sale that is read back live in the arena.
 * Answers  "No" is a verdict, and then nothing was written.
 */
#ifndef CATALOG_SALE_EDIT_H
#define CATALOG_SALE_EDIT_H

#include "base/ids.h"
#include "catalog/catalog.h"
#include "catalog/sale_document.h"

enum sale_edit_verdict {
    SALE_EDIT_DONE, /* or there was nothing to do */
    SALE_EDIT_NO_OPTION,
    SALE_EDIT_NO_LAYOUT,
    SALE_EDIT_NO_SALE,
    SALE_EDIT_IN_USE, /* another strategy, and somebody has a seat */
    SALE_EDIT_CLOSED,
};

/* *out_sale is the sale as it is afterwards, on SALE_EDIT_DONE. */
MUST_USE enum status sale_edit_put(struct store_connection *connection, struct arena *arena,
                                   struct option_id option, const struct sale_document *document,
                                   struct catalog_sale *out_sale,
                                   enum sale_edit_verdict *out_verdict);

/* A sale whose time is over cannot be paused or resumed any more; closing a closed one is done. */
MUST_USE enum status sale_edit_move(struct store_connection *connection, struct arena *arena,
                                    struct option_id option, enum catalog_sale_status to,
                                    int64_t now_ms, struct catalog_sale *out_sale,
                                    enum sale_edit_verdict *out_verdict);

#endif
