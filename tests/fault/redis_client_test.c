/*
 * redis_client_test.c — the client of Redis against a real server that is killed, stopped, flushed,
 * and against one that speaks nonsense.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "guard/breaker.h"
#include "limits.h"
#include "redis/redis.h"
#include "support/server_redis.h"

enum { ARENA_BYTES = 4096, PATIENCE_MS = 20000, SHORT_MS = 300 };

static struct server_redis *server;
static struct arena *arena;

static struct redis *client_with(const char *url, size_t connections, struct breaker *breaker,
                                 int64_t command_ms)
{
    struct redis *redis;
    char why[REDIS_WHY_BYTES];
    struct redis_settings settings = {.url = text_of(url),
                                      .connections_max = connections,
                                      .command_ms = command_ms,
                                      .breaker = breaker};
    assert_int_equal(redis_open(&settings, why, &redis), STATUS_OK);
    return redis;
}

/* It waits for as long as a busy machine may need; only who is to give up gets SHORT_MS. */
static struct redis *client_of(const char *url, size_t connections, struct breaker *breaker)
{
    return client_with(url, connections, breaker, PATIENCE_MS);
}

static enum status ask(struct redis *redis, const char *verb, const char *key, const char *value,
                       struct redis_reply *out_reply)
{
    struct text words[] = {text_of(verb), text_of(key), text_of(value)};
    return redis_ask(redis, arena, words, value ? 3 : 2, out_reply);
}

static void what_is_set_is_read_back_with_any_bytes_in_it(void **state)
{
    (void)state;
    struct redis *redis = client_of(server_redis_url(server), 2, NULL);
    struct redis_reply reply;
    struct text bytes = text_make("a\0b\r\nc", 6);
    struct text words[] = {text_of("SET"), redis_key(redis, arena, "k:", text_of("1")), bytes};
    assert_int_equal(redis_ask(redis, arena, words, 3, &reply), STATUS_OK);
    struct text read[] = {text_of("GET"), words[1]};
    assert_int_equal(redis_ask(redis, arena, read, 2, &reply), STATUS_OK);
    assert_int_equal(reply.kind, REDIS_TEXT);
    assert_true(text_equal(reply.text, bytes));
    assert_int_equal(ask(redis, "GET", "nobody", NULL, &reply), STATUS_OK);
    assert_int_equal(reply.kind, REDIS_NIL);
    redis_close(redis);
}

static void a_refusal_of_the_server_is_told_and_the_connection_stays(void **state)
{
    (void)state;
    struct redis *redis = client_of(server_redis_url(server), 1, NULL);
    struct redis_reply reply;
    char why[REDIS_WHY_BYTES];
    assert_int_equal(ask(redis, "SET", "word", "not a number", &reply), STATUS_OK);
    assert_int_equal(ask(redis, "INCR", "word", NULL, &reply), STATUS_INVALID);
    redis_why(redis, why);
    assert_non_null(strstr(why, "not an integer"));
    assert_int_equal(ask(redis, "GET", "word", NULL, &reply), STATUS_OK);
    assert_int_equal(redis_counts(redis).connections_made, 1);
    redis_close(redis);
}

static const struct redis_script doubled = {
    "return {redis.call('INCRBY', KEYS[1], ARGV[1]), {'deep', ARGV[1] * 2}}"};

static void a_script_runs_also_when_the_server_has_forgotten_it(void **state)
{
    (void)state;
    struct redis *redis = client_of(server_redis_url(server), 1, NULL);
    struct text key = redis_key(redis, arena, "sum", text_of("")), seven = text_of("7");
    for (int64_t i = 1; i <= 3; i++) {
        struct redis_reply reply;
        assert_int_equal(redis_ask_script(redis, arena, &doubled, &key, 1, &seven, 1, &reply),
                         STATUS_OK);
        assert_int_equal(reply.kind, REDIS_LIST);
        assert_int_equal(reply.item_count, 2);
        assert_int_equal(reply.items[0].number, 7 * i);
        assert_int_equal(reply.items[1].items[1].number, 14);
        assert_int_equal(ask(redis, "SCRIPT", "FLUSH", NULL, &reply), STATUS_OK);
    }
    redis_close(redis);
}

