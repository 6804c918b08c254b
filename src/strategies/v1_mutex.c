/*
 * v1_mutex.c — one lock inside the process, held from the second look to the commit.
 *
 * Correct as long as there is one process, and slow as long as a commit takes: everybody waits for
 * everybody, whatever seats they want. A second process has a lock of its own, and the two sell the
 * same seat twice; tests/fault/strategies_nodes_test.c shows it. Its rows stay out of the unique
 * index like those of v1_none.c: otherwise the index would be the guard, and the lock would be
 * measured for nothing.
 */
#include "strategies/mechanism.h"

static enum status hold(struct walk *walk)
{
    struct frame *frame = &walk->frame;
    pthread_mutex_lock(walk->one_at_a_time);
    enum status status = frame_look(frame, store_session_reader(walk->session));
    if (status == STATUS_OK && frame->ask->verdict == BOOKING_DONE)
        status = v1_none.hold(walk);
    pthread_mutex_unlock(walk->one_at_a_time);
    return status;
}

const struct mechanism v1_mutex = {.strategy = 1, .lock = "mutex", .hold = hold};
