/*
 * tally.h — the numbers of a night: answers by kind, refusals by code, latencies twice.
 *
 * Thread   One thread at a time.
 * Memory   Fixed, about 200 kB.
 * Time     Microseconds. `from_due` counts from when a fan meant to press, through waiting for a
 *          connection, lost answers and being turned away, to the final answer: what the fan
 *          feels. `on_wire` counts the last attempt alone: what the server did.
 */
#ifndef RUSH_TALLY_H
#define RUSH_TALLY_H

#include <stdint.h>

#include "rush/answer.h"
#include "rush/fan.h"
#include "rush/latency.h"

enum tally_kind {
    TALLY_WIN,  /* a reservation that got its seats */
    TALLY_LOSE, /* one that did not */
    TALLY_PAY,  /* a payment, approved or declined */
    TALLY_CANCEL,
    TALLY_REPEAT, /* a key that came before */
    TALLY_READ,   /* the seat states */
    TALLY_KIND_COUNT,
};

struct tally {
    uint64_t answers; /* of the server, turned away or not */
    uint64_t held, paid, cancelled, same_again, wrong;
    uint64_t paid_seats;
    uint64_t refusals;                   /* ordinary ones: somebody was faster */
    uint64_t turned_away;                /* 429, 503 and 202: sent again */
    uint64_t resent;                     /* no answer came: sent again */
    uint64_t refused[ANSWER_CODE_COUNT]; /* by code, whatever came of it */
    struct latency from_due[TALLY_KIND_COUNT];
    struct latency on_wire[TALLY_KIND_COUNT];
};

const char *tally_kind_name(enum tally_kind kind); /* for people */
const char *tally_kind_key(enum tally_kind kind);  /* for JSON */

/* Of an answer to a fan in this step. */
enum tally_kind tally_kind_of(enum fan_step step, const struct answer *answer);

void tally_time(struct tally *tally, enum tally_kind kind, int64_t due_us, int64_t sent_us,
                int64_t now_us);

#endif
