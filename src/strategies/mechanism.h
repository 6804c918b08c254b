/*
 * mechanism.h — what keeps two fans from getting one seat: one file each.
 *
 *     v1_none.c          nothing does
 *     v1_mutex.c         one lock of this process
 *     v2_optimistic.c    a version on each seat: whoever is second notices, and tries again
 *     v2_pessimistic.c   the rows of the seats are locked until the transaction ends
 *     v3_lock.c          a lock a seat, kept by a server, and a fence that the store checks
 *
 * A walk is one ask on its way through a worker. strategies.c has looked and found the seats free;
 * the mechanism makes sure that they are, and writes. v4 is in queue.h: it needs no guard, since
 * one consumer books for a sale.
 *
 * Thread   One worker a walk.
 * Memory   The caller's.
 */
#ifndef STRATEGIES_MECHANISM_H
#define STRATEGIES_MECHANISM_H

#include <pthread.h>

#include "strategies/frame.h"

struct lock;
struct strategies_watcher;

struct walk {
    struct store_job job;
    struct frame frame;
    struct store_session *session;
    struct lock *lock;
    pthread_mutex_t *one_at_a_time; /* of the process: v1_mutex.c */
    struct strategies_watcher *watcher;
    int64_t fence;
    bool lease_lost; /* the lock ended before the walk did */
    bool lost;       /* somebody was faster: with STATUS_BUSY, worth another try */
};

struct mechanism {
    int strategy;
    const char *lock; /* as the sale spells it; "" for none */
    /* What frame_look() said was a moment ago. Sets the verdict anew; STATUS_OK only after the
       commit. */
    enum status (*hold)(struct walk *walk);
};

extern const struct mechanism v1_none, v1_mutex, v2_optimistic, v2_pessimistic, v3_lock;

/* One transaction of the walk's session. */
MUST_USE enum status walk_run(struct walk *walk,
                              enum status (*work)(struct store_job *job,
                                                  struct store_connection *connection));
struct walk *walk_of(struct store_job *job);

/* Between the last look and the write; a test may keep a walk there. */
void walk_pause(const struct walk *walk);

/* To be answered by a `work` that another was faster than: everything is undone. */
MUST_USE enum status walk_lost(struct walk *walk);

#endif
