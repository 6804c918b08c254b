/*
 * patience.c — back-off with jitter.
 *
 * Connecting draws from half of the step to all of it ("equal jitter"): somebody tries soon,
 * nobody tries without end. Being turned away adds jitter on top of Retry-After and never comes
 * earlier.
 */
#include "rush/patience.h"

#include "limits.h"

enum { US_PER_MS = 1000, US_PER_SECOND = 1000000, TURNED_AWAY_LEAST_MS = 100 };

int64_t patience_connect_us(uint32_t failure_count, struct random *random)
{
    int64_t step_ms = RUSH_BACKOFF_LEAST_MS;
    for (uint32_t i = 0; i < failure_count && step_ms < RUSH_BACKOFF_MOST_MS; i++)
        step_ms *= 2;
    if (step_ms > RUSH_BACKOFF_MOST_MS)
        step_ms = RUSH_BACKOFF_MOST_MS;
    int64_t half_us = step_ms * US_PER_MS / 2;
    return half_us + (int64_t)random_below(random, (uint64_t)half_us + 1);
}

int64_t patience_turned_away_us(int64_t retry_after_seconds, struct random *random)
{
    int64_t least_us = retry_after_seconds > 0 ? retry_after_seconds * US_PER_SECOND
                                               : TURNED_AWAY_LEAST_MS * US_PER_MS;
    return least_us + (int64_t)random_below(random, (uint64_t)least_us / 2 + 1);
}
