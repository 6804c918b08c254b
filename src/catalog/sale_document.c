/* sale_document.c — one rule a field, and every broken one is named. */
#include "catalog/sale_document.h"

#include "base/clock.h"

static bool read_time(const struct json_in *body, const char *key, int64_t *out_ms,
                      struct complaints *complaints)
{
    struct text text;
    if (json_in_read_text(body, key, 1, 64, &text) == JSON_IN_OK && clock_read_iso(text, out_ms))
        return true;
    complaints_add(complaints, "Expected a moment such as 2026-12-01T11:00:00Z.", "%s", key);
    return false;
}

static void read_times(const struct json_in *body, struct sale_document *sale,
                       struct complaints *complaints)
{
    bool opens = read_time(body, "opensAt", &sale->opens_at_ms, complaints);
    bool closes = read_time(body, "closesAt", &sale->closes_at_ms, complaints);
    if (opens && closes && sale->opens_at_ms >= sale->closes_at_ms)
        complaints_add(complaints, "A sale closes after it opens.", "closesAt");
}

/* The one of `words` that is the same; NULL for none. */
static const char *find_word(struct text text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (text_equal(text, text_of(words[i])))
            return words[i];
    return NULL;
}

static void read_strategy(const struct json_in *body, struct sale_document *sale,
                          struct complaints *complaints)
{
    static const char *const strategies[] = {"v1", "v2", "v3", "v4", "v5", NULL};
    static const char *const locks_of_v1[] = {"none", "mutex", NULL};
    static const char *const locks_of_v2[] = {"optimistic", "pessimistic", NULL};
    static const char *const no_locks[] = {NULL};
    struct text text;
    sale->lock = "";
    sale->strategy = json_in_read_text(body, "strategy", 1, 8, &text) == JSON_IN_OK
                         ? find_word(text, strategies)
                         : NULL;
    if (!sale->strategy) {
        complaints_add(complaints, "Expected one of v1, v2, v3, v4 and v5.", "strategy");
        return;
    }
    enum json_in_verdict verdict = json_in_read_text(body, "lock", 1, 16, &text);
    if (verdict == JSON_IN_ABSENT)
        return;
    const char *const *locks = sale->strategy[1] == '1'   ? locks_of_v1
                               : sale->strategy[1] == '2' ? locks_of_v2
                                                          : no_locks;
    sale->lock = verdict == JSON_IN_OK ? find_word(text, locks) : NULL;
    if (!sale->lock)
        complaints_add(
            complaints,
            "Expected none or mutex with v1, optimistic or pessimistic with v2, and null "
            "with the others.",
            "lock");
}

static void read_waiting_room(const struct json_in *body, struct sale_document *sale,
                              struct complaints *complaints)
{
    sale->waiting_room = false;
    enum json_in_verdict verdict = json_in_read_bool(body, "waitingRoom", &sale->waiting_room);
    if (verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT)
        complaints_add(complaints, "Expected true or false.", "waitingRoom");
}

static void read_limits(const struct json_in *body, struct sale_document *sale,
                        struct complaints *complaints)
{
    if (json_in_read_int(body, "maxPerFan", 1, SEATS_PER_RESERVATION_MAX, &sale->max_per_fan) !=
        JSON_IN_OK) {
        complaints_add(complaints, "Expected a whole number from 1 to 16.", "maxPerFan");
        sale->max_per_fan = 1;
    }
    sale->max_per_concert = 0;
    enum json_in_verdict verdict =
        json_in_read_int(body, "maxPerConcert", sale->max_per_fan, CONCERT_SEATS_PER_FAN_MAX,
                         &sale->max_per_concert);
    if (verdict != JSON_IN_OK && verdict != JSON_IN_ABSENT)
        complaints_add(complaints, "Expected a whole number from maxPerFan to 160, or null.",
                       "maxPerConcert");
}

/* The engine of v5 alone knows of groups, and of the other dates. */
static void check_strategy(const struct sale_document *sale, struct complaints *complaints)
{
    if (!sale->strategy || sale->strategy[1] == '5')
        return;
    if (sale->max_per_concert > 0)
        complaints_add(complaints, "Only sales with v5 have a limit per concert.", "maxPerConcert");
    if (sale->presale.round_count > 0)
        complaints_add(complaints, "Only sales with v5 have a presale.", "presale");
}

void sale_document_read(const struct json_in *body, struct sale_document *out_sale,
                        struct complaints *complaints)
{
    read_times(body, out_sale, complaints);
    read_strategy(body, out_sale, complaints);
    if (json_in_read_int(body, "holdSeconds", 1, HOLD_SECONDS_MAX, &out_sale->hold_seconds) !=
        JSON_IN_OK)
        complaints_add(complaints, "Expected a whole number from 1 to 3600.", "holdSeconds");
    read_limits(body, out_sale, complaints);
    read_waiting_room(body, out_sale, complaints);
    presale_read(body, out_sale->opens_at_ms, &out_sale->presale, complaints);
    refund_terms_read(body, &out_sale->refund_terms, complaints);
    check_strategy(out_sale, complaints);
}
