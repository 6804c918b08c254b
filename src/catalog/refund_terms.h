/*
 * refund_terms.h — what a fan gets who gives seats of a date back, as an operator sends it and as
 * everybody reads it; what follows from it is payment/refund_policy.h.
 *
 *     {"freeDays": 10, "feePercent": 10, "feePerSeat": 1000}
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef CATALOG_REFUND_TERMS_H
#define CATALOG_REFUND_TERMS_H

#include <stdbool.h>

#include "base/json_in.h"
#include "base/json_out.h"
#include "catalog/complaints.h"

struct refund_terms { /* all 0: everything comes back */
    int64_t free_days, fee_percent, fee_per_seat;
};

/* The member `refundPolicy` of a sale; absent is all 0. */
void refund_terms_read(const struct json_in *body, struct refund_terms *out_terms,
                       struct complaints *complaints);

void refund_terms_json(struct json_out *out, const struct refund_terms *terms);
bool refund_terms_equal(const struct refund_terms *terms, const struct refund_terms *other);

#endif
