/*
 * fan.h — one fan of the night: what they want, and what they do after each answer.
 *
 * Thread   One thread at a time.
 * Memory   A plain value of about 100 bytes.
 * Rules    Pure: the hall, the answers and chance arrive as arguments. A fan hears final answers
 *          only; "too busy" and "no answer at all" are met by sending the same request again,
 *          outside.
 */
#ifndef RUSH_FAN_H
#define RUSH_FAN_H

#include <stdbool.h>
#include <stdint.h>

#include "limits.h"
#include "rush/answer.h"
#include "rush/hall.h"
#include "rush/night.h"

enum fan_step {
    FAN_CHOOSING,   /* looks at the hall; asks nothing yet */
    FAN_RESERVING,  /* asks for seats */
    FAN_REPEATING,  /* sends the same reservation again: must get the same one */
    FAN_BENDING,    /* uses its key for another request: must be refused */
    FAN_DECLINING,  /* pays with a card that is declined */
    FAN_PAYING,     /* pays */
    FAN_REPAYING,   /* sends the same payment again: must get the same one */
    FAN_CANCELLING, /* gives the hold back */
    FAN_WATCHING,   /* nothing looks free; waits for the hall to change */
    FAN_SERVED,     /* has a ticket */
    FAN_LEFT,       /* went without one */
    FAN_JOINING,    /* asks for a place in the line, before all others */
    FAN_WAITING,    /* asks whether it is their turn */
    FAN_STEP_COUNT, /* not a step: how many there are */
};

struct fan {
    enum fan_step step;
    bool best, hot, cancels, never_pays, double_clicks, repeats, bends, declines;
    bool satisfied; /* an answer of this step brought what it asked for */
    bool
        doubts; /* this step was sent before and is sent again: the first may have been cut short */
    uint8_t awaited; /* answers of this step that are still to come */
    uint8_t wanted;  /* seats */
    uint8_t seat_count;
    uint32_t seats[RUSH_SEATS_EACH_MAX]; /* asked for, as indexes in the hall */
    uint32_t reserve_no, pay_no;         /* numbers in the idempotency keys */
    enum answer_code refusal;            /* of this step */
    const char *gateway_outcome;         /* what the gateway is asked to do, when it is to pay */
    int64_t reservation_id, payment_id;
    enum answer_state place;
    int64_t sequence;  /* in the line; 0: none yet */
    struct text entry; /* the entry token; the crowd's memory */
};

enum fan_news {
    FAN_NEWS_NONE,
    FAN_NEWS_HELD,
    FAN_NEWS_PAID,
    FAN_NEWS_CANCELLED,
    FAN_NEWS_REFUSED,    /* an ordinary no */
    FAN_NEWS_SAME_AGAIN, /* a repeated request met its first answer */
    FAN_NEWS_JOINED,     /* has a place in the line */
    FAN_NEWS_LINED,      /* is in line still */
    FAN_NEWS_ADMITTED,   /* has an entry token */
    FAN_NEWS_WRONG,      /* an answer that must not be */
};

/* Draws a character: what they want and which habits they have. */
void fan_init(struct fan *fan, const struct night *night, struct random *random);

/* CHOOSING → RESERVING or WATCHING. */
void fan_choose(struct fan *fan, const struct hall *hall, struct random *random);

/* JOINING, WAITING → LEFT: every seat is sold. */
void fan_give_up(struct fan *fan);

/* WATCHING → CHOOSING: something came free. */
void fan_wake(struct fan *fan);

/* How many equal requests this step sends at once: 0 when it asks nothing. */
uint32_t fan_presses(const struct fan *fan);

/* A request of this step was lost or turned away, and is sent again. */
void fan_doubt(struct fan *fan);

/* What an answer means. *out_moved: it was the last one awaited, and the fan has changed step. */
enum fan_news fan_hear(struct fan *fan, const struct answer *answer, bool *out_moved);

const char *fan_step_name(enum fan_step step);

#endif
