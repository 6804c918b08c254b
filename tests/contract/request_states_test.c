/*
 * request_states_test.c — what the states of asynchronous requests promise, asked of each adapter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "redis/redis.h"
#include "strategies/request_states_memory.h"
#include "strategies/request_states_redis.h"
#include "support/server_redis.h"

static const struct request_secret secret = {"thirty-two bytes nobody guesses"};
static const struct fan_id mina = {7}, joon = {8};

static bool on_redis;
static struct redis *client;

struct ear { /* what a watcher has heard */
    struct request_watcher watcher;
    struct request_states *states;
    struct request_state last;
    atomic_int count;
};

static void on_settled(struct request_watcher *watcher, const struct request_state *state)
{
    struct ear *ear = container_of(watcher, struct ear, watcher);
    ear->last = *state;
    atomic_fetch_add(&ear->count, 1);
}

static int set_up(void **state)
{
    struct ear *ear = calloc(1, sizeof *ear);
    assert_non_null(ear);
    ear->states = on_redis ? request_states_redis_create(client)
                           : request_states_memory_create(clock_wall_ms);
    assert_non_null(ear->states);
    ear->watcher.on_settled = on_settled;
    request_states_watch(ear->states, &ear->watcher);
    while (on_redis && !redis_counts(client).listening)
        server_pause();
    *state = ear;
    return 0;
}

static int tear_down(void **state)
{
    struct ear *ear = *state;
    request_states_destroy(ear->states);
    free(ear);
    return 0;
}

/* Keys differ from story to story: one Redis serves all of them. */
static struct request_state fresh_of(struct fan_id fan, int64_t key_hash)
{
    struct request_state state = {.fan = fan, .key_hash = key_hash, .request_hash = 5};
    request_id_make(&secret, fan, 1700000000000, &state.id);
    return state;
}

static bool begins(struct ear *ear, const struct request_state *fresh,
                   struct request_state *out_known)
{
    bool is_new;
    assert_int_equal(request_states_begin(ear->states, fresh, &is_new, out_known), STATUS_OK);
    return is_new;
}

static void settle(struct ear *ear, const struct request_state *state)
{
    request_states_settle(ear->states, &state, 1);
}

static void a_key_begins_one_request(void **state)
{
    struct ear *ear = *state;
    struct request_state known, first = fresh_of(mina, 1), again = fresh_of(mina, 1);
    struct request_state other_fan = fresh_of(joon, 1), other_key = fresh_of(mina, 2);
    assert_true(begins(ear, &first, &known));
    assert_false(begins(ear, &again, &known));
    assert_string_equal(known.id.digits, first.id.digits);
    assert_int_equal(known.request_hash, 5);
    assert_int_equal(known.progress, REQUEST_PENDING);
    assert_true(begins(ear, &other_fan, &known));
    assert_true(begins(ear, &other_key, &known));
}

static void what_is_settled_is_found_and_heard_of_once(void **state)
{
    struct ear *ear = *state;
    struct request_state found, one = fresh_of(mina, 3);
    assert_true(begins(ear, &one, &found));
    assert_int_equal(request_states_find(ear->states, &one.id, &found), STATUS_OK);
    assert_int_equal(found.progress, REQUEST_PENDING);
    one.progress = REQUEST_SUCCESS;
    one.reservation.value = 77;
    settle(ear, &one);
    while (atomic_load(&ear->count) == 0)
        server_pause();
    assert_string_equal(ear->last.id.digits, one.id.digits);
    assert_int_equal(ear->last.reservation.value, 77);

    struct request_state late = one; /* a request that is decided stays so */
    late.progress = REQUEST_FAILED;
    snprintf(late.code, sizeof late.code, "REQUEST_EXPIRED");
    settle(ear, &late);
    assert_int_equal(request_states_find(ear->states, &one.id, &found), STATUS_OK);
    assert_int_equal(found.progress, REQUEST_SUCCESS);
    assert_int_equal(found.reservation.value, 77);
    assert_int_equal(found.fan.value, mina.value);
    struct request_state again = fresh_of(mina, 3);
    assert_false(begins(ear, &again, &found));
    assert_int_equal(found.progress, REQUEST_SUCCESS);
    assert_int_equal(atomic_load(&ear->count), 1);
}

