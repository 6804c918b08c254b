/*
 * strategies_nodes_test.c — two processes sell one date on one PostgreSQL, and one of them is
 * stopped, or the lock server forgets.
 *
 * The second process is a fork that opens a house of its own; both meet at a gate in shared memory,
 * so nothing depends on who is faster.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "lock/lock.h"
#include "lock/lock_redis.h"
#include "redis/redis.h"
#include "support/server_redis.h"
#include "support/strategy_house.h"

enum { LEASE_MS = 300, FANS = 12 };

static struct server_redis *lock_server;

/* --- two processes ---------------------------------------------------------------------------- */

struct meeting { /* in memory that both processes see */
    pthread_barrier_t both_looked;
    struct plain_sale_made sale;
    pthread_barrier_t sale_is_there;
};

static struct meeting *make_meeting(void)
{
    struct meeting *meeting =
        mmap(NULL, sizeof *meeting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(meeting != MAP_FAILED);
    pthread_barrierattr_t shared;
    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&meeting->both_looked, &shared, 2);
    pthread_barrier_init(&meeting->sale_is_there, &shared, 2);
    return meeting;
}

struct node { /* one process's view */
    struct strategies_watcher watcher;
    struct meeting *meeting;
    struct redis *redis;
    struct lock *lock;
    struct strategy_house *house;
};

static void open_lock(struct node *node)
{
    char why[REDIS_WHY_BYTES];
    const struct redis_settings settings = {.url = text_of(server_redis_url(lock_server))};
    const struct lock_settings short_lease = {.lease_ms = LEASE_MS};
    assert_int_equal(redis_open(&settings, why, &node->redis), STATUS_OK);
    assert_int_equal(lock_redis_open(node->redis, &short_lease, &node->lock), STATUS_OK);
}

static void open_node(struct node *node, const struct database *database, const char *strategy,
                      const char *lock, bool first)
{
    if (lock_server && strcmp(strategy, "v3") == 0)
        open_lock(node);
    node->house = strategy_house_open(&(struct strategy_house_settings){
        .kind = DATABASE_POSTGRES,
        .database = database,
        .sale = first ? NULL : &node->meeting->sale,
        .strategy = strategy,
        .lock = lock,
        .watcher = node->watcher.on_looked ? &node->watcher : NULL,
        .lock_service = node->lock});
    if (first)
        node->meeting->sale = node->house->sale;
}

static void close_node(struct node *node)
{
    strategy_house_close(node->house);
    lock_destroy(node->lock);
    redis_close(node->redis);
}

/* How many of this process's fans got seat 7. */
static int sell(struct node *node, int64_t first_fan, int fan_count)
{
    struct fan_press presses[FANS];
    int won = 0;
    for (int i = 0; i < fan_count; i++)
        fan_wants(&presses[i], node->house, first_fan + i, 7, 1, "key");
    for (int i = 0; i < fan_count; i++)
        fan_press(&presses[i]);
    fan_wait(presses, (size_t)fan_count);
    for (int i = 0; i < fan_count; i++)
        won += presses[i].ask.verdict == BOOKING_DONE;
    return won;
}

/* The other process: opens when the sale is there, sells, and tells by its exit code. */
static pid_t start_other(struct node *node, const struct database *database, const char *strategy,
                         const char *lock, int fan_count)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    pthread_barrier_wait(&node->meeting->sale_is_there);
    open_node(node, database, strategy, lock, false);
    int won = sell(node, 500, fan_count);
    close_node(node);
    _exit(won);
}

