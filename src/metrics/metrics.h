/*
 * metrics.h — what the server counts about itself, for Prometheus.
 *
 * Each loop counts its answers in a shard of its own, the booking engine its turns in another:
 * counting is a few moves in memory that no other thread writes. Whoever asks for /metrics adds the
 * shards up.
 *
 * Thread   metrics_observe_answer(), metrics_observe_shelf(): the loop of that number.
 *          metrics_observe_turn(): the engine's writer thread. Writing out: any.
 * Memory   Taken whole at creation: some 400 bytes a route and loop.
 * Limits   Labels come from the route table and from verdicts: nobody outside can make new ones.
 */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct metrics;

struct metrics_route { /* the labels of one route */
    const char *method;
    const char *pattern;
};

enum { METRICS_BREAKERS = 16, METRICS_BREAKER_STATES = 3 };

struct metrics_breaker { /* one circuit breaker (guard/breaker.h) */
    const char *name;
    const char *const *states; /* the words, METRICS_BREAKER_STATES of them */
    size_t state;              /* which of them it is in now */
    uint64_t worked, failed, ignored, refused, slow, opened;
};

enum { METRICS_CACHE_VERDICTS = 8 };

struct metrics_cache { /* the documents' cache behind the loops' shelves (cache/cache.h) */
    const char *verdicts[METRICS_CACHE_VERDICTS]; /* "hit", …; NULL behind the last */
    uint64_t lookups[METRICS_CACHE_VERDICTS];
    uint64_t puts, refused, evictions, shared, failures, bytes, entries;
};

struct metrics_lock { /* lock/lock.h */
    uint64_t acquired, waited, timed_out, lost, failed, wait_us, waiting, holding;
};

struct metrics_redis { /* redis/redis.h */
    bool exists;
    uint64_t commands, failures, connections, connections_made, messages, subscriptions, listening;
};

struct metrics_queue { /* bus/bus.h and strategies/queue.h */
    bool exists, ready;
    uint64_t produced, refused, failed, taken, lag, under_way, redelivered, dead;
    uint64_t succeeded, declined, expired, batches;
};

struct metrics_payment {
    uint64_t under_way, unknown, unknown_oldest_ms;
    int64_t ledger_imbalance_won;
    uint64_t unmatched_webhooks;
    uint64_t news_handed_on, news_waiting, news_oldest_ms;
};

/* Numbers that others keep; read anew each time. Filled by whoever knows them. */
struct metrics_readings {
    uint64_t connections_open, connections_accepted, connections_refused;
    uint64_t streams_open, streams_refused;
    uint64_t push_channels, push_published, push_told, push_written;
    uint64_t push_coalesced, push_skipped, push_dropped;
    uint64_t waiting_fans, waiting_hall, waiting_active; /* of all lines together, now */
    uint64_t waiting_joined, waiting_called, waiting_entered, waiting_bought, waiting_gone;
    uint64_t asks_waiting;
    bool sells; /* the database's claim is ours (booking/booking.h) */
    uint64_t store_jobs_waiting, store_jobs, store_commits, store_commit_failures;
    uint64_t store_commit_us;
    struct metrics_breaker breakers[METRICS_BREAKERS];
    size_t breaker_count;
    struct metrics_cache cache;
    struct metrics_lock lock;
    struct metrics_redis redis;
    struct metrics_queue queue;
    struct metrics_payment payment;
};

struct metrics_source {
    void (*read)(struct metrics_source *source, struct metrics_readings *out_readings);
};

enum { METRICS_VERDICTS = 32 };

struct metrics_settings { /* borrowed for the life of the metrics */
    size_t loop_count;
    const struct metrics_route *routes;
    size_t route_count;
    const char *const *verdicts; /* the engine's words, by number */
    size_t verdict_count;
    struct metrics_source *source; /* NULL: everything reads 0 */
    int64_t start_wall_ms;
};

/* NULL when memory is short. */
struct metrics *metrics_create(const struct metrics_settings *settings);
void metrics_destroy(struct metrics *metrics); /* NULL is welcome */

/* `route` is its index; route_count or more counts as "other". */
void metrics_observe_answer(struct metrics *metrics, size_t loop, size_t route, int status,
                            int64_t duration_us);

/* A document was looked for on the loop's shelf, which holds so much now. `verdict` is the index of
   its word in metrics_cache. */
void metrics_observe_shelf(struct metrics *metrics, size_t loop, size_t verdict, size_t bytes,
                           size_t documents);

struct metrics_turn {
    size_t ask_count, lapse_count;
    const size_t *verdicts; /* how many asks got each */
    int64_t decide_us, commit_us;
    bool failed;
};

void metrics_observe_turn(struct metrics *metrics, const struct metrics_turn *turn);

/* All families of this module, in the text format 0.0.4. */
void metrics_write(struct metrics *metrics, struct buffer *out);

/* --- a few numbers for people ----------------------------------------------------------------- */

struct metrics_summary {
    struct metrics_readings readings;
    uint64_t answer_count;
    uint64_t turn_count, ask_count, lapse_count, turn_failure_count;
    uint64_t decide_us, commit_us; /* of all turns together */
    int64_t start_wall_ms;
};

struct metrics_summary metrics_summary(struct metrics *metrics);

#endif
