/*
 * histogram.h — how long things took: counts in slots that grow with the value.
 *
 * Thread   One thread at a time.
 * Memory   A fixed array inside the struct, about 15 kB, whatever is counted.
 * Time     Microseconds, 0 … HISTOGRAM_US_MAX; anything above is counted as that.
 * Error    A value is known to 1/64 of itself (log-linear slots, the idea of HdrHistogram, Gil Tene),
 *          the largest one exactly.
 */
#ifndef RUSH_HISTOGRAM_H
#define RUSH_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_FINE_BITS = 6,     /* 64 slots for each doubling: 1.6 % */
    HISTOGRAM_DOUBLING_MAX = 36, /* values below 2^36 us, 19 hours: longer than any night */
    HISTOGRAM_SLOTS = (HISTOGRAM_DOUBLING_MAX - HISTOGRAM_FINE_BITS + 1) << HISTOGRAM_FINE_BITS,
};
#define HISTOGRAM_US_MAX ((INT64_C(1) << HISTOGRAM_DOUBLING_MAX) - 1)

struct histogram {
    uint64_t count;
    int64_t longest_us;
    uint64_t slot[HISTOGRAM_SLOTS];
};

void histogram_init(struct histogram *histogram);
void histogram_add(struct histogram *histogram, int64_t value_us);

/* The time within which this share of the values lay (0.5 is the median); 0 when there are none. */
int64_t histogram_within_us(const struct histogram *histogram, double share);

#endif
