/*
 * http_connection_test.c — one connection's life: pipelines, slow readers, clients that leave, the
 * end.
 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/net_test.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

static void read_body(struct client *client, struct reply *reply, const char *body)
{
    client_read(client, reply);
    assert_int_equal(reply->status, 200);
    assert_string_equal(reply->body, body);
}

/* --- order ------------------------------------------------------------------------------------ */

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    stage_start_other(&stage);
    client_connect(&client, stage.port);
    client_send(&client, GET("/parked/1") GET("/hello") GET("/parked/2") GET("/parked/3")
                             GET("/hello") GET("/items/4?value=x"));
    read_body(&client, &reply, "/parked/1");
    read_body(&client, &reply, "hello");
    read_body(&client, &reply, "/parked/2");
    read_body(&client, &reply, "/parked/3");
    read_body(&client, &reply, "hello");
    read_body(&client, &reply, "4");
    client_send(&client, GET("/hello")); /* and the connection goes on */
    read_body(&client, &reply, "hello");
    client_close(&client);
    reply_free(&reply);
    stage_stop_other(&stage);
    stage_close(&stage);
}

static void a_thousand_pipelined_requests_lose_nothing(void **state)
{
    (void)state;
    enum { ASKS = 1000 };
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    stage_start_other(&stage);
    client_connect(&client, stage.port);
    static char all[ASKS * 64];
    size_t size = 0;
    for (int i = 0; i < ASKS; i++)
        size += (size_t)snprintf(all + size, sizeof all - size,
                                 "GET /%s/%d?value=x HTTP/1.1\r\nHost: h\r\n\r\n",
                                 i % 7 == 3 ? "parked" : "items", i);
    client_send_bytes(&client, all, size);
    for (int i = 0; i < ASKS; i++) {
        char body[32];
        (void)snprintf(body, sizeof body, i % 7 == 3 ? "/parked/%d" : "%d", i);
        read_body(&client, &reply, body);
    }
    client_close(&client);
    reply_free(&reply);
    stage_stop_other(&stage);
    stage_close(&stage);
}

