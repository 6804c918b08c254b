/*
 * workers.h — a few threads for what blocks: reading the database, hashing a password.
 *
 * Thread   workers_submit() from any thread; a job's `work` runs on one worker, once.
 * Memory   A job lives inside the thing that waits for it and belongs to the workers from submit
 *          until `work` is called; `work` may free it. Each worker has one seat of its own (0 …
 *          count - 1) for things that one thread alone may use, such as a reading connection.
 * Limits   At most jobs_max wait: one more is STATUS_FULL, an ordinary answer (503).
 * Stop     workers_stop() finishes what waits, then joins; from then on a job is STATUS_FULL. So
 *          the memory can outlive the threads, for whoever may still come with a job.
 */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stddef.h>

#include "base/list.h"
#include "base/status.h"

struct workers;

struct worker_job {
    struct list letter;
    void (*work)(struct worker_job *job, size_t worker);
};

/* NULL when memory or threads are short. With no threads at all (worker_count 0), workers_turn()
   does the work: for simulations, where everything happens in one order. */
struct workers *workers_create(size_t worker_count, size_t jobs_max);
void workers_stop(struct workers *workers);    /* NULL is welcome, and so is a second time */
void workers_destroy(struct workers *workers); /* stops them; NULL is welcome */

MUST_USE enum status workers_submit(struct workers *workers, struct worker_job *job);

size_t workers_count(const struct workers *workers);

/* What waits now, on the calling thread, as worker 0; returns how many jobs. */
size_t workers_turn(struct workers *workers);

#endif
