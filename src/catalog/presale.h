/*
 * presale.h — the rounds before a sale opens to everybody: which group can buy, and when.
 *
 * Thread   Reading: the connection's. Writing: inside a store_job.
 * Memory   The caller's.
 * Limits   PRESALE_ROUNDS_MAX rounds.
 */
#ifndef CATALOG_PRESALE_H
#define CATALOG_PRESALE_H

#include "base/ids.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "catalog/complaints.h"
#include "limits.h"
#include "store/store.h"

struct presale_round {
    int64_t group;
    int64_t opens_at_ms, closes_at_ms;
};

struct presale { /* in the order in which an operator named them */
    size_t round_count;
    struct presale_round rounds[PRESALE_ROUNDS_MAX];
};

/* The member `presale` of a sale that opens to everybody at sale_opens_at_ms; what is wrong is
   complained about. */
void presale_read(const struct json_in *body, int64_t sale_opens_at_ms, struct presale *out_presale,
                  struct complaints *complaints);

bool presale_equal(const struct presale *presale, const struct presale *other);

/* [{"groupId":…,"opensAt":…,"closesAt":…}] */
void presale_json(struct json_out *out, const struct presale *presale);

MUST_USE enum status presale_find(struct store_connection *connection, struct option_id option,
                                  struct presale *out_presale);

/* *out_known is false when a round names no group that is there; then nothing was written. */
MUST_USE enum status presale_replace(struct store_connection *connection, struct option_id option,
                                     const struct presale *presale, bool *out_known);

#endif
