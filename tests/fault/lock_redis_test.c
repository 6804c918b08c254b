/*
 * lock_redis_test.c — the bad days of a lock: its owner is stopped, its server is flushed, killed
 * or hangs. Somebody else gets the key then, and the vault, which stands for the store, never takes
 * what the first one still believes.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "lock/lock.h"
#include "lock/lock_redis.h"
#include "redis/redis.h"
#include "support/server_redis.h"

enum { LEASE_MS = 500, PATIENCE_MS = 20000 };

static struct server_redis *server;

struct node {
    struct redis *redis;
    struct lock *lock;
};

static struct node open_node(void)
{
    struct node node;
    char why[REDIS_WHY_BYTES];
    struct redis_settings settings = {.url = text_of(server_redis_url(server)), .command_ms = 300};
    must(redis_open(&settings, why, &node.redis) == STATUS_OK);
    must(lock_redis_open(node.redis, &(struct lock_settings){.lease_ms = LEASE_MS}, &node.lock) ==
         STATUS_OK);
    return node;
}

static void close_node(struct node *node)
{
    lock_destroy(node->lock);
    redis_close(node->redis);
}

static enum status take(struct node *node, int64_t wait_ms, struct lock_hold *out_hold)
{
    struct text key = text_of("seat:1");
    return lock_acquire(node->lock, &key, 1, wait_ms, out_hold);
}

/* --- the store, as far as locks are concerned ------------------------------------------------- */

struct vault {
    int64_t highest_fence;
    int owner; /* whose write was taken last */
};

static bool vault_take(struct vault *vault, int owner, int64_t fence)
{
    if (fence <= vault->highest_fence)
        return false;
    vault->highest_fence = fence;
    vault->owner = owner;
    return true;
}

static void wait_until_lost(const struct lock_hold *hold)
{
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (lock_held(hold) && clock_monotonic_ms() < give_up_at_ms)
        server_pause();
    assert_false(lock_held(hold));
}

/* --- the owner is stopped --------------------------------------------------------------------- */

struct report { /* what the other process found out */
    int64_t fence;
    bool held;
    enum status released;
};

static _Noreturn void be_the_other_owner(int input, int output)
{
    struct node node = open_node();
    struct lock_hold hold;
    struct report report = {0};
    char bell;
    must(take(&node, 0, &hold) == STATUS_OK);
    report.fence = lock_fence(&hold);
    report.held = lock_held(&hold);
    must(write(output, &report, sizeof report) == (ssize_t)sizeof report);
    must(read(input, &bell, 1) == 1); /* stopped here for longer than the lease */
    report.held = lock_held(&hold);
    report.released = lock_release(node.lock, &hold);
    must(write(output, &report, sizeof report) == (ssize_t)sizeof report);
    close_node(&node);
    _exit(0);
}

static void an_owner_that_was_stopped_finds_out_and_writes_nothing(void **state)
{
    (void)state;
    int to[2], from[2], exit_code;
    struct report report;
    must(pipe(to) == 0 && pipe(from) == 0);
    pid_t other = fork();
    must(other >= 0);
    if (other == 0)
        be_the_other_owner(to[0], from[1]);
    must(read(from[0], &report, sizeof report) == (ssize_t)sizeof report);
    assert_true(report.held);
    struct vault vault = {0};
    assert_int_equal(kill(other, SIGSTOP), 0);

    struct node node = open_node();
    struct lock_hold hold;
    assert_int_equal(take(&node, PATIENCE_MS, &hold), STATUS_OK); /* when the lease has ended */
    assert_true(vault_take(&vault, 2, lock_fence(&hold)));
    assert_int_equal(lock_release(node.lock, &hold), STATUS_OK);

    assert_int_equal(kill(other, SIGCONT), 0);
    must(write(to[1], "!", 1) == 1);
    must(read(from[0], &report, sizeof report) == (ssize_t)sizeof report);
    assert_false(report.held);
    assert_int_equal(report.released, STATUS_MISSING);
    assert_false(vault_take(&vault, 1, report.fence)); /* even had it not looked */
    assert_int_equal(vault.owner, 2);
    must(waitpid(other, &exit_code, 0) == other && exit_code == 0);
    for (int i = 0; i < 2; i++) {
        close(to[i]);
        close(from[i]);
    }
    close_node(&node);
}