static void a_thousand_commands_take_one_round_trip(void **state)
{
    (void)state;
    struct redis *redis = client_of(server_redis_url(server), 1, NULL);
    struct arena *large = arena_create(ARENA_BYTES, 1 << 20);
    struct text words[] = {text_of("INCR"), text_of("many")}, one = text_of("1");
    struct text script_words[] = {text_of("many"), one};
    struct redis_command commands[REDIS_COMMANDS_MAX];
    static struct redis_reply replies[REDIS_COMMANDS_MAX];
    for (size_t i = 0; i < REDIS_COMMANDS_MAX; i++)
        commands[i] = (struct redis_command){.words = words, .word_count = 2};
    commands[500] = (struct redis_command){
        .script = &doubled, .key_count = 1, .words = script_words, .word_count = 2};
    struct redis_reply reply;
    assert_int_equal(ask(redis, "SCRIPT", "FLUSH", NULL, &reply), STATUS_OK);
    assert_int_equal(redis_run(redis, large, commands, REDIS_COMMANDS_MAX, replies), STATUS_OK);
    assert_int_equal(replies[499].number, 500);
    assert_int_equal(replies[REDIS_COMMANDS_MAX - 1].number, REDIS_COMMANDS_MAX - 1);
    assert_int_equal(replies[500].items[0].number, REDIS_COMMANDS_MAX); /* after all others */
    arena_destroy(large);
    redis_close(redis);
}

static void a_restart_costs_nobody_an_answer(void **state)
{
    (void)state;
    struct redis *redis = client_of(server_redis_url(server), 4, NULL);
    struct redis_reply reply;
    assert_int_equal(ask(redis, "SET", "a", "1", &reply), STATUS_OK);
    server_redis_kill(server);
    assert_int_equal(ask(redis, "SET", "a", "2", &reply), STATUS_IO);
    server_redis_restart(server);
    assert_int_equal(ask(redis, "SET", "a", "3", &reply), STATUS_OK);
    redis_close(redis);
}

static void a_server_that_hangs_is_given_up_in_time_and_its_outcome_is_unknown(void **state)
{
    (void)state;
    struct redis *patient = client_of(server_redis_url(server), 1, NULL);
    struct redis *redis = client_with(server_redis_url(server), 1, NULL, SHORT_MS);
    struct redis_reply reply;
    while (ask(redis, "SET", "a", "1", &reply) != STATUS_OK) /* it is connected */
        server_pause();
    server_redis_pause(server);
    assert_int_equal(ask(redis, "SET", "a", "2", &reply), STATUS_UNKNOWN);
    server_redis_resume(server);
    assert_int_equal(ask(patient, "GET", "a", NULL, &reply), STATUS_OK);
    redis_close(redis);
    redis_close(patient);
}

static void a_breaker_spares_the_callers_and_finds_the_server_again(void **state)
{
    (void)state;
    struct breakers *breakers = breakers_create();
    struct breaker_settings usual = breaker_usual("redis", REDIS_COMMAND_MS);
    usual.open_ms = 50;
    struct breaker *breaker = breakers_add(breakers, &usual);
    struct redis *redis = client_of(server_redis_url(server), 2, breaker);
    struct redis_reply reply;
    server_redis_kill(server);
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (breaker_read(breaker).state != BREAKER_OPEN && clock_monotonic_ms() < give_up_at_ms)
        assert_int_equal(ask(redis, "GET", "a", NULL, &reply), STATUS_IO);
    assert_int_equal(ask(redis, "GET", "a", NULL, &reply), STATUS_IO);
    assert_true(breaker_read(breaker).refused_count > 0);
    server_redis_restart(server);
    while (breaker_read(breaker).state != BREAKER_CLOSED && clock_monotonic_ms() < give_up_at_ms)
        if (ask(redis, "GET", "a", NULL, &reply) != STATUS_OK)
            server_pause();
    assert_int_equal(breaker_read(breaker).state, BREAKER_CLOSED);
    redis_close(redis);
    breakers_destroy(breakers);
}

/* --- hearing ---------------------------------------------------------------------------------- */

struct listening {
    struct redis_listener listener;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    atomic_int gap_count, message_count;
    char last[64];
};

static void on_message(struct redis_listener *listener, struct text message)
{
    struct listening *listening = container_of(listener, struct listening, listener);
    pthread_mutex_lock(&listening->lock);
    listening->message_count++;
    snprintf(listening->last, sizeof listening->last, "%.*s", (int)message.size, message.bytes);
    pthread_cond_broadcast(&listening->changed);
    pthread_mutex_unlock(&listening->lock);
}

