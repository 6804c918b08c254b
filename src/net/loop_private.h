/*
 * loop_private.h — what a loop is made of; for the files of net/ only, as it shows libuv.
 *
 * Thread   loop_run() is the body of the loop's thread. loop_init() and loop_deinit() run before
 *          that thread starts and after it has ended.
 * Memory   Lives inside whoever owns the thread.
 * Stop     The bell alone does not keep loop_run() going: it returns when no other handle is open.
 */
#ifndef NET_LOOP_PRIVATE_H
#define NET_LOOP_PRIVATE_H

#include <uv.h>

#include "base/mailbox.h"
#include "base/status.h"
#include "net/loop.h"

struct loop {
    uv_loop_t uv;
    uv_async_t bell;
    uv_check_t after_events;
    struct mailbox notes;
    struct list arrived; /* taken from it, not delivered yet */
    struct list at_end;  /* notes of this thread alone */
    size_t index;
    int64_t (*now_ms)(void);            /* NULL: the loop's own clock */
    void (*on_wake)(struct loop *loop); /* after the notes of a ring were delivered; may be NULL */
};

MUST_USE enum status loop_init(struct loop *loop, size_t index, int64_t (*now_ms)(void));

/* Delivers what was posted after the thread ended, then closes. Nobody may post any more. */
void loop_deinit(struct loop *loop);

void loop_run(struct loop *loop);

/* on_wake() will be called soon; from the loop's thread. */
void loop_ring(struct loop *loop);

#endif
