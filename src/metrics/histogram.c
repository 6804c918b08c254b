/*
 * histogram.c — buckets are counted apart and only added up when they are written, so counting
 * touches one bucket and the sum. The written count is the sum of the buckets, so it always equals
 * the last of them.
 */
#include "metrics/histogram.h"

#include <assert.h>
#include <stdio.h>

#include "base/must.h"
#include "limits.h"
#include "metrics/exposition.h"

const struct histogram_bounds histogram_latency_us = {
    .count = 16,
    .unit = 1e-6,
    .most = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
             2500000, 5000000, 10000000},
};

const struct histogram_bounds histogram_sizes = {
    .count = 11,
    .unit = 1,
    .most = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024},
};

static_assert(BOOKING_TURN_MAX == 1024, "the last bound is the largest turn");

void histogram_add(struct histogram *histogram, const struct histogram_bounds *bounds,
                   int64_t value)
{
    must(bounds->count < HISTOGRAM_BUCKETS);
    size_t bucket = 0;
    while (bucket < bounds->count && value > bounds->most[bucket])
        bucket++;
    count_add(&histogram->buckets[bucket], 1);
    count_add(&histogram->sum, value > 0 ? (uint64_t)value : 0);
}

void histogram_gather(const struct histogram *histogram, struct histogram_sum *into)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        uint64_t count = count_read(&histogram->buckets[i]);
        into->buckets[i] += count;
        into->count += count;
    }
    into->sum += count_read(&histogram->sum);
}

static void start(struct buffer *out, const char *name, const char *part,
                  const struct histogram_label *labels, size_t label_count)
{
    buffer_add_words(out, name);
    exposition_start(out, part);
    for (size_t i = 0; i < label_count; i++)
        exposition_label(out, labels[i].name, labels[i].value);
}

void histogram_write(struct buffer *out, const char *name, const struct histogram_sum *sum,
                     const struct histogram_bounds *bounds, const struct histogram_label *labels,
                     size_t label_count)
{
    uint64_t below = 0;
    for (size_t i = 0; i <= bounds->count; i++) {
        char bound[32] = "+Inf";
        if (i < bounds->count)
            snprintf(bound, sizeof bound, "%g", (double)bounds->most[i] * bounds->unit);
        below += sum->buckets[i];
        start(out, name, "_bucket", labels, label_count);
        exposition_label(out, "le", text_of(bound));
        exposition_value_int(out, below);
    }
    start(out, name, "_sum", labels, label_count);
    exposition_value(out, (double)sum->sum * bounds->unit);
    start(out, name, "_count", labels, label_count);
    exposition_value_int(out, sum->count);
}
