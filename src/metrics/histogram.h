/*
 * histogram.h — how often a number fell where: a few counters between fixed bounds.
 *
 * Thread   One thread adds, without a lock and without a locked instruction; any thread reads. A
 *          reader may see a number counted and its sum not yet, for an instant.
 * Memory   Lies in its owner.
 */
#ifndef METRICS_HISTOGRAM_H
#define METRICS_HISTOGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum { HISTOGRAM_BUCKETS = 17 }; /* the last one takes what is above every bound */

struct histogram_bounds {
    size_t count;                        /* at most HISTOGRAM_BUCKETS - 1 */
    double unit;                         /* what one of a bound is worth in the text: 1e-6 */
    int64_t most[HISTOGRAM_BUCKETS - 1]; /* ascending, each inside its bucket */
};

/* 100 µs to 10 s, counted in microseconds, written in seconds. */
extern const struct histogram_bounds histogram_latency_us;
/* 1 to BOOKING_TURN_MAX, in powers of two. */
extern const struct histogram_bounds histogram_sizes;

struct histogram {
    _Atomic uint64_t buckets[HISTOGRAM_BUCKETS];
    _Atomic uint64_t sum;
};

/* For counters that one thread alone writes: two plain moves instead of a locked addition. */
static inline void count_add(_Atomic uint64_t *counter, uint64_t more)
{
    uint64_t before = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, before + more, memory_order_relaxed);
}

static inline uint64_t count_read(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void histogram_add(struct histogram *histogram, const struct histogram_bounds *bounds,
                   int64_t value);

/* What several histograms counted together, to be written out. */
struct histogram_sum {
    uint64_t buckets[HISTOGRAM_BUCKETS];
    uint64_t count, sum;
};

void histogram_gather(const struct histogram *histogram, struct histogram_sum *into);

struct histogram_label {
    const char *name;
    struct text value;
};

/* NAME_bucket, NAME_sum and NAME_count, each with the labels. */
void histogram_write(struct buffer *out, const char *name, const struct histogram_sum *sum,
                     const struct histogram_bounds *bounds, const struct histogram_label *labels,
                     size_t label_count);

#endif
