/* http_server_test.c — what a stranger hears, row by row of the table in http_server.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>

#include "net/net_test.h"

#define GET_HELLO "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST_TO(path) "POST " path " HTTP/1.1\r\nHost: h\r\n"

/* --- ordinary answers ------------------------------------------------------------------------- */

static void a_request_is_answered_with_its_headers(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    stage_open(&stage);
    ask_once(&stage, GET_HELLO, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "hello");
    assert_true(reply_has(&reply, "\r\nDate: "));
    assert_true(reply_has(&reply, " GMT\r\n"));
    assert_true(reply_has(&reply, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_true(reply_has(&reply, "\r\nContent-Type: text/plain\r\n"));
    assert_false(reply_has(&reply, "\r\nConnection: "));
    reply_free(&reply);
    stage_close(&stage);
}

static void every_answer_has_an_id_of_its_own(void **state)
{
    (void)state;
    enum { ASKS = 200 };
    struct stage stage = {0};
    struct reply reply = {0};
    static char ids[ASKS][17];
    stage_open(&stage);
    for (size_t i = 0; i < ASKS; i++) {
        ask_once(&stage, i % 2 ? GET_HELLO : "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
        const char *id = strstr(reply.head, "\r\nX-Request-Id: ");
        assert_non_null(id);
        memcpy(ids[i], id + sizeof "\r\nX-Request-Id: " - 1, 16);
        assert_int_equal(strspn(ids[i], "0123456789abcdef"), 16);
        assert_true(i % 2 || strstr(reply.body, ids[i])); /* problem documents name it */
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(ids[i], ids[k]);
    }
    reply_free(&reply);
    stage_close(&stage);
}

static void head_is_answered_like_get_without_the_body(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    client_connect(&client, stage.port);
    client_send(&client, "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" GET_HELLO);
    client_read_as(&client, &reply, false);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply_length(&reply), 5);
    client_read(&client, &reply);
    assert_string_equal(reply.body, "hello");
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

static void a_known_path_says_which_methods_it_knows(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    stage_open(&stage);
    ask_once(&stage, "DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_int_equal(reply.status, 405);
    assert_true(reply_has(&reply, "\r\nAllow: POST, PUT, OPTIONS\r\n"));
    assert_non_null(strstr(reply.body, "\"code\":\"METHOD_NOT_ALLOWED\""));
    ask_once(&stage, "OPTIONS /hello HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_int_equal(reply.status, 204);
    assert_true(reply_has(&reply, "\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    assert_false(reply_has(&reply, "Content-Length"));
    ask_once(&stage, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_int_equal(reply.status, 204);
    assert_true(reply_has(&reply, "\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"));
    ask_once(&stage, "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_int_equal(reply.status, 404);
    assert_true(reply_has(&reply, "\r\nContent-Type: application/problem+json\r\n"));
    assert_non_null(strstr(reply.body,
                           "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                           "\"code\":\"NOT_FOUND\",\"detail\":"));
    reply_free(&reply);
    stage_close(&stage);
}

static void a_header_with_a_line_end_is_never_sent(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    stage_open(&stage);
    ask_once(&stage, "GET /items/7?value=a%0d%0aX-Evil:%20b HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_string_equal(reply.body, "7");
    assert_true(reply_has(&reply, "\r\nX-Good: good\r\n"));
    assert_false(reply_has(&reply, "X-Bad"));
    assert_false(reply_has(&reply, "X-Evil"));
    ask_once(&stage, "GET /items/7?value=fine HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_true(reply_has(&reply, "\r\nX-Bad: fine\r\n"));
    reply_free(&reply);
    stage_close(&stage);
}

static void http_1_0_closes_unless_asked_not_to(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    client_connect(&client, stage.port);
    client_send(&client, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read(&client, &reply);
    assert_true(reply_has(&reply, "\r\nConnection: keep-alive\r\n"));
    client_send(&client, "GET /hello HTTP/1.0\r\n\r\n");
    client_read(&client, &reply);
    assert_true(reply_has(&reply, "\r\nConnection: close\r\n"));
    assert_true(client_is_closed(&client));
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

/* --- the table -------------------------------------------------------------------------------- */

struct row {
    const char *request;
    int status;
    const char *code;
};

static void a_stranger_at_a_limit_hears_a_status_and_a_code(void **state)
{
    (void)state;
    static char long_path[HTTP_URL_BYTES_MAX + 100], long_header[HTTP_HEADER_BYTES_MAX + 100];
    static char many_headers[1000];
    memset(long_path, 'a', HTTP_URL_BYTES_MAX + 90);
    memcpy(long_path, "GET /", 5);
    memset(long_header, 'a', HTTP_HEADER_BYTES_MAX + 50);
    memcpy(long_header, "GET / HTTP/1.1\r\nX: ", 19);
    memcpy(many_headers, "GET / HTTP/1.1\r\n", 16);
    for (size_t i = 0; i <= HTTP_HEADER_COUNT_MAX + 1; i++) /* it ends where the next begins */
        memcpy(many_headers + 16 + i * 6, "X: y\r\n", 6);
    const struct row rows[] = {
        {long_header, 431, "HEADERS_TOO_LARGE"},
        {many_headers, 431, "HEADERS_TOO_LARGE"},
        {long_path, 414, "URI_TOO_LONG"},
        {POST_TO("/small") "Content-Length: 9\r\n\r\n123456789", 413, "PAYLOAD_TOO_LARGE"},
        {POST_TO("/small") "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n", 413,
         "PAYLOAD_TOO_LARGE"},
        {POST_TO("/echo") "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
         "BAD_REQUEST"},
        {POST_TO("/echo") "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "BAD_REQUEST"},
        {POST_TO("/echo") "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400, "BAD_REQUEST"},
        {"GET /hello HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"},
        {"nonsense\r\n\r\n", 400, "BAD_REQUEST"},
        {POST_TO("/echo") "Content-Length: 1\r\nExpect: magic\r\n\r\n", 417, "EXPECTATION_FAILED"},
        {"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "NOT_IMPLEMENTED"},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, "VERSION_NOT_SUPPORTED"},
    };
    struct stage stage = {0};
    struct reply reply = {0};
    stage_open(&stage);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client client;
        char code[64];
        client_connect(&client, stage.port);
        client_send(&client, rows[i].request);
        client_read(&client, &reply);
        (void)snprintf(code, sizeof code, "\"code\":\"%s\"", rows[i].code);
        assert_int_equal(reply.status, rows[i].status);
        assert_non_null(strstr(reply.body, code));
        assert_true(reply_has(&reply, "\r\nContent-Type: application/problem+json\r\n"));
        assert_true(reply_has(&reply, "\r\nConnection: close\r\n"));
        assert_true(client_is_closed(&client));
        client_close(&client);
    }
    stage_settle(&stage);
    reply_free(&reply);
    stage_close(&stage);
}

static void one_who_is_refused_while_still_sending_hears_why(void **state)
{
    (void)state;
    static char body[10 * 1024 * 1024];
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open(&stage);
    client_connect(&client, stage.port);
    client_send(&client, POST_TO("/echo") "Content-Length: 10485760\r\n\r\n");
    client_send_bytes(&client, body, sizeof body);
    client_read(&client, &reply);
    assert_int_equal(reply.status, 413);
    assert_true(client_is_closed(&client));
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

/* --- time ------------------------------------------------------------------------------------- */

struct slow {
    const char *bytes;
    int64_t wait_ms;
    bool hears_408;
};

static void one_who_is_too_slow_is_closed(void **state)
{
    (void)state;
    static const struct slow stories[] = {
        {"GET /hel", 1000, true},
        {"G", 1000, true},
        {POST_TO("/echo") "Content-Length: 10\r\n\r\n12345", 2000, true},
        {POST_TO("/echo") "Transfer-Encoding: chunked\r\n\r\n5\r\n12", 2000, true},
        {"", 3000, false},
    };
    struct stage stage = {0};
    struct reply reply = {0};
    stage_open_alone(&stage);
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
        struct client client;
        client_connect(&client, stage.port);
        client_send(&client, GET_HELLO); /* so that we know the server has met us */
        client_read(&client, &reply);
        client_send(&client, stories[i].bytes);
        stage_settle(&stage);
        (void)atomic_fetch_add(&stage_now_ms, stories[i].wait_ms);
        if (stories[i].hears_408) {
            client_read(&client, &reply);
            assert_int_equal(reply.status, 408);
            assert_non_null(strstr(reply.body, "\"code\":\"REQUEST_TIMEOUT\""));
        }
        assert_true(client_is_closed(&client));
        client_close(&client);
    }
    reply_free(&reply);
    stage_close(&stage);
}

static void a_byte_a_second_does_not_stretch_the_time(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct reply reply = {0};
    struct client client;
    stage_open_alone(&stage);
    client_connect(&client, stage.port);
    static const char slow[] = "GET /hello HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaaaaaa";
    for (size_t i = 0; i < 12; i++) {
        client_send_bytes(&client, slow + i, 1);
        stage_settle(&stage);
        (void)atomic_fetch_add(&stage_now_ms, 100);
    }
    client_read(&client, &reply);
    assert_int_equal(reply.status, 408);
    client_close(&client);
    reply_free(&reply);
    stage_close(&stage);
}

/* --- how many --------------------------------------------------------------------------------- */

static void the_next_connection_is_refused(struct stage *stage, size_t fit_count)
{
    struct client clients[8];
    struct reply reply = {0};
    for (size_t i = 0; i < fit_count; i++) {
        client_connect(&clients[i], stage->port);
        client_send(&clients[i], GET_HELLO);
        client_read(&clients[i], &reply);
        assert_int_equal(reply.status, 200);
    }
    struct client refused;
    client_connect(&refused, stage->port);
    client_read(&refused, &reply);
    assert_int_equal(reply.status, 503);
    assert_true(reply_has(&reply, "\r\nRetry-After: 1\r\n"));
    assert_non_null(strstr(reply.body, "\"code\":\"TOO_MANY_CONNECTIONS\""));
    assert_true(client_is_closed(&refused));
    client_close(&refused);

    /* one leaves, and after the server has noticed there is room again */
    client_close(&clients[0]);
    while (http_server_counts(stage->server).connections_open == fit_count)
        (void)sched_yield();
    client_connect(&clients[0], stage->port);
    client_send(&clients[0], GET_HELLO);
    client_read(&clients[0], &reply);
    assert_int_equal(reply.status, 200);

    struct http_server_counts counts = http_server_counts(stage->server);
    assert_int_equal(counts.connections_open, fit_count);
    assert_int_equal(counts.connections_accepted, fit_count + 1);
    assert_int_equal(counts.connections_refused, 1);
    for (size_t i = 0; i < fit_count; i++)
        client_close(&clients[i]);
    reply_free(&reply);
}

static void one_address_has_a_share_of_connections(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct http_server_settings settings = stage_settings(&stage);
    settings.connections_per_address_max = 3;
    stage_open_with(&stage, &settings);
    the_next_connection_is_refused(&stage, 3);
    stage_close(&stage);
}

static void all_addresses_together_have_a_limit(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct http_server_settings settings = stage_settings(&stage);
    settings.connections_max = 5;
    stage_open_with(&stage, &settings);
    the_next_connection_is_refused(&stage, 5);
    stage_close(&stage);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void a_taken_port_is_noticed(void **state)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage);
    struct http_server_settings settings = stage_settings(&stage);
    settings.port = stage.port;
    char why[256];
    struct http_server *second = NULL;
    assert_int_equal(http_server_create(&settings, NULL, why, &second), STATUS_IO);
    assert_non_null(strstr(why, "127.0.0.1"));
    settings.address = "nonsense";
    assert_int_equal(http_server_create(&settings, NULL, why, &second), STATUS_INVALID);
    assert_non_null(strstr(why, "nonsense"));
    stage_close(&stage);
}

static void a_server_that_never_started_can_be_destroyed(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct http_server_settings settings = stage_settings(&stage);
    char why[256];
    struct http_server *server = NULL;
    assert_int_equal(http_server_create(&settings, NULL, why, &server), STATUS_OK);
    http_server_destroy(server);
    http_server_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered_with_its_headers),
        cmocka_unit_test(every_answer_has_an_id_of_its_own),
        cmocka_unit_test(head_is_answered_like_get_without_the_body),
        cmocka_unit_test(a_known_path_says_which_methods_it_knows),
        cmocka_unit_test(a_header_with_a_line_end_is_never_sent),
        cmocka_unit_test(http_1_0_closes_unless_asked_not_to),
        cmocka_unit_test(a_stranger_at_a_limit_hears_a_status_and_a_code),
        cmocka_unit_test(one_who_is_refused_while_still_sending_hears_why),
        cmocka_unit_test(one_who_is_too_slow_is_closed),
        cmocka_unit_test(a_byte_a_second_does_not_stretch_the_time),
        cmocka_unit_test(one_address_has_a_share_of_connections),
        cmocka_unit_test(all_addresses_together_have_a_limit),
        cmocka_unit_test(a_taken_port_is_noticed),
        cmocka_unit_test(a_server_that_never_started_can_be_destroyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