/* --- the server forgets ----------------------------------------------------------------------- */

/* Between the two takings `forget` happens: the second owner gets the key, and only it may
   write. */
static void two_owners_around(void (*forget)(struct server_redis *server))
{
    struct node first = open_node(), second = open_node();
    struct lock_hold early, late;
    struct vault vault = {0};
    assert_int_equal(take(&first, 0, &early), STATUS_OK);
    forget(server);
    assert_int_equal(take(&second, PATIENCE_MS, &late), STATUS_OK);
    assert_true(lock_fence(&late) > lock_fence(&early));
    assert_true(vault_take(&vault, 2, lock_fence(&late)));
    assert_false(vault_take(&vault, 1, lock_fence(&early)));
    wait_until_lost(&early);
    assert_int_equal(lock_release(first.lock, &early), STATUS_MISSING);
    assert_int_equal(lock_counts(first.lock).lost, 1);
    assert_int_equal(lock_release(second.lock, &late), STATUS_OK);
    close_node(&first);
    close_node(&second);
}

static void a_flush_gives_the_key_to_another_under_a_higher_fence(void **state)
{
    (void)state;
    two_owners_around(server_redis_flush);
}

static void a_restart_gives_the_key_to_another_under_a_higher_fence(void **state)
{
    (void)state;
    two_owners_around(server_redis_restart);
}

static void a_server_whose_clock_was_set_back_is_lifted_above_the_store(void **state)
{
    (void)state;
    struct node node = open_node();
    struct lock_hold hold;
    struct vault vault = {.highest_fence = clock_wall_ms() * 1000 + INT64_C(60000000)};
    assert_int_equal(take(&node, 0, &hold), STATUS_OK);
    assert_false(vault_take(&vault, 1, lock_fence(&hold)));
    assert_int_equal(lock_release(node.lock, &hold), STATUS_OK);
    assert_int_equal(lock_raise(node.lock, vault.highest_fence), STATUS_OK);
    assert_int_equal(take(&node, 0, &hold), STATUS_OK);
    assert_true(vault_take(&vault, 1, lock_fence(&hold)));
    assert_int_equal(lock_release(node.lock, &hold), STATUS_OK);
    server_redis_flush(server);
    close_node(&node);
}

/* --- the server is away ----------------------------------------------------------------------- */

static void without_a_server_the_answer_is_clear_and_comes_at_once(void **state)
{
    (void)state;
    struct node node = open_node();
    struct lock_hold hold, other;
    assert_int_equal(take(&node, 0, &hold), STATUS_OK);
    server_redis_kill(server);
    assert_int_equal(take(&node, PATIENCE_MS, &other), STATUS_IO);
    wait_until_lost(&hold); /* nobody renews it */
    assert_int_equal(lock_release(node.lock, &hold), STATUS_IO);
    server_redis_restart(server);
    assert_int_equal(take(&node, 0, &hold), STATUS_OK);
    assert_int_equal(lock_release(node.lock, &hold), STATUS_OK);
    close_node(&node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owner_that_was_stopped_finds_out_and_writes_nothing),
        cmocka_unit_test(a_flush_gives_the_key_to_another_under_a_higher_fence),
        cmocka_unit_test(a_restart_gives_the_key_to_another_under_a_higher_fence),
        cmocka_unit_test(a_server_whose_clock_was_set_back_is_lifted_above_the_store),
        cmocka_unit_test(without_a_server_the_answer_is_clear_and_comes_at_once),
    };
    char why[SERVER_WHY_BYTES];
    log_set_level(LOG_OFF);
    signal(SIGPIPE, SIG_IGN);
    server = server_redis_start(&(struct server_redis_settings){0}, why);
    if (!server) {
        fprintf(stderr, "skipped: %s\n", why);
        return SERVER_EXIT_WITHOUT;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    server_redis_destroy(server);
    return failed;
}
