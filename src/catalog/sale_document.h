/*
 * sale_document.h — a sale as an operator sends it: checked whole.
 *
 *     {"opensAt": "2026-12-01T11:00:00Z", "closesAt": …, "strategy": "v5", "lock": null,
 *      "holdSeconds": 300, "maxPerFan": 4, "maxPerConcert": null, "waitingRoom": true,
 *      "presale": [{"groupId": 3, "opensAt": …, "closesAt": …}], "refundPolicy": {…}}
 *
 * Thread   Any; pure.
 * Memory   None; nothing points into the JSON.
 */
#ifndef CATALOG_SALE_DOCUMENT_H
#define CATALOG_SALE_DOCUMENT_H

#include "base/json_in.h"
#include "catalog/complaints.h"
#include "catalog/presale.h"
#include "catalog/refund_terms.h"

struct sale_document {
    int64_t opens_at_ms, closes_at_ms;
    const char *strategy; /* "v1" … "v5" */
    const char *lock;     /* empty for none */
    int64_t hold_seconds, max_per_fan;
    int64_t max_per_concert; /* 0: no such limit */
    bool waiting_room;
    struct presale presale;
    struct refund_terms refund_terms;
};

/* *out_sale counts when there are no complaints. */
void sale_document_read(const struct json_in *body, struct sale_document *out_sale,
                        struct complaints *complaints);

#endif
