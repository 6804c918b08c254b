/* gateway_moods.c — a table of names, and one draw for each id. */
#include "payment/gateway_moods.h"

#include "base/hash.h"
#include "base/must.h"
#include "base/random.h"

static const char *const names[GATEWAY_MOOD_COUNT] = {
    "approve", "decline", "stall", "lose-answer", "answer-twice", "late", "never", "out-of-order"};

const char *gateway_mood_name(enum gateway_mood mood)
{
    must(mood < GATEWAY_MOOD_COUNT);
    return names[mood];
}

bool gateway_mood_read(struct text word, enum gateway_mood *out_mood)
{
    size_t index;
    bool found = text_among(word, names, GATEWAY_MOOD_COUNT, &index);
    if (found)
        *out_mood = (enum gateway_mood)index;
    return found;
}

/* Payments and refunds count from 1 each, so they begin from different seeds. */
static void begin(struct random *random, uint64_t seed, const char *kind, int64_t id)
{
    random_init(random,
                hash_id((int64_t)seed) ^ (uint64_t)hash_lasting(text_of(kind)) ^ hash_id(id));
}

enum gateway_mood gateway_mood_draw(const struct gateway_chance *chance, struct payment_id payment)
{
    static const enum gateway_mood faults[] = {GATEWAY_MOOD_STALL,        GATEWAY_MOOD_LOSE_ANSWER,
                                               GATEWAY_MOOD_ANSWER_TWICE, GATEWAY_MOOD_LATE,
                                               GATEWAY_MOOD_NEVER,        GATEWAY_MOOD_OVERTAKEN};
    struct random random;
    begin(&random, chance->seed, "payment", payment.value);
    if ((int64_t)random_below(&random, 10000) < chance->declines_of_10000)
        return GATEWAY_MOOD_DECLINE;
    if ((int64_t)random_below(&random, 10000) < chance->faults_of_10000)
        return faults[random_below(&random, sizeof faults / sizeof faults[0])];
    return GATEWAY_MOOD_APPROVE;
}

bool gateway_loses_refund(const struct gateway_chance *chance, struct refund_id refund)
{
    struct random random;
    begin(&random, chance->seed, "refund", refund.value);
    return (int64_t)random_below(&random, 10000) < chance->faults_of_10000;
}
