/*
 * v1_none.c — read, then write, and nothing in between.
 *
 * This is what most people write first, and it works until two fans look at the same moment: both
 * see a free seat, both write. It is here to be seen, so its rows stay out of the unique index,
 * which would refuse the second one, and only a lab may sell with it. The sale keeps its strategy
 * until the commit: no such row may fall into a sale that is sold by other means.
 */
#include "strategies/mechanism.h"

static enum status work(struct store_job *job, struct store_connection *connection)
{
    struct frame *frame = &walk_of(job)->frame;
    enum status status = frame_enter(frame, connection);
    if (status == STATUS_OK)
        status = frame_look_at_terms(frame, connection);
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    return frame_write(frame, connection);
}

static enum status hold(struct walk *walk)
{
    walk_pause(walk);
    return walk_run(walk, work);
}

const struct mechanism v1_none = {.strategy = 1, .lock = "none", .hold = hold};
