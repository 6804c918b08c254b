/*
 * v3_lock.c — a lock on each seat, kept by a server that all nodes share, and a fence.
 *
 * A lock with a lease can be lost while its owner believes in it: the owner is stopped, the server
 * restarts, a message is late. So the lock only keeps others from trying in vain. What makes it
 * correct is the fence, a number that grows with every hold: the transaction first writes it to the
 * rows of its seats, and only where it is higher than what stands there. From then on a later owner
 * waits for this transaction, and an earlier one is refused. The seats are looked at after that.
 */
#include <stdio.h>

#include "base/text.h"
#include "lock/lock.h"
#include "strategies/frame_store.h"
#include "strategies/mechanism.h"

static enum status work(struct store_job *job, struct store_connection *connection)
{
    struct walk *walk = walk_of(job);
    struct frame *frame = &walk->frame;
    enum status status = frame_enter(frame, connection);
    if (status == STATUS_OK)
        status = frame_look_at_terms(frame, connection);
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    bool newest;
    status = frame_store_fence(frame, walk->fence, connection, &newest);
    if (status != STATUS_OK)
        return status;
    if (!newest)
        return walk_lost(walk);
    status = frame_look_at_seats(frame, connection);
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    return frame_write(frame, connection);
}

/* A lock server that lost its memory and whose clock was set back gives out fences that the store
   refuses: tell it where we are. */
static enum status raise_fence(struct walk *walk, enum status lost)
{
    int64_t highest;
    enum status status =
        frame_store_highest_fence(&walk->frame, store_session_reader(walk->session), &highest);
    if (status == STATUS_OK && highest >= ID_MAX)
        return STATUS_INVALID; /* there is none above it: a person has to look */
    if (status == STATUS_OK && highest >= walk->fence)
        status = lock_raise(walk->lock, highest);
    return status == STATUS_OK ? lost : status;
}

static enum status acquire(struct walk *walk, struct lock_hold *out_hold)
{
    char names[SEATS_PER_RESERVATION_MAX][LOCK_KEY_BYTES_MAX];
    struct text keys[SEATS_PER_RESERVATION_MAX];
    const struct sale_choice *choice = &walk->frame.ask->choice;
    for (size_t i = 0; i < choice->seat_count; i++) {
        int64_t seat = plan_seat_id(walk->frame.plan, choice->seat_indexes[i]).value;
        int size = snprintf(names[i], sizeof names[i], "seat:%lld", (long long)seat);
        keys[i] = text_make(names[i], (size_t)size);
    }
    return lock_acquire(walk->lock, keys, choice->seat_count, STRATEGY_LOCK_WAIT_MS, out_hold);
}

static enum status hold(struct walk *walk)
{
    struct lock_hold hold;
    enum status status = acquire(walk, &hold);
    if (status != STATUS_OK)
        return status;
    walk->fence = lock_fence(&hold);
    walk_pause(walk);
    status = walk_run(walk, work);
    if (walk->lost)
        status = raise_fence(walk, status);
    if (lock_release(walk->lock, &hold) != STATUS_OK)
        walk->lease_lost = true; /* the fence has decided; whoever wonders why finds a number */
    return status;
}

const struct mechanism v3_lock = {.strategy = 3, .lock = "", .hold = hold};
