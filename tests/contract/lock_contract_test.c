/*
 * lock_contract_test.c — what every lock promises, asked of each adapter.
 *
 * A vault stands for the store: it keeps the highest fence it has seen and refuses what is not
 * higher.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "lock/lock.h"
#include "lock/lock_memory.h"
#include "lock/lock_redis.h"
#include "redis/redis.h"
#include "support/server_redis.h"

enum {
    NEVER_MS = 30000, /* a test that waits this long has failed */
    SHORT_HOLD_MS = 40,
};

/* --- the adapters ----------------------------------------------------------------------------- */

static bool on_redis;
static struct redis *client;

static struct lock *open_lock(const struct lock_settings *settings)
{
    struct lock *lock = NULL;
    if (on_redis)
        assert_int_equal(lock_redis_open(client, settings, &lock), STATUS_OK);
    else
        lock = lock_memory_create(settings);
    assert_non_null(lock);
    return lock;
}

/* No fallback helps: who is not woken sleeps till the end of the test. */
static struct lock *open_patient(void)
{
    return open_lock(&(struct lock_settings){
        .lease_ms = NEVER_MS, .hold_ms = 2 * NEVER_MS, .fallback_ms = NEVER_MS});
}

static enum status take(struct lock *lock, const char *first, const char *second, int64_t wait_ms,
                        struct lock_hold *out_hold)
{
    struct text keys[] = {text_of(first), text_of(second)};
    return lock_acquire(lock, keys, second ? 2 : 1, wait_ms, out_hold);
}

/* --- alone ------------------------------------------------------------------------------------ */

static void one_owner_has_a_key_until_it_is_given_back(void **state)
{
    (void)state;
    struct lock *lock = open_patient();
    struct lock_hold mina, joon;
    assert_int_equal(take(lock, "seat:1", NULL, 0, &mina), STATUS_OK);
    assert_true(lock_held(&mina));
    assert_int_equal(take(lock, "seat:1", NULL, 0, &joon), STATUS_BUSY);
    assert_int_equal(take(lock, "seat:2", NULL, 0, &joon), STATUS_OK);
    assert_int_equal(lock_release(lock, &joon), STATUS_OK);
    assert_int_equal(lock_release(lock, &mina), STATUS_OK);
    assert_false(lock_held(&mina));
    assert_int_equal(take(lock, "seat:1", NULL, 0, &joon), STATUS_OK);
    assert_int_equal(lock_release(lock, &joon), STATUS_OK);
    lock_destroy(lock);
}

static void of_several_keys_all_are_taken_or_none(void **state)
{
    (void)state;
    struct lock *lock = open_patient();
    struct lock_hold mina, joon, suho;
    assert_int_equal(take(lock, "b", NULL, 0, &mina), STATUS_OK);
    assert_int_equal(take(lock, "a", "b", 0, &joon), STATUS_BUSY);
    assert_int_equal(take(lock, "a", "c", 0, &suho), STATUS_OK); /* "a" was left alone */
    assert_int_equal(lock_release(lock, &mina), STATUS_OK);
    assert_int_equal(take(lock, "b", "c", 0, &joon), STATUS_BUSY);
    assert_int_equal(lock_release(lock, &suho), STATUS_OK);
    assert_int_equal(take(lock, "a", "b", 0, &joon), STATUS_OK);
    assert_int_equal(lock_release(lock, &joon), STATUS_OK);
    lock_destroy(lock);
}

static void waiting_has_an_end(void **state)
{
    (void)state;
    struct lock *lock = open_patient();
    struct lock_hold mina, joon;
    assert_int_equal(take(lock, "seat", NULL, 0, &mina), STATUS_OK);
    int64_t started_ms = clock_monotonic_ms();
    assert_int_equal(take(lock, "seat", NULL, 30, &joon), STATUS_BUSY);
    assert_true(clock_monotonic_ms() - started_ms >= 30);
    assert_int_equal(lock_counts(lock).timed_out, 1);
    assert_int_equal(lock_counts(lock).waiting, 0);
    assert_int_equal(lock_release(lock, &mina), STATUS_OK);
    lock_destroy(lock);
}

static void fences_grow_with_every_hold(void **state)
{
    (void)state;
    struct lock *lock = open_patient();
    int64_t highest = 0;
    for (int i = 0; i < 200; i++) {
        struct lock_hold hold;
        assert_int_equal(take(lock, "seat", i % 2 ? "other" : NULL, 0, &hold), STATUS_OK);
        assert_true(lock_fence(&hold) > highest);
        highest = lock_fence(&hold);
        assert_int_equal(lock_release(lock, &hold), STATUS_OK);
    }
    lock_destroy(lock);
}

