/*
 * challenge.h — a proof of work for joining, in the manner of Hashcash (Back 2002).
 *
 * The challenge is a pass: bound to fan and sale, dated, sealed by us, so nothing is kept. It is
 * spent by the place it was solved for, because the next place takes a later challenge (room.c).
 *
 * Thread   Any; pure.
 * Memory   The caller's.
 */
#ifndef WAITING_CHALLENGE_H
#define WAITING_CHALLENGE_H

#include "waiting/seals.h"

enum { CHALLENGE_GOOD_MS = 5 * 60 * 1000 };

/* Returns when it expires, wall ms. */
int64_t challenge_write(const struct seals *seals, struct option_id option, struct fan_id fan,
                        int64_t now_ms, char out_text[PASS_TEXT_BYTES]);

/*
 * How many zero bits SHA-256(challenge ":" solution) begins with, and when the challenge was set.
 * False: not ours, another fan's or sale's, expired, or the solution is not 1 to 64 visible ASCII
 * characters.
 */
bool challenge_check(const struct seals *seals, struct text challenge, struct text solution,
                     struct option_id option, struct fan_id fan, int64_t now_ms, int64_t *out_bits,
                     int64_t *out_set_at_ms);

#endif
