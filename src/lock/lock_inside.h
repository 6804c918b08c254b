/*
 * lock_inside.h — small things that both adapters need: settings with their defaults, and waiting
 * by the monotonic clock.
 *
 * Thread   Any.
 * Memory   None.
 */
#ifndef LOCK_LOCK_INSIDE_H
#define LOCK_LOCK_INSIDE_H

#include <pthread.h>

#include "lock/lock.h"

struct lock_settings lock_settings_filled(const struct lock_settings *settings);

static inline struct text lock_key_text(const struct lock_key *key)
{
    return text_make(key->bytes, key->size);
}

void lock_mutex_take(pthread_mutex_t *mutex);
void lock_mutex_give(pthread_mutex_t *mutex);
void lock_cond_init(pthread_cond_t *cond);
/* Until signalled or until then, monotonic; spurious ends are possible. */
void lock_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_ms);

#endif
