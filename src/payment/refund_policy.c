/* refund_policy.c — whole won: the percentage is rounded down, so the odd won is the fan's. */
#include "payment/refund_policy.h"

#include "limits.h"

static const int64_t ms_per_day = INT64_C(24) * 60 * 60 * 1000;

static int64_t fee_of(const struct refund_policy *policy, const struct refund_case *asked)
{
    int64_t fee_won =
        asked->left * policy->fee_percent / 100 + policy->fee_per_seat * asked->seat_count;
    return fee_won < asked->left ? fee_won : asked->left;
}

bool refund_policy_quote(const struct refund_policy *policy, const struct refund_case *asked,
                         struct refund_quote *out_quote)
{
    if (asked->left <= 0 || asked->left > ID_MAX / 128) /* no sum of ours */
        return false;
    struct refund_quote quote = {.free_until_ms =
                                     asked->starts_at_ms - policy->free_days * ms_per_day};
    bool costs = policy->fee_percent > 0 || policy->fee_per_seat > 0;
    if (!costs)
        quote.free_until_ms = asked->starts_at_ms;
    if (asked->now_ms >= quote.free_until_ms)
        quote.fee_won = fee_of(policy, asked);
    quote.amount = asked->left - quote.fee_won;
    *out_quote = quote;
    return quote.amount > 0 && asked->now_ms < asked->starts_at_ms - REFUND_BEFORE_START_MS;
}