static void a_request_cut_anywhere_is_one_request(void **state)
{
    (void)state;
    static const char request[] =
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n";
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    client_connect(&client, stage.port);
    for (size_t cut = 1; cut < sizeof request - 1; cut++) {
        client_send_bytes(&client, request, cut);
        client_send_bytes(&client, request + cut, sizeof request - 1 - cut);
        client_read(&client, &reply);
        assert_int_equal(reply.status, 201);
        assert_string_equal(reply.body, "hello, world");
    }
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

static void the_body_waits_for_100_continue(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    client_connect(&client, stage.port);
    client_send(&client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
                         "Expect: 100-continue\r\n\r\n");
    client_read(&client, &reply);
    assert_int_equal(reply.status, 100);
    client_send(&client, "body");
    client_read(&client, &reply);
    assert_int_equal(reply.status, 201);
    assert_string_equal(reply.body, "body");

    /* whoever does not wait is not told either */
    client_send(&client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
                         "Expect: 100-continue\r\n\r\nbody");
    client_read(&client, &reply);
    assert_int_equal(reply.status, 201);

    /* a body that will be refused is not asked for */
    client_send(&client, "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n"
                         "Expect: 100-continue\r\n\r\n");
    client_read(&client, &reply);
    assert_int_equal(reply.status, 413);
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

static void a_large_body_comes_back_as_it_went(void **state)
{
    (void)state;
    enum { SIZE = 1000 * 1000 };
    static char body[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (char)('A' + i % 29);
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    client_connect(&client, stage.port);
    for (size_t i = 0; i < 3; i++) {
        client_send(&client, "POST /huge HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
        client_send_bytes(&client, body, SIZE);
        client_read(&client, &reply);
        assert_int_equal(reply.status, 201);
        assert_int_equal(reply.body_size, SIZE);
        assert_memory_equal(reply.body, body, SIZE);
    }
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

/* --- slow readers ----------------------------------------------------------------------------- */

static void check_large(const struct reply *reply)
{
    assert_int_equal(reply->status, 200);
    assert_int_equal(reply->body_size, LARGE_BYTES);
    for (size_t i = 0; i < LARGE_BYTES; i++)
        assert_true(reply->body[i] == (char)('a' + i % 23));
}

static void a_slow_reader_gets_everything_in_order(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open_alone(&stage);
    client_connect_small(&client, stage.port, 4096);
    client_send(&client, GET("/hello") GET("/large") GET("/hello") GET("/large") GET("/items/9"));
    stage_settle(&stage); /* others are served while the answer waits */
    read_body(&client, &reply, "hello");
    client_read(&client, &reply);
    check_large(&reply);
    read_body(&client, &reply, "hello");
    client_read(&client, &reply);
    check_large(&reply);
    read_body(&client, &reply, "9");
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

/* Leaves the kernel next to no room for what the server sends to this client. */
static void narrow_the_way_to(const struct client *client)
{
    struct sockaddr_in here = {0}, peer = {0};
    socklen_t size = sizeof here;
    assert_int_equal(getsockname(client->fd, (struct sockaddr *)&here, &size), 0);
    for (int fd = 0; fd < 1024; fd++) { /* the server's end is a descriptor of this process */
        const int least_bytes = 1;
        size = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 && peer.sin_port == here.sin_port)
            assert_int_equal(
                setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least_bytes, sizeof least_bytes), 0);
    }
}

static void a_slow_reader_does_not_take_a_request_from_its_handler(void **state)
{
    (void)state;
    enum { BODY_BYTES = 8000, ECHOES = 3, ROOM = ECHOES * (BODY_BYTES + 256) };
    static char sent[ROOM], body[BODY_BYTES + 1];
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open_alone(&stage);
    client_connect_small(&client, stage.port, 4096);
    client_send(&client, GET("/hello"));
    read_body(&client, &reply, "hello");
    narrow_the_way_to(&client);
    memset(body, 'b', BODY_BYTES);
    size_t size = 0;
    for (int i = 0; i < ECHOES; i++)
        size += (size_t)snprintf(sent + size, sizeof sent - size,
                                 "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s",
                                 BODY_BYTES, body);
    size += (size_t)snprintf(sent + size, sizeof sent - size, GET("/parked/1"));
    client_send_bytes(&client, sent, size);
    struct list *parked = stage_take_parked(&stage); /* the echoes wait for the reader by now */
    for (int i = 0; i < ECHOES; i++) {
        client_read(&client, &reply);
        assert_string_equal(reply.body, body);
    }
    stage_settle(&stage); /* everything is out, but the handler has its request still */
    client_send(&client, GET("/parked/2"));
    stage_settle(&stage);
    assert_int_equal(mailbox_count(&stage.app.parked), 0); /* one at a time */
    send_back(parked);
    read_body(&client, &reply, "/parked/1");
    send_back(stage_take_parked(&stage));
    read_body(&client, &reply, "/parked/2");
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

static void one_who_reads_nothing_is_closed_in_the_end(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct client client;
    stage_open_alone(&stage);
    client_connect_small(&client, stage.port, 4096);
    client_send(&client, GET("/large"));
    stage_settle(&stage);
    while (http_server_counts(stage.server).connections_open > 0) {
        (void)atomic_fetch_add(&stage_now_ms, 3000);
        stage_settle(&stage);
    }
    client_close(&client);
    stage_close(&stage);
}

static void a_flood_of_requests_without_reading_is_bounded(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct client client;
    struct reply reply = {0};
    stage_open_alone(&stage);
    client_connect_small(&client, stage.port, 4096);
    static const char flood[] = GET("/large");
    size_t sent_bytes = 0;
    for (;;) { /* until the server has stopped reading and the kernel takes no more */
        ssize_t sent = send(client.fd, flood, sizeof flood - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0)
            break;
        sent_bytes += (size_t)sent;
        if ((size_t)sent < sizeof flood - 1) /* the kernel took a part */
            break;
    }
    stage_settle(&stage);
    assert_true(sent_bytes > 10 * sizeof flood);
    assert_true(http_server_counts(stage.server).requests < 4); /* one large, and the settling */
    client_read(&client, &reply);
    check_large(&reply);
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

/* --- leaving ---------------------------------------------------------------------------------- */

static void a_client_that_only_stops_sending_gets_its_answers(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    client_connect(&client, stage.port);
    client_send(&client, GET("/parked/1") GET("/hello"));
    (void)shutdown(client.fd, SHUT_WR);
    send_back(stage_take_parked(&stage));
    read_body(&client, &reply, "/parked/1");
    read_body(&client, &reply, "hello");
    assert_true(client_is_closed(&client));
    client_close(&client);

    client_connect(&client, stage.port);
    client_send(&client, "GET /hello HTTP/1.1\r\nHo");
    (void)shutdown(client.fd, SHUT_WR);
    client_read(&client, &reply);
    assert_int_equal(reply.status, 400);
    assert_true(client_is_closed(&client));
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

static void reset(struct client *client)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    assert_int_equal(setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    client_close(client);
}

static void a_request_outlives_the_client_that_left(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct client client;
    stage_open_alone(&stage);
    for (size_t i = 0; i < 20; i++) {
        client_connect(&client, stage.port);
        client_send(&client, GET("/parked/1") GET("/hello"));
        struct list *parked = stage_take_parked(&stage);
        if (i % 2 == 0)
            reset(&client);
        else
            client_close(&client);
        stage_settle(&stage);
        send_back(parked);
        stage_settle(&stage);
    }
    while (http_server_counts(stage.server).connections_open > 0)
        stage_settle(&stage);
    stage_close(&stage);
}

/* --- the end ---------------------------------------------------------------------------------- */

static void *stop_server(void *argument)
{
    http_server_stop(argument);
    return NULL;
}

static void an_orderly_stop_finishes_what_is_in_flight(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client idle, busy, sending;
    stage_open_alone(&stage);
    client_connect(&idle, stage.port);
    client_send(&idle, GET("/hello"));
    read_body(&idle, &reply, "hello");
    client_connect(&busy, stage.port);
    client_send(&busy, GET("/parked/1"));
    struct list *parked = stage_take_parked(&stage);
    client_connect(&sending, stage.port);
    client_send(&sending, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo");
    stage_settle(&stage);

    pthread_t stopping;
    assert_int_equal(pthread_create(&stopping, NULL, stop_server, stage.server), 0);
    assert_true(client_is_closed(&idle));
    client_send(&sending, "dy");
    client_read(&sending, &reply);
    assert_int_equal(reply.status, 201);
    assert_true(reply_has(&reply, "\r\nConnection: close\r\n"));
    assert_true(client_is_closed(&sending));
    send_back(parked);
    read_body(&busy, &reply, "/parked/1");
    assert_true(reply_has(&reply, "\r\nConnection: close\r\n"));
    assert_true(client_is_closed(&busy));
    assert_int_equal(pthread_join(stopping, NULL), 0);

    client_close(&idle);
    client_close(&busy);
    client_close(&sending);
    reply_free(&reply);
    stage_close(&stage);
}

static void a_drain_does_not_wait_for_ever(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct client answered_late, never_answered;
    struct http_server_settings settings = stage_settings(&stage);
    settings.drain_ms = 30;
    stage_open_with(&stage, &settings);
    client_connect(&answered_late, stage.port);
    client_send(&answered_late, GET("/parked/1"));
    struct list *late = stage_take_parked(&stage);
    client_connect(&never_answered, stage.port);
    client_send(&never_answered, GET("/parked/2"));
    (void)stage_take_parked(&stage);

    http_server_stop(stage.server);
    assert_true(client_is_closed(&answered_late));
    assert_true(client_is_closed(&never_answered));
    send_back(late); /* to a loop whose thread has ended: dropped in silence by destroy */
    client_close(&answered_late);
    client_close(&never_answered);
    stage_close(&stage);
}

/* --- many at once ----------------------------------------------------------------------------- */

static void many_connections_on_two_loops_do_not_meet(void **state)
{
    (void)state;
    enum { CLIENTS = 64, ROUNDS = 20 };
    struct stage stage = {0};
    struct reply reply = {0};
    static struct client clients[CLIENTS];
    stage_open(&stage);
    stage_start_other(&stage);
    for (size_t i = 0; i < CLIENTS; i++)
        client_connect(&clients[i], stage.port);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            char request[100];
            (void)snprintf(request, sizeof request, GET("/parked/%zu-%zu"), i, round);
            client_send(&clients[i], request);
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            char body[64];
            (void)snprintf(body, sizeof body, "/parked/%zu-%zu", i, round);
            read_body(&clients[i], &reply, body);
        }
    }
    while (atomic_load(&stage.app.observed_count) < CLIENTS * ROUNDS)
        sched_yield(); /* a request is counted after its answer has gone out */
    assert_int_equal(http_server_counts(stage.server).requests, CLIENTS * ROUNDS);
    assert_int_equal(atomic_load(&stage.app.observed_count), CLIENTS * ROUNDS);
    for (size_t i = 0; i < CLIENTS; i++)
        client_close(&clients[i]);
    reply_free(&reply);
    stage_stop_other(&stage);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(a_thousand_pipelined_requests_lose_nothing),
        cmocka_unit_test(a_request_cut_anywhere_is_one_request),
        cmocka_unit_test(the_body_waits_for_100_continue),
        cmocka_unit_test(a_large_body_comes_back_as_it_went),
        cmocka_unit_test(a_slow_reader_gets_everything_in_order),
        cmocka_unit_test(a_slow_reader_does_not_take_a_request_from_its_handler),
        cmocka_unit_test(one_who_reads_nothing_is_closed_in_the_end),
        cmocka_unit_test(a_flood_of_requests_without_reading_is_bounded),
        cmocka_unit_test(a_client_that_only_stops_sending_gets_its_answers),
        cmocka_unit_test(a_request_outlives_the_client_that_left),
        cmocka_unit_test(an_orderly_stop_finishes_what_is_in_flight),
        cmocka_unit_test(a_drain_does_not_wait_for_ever),
        cmocka_unit_test(many_connections_on_two_loops_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
