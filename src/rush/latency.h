/*
 * latency.h — how long things took: counts in slots that grow with the value.
 *
 * Thread   One thread at a time.
 * Memory   A fixed array inside the struct, about 15 kB, whatever is counted.
 * Time     Microseconds, 0 … LATENCY_LONGEST_US; anything above is counted as that.
 * Error    A value is known to 1/64 of itself (log-linear slots, the idea of HdrHistogram, Gil
 *          Tene), the largest one exactly.
 */
#ifndef RUSH_LATENCY_H
#define RUSH_LATENCY_H

#include <stdint.h>

enum {
    LATENCY_FINE_BITS = 6,  /* 64 slots for each doubling: 1.6 % */
    LATENCY_DOUBLINGS = 36, /* values below 2^36 us, 19 hours: longer than any night */
    LATENCY_SLOTS = (LATENCY_DOUBLINGS - LATENCY_FINE_BITS + 1) << LATENCY_FINE_BITS,
};
#define LATENCY_LONGEST_US ((INT64_C(1) << LATENCY_DOUBLINGS) - 1)

struct latency {
    uint64_t count;
    int64_t longest_us;
    uint64_t slot[LATENCY_SLOTS];
};

void latency_init(struct latency *latency);
void latency_add(struct latency *latency, int64_t value_us);

/* The time within which this share of the values lay (0.5 is the median); 0 when there are none. */
int64_t latency_within_us(const struct latency *latency, double share);

#endif
