/*
 * v2_pessimistic.c — the rows of the seats are locked, looked at again, and only then written.
 *
 * Everybody locks in the order of ids, so two wishes never wait for each other in a circle. Who
 * waits longer than the database allows, or is chosen to end a deadlock after all, hears
 * STATUS_BUSY and with it a 503: nothing was done. The look before the lock (strategies.c) lets
 * those who come too late go without waiting. With SQLite a transaction is alone from its
 * beginning.
 */
#include "strategies/frame_store.h"
#include "strategies/mechanism.h"

static enum status work(struct store_job *job, struct store_connection *connection)
{
    struct frame *frame = &walk_of(job)->frame;
    enum status status = frame_enter(frame, connection);
    if (status == STATUS_OK)
        status = frame_look_at_terms(frame, connection);
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    status = frame_store_lock_seats(frame, connection);
    if (status == STATUS_OK)
        status = frame_look_at_seats(frame, connection);
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    return frame_write(frame, connection);
}

static enum status hold(struct walk *walk)
{
    walk_pause(walk);
    return walk_run(walk, work);
}

const struct mechanism v2_pessimistic = {.strategy = 2, .lock = "pessimistic", .hold = hold};