static void on_gap(struct redis_listener *listener)
{
    struct listening *listening = container_of(listener, struct listening, listener);
    pthread_mutex_lock(&listening->lock);
    listening->gap_count++;
    pthread_cond_broadcast(&listening->changed);
    pthread_mutex_unlock(&listening->lock);
}

static void wait_for(struct listening *listening, const atomic_int *count, int least)
{
    pthread_mutex_lock(&listening->lock);
    while (*count < least)
        pthread_cond_wait(&listening->changed, &listening->lock);
    pthread_mutex_unlock(&listening->lock);
}

static void a_listener_hears_again_after_every_break_and_is_told_of_the_gap(void **state)
{
    (void)state;
    struct redis *redis = client_of(server_redis_url(server), 2, NULL);
    struct listening listening = {
        .listener = {.channel = text_of("news"), .on_message = on_message, .on_gap = on_gap},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER};
    struct listening late = listening;
    late.listener.channel = text_of("other");
    assert_int_equal(redis_listen(redis, &listening.listener), STATUS_OK);
    wait_for(&listening, &listening.gap_count, 1);
    assert_int_equal(redis_publish(redis, "news", text_of("first")), STATUS_OK);
    wait_for(&listening, &listening.message_count, 1);
    assert_string_equal(listening.last, "first");

    assert_int_equal(redis_listen(redis, &late.listener), STATUS_OK);
    wait_for(&late, &late.gap_count, 1);
    assert_int_equal(listening.gap_count, 1);

    server_redis_kill(server);
    server_redis_restart(server);
    wait_for(&listening, &listening.gap_count, 2);
    wait_for(&late, &late.gap_count, 2);
    assert_int_equal(redis_publish(redis, "news", text_of("second")), STATUS_OK);
    wait_for(&listening, &listening.message_count, 2);
    assert_string_equal(listening.last, "second");
    assert_int_equal(late.message_count, 0);
    redis_ignore(redis, &listening.listener);
    redis_ignore(redis, &late.listener);
    redis_close(redis);
}

static void a_silent_server_is_noticed_by_the_listener(void **state)
{
    (void)state;
    struct redis *redis = client_of(server_redis_url(server), 2, NULL);
    struct listening listening = {
        .listener = {.channel = text_of("news"), .on_message = on_message, .on_gap = on_gap},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER};
    assert_int_equal(redis_listen(redis, &listening.listener), STATUS_OK);
    wait_for(&listening, &listening.gap_count, 1);
    server_redis_pause(server);
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (redis_counts(redis).listening && clock_monotonic_ms() < give_up_at_ms)
        server_pause();
    assert_false(redis_counts(redis).listening);
    server_redis_resume(server);
    wait_for(&listening, &listening.gap_count, 2);
    redis_ignore(redis, &listening.listener);
    redis_close(redis);
}

/* --- passwords -------------------------------------------------------------------------------- */

static void a_password_opens_the_door_and_a_wrong_one_is_never_repeated(void **state)
{
    (void)state;
    char why[SERVER_WHY_BYTES], said[REDIS_WHY_BYTES], wrong[128];
    struct server_redis *closed =
        server_redis_start(&(struct server_redis_settings){.password = "op3n-sesame"}, why);
    assert_non_null(closed);
    struct redis_reply reply;
    struct redis *redis = client_of(server_redis_url(closed), 1, NULL);
    assert_int_equal(ask(redis, "SET", "a", "1", &reply), STATUS_OK);
    redis_close(redis);

    const char *port = strrchr(server_redis_url(closed), ':');
    snprintf(wrong, sizeof wrong, "redis://:ali-baba@127.0.0.1%s", port);
    redis = client_of(wrong, 1, NULL);
    assert_int_equal(ask(redis, "SET", "a", "1", &reply), STATUS_IO);
    redis_why(redis, said);
    assert_non_null(strstr(said, "password"));
    assert_null(strstr(said, "ali-baba"));
    redis_close(redis);
    server_redis_destroy(closed);
}

/* --- a server that is none -------------------------------------------------------------------- */

struct liar {
    int listening_end;
    uint16_t port;
    const char *words;
    size_t repeats;
    pthread_t thread;
};

