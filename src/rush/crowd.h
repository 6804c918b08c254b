/*
 * crowd.h — all fans of the night, without a socket: what they ask next, and what answers do to
 * them.
 *
 * Thread   One thread at a time.
 * Memory   About 1 kB a fan, half of it their token; everything is taken by crowd_create().
 * Time     Monotonic microseconds, given by the caller, never going back.
 * Promise  An ask that was taken is answered, lost or turned away; the last two come back as the
 *          same bytes under the same key. Its latency counts from when the fan first meant to
 *          press.
 * Failure  What the server does wrong is told in `faults`.
 */
#ifndef RUSH_CROWD_H
#define RUSH_CROWD_H

#include "account/tokens.h"
#include "base/status.h"
#include "rush/acks.h"
#include "rush/faults.h"
#include "rush/hall.h"
#include "rush/night.h"
#include "rush/request.h"
#include "rush/score.h"

struct crowd;

struct crowd_settings { /* borrowed for the life of the crowd */
    const struct night *night;
    const struct tokens *tokens;
    const struct request_place *place;
    const struct hall *hall; /* as their pages show it; refreshed by the caller */
    struct acks *acks;
    struct faults *faults;
    struct score *score;
};

enum { CROWD_NO_ASK = INT32_MAX }; /* an ask is a number below twice the number of fans */

MUST_USE enum status crowd_create(const struct crowd_settings *settings, struct crowd **out_crowd);
void crowd_destroy(struct crowd *crowd); /* NULL is welcome */

/* The doors open: everyone at once, or so many a second. */
void crowd_open(struct crowd *crowd, int64_t now_us);

/* When crowd_proceed() is due next; INT64_MAX when nothing but answers can move anybody. */
int64_t crowd_next_us(const struct crowd *crowd);
void crowd_proceed(struct crowd *crowd, int64_t now_us);

/* The hall was read anew: some of those who watch press again when seats have come free. */
void crowd_see_hall(struct crowd *crowd, int64_t now_us);

/* The ask that waits longest, as a request; CROWD_NO_ASK when none waits. */
uint32_t crowd_take(struct crowd *crowd, int64_t now_us, char out_bytes[RUSH_REQUEST_BYTES_MAX],
                    size_t *out_size);

void crowd_hear(struct crowd *crowd, uint32_t ask, const struct answer_raw *heard, int64_t now_us);
void crowd_lose(struct crowd *crowd, uint32_t ask); /* no answer will come */

/* How many fans are in a step; those who are neither watching nor at the end of their evening. */
uint32_t crowd_in_step(const struct crowd *crowd, enum fan_step step);
uint32_t crowd_busy(const struct crowd *crowd);

#endif