static int wait_for(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* --- the lock of a process -------------------------------------------------------------------- */

static void meet(struct strategies_watcher *watcher, const struct booking_ask *ask)
{
    (void)ask;
    pthread_barrier_wait(&((struct node *)watcher)->meeting->both_looked);
}

static void a_mutex_does_not_reach_into_another_process(void **state)
{
    (void)state;
    struct database *database = database_make(DATABASE_POSTGRES);
    struct node node = {.watcher = {meet}, .meeting = make_meeting()};
    pid_t other = start_other(&node, database, "v1", "mutex", 1);
    open_node(&node, database, "v1", "mutex", true);
    pthread_barrier_wait(&node.meeting->sale_is_there);
    assert_int_equal(sell(&node, 100, 1), 1);
    assert_int_equal(wait_for(other), 1); /* the same seat */
    assert_false(strategy_house_is_clean(node.house));
    assert_int_equal(node.house->report.promise[0].violation_count, 1);
    close_node(&node);
    database_remove(database);
}

/* --- what holds on any number of nodes -------------------------------------------------------- */

static void sell_on_two_nodes(const char *strategy, const char *lock)
{
    struct database *database = database_make(DATABASE_POSTGRES);
    struct node node = {.meeting = make_meeting()};
    pid_t other = start_other(&node, database, strategy, lock, FANS);
    open_node(&node, database, strategy, lock, true);
    pthread_barrier_wait(&node.meeting->sale_is_there);
    int won = sell(&node, 100, FANS);
    assert_int_equal(won + wait_for(other), 1);
    assert_true(strategy_house_is_clean(node.house));
    close_node(&node);
    database_remove(database);
}

static void versions_hold_on_two_nodes(void **state)
{
    (void)state;
    sell_on_two_nodes("v2", "optimistic");
}

static void row_locks_hold_on_two_nodes(void **state)
{
    (void)state;
    sell_on_two_nodes("v2", "pessimistic");
}

static void locks_of_a_server_hold_on_two_nodes(void **state)
{
    (void)state;
    sell_on_two_nodes("v3", "");
}

/* --- leases that end too early ---------------------------------------------------------------- */

static void stop_oneself(struct strategies_watcher *watcher, const struct booking_ask *ask)
{
    static bool was_stopped;
    (void)watcher, (void)ask;
    if (!was_stopped) {
        was_stopped = true;
        raise(SIGSTOP);
    }
}

static void who_was_stopped_beyond_the_lease_writes_nothing(void **state)
{
    (void)state;
    struct database *database = database_make(DATABASE_POSTGRES);
    struct node stopped = {.watcher = {stop_oneself}, .meeting = make_meeting()};
    struct node node = {.meeting = stopped.meeting};
    pid_t other = start_other(&stopped, database, "v3", "", 1);
    open_node(&node, database, "v3", "", true);
    pthread_barrier_wait(&node.meeting->sale_is_there);
    int status;
    assert_int_equal(waitpid(other, &status, WUNTRACED), other);
    assert_true(WIFSTOPPED(status)); /* it has the lock, and is about to write */

    assert_int_equal(sell(&node, 100, 1), 1); /* as soon as the lease has ended */
    assert_int_equal(kill(other, SIGCONT), 0);
    assert_int_equal(wait_for(other), 0); /* its fence came too late */
    assert_true(strategy_house_is_clean(node.house));
    close_node(&node);
    database_remove(database);
}

struct forgetting { /* the first walk stops between lock and write until the second is through */
    struct node node;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int walks;
    bool second_is_through;
};

static void forget_everything(struct strategies_watcher *watcher, const struct booking_ask *ask)
{
    struct forgetting *forgetting = (struct forgetting *)watcher;
    (void)ask;
    pthread_mutex_lock(&forgetting->lock);
    if (++forgetting->walks == 1) {
        server_redis_flush(lock_server);
        pthread_cond_broadcast(&forgetting->changed);
        while (!forgetting->second_is_through)
            pthread_cond_wait(&forgetting->changed, &forgetting->lock);
    }
    pthread_mutex_unlock(&forgetting->lock);
}

static void a_lock_server_that_forgets_sells_nothing_twice(void **state)
{
    (void)state;
    struct database *database = database_make(DATABASE_POSTGRES);
    struct forgetting forgetting = {
        .node = {.watcher = {forget_everything}, .meeting = make_meeting()},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER};
    open_node(&forgetting.node, database, "v3", "", true);
    struct strategy_house *house = forgetting.node.house;
    struct fan_press mina, joon;
    fan_wants(&mina, house, 1, 7, 1, "key");
    fan_wants(&joon, house, 2, 7, 1, "key");
    fan_press(&mina);
    pthread_mutex_lock(&forgetting.lock);
    while (forgetting.walks == 0)
        pthread_cond_wait(&forgetting.changed, &forgetting.lock);
    pthread_mutex_unlock(&forgetting.lock);
    assert_int_equal(fan_hears(&joon), BOOKING_DONE); /* the lock was free: nobody remembers mina */
    pthread_mutex_lock(&forgetting.lock);
    forgetting.second_is_through = true;
    pthread_cond_broadcast(&forgetting.changed);
    pthread_mutex_unlock(&forgetting.lock);
    fan_wait(&mina, 1);
    assert_int_equal(mina.ask.verdict, BOOKING_SEAT_TAKEN);
    assert_true(strategy_house_is_clean(house));
    close_node(&forgetting.node);
    database_remove(database);
}

/* ---------------------------------------------------------------------------------------------- */

static int run(enum database_kind kind)
{
    const struct CMUnitTest with_database[] = {
        cmocka_unit_test(a_mutex_does_not_reach_into_another_process),
        cmocka_unit_test(versions_hold_on_two_nodes),
        cmocka_unit_test(row_locks_hold_on_two_nodes),
    };
    const struct CMUnitTest with_locks[] = {
        cmocka_unit_test(locks_of_a_server_hold_on_two_nodes),
        cmocka_unit_test(who_was_stopped_beyond_the_lease_writes_nothing),
        cmocka_unit_test(a_lock_server_that_forgets_sells_nothing_twice),
    };
    char why[SERVER_WHY_BYTES];
    if (kind != DATABASE_POSTGRES)
        return 0;
    int failed = cmocka_run_group_tests_name("two nodes", with_database, NULL, NULL);
    lock_server = server_redis_start(&(struct server_redis_settings){0}, why);
    if (!lock_server) {
        printf("skipped on Redis: %s\n", why);
        return failed;
    }
    failed += cmocka_run_group_tests_name("two nodes and Redis", with_locks, NULL, NULL);
    server_redis_destroy(lock_server);
    return failed;
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(run);
}
