/*
 * gateway_moods.h — what may happen to a payment at the gateway `test`, and by which chance.
 *
 * A mood is named by the fan's client, for one payment; or drawn, for a share of those whose client
 * asks for nothing else than approval. Drawing needs no memory: the same seed and the same id are
 * the same draw, whoever else pays in between, and after a restart.
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef PAYMENT_GATEWAY_MOODS_H
#define PAYMENT_GATEWAY_MOODS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/text.h"

enum gateway_mood {
    GATEWAY_MOOD_APPROVE,      /* takes the money */
    GATEWAY_MOOD_DECLINE,      /* does not */
    GATEWAY_MOOD_STALL,        /* takes it, and says so after GATEWAY_STALL_ASKS questions */
    GATEWAY_MOOD_LOSE_ANSWER,  /* takes it; the first question finds it out */
    GATEWAY_MOOD_ANSWER_TWICE, /* takes it, and says so twice */
    GATEWAY_MOOD_LATE,         /* takes it when the seats are not kept any more */
    GATEWAY_MOOD_NEVER,        /* never hears of it, and never answers */
    GATEWAY_MOOD_OVERTAKEN,    /* takes it; payments that came later are answered earlier */
    GATEWAY_MOOD_COUNT,        /* not a mood: how many there are */
};

/* "approve", "decline", … as clients spell them. */
const char *gateway_mood_name(enum gateway_mood mood);
bool gateway_mood_read(struct text word, enum gateway_mood *out_mood);

struct gateway_chance {
    int64_t faults_of_10000;   /* of payments and of refunds */
    int64_t declines_of_10000; /* of payments */
    uint64_t seed;
};

/* Of a payment that nobody has steered. */
enum gateway_mood gateway_mood_draw(const struct gateway_chance *chance, struct payment_id payment);

/* Is the first answer about this refund lost? */
bool gateway_loses_refund(const struct gateway_chance *chance, struct refund_id refund);

#endif
