/*
 * client_test.c — one connection and a server that follows a script, good and bad.
 *
 * Each line of a script is what the server writes for one request; it may then hang up. The client
 * asks again until the script is over, as rush would.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/container.h"
#include "rush/client.h"

enum { LINES_MAX = 16 };

struct line {
    const char *first, *second; /* two writes, so that the parser sees them apart; NULL: none */
    bool hangs_up;
};

struct heard {
    int status;
    int64_t retry_after_seconds;
    char body[64];
};

struct stage {
    struct client_listener listener;
    struct client *client;
    const struct line *lines;
    size_t line_count;
    int door; /* where the server listens */
    struct night_address address;
    struct heard heard[LINES_MAX];
    size_t heard_count, lost_count, ready_count, sent_count, woken_count;
};

static struct stage *stage_of(struct client_listener *listener)
{
    return container_of(listener, struct stage, listener);
}

/* --- the server ------------------------------------------------------------------------------- */

static bool read_request(int connection)
{
    char bytes[1024];
    size_t size = 0;
    while (size < 4 || memcmp(bytes + size - 4, "\r\n\r\n", 4) != 0) {
        ssize_t got = read(connection, bytes + size, sizeof bytes - size);
        if (got <= 0)
            return false;
        size += (size_t)got;
    }
    return true;
}

static void say(int connection, const char *words)
{
    if (words)
        assert_int_equal(send(connection, words, strlen(words), MSG_NOSIGNAL), strlen(words));
}

static void *serve(void *context)
{
    const struct stage *stage = context;
    int connection = -1;
    for (size_t i = 0; i < stage->line_count; i++) {
        const struct line *line = &stage->lines[i];
        while (connection < 0 || !read_request(connection)) {
            if (connection >= 0)
                close(connection);
            connection = accept(stage->door, NULL, NULL);
        }
        say(connection, line->first);
        say(connection, line->second);
        if (line->hangs_up) {
            close(connection);
            connection = -1;
        }
    }
    if (connection >= 0)
        close(connection);
    return NULL;
}

static void open_door(struct stage *stage)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    stage->door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(stage->door, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(stage->door, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(listen(stage->door, 16), 0);
    stage->address = (struct night_address){"127.0.0.1", ntohs(address.sin_port)};
}

/* --- the client ------------------------------------------------------------------------------- */

static void on_ready(struct client_listener *listener, uint32_t connection)
{
    struct stage *stage = stage_of(listener);
    stage->ready_count++;
    stage->sent_count++;
    assert_true(client_is_ready(stage->client, connection));
    client_send(stage->client, connection, text_of("GET / HTTP/1.1\r\n\r\n"));
}

static void stop_when_over(struct stage *stage)
{
    if (stage->heard_count + stage->lost_count == stage->line_count)
        client_stop(stage->client);
}

static void on_answer(struct client_listener *listener, uint32_t connection,
                      const struct answer_raw *answer)
{
    (void)connection;
    struct stage *stage = stage_of(listener);
    assert_true(stage->heard_count < LINES_MAX);
    struct heard *heard = &stage->heard[stage->heard_count++];
    heard->status = answer->status;
    heard->retry_after_seconds = answer->retry_after_seconds;
    assert_true(answer->body.size < sizeof heard->body);
    if (answer->body.size > 0)
        memcpy(heard->body, answer->body.bytes, answer->body.size);
    stop_when_over(stage);
}

static void on_lost(struct client_listener *listener, uint32_t connection)
{
    (void)connection;
    struct stage *stage = stage_of(listener);
    stage->lost_count++;
    stop_when_over(stage);
}

static void on_wake(struct client_listener *listener)
{
    stage_of(listener)->woken_count++;
}

static void on_interrupt(struct client_listener *listener)
{
    client_stop(stage_of(listener)->client);
}

static void perform(struct stage *stage, const struct line *lines, size_t line_count)
{
    *stage = (struct stage){.lines = lines, .line_count = line_count};
    stage->listener = (struct client_listener){on_ready, on_answer, on_lost, on_wake, on_interrupt};
    open_door(stage);
    pthread_t server;
    assert_int_equal(pthread_create(&server, NULL, serve, stage), 0);
    assert_int_equal(client_create(&stage->address, 1, 1, &stage->listener, &stage->client),
                     STATUS_OK);
    client_wake_at(stage->client, clock_monotonic_us());
    client_run(stage->client);
    assert_int_equal(pthread_join(server, NULL), 0);
    client_destroy(stage->client);
    close(stage->door);
}
#define PERFORM(stage, lines) perform(stage, lines, sizeof(lines) / sizeof(lines)[0])

/* --- stories ---------------------------------------------------------------------------------- */

static struct stage stage;

static void answers_come_one_after_the_other_on_one_connection(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", NULL, false},
        {"HTTP/1.1 201 Created\r\nContent-Le", "ngth: 5\r\n\r\nthere", false},
        {"HTTP/1.1 409 Conflict\r\nContent-Length: 5\r\n\r\nta", "ken", true},
    };
    PERFORM(&stage, lines);
    assert_int_equal(stage.heard_count, 3);
    assert_string_equal(stage.heard[1].body, "there");
    assert_int_equal(stage.heard[2].status, 409);
}

