/*
 * lock_redis.c — leases in Redis, a watchdog that renews them, and waiters that sleep until called.
 *
 * A locked key is one key of Redis, made by SET NX PX, whose value is the owner's token and whose
 * life is the lease. All keys of a hold are taken by one script, so it has all of them or none, and
 * no order of taking can lead into a circle. The script gives out the fence, too: one counter for
 * all keys, which therefore grows for each. It is never below the server's clock in microseconds:
 * when the counter is lost (a flush, a restart without a file), the clock leads it on.
 *
 * The release compares and deletes, again in one script: nobody gives back what is another's.
 *
 * Waiting. Whoever finds a key taken leaves a mark beside it (KEY:wait) and sleeps. A release that
 * finds the mark publishes the key; one subscription a process hears it and wakes the one that
 * has waited longest for this key here. So nothing is said about keys that nobody waits for, and
 * a release wakes one thread a node, not all. The sleep has three bounds: the caller's patience,
 * the end of the owner's lease, and fallback_ms, for messages can be lost; a gap in the
 * subscription wakes everybody.
 *
 *     try ── taken ── join the queue ── try again ── taken ── sleep ── woken ── try again …
 *
 * The second try closes the gap between the first and the queue: a release that came before it
 * makes it succeed, one that comes after it finds the mark and us.
 *
 * The watchdog renews all holds of the process together, every third of a lease. It works on copies
 * and finds each hold again by its owner's token, for the owner may have released it meanwhile.
 * A hold is believed only as long as its last renewal reaches, less LEASE_DOUBT_PERCENT, for two
 * clocks never run at the same speed. A stopped process wakes up with a hold that says: lost.
 */
#include "lock/lock_redis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "lock/lock_inside.h"
#include "redis/redis.h"

enum {
    RENEWALS_A_LEASE = 3,
    LEASE_DOUBT_PERCENT = 2,
    RENEWED_TOGETHER = 256, /* in one round trip */
    ARENA_BLOCK_BYTES = 4096,
    ARENA_BYTES = 1024 * 1024,
    NUMBER_BYTES = 24,
};

static const char channel[] = "lock-released";

struct lock_redis {
    struct lock base;
    struct lock_settings settings;
    struct redis *redis;
    struct redis_listener listener;
    bool listening;

    pthread_mutex_t mutex;
    struct list holds;
    struct list waiters; /* in order of arrival */
    struct lock_counts counts;

    pthread_t watchdog;
    bool watching, closing, look_now;
    pthread_cond_t wake_watchdog;
};

struct waiter { /* on the stack of who waits */
    struct list link;
    const struct lock_key *key; /* the one that was taken */
    pthread_cond_t called;
    bool woken;
};

static struct lock_redis *redis_of(struct lock *lock)
{
    return container_of(lock, struct lock_redis, base);
}

/* --- scripts ---------------------------------------------------------------------------------- */

/* KEYS: the fence, the keys, their marks. ARGV: owner, lease, life of a mark (0: does not wait). */
static const struct redis_script take = {
    "local n = (#KEYS - 1) / 2\n"
    "for i = 1, n do\n"
    "  if not redis.call('SET', KEYS[1 + i], ARGV[1], 'NX', 'PX', ARGV[2]) then\n"
    "    for j = 1, i - 1 do redis.call('DEL', KEYS[1 + j]) end\n"
    "    if tonumber(ARGV[3]) > 0 then\n"
    "      redis.call('SET', KEYS[1 + n + i], '1', 'PX', ARGV[3])\n"
    "    end\n"
    "    return {0, i, redis.call('PTTL', KEYS[1 + i])}\n"
    "  end\n"
    "end\n"
    "local time = redis.call('TIME')\n"
    "local now = tonumber(time[1]) * 1000000 + tonumber(time[2])\n"
    "local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0\n"
    "local fence = string.format('%.0f', math.max(now, last + 1))\n"
    "redis.call('SET', KEYS[1], fence)\n"
    "return {1, fence}\n"};