static void a_refusal_spends_no_key_and_keeps_its_reason(void **state)
{
    struct ear *ear = *state;
    struct request_state found, one = fresh_of(mina, 4), again = fresh_of(mina, 4);
    assert_true(begins(ear, &one, &found));
    one.progress = REQUEST_FAILED;
    snprintf(one.code, sizeof one.code, "SEAT_TAKEN");
    snprintf(one.extra, sizeof one.extra, "\"seatIds\":[1,2]");
    settle(ear, &one);
    assert_int_equal(request_states_find(ear->states, &one.id, &found), STATUS_OK);
    assert_string_equal(found.code, "SEAT_TAKEN");
    assert_string_equal(found.extra, "\"seatIds\":[1,2]");
    assert_true(begins(ear, &again, &found));
}

static void what_was_not_sent_is_forgotten(void **state)
{
    struct ear *ear = *state;
    struct request_state found, one = fresh_of(mina, 5), again = fresh_of(mina, 5);
    assert_true(begins(ear, &one, &found));
    request_states_forget(ear->states, &one);
    assert_int_equal(request_states_find(ear->states, &one.id, &found), STATUS_MISSING);
    assert_true(begins(ear, &again, &found));
}

static void what_was_begun_in_another_life_can_be_settled(void **state)
{
    struct ear *ear = *state;
    struct request_state found, one = fresh_of(mina, 6);
    one.progress = REQUEST_SUCCESS;
    one.reservation.value = 9;
    settle(ear, &one);
    assert_int_equal(request_states_find(ear->states, &one.id, &found), STATUS_OK);
    assert_int_equal(found.reservation.value, 9);
}

/* Its words go out in answers: whoever can write into Redis does not write those. */
static void what_is_no_state_is_not_known(void **state)
{
    static const char *const values[] = {
        "FAILED|7|1|5|0|SEAT_TAKEN|\"seatIds\":[1]},{\"a\":1",
        "FAILED|7|1|5|0|SEAT_TAKEN|<script>",
        "FAILED|7|1|5|0|a code with a \" in it|",
        "FAILED|7|1|5|0|SEAT_TAKEN|\"seatIds\":[1",
        "SUCCESS|7|1|5|0||",
        "FAILED|0|1|5|0|SEAT_TAKEN|",
    };
    struct ear *ear = *state;
    struct request_state found, one = fresh_of(mina, 9);
    struct arena *arena = arena_create(4096, 65536);
    struct redis_reply reply;
    assert_non_null(arena);
    struct text words[] = {text_of("SET"),
                           redis_key(client, arena, "request:", text_of(one.id.digits)),
                           text_of("FAILED|7|1|5|0|SEAT_TAKEN|\"seatIds\":[1]")};
    assert_int_equal(redis_ask(client, arena, words, 3, &reply), STATUS_OK);
    assert_int_equal(request_states_find(ear->states, &one.id, &found), STATUS_OK);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        words[2] = text_of(values[i]);
        assert_int_equal(redis_ask(client, arena, words, 3, &reply), STATUS_OK);
        assert_int_equal(request_states_find(ear->states, &one.id, &found), STATUS_MISSING);
    }
    arena_destroy(arena);
}

static int tell(const char *name)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test_setup_teardown(a_key_begins_one_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_settled_is_found_and_heard_of_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_spends_no_key_and_keeps_its_reason, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_not_sent_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_begun_in_another_life_can_be_settled, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name(name, stories, NULL, NULL);
}

int main(void)
{
    char why[REDIS_WHY_BYTES];
    log_set_level(LOG_OFF);
    int failed = tell("memory");
    const char *url = redis_url_or_skip();
    if (!url)
        return failed > 0 ? failed : SERVER_EXIT_WITHOUT;
    const struct redis_settings settings = {.url = text_of(url)};
    if (redis_open(&settings, why, &client) != STATUS_OK)
        return 1;
    on_redis = true;
    failed += tell("redis");
    const struct CMUnitTest alone[] = {
        cmocka_unit_test_setup_teardown(what_is_no_state_is_not_known, set_up, tear_down),
    };
    failed += cmocka_run_group_tests_name("redis alone", alone, NULL, NULL);
    redis_close(client);
    return failed;
}
