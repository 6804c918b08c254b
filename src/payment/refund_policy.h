/*
 * refund_policy.h — what a fan gets who gives seats back.
 *
 * Up to `free_days` days of 24 hours before the date starts: everything. After that the house keeps
 * `fee_percent` of what is left of the payment, rounded down to the won, and `fee_per_seat` for
 * each seat; never more than there is. From the start of the date on, nothing is taken back.
 *
 * The rounding is in the fan's favour, and amount + fee is always what was left: no won is lost.
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef PAYMENT_REFUND_POLICY_H
#define PAYMENT_REFUND_POLICY_H

#include <stdbool.h>
#include <stdint.h>

struct refund_policy {
    int64_t free_days;    /* 0 … REFUND_FREE_DAYS_MAX */
    int64_t fee_percent;  /* 0 … 100 */
    int64_t fee_per_seat; /* won; 0 … REFUND_FEE_PER_SEAT_MAX */
};

struct refund_case {
    int64_t left; /* won of the payment that have not been given back */
    int64_t seat_count;
    int64_t starts_at_ms, now_ms; /* wall */
};

struct refund_quote {
    int64_t amount, fee_won; /* won; their sum is what was left */
    int64_t free_until_ms;   /* until then the fee is 0 */
};

/* False: it is too late, or nothing would come back. */
bool refund_policy_quote(const struct refund_policy *policy, const struct refund_case *asked,
                         struct refund_quote *out_quote);

#endif
