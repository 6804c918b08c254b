/*
 * loop.h — I/O threads, and how other threads get back to them.
 *
 * Thread   loop_post() from any thread; everything else as said.
 * Memory   A note lives inside the thing it announces and stays alive until its on_arrive() runs.
 * Order    Notes of one poster arrive in the order of posting. Wake-ups are coalesced: a turn of a
 *          thousand answers costs one.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

struct loop;

struct loop_note {
    struct list letter;
    void (*on_arrive)(struct loop_note *note); /* on the loop's thread */
};

/* Never refused: every note belongs to a request or a connection, and those are bounded. */
void loop_post(struct loop *loop, struct loop_note *note);

/*
 * From the loop's own thread: runs once everything that has arrived by now has been handled. What
 * a burst of requests has in common, such as waking another thread, is done once then, and a
 * lonely one waits for nobody.
 */
void loop_at_end(struct loop *loop, struct loop_note *note);

/* 0 … number of loops - 1. */
size_t loop_index(const struct loop *loop);

/* The loop's idea of now, taken once an iteration: cheap. Monotonic milliseconds. */
int64_t loop_now_ms(const struct loop *loop);

#endif
