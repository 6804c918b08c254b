/*
 * admission.h — how many fans are called now: a token bucket under a cap of active fans.
 *
 * Calling a fan is not letting one in: many of those who are called have gone home. So the share of
 * them who really come is measured all the time, and more are called than there is room for, just
 * so many that the room fills. Nobody comes in beyond the cap: that is the gate's, line_enter().
 *
 *     expected   called within WAITING_SHOW_MS and not there yet, times the share that was believed
 *                to come when they were called
 *     room       active_max − active − at the gate − expected          (never above zero: none)
 *     ADAPTIVE   also: seats free ÷ share of those inside who buy, minus all of these;
 *                and a rate that goes up a step a second while commits are quick, and down by a
 *                third when they are slow
 *     calls      room ÷ share, as far as the bucket reaches: a call costs `share` of a token
 *
 * When no seat is free nobody is called, in any mode: held ones may come back, and then it goes on.
 *
 * Thread   One at a time: the usher's.
 * Memory   None beyond the struct.
 * Time     Steady milliseconds, never going back.
 */
#ifndef WAITING_ADMISSION_H
#define WAITING_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "limits.h"

enum admission_mode { ADMISSION_FIXED, ADMISSION_ADAPTIVE, ADMISSION_PAUSED };

/* "FIXED", "ADAPTIVE", "PAUSED". */
const char *admission_mode_name(enum admission_mode mode);
bool admission_mode_from_text(struct text text, enum admission_mode *out_mode);

struct admission_terms { /* the operator's */
    enum admission_mode mode;
    int64_t fans_per_second; /* FIXED: the rate; ADAPTIVE: the most */
    int64_t active_max;
    int64_t entry_seconds;
    int64_t challenge_bits; /* 0: joining takes no proof of work */
};

struct admission_terms admission_usual_terms(void);

struct admission_wave { /* fans called in the same quarter of a second */
    int64_t began_ms;
    uint32_t called, came;
    double share; /* so many of them were believed to come */
};

enum { ADMISSION_WAVES = 16 };

struct admission {
    struct admission_terms terms;
    double bucket;                     /* tokens: fans that may come */
    double rate;                       /* ADAPTIVE: fans a second at the moment */
    double lately_called, lately_came; /* lately, older ones count less */
    double share_least;                /* believed at present, however few have come */
    double lately_ended, lately_bought;
    double pace_quick, pace_slow; /* calls a second: of some ten seconds, of a minute */
    struct admission_wave waves[ADMISSION_WAVES];
    size_t wave; /* the latest */
    int64_t at_ms, stepped_at_ms;
    uint32_t called_since_step;
};

struct admission_view { /* of the hall, at this moment */
    uint32_t waiting, active;
    uint32_t at_gate; /* came when it was full, and will be in as soon as there is room */
    uint32_t seats_free;
    int64_t commit_us; /* of late; 0: not known */
};

void admission_init(struct admission *admission, int64_t now_ms);
void admission_set_terms(struct admission *admission, const struct admission_terms *terms);

/* How many to call; at most WAITING_CALLS_MAX. */
size_t admission_calls(struct admission *admission, const struct admission_view *view,
                       int64_t now_ms);

void admission_called(struct admission *admission, size_t count, int64_t now_ms);
void admission_came(struct admission *admission); /* to the gate, whether there is room or not */
void admission_ended(struct admission *admission, bool bought);

double admission_come_share(const struct admission *admission); /* of the called: 0.02 … 1 */
double admission_buy_share(const struct admission *admission);  /* of the active: 0.05 … 1 */

/* Fans called a second lately; how slow and how quick it may be. 0: nobody is. */
struct admission_pace {
    double usual, least, most;
};
struct admission_pace admission_pace(const struct admission *admission);

#endif