static void a_fence_can_be_lifted_above_what_the_store_has_seen(void **state)
{
    (void)state;
    struct lock *lock = open_patient();
    struct lock_hold hold;
    int64_t seen = clock_wall_ms() * 1000 + INT64_C(3600000000); /* of an hour from now */
    assert_int_equal(lock_raise(lock, seen), STATUS_OK);
    assert_int_equal(lock_raise(lock, 5), STATUS_OK); /* never lowers */
    assert_int_equal(take(lock, "seat", NULL, 0, &hold), STATUS_OK);
    assert_int_equal(lock_fence(&hold), seen + 1);
    assert_int_equal(lock_release(lock, &hold), STATUS_OK);
    lock_destroy(lock);
}

static void let_go(struct lock *lock, struct lock_hold *hold)
{
    enum status status = lock_release(lock, hold);
    assert_true(status == STATUS_OK || status == STATUS_MISSING);
}

static void who_holds_too_long_loses_it_and_the_fence_tells(void **state)
{
    (void)state;
    struct lock *lock =
        open_lock(&(struct lock_settings){.lease_ms = SHORT_HOLD_MS, .hold_ms = SHORT_HOLD_MS});
    struct lock_hold slow, next;
    assert_int_equal(take(lock, "seat", "other", 0, &slow), STATUS_OK);
    assert_int_equal(take(lock, "seat", NULL, NEVER_MS, &next), STATUS_OK);
    assert_false(lock_held(&slow));
    assert_true(lock_fence(&next) > lock_fence(&slow));
    assert_int_equal(lock_release(lock, &slow), STATUS_MISSING); /* and takes nothing away */
    assert_int_equal(take(lock, "other", NULL, NEVER_MS, &slow), STATUS_OK);
    let_go(lock, &slow);
    let_go(lock, &next);
    lock_destroy(lock);
}

static void a_hold_is_renewed_while_its_owner_works(void **state)
{
    (void)state;
    struct lock *lock = open_lock(&(struct lock_settings){.lease_ms = 1000, .hold_ms = NEVER_MS});
    struct lock_hold mina, joon;
    assert_int_equal(take(lock, "seat", NULL, 0, &mina), STATUS_OK);
    assert_int_equal(take(lock, "seat", NULL, 2500, &joon), STATUS_BUSY); /* meanwhile she works */
    assert_true(lock_held(&mina));
    assert_int_equal(lock_release(lock, &mina), STATUS_OK);
    lock_destroy(lock);
}

static void more_holds_than_the_limit_are_refused(void **state)
{
    (void)state;
    struct lock *lock = open_patient();
    struct lock_hold *holds = calloc(LOCK_HOLDS_MAX, sizeof *holds), more;
    assert_non_null(holds);
    for (int i = 0; i < LOCK_HOLDS_MAX; i++) {
        char key[24];
        snprintf(key, sizeof key, "seat:%d", i);
        assert_int_equal(take(lock, key, NULL, 0, &holds[i]), STATUS_OK);
    }
    assert_int_equal(take(lock, "one more", NULL, 0, &more), STATUS_FULL);
    for (int i = 0; i < LOCK_HOLDS_MAX; i++)
        assert_int_equal(lock_release(lock, &holds[i]), STATUS_OK);
    free(holds);
    lock_destroy(lock);
}

/* --- together --------------------------------------------------------------------------------- */

struct waiting {
    struct lock *lock;
    const char *key;
    enum status status;
    int64_t woken_ms;
};

static void *wait_and_give_back(void *argument)
{
    struct waiting *waiting = argument;
    struct lock_hold hold;
    waiting->status = take(waiting->lock, waiting->key, NULL, NEVER_MS - 1000, &hold);
    if (waiting->status == STATUS_OK)
        waiting->status = lock_release(waiting->lock, &hold);
    return NULL;
}

static void wait_until_waiting(struct lock *lock, uint64_t count)
{
    while (lock_counts(lock).waiting < count)
        server_pause();
}

static void a_release_wakes_the_waiters_one_after_the_other(void **state)
{
    (void)state;
    enum { WAITERS = 12 };
    struct lock *lock = open_patient();
    struct lock *elsewhere = on_redis ? open_patient() : lock; /* on another node */
    struct lock_hold hold;
    pthread_t threads[WAITERS];
    struct waiting waitings[WAITERS];
    assert_int_equal(take(lock, "seat", NULL, 0, &hold), STATUS_OK);
    for (int i = 0; i < WAITERS; i++) {
        waitings[i] = (struct waiting){.lock = i % 2 ? elsewhere : lock, .key = "seat"};
        must(pthread_create(&threads[i], NULL, wait_and_give_back, &waitings[i]) == 0);
    }
    wait_until_waiting(lock, on_redis ? WAITERS / 2 : WAITERS);
    wait_until_waiting(elsewhere, on_redis ? WAITERS / 2 : WAITERS);
    int64_t released_ms = clock_monotonic_ms();
    assert_int_equal(lock_release(lock, &hold), STATUS_OK);
    for (int i = 0; i < WAITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(waitings[i].status, STATUS_OK);
    }
    assert_true(clock_monotonic_ms() - released_ms < NEVER_MS / 2); /* called, not timed out */
    if (elsewhere != lock)
        lock_destroy(elsewhere);
    lock_destroy(lock);
}

