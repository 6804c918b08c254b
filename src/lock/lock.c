/* lock.c — what all adapters of the lock port share: the contract at the border. */
#include "lock/lock.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/random.h"

static void write_owner(char out_owner[LOCK_OWNER_BYTES])
{
    unsigned char secret[(LOCK_OWNER_BYTES - 1) / 2];
    random_secret(secret, sizeof secret);
    for (size_t i = 0; i < sizeof secret; i++)
        snprintf(out_owner + 2 * i, 3, "%02x", secret[i]);
}

static void copy_keys(struct lock_hold *hold, const struct text *keys, size_t key_count)
{
    must(key_count > 0);
    must(key_count <= LOCK_KEYS_MAX);
    for (size_t i = 0; i < key_count; i++) {
        must(keys[i].size > 0);
        must(keys[i].size <= LOCK_KEY_BYTES_MAX);
        for (size_t j = 0; j < i; j++)
            must(!text_equal(keys[i], keys[j]));
        memcpy(hold->keys[i].bytes, keys[i].bytes, keys[i].size);
        hold->keys[i].size = keys[i].size;
    }
    hold->key_count = key_count;
}

enum status lock_acquire(struct lock *lock, const struct text *keys, size_t key_count,
                         int64_t wait_ms, struct lock_hold *out_hold)
{
    must(wait_ms >= 0);
    must(wait_ms <= LOCK_WAIT_MS_MAX);
    list_init(&out_hold->link);
    copy_keys(out_hold, keys, key_count);
    write_owner(out_hold->owner);
    enum status status = lock->ops->acquire(lock, out_hold, wait_ms);
    if (status == STATUS_OK) {
        must(out_hold->fence >= 1);
        must(out_hold->fence <= ID_MAX);
    }
    return status;
}

enum status lock_release(struct lock *lock, struct lock_hold *hold)
{
    must(hold->key_count > 0);
    enum status status = lock->ops->release(lock, hold);
    hold->key_count = 0; /* a second release is our mistake */
    return status;
}

bool lock_held(const struct lock_hold *hold)
{
    return clock_monotonic_ms() < atomic_load(&hold->good_until_ms);
}

enum status lock_raise(struct lock *lock, int64_t fence)
{
    must(fence >= 0);
    must(fence < ID_MAX);
    return lock->ops->raise(lock, fence);
}

struct lock_counts lock_counts(struct lock *lock)
{
    return lock->ops->counts(lock);
}

void lock_destroy(struct lock *lock)
{
    if (lock)
        lock->ops->destroy(lock);
}
