/*
 * frame_rules.h — a press judged by what the rows say; pure.
 *
 * Thread   Any.
 * Memory   None.
 */
#ifndef STRATEGIES_FRAME_RULES_H
#define STRATEGIES_FRAME_RULES_H

#include "strategies/frame.h"

/* By everything but the seats; answers repeats too. */
enum booking_verdict frame_judge_terms(const struct frame *frame);

/* BOOKING_SEAT_TAKEN leaves the taken seats in the ask's choice. */
enum booking_verdict frame_judge_seats(struct frame *frame);

#endif