/* KEYS: the keys, their marks. ARGV: owner, channel, and the keys as their waiters know them. */
static const struct redis_script give = {"local n, given = #KEYS / 2, 0\n"
                                         "for i = 1, n do\n"
                                         "  if redis.call('GET', KEYS[i]) == ARGV[1] then\n"
                                         "    redis.call('DEL', KEYS[i])\n"
                                         "    given = given + 1\n"
                                         "    if redis.call('EXISTS', KEYS[n + i]) == 1 then\n"
                                         "      redis.call('PUBLISH', ARGV[2], ARGV[2 + i])\n"
                                         "    end\n"
                                         "  end\n"
                                         "end\n"
                                         "return given\n"};

/* KEYS: the keys. ARGV: owner, lease. */
static const struct redis_script renew = {"local renewed = 0\n"
                                          "for i = 1, #KEYS do\n"
                                          "  if redis.call('GET', KEYS[i]) == ARGV[1] then\n"
                                          "    redis.call('PEXPIRE', KEYS[i], ARGV[2])\n"
                                          "    renewed = renewed + 1\n"
                                          "  end\n"
                                          "end\n"
                                          "return renewed\n"};

static const struct redis_script lift = {
    "local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0\n"
    "if tonumber(ARGV[1]) > last then redis.call('SET', KEYS[1], ARGV[1]) end\n"
    "return 1\n"};

/* --- words of scripts ------------------------------------------------------------------------- */

static bool put_keys(struct lock_redis *redis, struct arena *arena, const struct lock_hold *hold,
                     const char *kind, struct text *out_keys)
{
    bool fits = true;
    for (size_t i = 0; i < hold->key_count; i++) {
        out_keys[i] = redis_key(redis->redis, arena, kind, lock_key_text(&hold->keys[i]));
        fits = fits && out_keys[i].bytes;
    }
    return fits;
}

static struct text number_text(struct arena *arena, int64_t number)
{
    char words[NUMBER_BYTES];
    snprintf(words, sizeof words, "%" PRId64, number);
    return arena_copy(arena, text_of(words));
}

/* --- one try ---------------------------------------------------------------------------------- */

struct answer {
    bool taken_by_other;
    size_t index;   /* of the key that is taken */
    int64_t ttl_ms; /* of its lease */
    int64_t fence;
};

/* What the script says is hostile until looked at. */
static enum status read_answer(const struct redis_reply *reply, const struct lock_hold *hold,
                               struct answer *out)
{
    int64_t got, index = 0, ttl_ms = 0;
    *out = (struct answer){0};
    if (reply->kind != REDIS_LIST || reply->item_count < 2 ||
        !redis_reply_int(&reply->items[0], &got))
        return STATUS_INVALID;
    if (got == 1)
        return redis_reply_int(&reply->items[1], &out->fence) && out->fence >= 1 &&
                       out->fence < ID_MAX
                   ? STATUS_OK
                   : STATUS_INVALID;
    if (reply->item_count != 3 || !redis_reply_int(&reply->items[1], &index) || index < 1 ||
        (size_t)index > hold->key_count || !redis_reply_int(&reply->items[2], &ttl_ms))
        return STATUS_INVALID;
    out->taken_by_other = true;
    out->index = (size_t)index - 1;
    out->ttl_ms = ttl_ms;
    return STATUS_OK;
}

static enum status ask_to_take(struct lock_redis *redis, struct arena *arena,
                               const struct lock_hold *hold, int64_t mark_ms, struct answer *out)
{
    struct text keys[1 + 2 * LOCK_KEYS_MAX];
    keys[0] = redis_key(redis->redis, arena, "lock-fence", text_of(""));
    if (!keys[0].bytes || !put_keys(redis, arena, hold, "lock:", keys + 1) ||
        !put_keys(redis, arena, hold, "lock-wait:", keys + 1 + hold->key_count))
        return STATUS_NO_MEMORY;
    struct text arguments[] = {text_of(hold->owner), number_text(arena, redis->settings.lease_ms),
                               number_text(arena, mark_ms)};
    struct redis_reply reply;
    enum status status = redis_ask_script(redis->redis, arena, &take, keys, 1 + 2 * hold->key_count,
                                          arguments, 3, &reply);
    return status == STATUS_OK ? read_answer(&reply, hold, out) : status;
}

/* How far a lease that began at `asked_at_ms` may be believed. */
static int64_t believed_until(const struct lock_redis *redis, int64_t asked_at_ms,
                              int64_t lapse_at_ms)
{
    int64_t lease_ms = redis->settings.lease_ms;
    int64_t until_ms = asked_at_ms + lease_ms - lease_ms * LEASE_DOUBT_PERCENT / 100 - 1;
    return until_ms < lapse_at_ms ? until_ms : lapse_at_ms;
}