static void *lie(void *argument)
{
    struct liar *liar = argument;
    char heard[4096];
    int end = accept(liar->listening_end, NULL, NULL);
    bool asked = end >= 0 && recv(end, heard, sizeof heard, 0) > 0;
    for (size_t i = 0; asked && i < liar->repeats; i++)
        if (send(end, liar->words, strlen(liar->words), MSG_NOSIGNAL) < 0)
            break;
    while (end >= 0 && recv(end, heard, sizeof heard, 0) > 0) /* until the client hangs up */
        continue;
    close(end);
    return NULL;
}

static enum status ask_a_liar(const char *words, size_t repeats, int64_t command_ms)
{
    struct liar liar = {.words = words, .repeats = repeats};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    char url[64];
    liar.listening_end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(liar.listening_end, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(liar.listening_end, 1), 0);
    assert_int_equal(getsockname(liar.listening_end, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(pthread_create(&liar.thread, NULL, lie, &liar), 0);
    snprintf(url, sizeof url, "redis://127.0.0.1:%u", ntohs(address.sin_port));

    struct redis *redis = client_with(url, 1, NULL, command_ms);
    struct redis_reply reply;
    enum status status = ask(redis, "GET", "a", NULL, &reply);
    redis_close(redis);
    pthread_join(liar.thread, NULL);
    close(liar.listening_end);
    return status;
}

static void nonsense_and_endless_replies_are_hung_up_on(void **state)
{
    (void)state;
    assert_int_equal(ask_a_liar("HTTP/1.1 200 OK\r\n\r\n", 1, PATIENCE_MS), STATUS_UNKNOWN);
    assert_int_equal(ask_a_liar("$-7\r\n", 1, PATIENCE_MS), STATUS_UNKNOWN);
    assert_int_equal(ask_a_liar("*2147483647\r\n", 1, PATIENCE_MS), STATUS_FULL);
    assert_int_equal(ask_a_liar("*1000000\r\n", 1, PATIENCE_MS), STATUS_FULL);
    assert_int_equal(ask_a_liar("$9999999999999999999999\r\n", 1, PATIENCE_MS), STATUS_UNKNOWN);
    assert_int_equal(
        ask_a_liar("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", 1, PATIENCE_MS),
        STATUS_UNKNOWN);
    assert_int_equal(ask_a_liar("$1000\r\nhalf a reply", 1, SHORT_MS), STATUS_UNKNOWN);
    static char large[64 * 1024 + 1];
    memset(large, 'x', sizeof large - 1);
    memcpy(large, "$99000000\r\n", strlen("$99000000\r\n"));
    assert_int_equal(ask_a_liar(large, 2 * REDIS_REPLY_BYTES_MAX / sizeof large, PATIENCE_MS),
                     STATUS_FULL);
}

/* --- the program ------------------------------------------------------------------------------ */

static int clean_arena(void **state)
{
    (void)state;
    arena_reset(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_set_is_read_back_with_any_bytes_in_it, clean_arena),
        cmocka_unit_test_setup(a_refusal_of_the_server_is_told_and_the_connection_stays,
                               clean_arena),
        cmocka_unit_test_setup(a_script_runs_also_when_the_server_has_forgotten_it, clean_arena),
        cmocka_unit_test_setup(a_thousand_commands_take_one_round_trip, clean_arena),
        cmocka_unit_test_setup(a_restart_costs_nobody_an_answer, clean_arena),
        cmocka_unit_test_setup(a_server_that_hangs_is_given_up_in_time_and_its_outcome_is_unknown,
                               clean_arena),
        cmocka_unit_test_setup(a_breaker_spares_the_callers_and_finds_the_server_again,
                               clean_arena),
        cmocka_unit_test_setup(a_listener_hears_again_after_every_break_and_is_told_of_the_gap,
                               clean_arena),
        cmocka_unit_test_setup(a_silent_server_is_noticed_by_the_listener, clean_arena),
        cmocka_unit_test_setup(a_password_opens_the_door_and_a_wrong_one_is_never_repeated,
                               clean_arena),
        cmocka_unit_test_setup(nonsense_and_endless_replies_are_hung_up_on, clean_arena),
    };
    char why[SERVER_WHY_BYTES];
    log_set_level(LOG_OFF);
    server = server_redis_start(&(struct server_redis_settings){0}, why);
    if (!server) {
        fprintf(stderr, "skipped: %s\n", why);
        return SERVER_EXIT_WITHOUT;
    }
    arena = arena_create(ARENA_BYTES, 64 << 20);
    signal(SIGPIPE, SIG_IGN);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(arena);
    server_redis_destroy(server);
    return failed;
}