static void the_time_to_come_again_is_read_from_the_header(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {"HTTP/1.1 503 Busy\r\nretry-AFTER: 7\r\nContent-Length: 0\r\n\r\n", NULL, false},
        {"HTTP/1.1 503 Busy\r\nRetry-Aft", "er: 10\r\nContent-Length: 0\r\n\r\n", false},
        {"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", NULL, false},
    };
    PERFORM(&stage, lines);
    assert_int_equal(stage.heard[0].retry_after_seconds, 7);
    assert_int_equal(stage.heard[1].retry_after_seconds, 10);
    assert_int_equal(stage.heard[2].retry_after_seconds, 0);
}

static void chunks_are_put_together(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
         "2\r\nde\r\n0\r\n\r\n", false},
    };
    PERFORM(&stage, lines);
    assert_string_equal(stage.heard[0].body, "abcde");
}

static void a_connection_that_the_server_closes_in_good_order_loses_nothing(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", NULL, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL, false},
    };
    PERFORM(&stage, lines);
    assert_int_equal(stage.heard_count, 2);
    assert_int_equal(stage.lost_count, 0);
}

static void a_request_without_an_answer_is_lost_and_the_next_finds_a_new_connection(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {NULL, NULL, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", NULL, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere", NULL, false},
    };
    PERFORM(&stage, lines);
    assert_int_equal(stage.lost_count, 2);
    assert_int_equal(stage.heard_count, 1);
    assert_string_equal(stage.heard[0].body, "here");
    assert_int_equal(stage.ready_count, 3);
}

static void what_is_not_http_is_lost(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {"SSH-2.0-OpenSSH\r\n", NULL, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", NULL, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n", NULL, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", NULL, false},
    };
    PERFORM(&stage, lines);
    assert_int_equal(stage.lost_count, 3);
    assert_string_equal(stage.heard[0].body, "ok");
}

static void a_wake_up_comes_when_it_was_asked_for(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL, false}};
    PERFORM(&stage, lines);
    assert_int_equal(stage.woken_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_one_after_the_other_on_one_connection),
        cmocka_unit_test(the_time_to_come_again_is_read_from_the_header),
        cmocka_unit_test(chunks_are_put_together),
        cmocka_unit_test(a_connection_that_the_server_closes_in_good_order_loses_nothing),
        cmocka_unit_test(a_request_without_an_answer_is_lost_and_the_next_finds_a_new_connection),
        cmocka_unit_test(what_is_not_http_is_lost),
        cmocka_unit_test(a_wake_up_comes_when_it_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
