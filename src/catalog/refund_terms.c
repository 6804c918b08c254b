/* refund_terms.c — three numbers, each with its bounds. */
#include "catalog/refund_terms.h"

#include "limits.h"

static void read_number(const struct json_in *policy, const char *key, int64_t most,
                        int64_t *out_number, struct complaints *complaints)
{
    enum json_in_verdict verdict = json_in_read_int(policy, key, 0, most, out_number);
    if (verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT)
        complaints_add(complaints, "Expected a whole number from 0 up to its limit.",
                       "refundPolicy.%s", key);
}

void refund_terms_read(const struct json_in *body, struct refund_terms *out_terms,
                       struct complaints *complaints)
{
    static const char *const known[] = {"freeDays", "feePercent", "feePerSeat", NULL};
    const struct json_in *policy;
    *out_terms = (struct refund_terms){0};
    enum json_in_verdict verdict = json_in_read_object(body, "refundPolicy", &policy);
    if (verdict == JSON_IN_ABSENT)
        return;
    if (verdict != JSON_IN_OK || json_in_unknown_key(policy, known).bytes) {
        complaints_add(complaints, "Expected an object of freeDays, feePercent and feePerSeat.",
                       "refundPolicy");
        return;
    }
    read_number(policy, "freeDays", REFUND_FREE_DAYS_MAX, &out_terms->free_days, complaints);
    read_number(policy, "feePercent", 100, &out_terms->fee_percent, complaints);
    read_number(policy, "feePerSeat", REFUND_FEE_PER_SEAT_MAX, &out_terms->fee_per_seat,
                complaints);
}

void refund_terms_json(struct json_out *out, const struct refund_terms *terms)
{
    json_out_object(out);
    json_out_int_field(out, "freeDays", terms->free_days);
    json_out_int_field(out, "feePercent", terms->fee_percent);
    json_out_int_field(out, "feePerSeat", terms->fee_per_seat);
    json_out_object_end(out);
}

bool refund_terms_equal(const struct refund_terms *terms, const struct refund_terms *other)
{
    return terms->free_days == other->free_days && terms->fee_percent == other->fee_percent &&
           terms->fee_per_seat == other->fee_per_seat;
}
