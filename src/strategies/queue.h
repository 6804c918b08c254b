/*
 * queue.h — strategy v4: presses wait on the bus and are decided in batches.
 *
 *     fan ── press ──▶ states: PENDING ──▶ bus, keyed by option ──▶ 202 and a request id
 *                                            │
 *     consumer: take a batch ─▶ one transaction: look, book, write what became of each
 *                            ─▶ commit ─▶ states: SUCCESS | FAILED ─▶ the bus's position
 *
 * The partition is the lock: requests of one option are decided one after the other, by whoever
 * has its partition. That is enough for speed and not for truth: an owner that lost its partition
 * without knowing may still write. Then the unique index of live seats, and that of request ids,
 * refuse it, and its batch is undone.
 *
 * At least once, and never twice: the position is committed after the database, so a crash between
 * the two brings the batch again. Each request finds its row and is done.
 *
 * Nothing waits for ever: a request that has not been decided QUEUE_REQUEST_MS after it was made is
 * written down as failed (REQUEST_EXPIRED) by whoever notices first, a consumer or somebody who
 * asks. The row is unique, so it cannot be booked as well.
 *
 * Thread   queue_press(), queue_counts(): any. queue_look(): any that may block. queue_expire(): in
 *          a job. Consumers have threads of their own.
 * Memory   700 kB a consumer; a press belongs to the queue until its on_answer().
 * Time     Wall milliseconds.
 * Limits   QUEUE_LAG_MAX requests that wait: one more is refused.
 */
#ifndef STRATEGIES_QUEUE_H
#define STRATEGIES_QUEUE_H

#include "base/workers.h"
#include "bus/bus.h"
#include "store/store.h"
#include "strategies/frame.h"
#include "strategies/number_pool.h"
#include "strategies/queue_message.h"
#include "strategies/request_states.h"

struct queue;

/* Has to be in the bus's list of topics. */
extern const struct bus_topic queue_topic;

struct queue_settings {
    struct bus *bus;
    struct store *store;
    struct workers *workers;       /* for what blocks before a press is on the bus */
    struct request_states *states; /* closed after the queue */
    const struct frame_house *house;
    struct number_pool *numbers;
    size_t consumer_count; /* 1 … QUEUE_CONSUMERS_MAX */
};

/* The consumers begin at once. */
MUST_USE enum status queue_open(const struct queue_settings *settings, char out_why[256],
                                struct queue **out_queue);

/* The consumers finish their batch. Before the bus, the store and the engine. NULL is welcome. */
void queue_stop(struct queue *queue);

/* Stops it. When nobody is left who could come back to it: presses that wait for a worker or for
   the bus's word, and questions that wait for the writer. NULL is welcome. */
void queue_close(struct queue *queue);

/* --- pressing --------------------------------------------------------------------------------- */

enum queue_verdict {
    QUEUE_ACCEPTED,   /* it is on the bus, or its key has begun this request before */
    QUEUE_KEY_REUSED, /* the key came with another body before */
    QUEUE_REFUSED,    /* `status` says why; UNKNOWN: it may be on the bus */
};

struct queue_press {
    struct queue_message message;                 /* the id is the queue's */
    void (*on_answer)(struct queue_press *press); /* exactly once, on any thread */

    /* The answer. */
    enum queue_verdict verdict;
    enum status status;
    bool repeated; /* ACCEPTED, before */

    /* The queue's own. */
    struct queue *queue;
    struct worker_job job;
    struct bus_message parcel;
    struct request_state state;
    struct arena *arena;
};

/* `arena` keeps the message until on_answer(). STATUS_BUSY, STATUS_FULL: nothing was done, and
   the press still belongs to the caller. */
MUST_USE enum status queue_press(struct queue *queue, struct queue_press *press,
                                 struct arena *arena);

/* --- what became of it ------------------------------------------------------------------------ */

/* Whether these words are the id of a request of this fan, be it known still or not. */
bool queue_read_id(const struct queue *queue, struct fan_id fan, struct text words,
                   struct request_id *out_id);

/*
 * STATUS_MISSING: its row is gone. PENDING in *out_state with *out_expired: its time is over, and
 * it has to be settled by queue_expire().
 */
MUST_USE enum status queue_look(struct queue *queue, struct store_connection *reader,
                                struct fan_id fan, const struct request_id *id,
                                struct request_state *out_state, bool *out_expired);

/* Inside a transaction: *state becomes what the store says, FAILED if nobody has decided yet. */
MUST_USE enum status queue_expire(struct queue *queue, struct store_connection *connection,
                                  struct request_state *state);

/* After its commit. */
void queue_expired(struct queue *queue, const struct request_state *state);

int64_t queue_expires_at_ms(const struct request_id *id);

/* --- numbers ---------------------------------------------------------------------------------- */

struct queue_counts {
    uint64_t accepted_count, refused_count;
    uint64_t success_count, failed_count; /* decided here */
    uint64_t repeated_count;              /* taken again after their decision */
    uint64_t expired_count;
    uint64_t buried_count;
    uint64_t batch_count;
};
struct queue_counts queue_counts(const struct queue *queue);

#endif
