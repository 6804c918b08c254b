/* lock_inside.c — defaults, and conditions that know no wall clock. */
#include "lock/lock_inside.h"

#include <errno.h>
#include <time.h>

#include "base/must.h"

struct lock_settings lock_settings_filled(const struct lock_settings *settings)
{
    return (struct lock_settings){
        .lease_ms = settings->lease_ms ? settings->lease_ms : LOCK_LEASE_MS,
        .hold_ms = settings->hold_ms ? settings->hold_ms : LOCK_HOLD_MS,
        .fallback_ms = settings->fallback_ms ? settings->fallback_ms : LOCK_FALLBACK_MS};
}

void lock_mutex_take(pthread_mutex_t *mutex)
{
    int failed = pthread_mutex_lock(mutex);
    must(!failed);
}

void lock_mutex_give(pthread_mutex_t *mutex)
{
    int failed = pthread_mutex_unlock(mutex);
    must(!failed);
}

void lock_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    must(pthread_condattr_init(&attributes) == 0);
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    must(pthread_cond_init(cond, &attributes) == 0);
    must(pthread_condattr_destroy(&attributes) == 0);
}

void lock_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_ms)
{
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    int result = pthread_cond_timedwait(cond, mutex, &until);
    must(result == 0 || result == ETIMEDOUT);
}