enum { SEATS = 6, WORKERS = 8, ROUNDS = 60 };

struct vault { /* one row of the store */
    _Atomic int64_t highest_fence;
    _Atomic int inside; /* owners at this moment */
    int64_t plain;      /* guarded by the lock alone */
};

struct crowd {
    struct lock *lock[2];
    struct vault vaults[SEATS];
    atomic_int acquired, broken;
    _Atomic uint64_t seed;
};

static void work_on(struct crowd *crowd, int seat, int64_t fence)
{
    struct vault *vault = &crowd->vaults[seat];
    if (atomic_fetch_add(&vault->inside, 1) != 0)
        atomic_fetch_add(&crowd->broken, 1);
    if (atomic_exchange(&vault->highest_fence, fence) >= fence)
        atomic_fetch_add(&crowd->broken, 1);
    vault->plain++;
    atomic_fetch_sub(&vault->inside, 1);
}

static void *press_often(void *argument)
{
    struct crowd *crowd = argument;
    struct random chance;
    random_init(&chance, atomic_fetch_add(&crowd->seed, 1));
    for (int i = 0; i < ROUNDS; i++) {
        static const char *const names[SEATS] = {"a", "b", "c", "d", "e", "f"};
        struct lock *lock = crowd->lock[random_below(&chance, 2)];
        int first = (int)random_below(&chance, SEATS), second = (int)random_below(&chance, SEATS);
        struct lock_hold hold;
        if (take(lock, names[first], first == second ? NULL : names[second], NEVER_MS - 1, &hold) !=
            STATUS_OK) {
            atomic_fetch_add(&crowd->broken, 1);
            continue;
        }
        work_on(crowd, first, lock_fence(&hold));
        if (second != first)
            work_on(crowd, second, lock_fence(&hold));
        atomic_fetch_add(&crowd->acquired, 1);
        if (lock_release(lock, &hold) != STATUS_OK)
            atomic_fetch_add(&crowd->broken, 1);
    }
    return NULL;
}

static void a_crowd_with_overlapping_keys_never_meets_and_never_hangs(void **state)
{
    (void)state;
    pthread_t threads[WORKERS];
    struct crowd *crowd = calloc(1, sizeof *crowd);
    assert_non_null(crowd);
    crowd->lock[0] = open_patient();
    crowd->lock[1] = on_redis ? open_patient() : crowd->lock[0];
    crowd->seed = 17;
    for (int i = 0; i < WORKERS; i++)
        must(pthread_create(&threads[i], NULL, press_often, crowd) == 0);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd->broken, 0);
    assert_int_equal(crowd->acquired, WORKERS * ROUNDS);
    assert_int_equal(lock_counts(crowd->lock[0]).holding, 0);
    if (crowd->lock[1] != crowd->lock[0])
        lock_destroy(crowd->lock[1]);
    lock_destroy(crowd->lock[0]);
    free(crowd);
}

/* --- the program ------------------------------------------------------------------------------ */

static int run(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_owner_has_a_key_until_it_is_given_back),
        cmocka_unit_test(of_several_keys_all_are_taken_or_none),
        cmocka_unit_test(waiting_has_an_end),
        cmocka_unit_test(fences_grow_with_every_hold),
        cmocka_unit_test(who_holds_too_long_loses_it_and_the_fence_tells),
        cmocka_unit_test(a_hold_is_renewed_while_its_owner_works),
        cmocka_unit_test(more_holds_than_the_limit_are_refused),
        cmocka_unit_test(a_release_wakes_the_waiters_one_after_the_other),
        cmocka_unit_test(a_crowd_with_overlapping_keys_never_meets_and_never_hangs),
        cmocka_unit_test(a_fence_can_be_lifted_above_what_the_store_has_seen),
    };
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    int failed = run("in this process");
    const char *url = redis_url_or_skip();
    if (!url)
        return failed ? failed : SERVER_EXIT_WITHOUT;
    char why[REDIS_WHY_BYTES];
    must(redis_open(&(struct redis_settings){.url = text_of(url)}, why, &client) == STATUS_OK);
    on_redis = true;
    failed += run("on Redis");
    redis_close(client);
    return failed;
}
