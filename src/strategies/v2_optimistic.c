/*
 * v2_optimistic.c — nobody waits: whoever is second notices, and tries again.
 *
 * Every seat has a version, which grows when the seat is taken. The transaction raises it from what
 * was read; if somebody has raised it meanwhile, no row matches, all is undone, and the press looks
 * again after a random pause. Giving a seat back does not raise it: a "no" that is a moment old is
 * still an honest one, a "yes" is not.
 */
#include "strategies/frame_rules.h"
#include "strategies/frame_store.h"
#include "strategies/mechanism.h"

static enum status work(struct store_job *job, struct store_connection *connection)
{
    struct walk *walk = walk_of(job);
    struct frame *frame = &walk->frame;
    enum status status = frame_enter(frame, connection);
    if (status == STATUS_OK)
        status = frame_look_at_terms(frame, connection);
    if (status == STATUS_OK && frame->ask->verdict == BOOKING_DONE)
        frame->ask->verdict = frame_judge_seats(frame); /* the fan's other seats count anew */
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    bool same;
    status = frame_store_raise_versions(frame, connection, &same);
    if (status != STATUS_OK)
        return status;
    return same ? frame_write(frame, connection) : walk_lost(walk);
}

static enum status hold(struct walk *walk)
{
    walk_pause(walk);
    return walk_run(walk, work);
}

const struct mechanism v2_optimistic = {.strategy = 2, .lock = "optimistic", .hold = hold};