static void begin_hold(struct lock_redis *redis, struct lock_hold *hold, int64_t asked_at_ms,
                       int64_t fence)
{
    hold->fence = fence;
    hold->lapse_at_ms = asked_at_ms + redis->settings.hold_ms;
    atomic_store(&hold->good_until_ms, believed_until(redis, asked_at_ms, hold->lapse_at_ms));
    lock_mutex_take(&redis->mutex);
    list_push_back(&redis->holds, &hold->link);
    redis->counts.holding++;
    redis->counts.acquired++;
    lock_mutex_give(&redis->mutex);
}

/* STATUS_BUSY: *out says who has it. Whatever went wrong with the server is STATUS_IO. */
static enum status try_once(struct lock_redis *redis, struct lock_hold *hold, bool waits,
                            struct answer *out)
{
    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
    int64_t asked_at_ms = clock_monotonic_ms();
    enum status status = STATUS_NO_MEMORY;
    if (arena)
        status = ask_to_take(redis, arena, hold, waits ? LOCK_WAIT_MS_MAX : 0, out);
    arena_destroy(arena);
    if (status != STATUS_OK)
        return status == STATUS_NO_MEMORY ? STATUS_FULL : STATUS_IO;
    if (out->taken_by_other)
        return STATUS_BUSY;
    begin_hold(redis, hold, asked_at_ms, out->fence);
    return STATUS_OK;
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* With the mutex: the one that has waited longest for this key and is not awake yet. */
static void wake_first(struct lock_redis *redis, struct text key)
{
    for (struct list *link = redis->waiters.next; link != &redis->waiters; link = link->next) {
        struct waiter *waiter = container_of(link, struct waiter, link);
        if (waiter->woken || !text_equal(lock_key_text(waiter->key), key))
            continue;
        waiter->woken = true;
        pthread_cond_signal(&waiter->called);
        return;
    }
}

static void on_released(struct redis_listener *listener, struct text key)
{
    struct lock_redis *redis = container_of(listener, struct lock_redis, listener);
    lock_mutex_take(&redis->mutex);
    wake_first(redis, key);
    lock_mutex_give(&redis->mutex);
}

/* Whatever was said meanwhile is lost: everybody looks, and so does the watchdog. */
static void on_gap(struct redis_listener *listener)
{
    struct lock_redis *redis = container_of(listener, struct lock_redis, listener);
    lock_mutex_take(&redis->mutex);
    for (struct list *link = redis->waiters.next; link != &redis->waiters; link = link->next) {
        struct waiter *waiter = container_of(link, struct waiter, link);
        waiter->woken = true;
        pthread_cond_signal(&waiter->called);
    }
    redis->look_now = true;
    pthread_cond_signal(&redis->wake_watchdog);
    lock_mutex_give(&redis->mutex);
}

static void sleep_until_called(struct lock_redis *redis, struct waiter *waiter, int64_t ttl_ms,
                               int64_t give_up_at_ms)
{
    int64_t sleep_ms = redis->settings.fallback_ms;
    if (ttl_ms >= 0 && ttl_ms < sleep_ms)
        sleep_ms = ttl_ms + 1;
    int64_t until_ms = clock_monotonic_ms() + sleep_ms;
    if (until_ms > give_up_at_ms)
        until_ms = give_up_at_ms;
    lock_mutex_take(&redis->mutex);
    while (!waiter->woken && clock_monotonic_ms() < until_ms)
        lock_cond_wait(&waiter->called, &redis->mutex, until_ms);
    waiter->woken = false;
    lock_mutex_give(&redis->mutex);
}

static bool join_queue(struct lock_redis *redis, struct waiter *waiter)
{
    lock_mutex_take(&redis->mutex);
    bool room = redis->counts.waiting < LOCK_WAITERS_MAX;
    if (room) {
        lock_cond_init(&waiter->called);
        list_push_back(&redis->waiters, &waiter->link);
        redis->counts.waiting++;
        redis->counts.waited++;
    }
    lock_mutex_give(&redis->mutex);
    return room;
}

/* A call that came while we were leaving is passed on, or the next one would sleep through it. */
static void leave_queue(struct lock_redis *redis, struct waiter *waiter, int64_t started_us)
{
    lock_mutex_take(&redis->mutex);
    list_remove(&waiter->link);
    if (waiter->woken)
        wake_first(redis, lock_key_text(waiter->key));
    redis->counts.waiting--;
    redis->counts.wait_us += (uint64_t)(clock_monotonic_us() - started_us);
    lock_mutex_give(&redis->mutex);
    pthread_cond_destroy(&waiter->called);
}

static void wait_for_key(struct lock_redis *redis, struct waiter *waiter,
                         const struct lock_key *key)
{
    lock_mutex_take(&redis->mutex);
    if (waiter->woken)
        wake_first(redis, lock_key_text(waiter->key));
    waiter->woken = false;
    waiter->key = key;
    lock_mutex_give(&redis->mutex);
}

static enum status wait_for(struct lock_redis *redis, struct lock_hold *hold, struct answer *answer,
                            int64_t give_up_at_ms)
{
    struct waiter waiter = {.key = &hold->keys[answer->index]};
    int64_t started_us = clock_monotonic_us();
    if (!join_queue(redis, &waiter))
        return STATUS_FULL;
    enum status status = STATUS_BUSY;
    while (status == STATUS_BUSY) {
        status = try_once(redis, hold, true, answer);
        if (status != STATUS_BUSY || clock_monotonic_ms() >= give_up_at_ms)
            break;
        if (waiter.key == &hold->keys[answer->index])
            sleep_until_called(redis, &waiter, answer->ttl_ms, give_up_at_ms);
        else
            wait_for_key(redis, &waiter, &hold->keys[answer->index]);
    }
    leave_queue(redis, &waiter, started_us);
    return status;
}

static enum status redis_acquire(struct lock *lock, struct lock_hold *hold, int64_t wait_ms)
{
    struct lock_redis *redis = redis_of(lock);
    int64_t give_up_at_ms = clock_monotonic_ms() + wait_ms;
    struct answer answer;
    lock_mutex_take(&redis->mutex);
    bool full = redis->counts.holding >= LOCK_HOLDS_MAX;
    lock_mutex_give(&redis->mutex);
    enum status status = full ? STATUS_FULL : try_once(redis, hold, wait_ms > 0, &answer);
    if (status == STATUS_BUSY && wait_ms > 0)
        status = wait_for(redis, hold, &answer, give_up_at_ms);
    lock_mutex_take(&redis->mutex);
    redis->counts.timed_out += status == STATUS_BUSY;
    redis->counts.failed += status == STATUS_IO;
    lock_mutex_give(&redis->mutex);
    return status;
}

/* --- giving back ------------------------------------------------------------------------------ */

static enum status ask_to_give(struct lock_redis *redis, struct arena *arena,
                               const struct lock_hold *hold, bool *out_all)
{
    struct text keys[2 * LOCK_KEYS_MAX], arguments[2 + LOCK_KEYS_MAX];
    arguments[0] = text_of(hold->owner);
    arguments[1] = redis_key(redis->redis, arena, channel, text_of(""));
    for (size_t i = 0; i < hold->key_count; i++)
        arguments[2 + i] = lock_key_text(&hold->keys[i]);
    if (!arguments[1].bytes || !put_keys(redis, arena, hold, "lock:", keys) ||
        !put_keys(redis, arena, hold, "lock-wait:", keys + hold->key_count))
        return STATUS_NO_MEMORY;
    struct redis_reply reply;
    int64_t given = 0;
    enum status status = redis_ask_script(redis->redis, arena, &give, keys, 2 * hold->key_count,
                                          arguments, 2 + hold->key_count, &reply);
    if (status == STATUS_OK && !redis_reply_int(&reply, &given))
        status = STATUS_INVALID;
    *out_all = given == (int64_t)hold->key_count;
    return status;
}

static enum status redis_release(struct lock *lock, struct lock_hold *hold)
{
    struct lock_redis *redis = redis_of(lock);
    bool all = false;
    lock_mutex_take(&redis->mutex);
    list_remove(&hold->link); /* first: the watchdog is not to find it lost when it is given back */
    redis->counts.holding--;
    lock_mutex_give(&redis->mutex);

    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
    enum status status = arena ? ask_to_give(redis, arena, hold, &all) : STATUS_NO_MEMORY;
    arena_destroy(arena);
    bool was_known = atomic_exchange(&hold->good_until_ms, 0) == 0;
    lock_mutex_take(&redis->mutex);
    redis->counts.lost += status == STATUS_OK && !all && !was_known;
    redis->counts.failed += status != STATUS_OK;
    lock_mutex_give(&redis->mutex);
    if (status != STATUS_OK)
        return STATUS_IO;
    return all ? STATUS_OK : STATUS_MISSING;
}

static enum status redis_raise(struct lock *lock, int64_t fence)
{
    struct lock_redis *redis = redis_of(lock);
    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
    enum status status = STATUS_NO_MEMORY;
    if (arena) {
        struct text key = redis_key(redis->redis, arena, "lock-fence", text_of(""));
        struct text argument = number_text(arena, fence);
        struct redis_reply reply;
        if (key.bytes && argument.bytes)
            status = redis_ask_script(redis->redis, arena, &lift, &key, 1, &argument, 1, &reply);
    }
    arena_destroy(arena);
    return status == STATUS_OK ? STATUS_OK : STATUS_IO;
}

/* --- the watchdog ----------------------------------------------------------------------------- */

struct renewal { /* a copy of what is needed of a hold */
    struct text owner;
    struct text words[LOCK_KEYS_MAX + 2]; /* keys, owner, lease */
    size_t key_count;
};

static struct lock_hold *find_hold(struct lock_redis *redis, struct text owner)
{
    for (struct list *link = redis->holds.next; link != &redis->holds; link = link->next) {
        struct lock_hold *hold = container_of(link, struct lock_hold, link);
        if (text_equal(text_of(hold->owner), owner))
            return hold;
    }
    return NULL;
}

static bool copy_hold(struct lock_redis *redis, struct arena *arena, const struct lock_hold *hold,
                      struct renewal *out)
{
    out->owner = arena_copy(arena, text_of(hold->owner));
    out->key_count = hold->key_count;
    out->words[hold->key_count] = out->owner;
    out->words[hold->key_count + 1] = number_text(arena, redis->settings.lease_ms);
    return out->owner.bytes && out->words[hold->key_count + 1].bytes &&
           put_keys(redis, arena, hold, "lock:", out->words);
}

/* The next holds behind the `skip` first, as copies; with the mutex. */
static size_t copy_some(struct lock_redis *redis, struct arena *arena, size_t skip,
                        struct renewal *out_renewals, size_t *out_seen)
{
    size_t count = 0, at = 0;
    int64_t now_ms = clock_monotonic_ms();
    struct list *link = redis->holds.next;
    for (; link != &redis->holds && count < RENEWED_TOGETHER; link = link->next) {
        const struct lock_hold *hold = container_of(link, struct lock_hold, link);
        bool due =
            at++ >= skip && now_ms < hold->lapse_at_ms && atomic_load(&hold->good_until_ms) != 0;
        if (due && copy_hold(redis, arena, hold, &out_renewals[count]))
            count++;
    }
    *out_seen = at;
    return count;
}

static void settle_renewal(struct lock_redis *redis, const struct renewal *renewal,
                           const struct redis_reply *reply, int64_t asked_at_ms)
{
    int64_t renewed;
    if (!redis_reply_int(reply, &renewed))
        return; /* a refusal: it lapses unless the next renewal succeeds */
    lock_mutex_take(&redis->mutex);
    struct lock_hold *hold = find_hold(redis, renewal->owner);
    bool lost = hold && renewed < (int64_t)renewal->key_count;
    if (lost) {
        atomic_store(&hold->good_until_ms, 0);
        redis->counts.lost++;
    } else if (hold) {
        atomic_store(&hold->good_until_ms, believed_until(redis, asked_at_ms, hold->lapse_at_ms));
    }
    lock_mutex_give(&redis->mutex);
    if (lost)
        log_warn("lock lost", log_int("keys", (int64_t)renewal->key_count),
                 log_int("renewed", renewed));
}

static void renew_some(struct lock_redis *redis, struct arena *arena,
                       const struct renewal *renewals, size_t count)
{
    struct redis_command *commands = arena_take(arena, count * sizeof *commands);
    struct redis_reply *replies = arena_take_zeroed(arena, count * sizeof *replies);
    if (!commands || !replies)
        return;
    for (size_t i = 0; i < count; i++)
        commands[i] = (struct redis_command){.script = &renew,
                                             .key_count = renewals[i].key_count,
                                             .words = renewals[i].words,
                                             .word_count = renewals[i].key_count + 2};
    int64_t asked_at_ms = clock_monotonic_ms();
    if (redis_run(redis->redis, arena, commands, count, replies) != STATUS_OK)
        return; /* Redis' client counts it; what is not renewed lapses */
    for (size_t i = 0; i < count; i++)
        settle_renewal(redis, &renewals[i], &replies[i], asked_at_ms);
}

static void renew_all(struct lock_redis *redis)
{
    size_t seen = 0, count;
    do {
        struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
        struct renewal *renewals =
            arena ? arena_take(arena, RENEWED_TOGETHER * sizeof *renewals) : NULL;
        count = 0;
        if (renewals) {
            lock_mutex_take(&redis->mutex);
            count = copy_some(redis, arena, seen, renewals, &seen);
            lock_mutex_give(&redis->mutex);
        }
        if (count > 0)
            renew_some(redis, arena, renewals, count);
        arena_destroy(arena);
    } while (count == RENEWED_TOGETHER);
}

static void *watch(void *argument)
{
    struct lock_redis *redis = argument;
    lock_mutex_take(&redis->mutex);
    while (!redis->closing) {
        int64_t until_ms = clock_monotonic_ms() + redis->settings.lease_ms / RENEWALS_A_LEASE;
        while (!redis->closing && !redis->look_now && clock_monotonic_ms() < until_ms)
            lock_cond_wait(&redis->wake_watchdog, &redis->mutex, until_ms);
        redis->look_now = false;
        lock_mutex_give(&redis->mutex);
        renew_all(redis);
        lock_mutex_take(&redis->mutex);
    }
    lock_mutex_give(&redis->mutex);
    return NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

static struct lock_counts redis_lock_counts(struct lock *lock)
{
    struct lock_redis *redis = redis_of(lock);
    lock_mutex_take(&redis->mutex);
    struct lock_counts counts = redis->counts;
    lock_mutex_give(&redis->mutex);
    return counts;
}

static void redis_lock_destroy(struct lock *lock)
{
    struct lock_redis *redis = redis_of(lock);
    must(list_empty(&redis->waiters));
    must(list_empty(&redis->holds));
    if (redis->watching) {
        lock_mutex_take(&redis->mutex);
        redis->closing = true;
        pthread_cond_signal(&redis->wake_watchdog);
        lock_mutex_give(&redis->mutex);
        must(pthread_join(redis->watchdog, NULL) == 0);
    }
    if (redis->listening)
        redis_ignore(redis->redis, &redis->listener);
    pthread_cond_destroy(&redis->wake_watchdog);
    pthread_mutex_destroy(&redis->mutex);
    free(redis);
}

static const struct lock_ops redis_ops = {.name = "redis",
                                          .acquire = redis_acquire,
                                          .release = redis_release,
                                          .raise = redis_raise,
                                          .counts = redis_lock_counts,
                                          .destroy = redis_lock_destroy};

enum status lock_redis_open(struct redis *client, const struct lock_settings *settings,
                            struct lock **out_lock)
{
    struct lock_redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        return STATUS_NO_MEMORY;
    redis->base.ops = &redis_ops;
    redis->settings = lock_settings_filled(settings);
    redis->redis = client;
    redis->listener = (struct redis_listener){
        .channel = text_of(channel), .on_message = on_released, .on_gap = on_gap};
    list_init(&redis->holds);
    list_init(&redis->waiters);
    must(pthread_mutex_init(&redis->mutex, NULL) == 0);
    lock_cond_init(&redis->wake_watchdog);

    enum status status = redis_listen(client, &redis->listener);
    redis->listening = status == STATUS_OK;
    if (status == STATUS_OK)
        redis->watching = pthread_create(&redis->watchdog, NULL, watch, redis) == 0;
    if (!redis->watching) {
        redis_lock_destroy(&redis->base);
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    }
    *out_lock = &redis->base;
    return STATUS_OK;
}
