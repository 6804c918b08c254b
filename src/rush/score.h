/*
 * score.h — the numbers of a night: answers by kind, refusals by code, latencies twice.
 *
 * Thread   One thread at a time.
 * Memory   Fixed, about 200 kB.
 * Time     Microseconds. `from_due` counts from when a fan meant to press, through waiting for a
 *          connection, lost answers and being turned away, to the final answer: what the fan
 *          feels. `on_wire` counts the last attempt alone: what the server did.
 */
#ifndef RUSH_SCORE_H
#define RUSH_SCORE_H

#include <stdint.h>

#include "rush/answer.h"
#include "rush/fan.h"
#include "rush/latency.h"

enum score_kind {
    SCORE_WIN,  /* a reservation that got its seats */
    SCORE_LOSE, /* one that did not */
    SCORE_PAY,  /* a payment, approved or declined */
    SCORE_CANCEL,
    SCORE_REPEAT, /* a key that came before */
    SCORE_LINE,   /* joining the line and asking for the place */
    SCORE_READ,   /* the seat states */
    SCORE_KIND_COUNT,
};

struct score {
    uint64_t answers; /* of the server, turned away or not */
    uint64_t answers_in_second, busiest_second;
    int64_t second; /* the one being counted */
    uint64_t held, paid, cancelled, same_again, wrong;
    uint64_t joined, admitted;
    uint64_t paid_seats;
    uint64_t refusals;                   /* ordinary ones: somebody was faster */
    uint64_t turned_away;                /* 429, 503 and 202: sent again */
    uint64_t resent;                     /* no answer came: sent again */
    uint64_t refused[ANSWER_CODE_COUNT]; /* by code, whatever came of it */
    struct latency from_due[SCORE_KIND_COUNT];
    struct latency on_wire[SCORE_KIND_COUNT];
};

const char *score_kind_name(enum score_kind kind); /* for people */
const char *score_kind_key(enum score_kind kind);  /* for JSON */

/* Of an answer to a fan in this step. */
enum score_kind score_kind_of(enum fan_step step, const struct answer *answer);

/* An answer has come. */
void score_answer(struct score *score, int64_t now_us);

void score_time(struct score *score, enum score_kind kind, int64_t due_us, int64_t sent_us,
                int64_t now_us);

#endif
