/*
 * frame_rules.c — the engine's rules (booking/sale.c) for somebody who has only read the rows.
 *
 * The order of the questions is the engine's, so that a fan hears the same "no" whatever sells the
 * sale: key, strategy, time, seats, limits.
 */
#include "strategies/frame_rules.h"

#include "base/text.h"

static enum booking_verdict judge_strategy(const struct frame *frame)
{
    int wanted = frame->ask->strategy;
    if (frame->strategy == 5 || (wanted != 0 && wanted != frame->strategy))
        return BOOKING_STRATEGY_MISMATCH;
    bool unguarded = text_equal(text_of(frame->lock), text_of("none"));
    return unguarded && !frame->house->lab ? BOOKING_LAB_ONLY : BOOKING_DONE;
}

static enum booking_verdict judge_time(const struct frame *frame)
{
    const struct sale_terms *terms = &frame->terms;
    if (terms->status == SALE_STATUS_CLOSED || frame->now_ms >= terms->closes_at_ms)
        return BOOKING_CLOSED;
    if (frame->now_ms < terms->opens_at_ms && !frame->in_presale)
        return frame->presale_runs ? BOOKING_PRESALE_ONLY : BOOKING_NOT_OPEN_YET;
    return terms->status == SALE_STATUS_PAUSED ? BOOKING_PAUSED : BOOKING_DONE;
}

static bool within_limits(const struct frame *frame, size_t seat_count)
{
    const struct sale_terms *terms = &frame->terms;
    int64_t more = (int64_t)seat_count;
    return frame->fan_seats + more <= terms->max_per_fan &&
           (terms->max_per_concert == 0 || frame->concert_seats + more <= terms->max_per_concert);
}

enum booking_verdict frame_judge_terms(const struct frame *frame)
{
    if (frame->act.reservation.value != 0)
        return frame->act.request_hash == frame->ask->request_hash ? BOOKING_REPEATED
                                                                   : BOOKING_KEY_REUSED;
    enum booking_verdict verdict = judge_strategy(frame);
    if (verdict == BOOKING_DONE)
        verdict = judge_time(frame);
    if (verdict == BOOKING_DONE && !within_limits(frame, frame->ask->wish.best_count))
        return BOOKING_LIMIT_EXCEEDED; /* named seats are counted when they are known to be free */
    return verdict;
}

enum booking_verdict frame_judge_seats(struct frame *frame)
{
    struct sale_choice *choice = &frame->ask->choice;
    struct sale_choice taken = {0};
    for (size_t i = 0; i < choice->seat_count; i++) {
        if (frame->seats[i].taken || frame->seats[i].closed)
            taken.seat_indexes[taken.seat_count++] = choice->seat_indexes[i];
    }
    if (taken.seat_count == 0)
        return within_limits(frame, choice->seat_count) ? BOOKING_DONE : BOOKING_LIMIT_EXCEEDED;
    *choice = taken;
    return BOOKING_SEAT_TAKEN;
}
