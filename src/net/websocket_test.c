/* websocket_test.c — a WebSocket from its handshake to its last frame. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/net_test.h"
#include "net/stream_test.h"

static void wait_until_heard(struct guest *guest, const char *texts)
{
    while (atomic_load(&guest->heard_size) < strlen(texts))
        sched_yield();
    assert_int_equal(atomic_load(&guest->heard_size), strlen(texts));
    assert_memory_equal(guest->heard, texts, strlen(texts));
}

static unsigned read_close(struct client *client)
{
    static struct frame frame;
    websocket_read_frame(client, &frame);
    return close_code(&frame);
}

/* --- the handshake ---------------------------------------------------------------------------- */

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE "Connection: Upgrade\r\nUpgrade: websocket\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define GET "GET /ws HTTP/1.1\r\nHost: tickets.example:8080\r\n"

static void a_handshake_that_is_none_is_refused_in_words(void **state)
{
    struct visit *visit = *state;
    static const struct {
        const char *request;
        int status;
        const char *code;
    } rows[] = {
        {GET "\r\n", 400, "BAD_REQUEST"},
        {GET "Connection: Upgrade\r\n" KEY VERSION "\r\n", 400, "BAD_REQUEST"},
        {GET "Upgrade: websocket\r\n" KEY VERSION "\r\n", 400, "BAD_REQUEST"},
        {GET "Connection: close\r\nUpgrade: h2c\r\n" KEY VERSION "\r\n", 400, "BAD_REQUEST"},
        {"GET /ws HTTP/1.0\r\nHost: h\r\n" UPGRADE KEY VERSION "\r\n", 400, "BAD_REQUEST"},
        {GET UPGRADE VERSION "\r\n", 400, "BAD_REQUEST"},
        {GET UPGRADE VERSION "Sec-WebSocket-Key: short\r\n\r\n", 400, "BAD_REQUEST"},
        {GET UPGRADE VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!\r\n\r\n", 400,
         "BAD_REQUEST"},
        {GET UPGRADE VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!!==\r\n\r\n", 400,
         "BAD_REQUEST"},
        {GET UPGRADE KEY "\r\n", 426, "UPGRADE_REQUIRED"},
        {GET UPGRADE KEY "Sec-WebSocket-Version: 8\r\n\r\n", 426, "UPGRADE_REQUIRED"},
        {GET UPGRADE KEY VERSION "Origin: https://evil.example\r\n\r\n", 403, "FORBIDDEN_ORIGIN"},
        {GET UPGRADE KEY VERSION "Origin: null\r\n\r\n", 403, "FORBIDDEN_ORIGIN"},
        {"POST /ws HTTP/1.1\r\nHost: h\r\n" UPGRADE KEY VERSION "\r\n", 405, "METHOD_NOT_ALLOWED"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask_once(&visit->stage, rows[i].request, &visit->reply);
        assert_int_equal(visit->reply.status, rows[i].status);
        assert_non_null(strstr(visit->reply.body, rows[i].code));
        if (visit->reply.status == 426)
            assert_true(reply_has(&visit->reply, "\r\nSec-WebSocket-Version: 13\r\n"));
    }
    assert_int_equal(atomic_load(&guest_count), 0);
}

static void expect_welcome(const struct stage *stage, const char *origin)
{
    struct reply reply = {0};
    struct client client;
    size_t before = atomic_load(&guest_count);
    client_connect(&client, stage->port);
    client_send(&client, GET UPGRADE KEY VERSION);
    client_send(&client, origin);
    client_send(&client, "\r\n");
    client_read_as(&client, &reply, false);
    assert_int_equal(reply.status, 101);
    client_close(&client);
    wait_until_closed(guest_number(before));
    reply_free(&reply);
}

static void pages_of_ours_and_those_allowed_are_welcome(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct http_server_settings settings = stream_settings(&stage);
    settings.origins = "https://shop.example https://app.example";
    stage_open_with(&stage, &settings);
    expect_welcome(&stage, "");
    expect_welcome(&stage, "Origin: http://tickets.example:8080\r\n");
    expect_welcome(&stage, "Origin: https://TICKETS.example:8080\r\n");
    expect_welcome(&stage, "Origin: https://app.example\r\n");
    struct reply reply = {0};
    ask_once(&stage, GET UPGRADE KEY VERSION "Origin: https://app.example.evil\r\n\r\n", &reply);
    assert_int_equal(reply.status, 403);
    reply_free(&reply);
    stage_close(&stage);
    guests_forget();
}

static void a_protocol_is_chosen_of_those_offered(void **state)
{
    struct visit *visit = *state;
    client_connect(&visit->client, visit->stage.port);
    client_send(&visit->client, GET UPGRADE KEY VERSION
                "Sec-WebSocket-Protocol: v10.stomp, v12.stomp , v11.stomp\r\n\r\n");
    client_read_as(&visit->client, &visit->reply, false);
    assert_int_equal(visit->reply.status, 101);
    assert_true(reply_has(&visit->reply, "\r\nSec-WebSocket-Protocol: v12.stomp\r\n"));
    client_close(&visit->client);
    wait_until_closed(guest_number(0));

    websocket_connect(&visit->client, &visit->stage);
    client_close(&visit->client);
    wait_until_closed(guest_number(1));
}

/* --- talking ---------------------------------------------------------------------------------- */

static void both_sides_talk(void **state)
{
    struct visit *visit = *state;
    static struct frame frame;
    websocket_connect(&visit->client, &visit->stage);
    struct guest *guest = guest_number(0);
    websocket_say(&visit->client, "hello");
    websocket_send(&visit->client, FRAME_TEXT, "in ", 3);
    websocket_send(&visit->client, 0x80 | FRAME_PING, "there?", 6);
    websocket_send(&visit->client, 0x80, "parts", 5);
    wait_until_heard(guest, "|hello|in parts");
    websocket_read_frame(&visit->client, &frame);
    assert_int_equal(frame.opcode, FRAME_PONG);
    assert_string_equal(frame.bytes, "there?");
    assert_int_equal(guest_send(guest, 3, "{\"a\":1}"), STATUS_OK);
    websocket_read_frame(&visit->client, &frame);
    assert_int_equal(frame.opcode, FRAME_TEXT);
    assert_string_equal(frame.bytes, "{\"event\":\"news\",\"id\":3,\"data\":{\"a\":1}}");
    websocket_send(&visit->client, 0x80 | FRAME_CLOSE, "\x03\xE8", 2);
    assert_int_equal(read_close(&visit->client), 1000);
    assert_true(client_is_closed(&visit->client));
}

static void a_long_message_goes_both_ways(void **state)
{
    struct visit *visit = *state;
    static char words[60001];
    static struct frame frame;
    websocket_connect(&visit->client, &visit->stage);
    struct guest *guest = guest_number(0);
    memset(words, 'w', sizeof words - 1);
    words[60000] = '\0';
    websocket_say(&visit->client, words);
    while (atomic_load(&guest->heard_size) < 60001)
        sched_yield();
    (void)guest_show(guest, 1, text_make(words, 60000));
    websocket_read_frame(&visit->client, &frame);
    assert_int_equal(frame.size, 60000 + strlen("{\"event\":\"state\",\"id\":1,\"data\":}"));
}

static void who_breaks_the_rules_is_told_which_and_sent_away(void **state)
{
    struct visit *visit = *state;
    websocket_connect(&visit->client, &visit->stage);
    client_send_bytes(&visit->client, "\x81\x02hi", 4); /* no mask */
    assert_int_equal(read_close(&visit->client), 1002);
    assert_true(client_is_closed(&visit->client));
    client_close(&visit->client);

    websocket_connect(&visit->client, &visit->stage);
    websocket_send(&visit->client, 0x80 | FRAME_BINARY, "hi", 2);
    assert_int_equal(read_close(&visit->client), 1003);
    client_close(&visit->client);

    websocket_connect(&visit->client, &visit->stage);
    websocket_send(&visit->client, 0x80 | FRAME_TEXT, "\xFF", 1);
    assert_int_equal(read_close(&visit->client), 1007);
    client_close(&visit->client);

    static char words[60002];
    memset(words, 'w', sizeof words - 1);
    websocket_connect(&visit->client, &visit->stage);
    websocket_say(&visit->client, words);
    assert_int_equal(read_close(&visit->client), 1009);
    client_close(&visit->client);
    for (size_t i = 0; i < 4; i++)
        wait_until_closed(guest_number(i));
}

static void the_server_may_end_it_from_inside_a_message(void **state)
{
    struct visit *visit = *state;
    websocket_connect(&visit->client, &visit->stage);
    struct guest *guest = guest_number(0);
    char both[256];
    size_t size = frame_write(both, 0x80 | FRAME_TEXT, "end me", 6);
    size += frame_write(both + size, 0x80 | FRAME_TEXT, "not heard", 9);
    client_send_bytes(&visit->client, both, size);
    assert_int_equal(read_close(&visit->client), 4001);
    websocket_send(&visit->client, 0x80 | FRAME_CLOSE, "\x0F\xA1", 2);
    assert_true(client_is_closed(&visit->client));
    wait_until_heard(guest, "|end me");
}

static void who_speaks_before_the_handshake_is_done_is_cut_off(void **state)
{
    struct visit *visit = *state;
    char both[512];
    int head = snprintf(both, sizeof both, "%s\r\n", websocket_request);
    size_t size = frame_write(both + head, 0x80 | FRAME_TEXT, "early", 5);
    client_connect(&visit->client, visit->stage.port);
    client_send_bytes(&visit->client, both, (size_t)head + size);
    while (client_receive(&visit->client))
        continue;
    wait_until_heard(guest_number(0), "");
}

/* --- time ------------------------------------------------------------------------------------- */

static void a_quiet_peer_is_asked_whether_it_is_there(void **state)
{
    struct visit *visit = *state;
    static struct frame frame;
    websocket_connect(&visit->client, &visit->stage);
    struct guest *guest = guest_number(0);
    for (int i = 0; i < 5; i++) {
        atomic_fetch_add(&stage_now_ms, HTTP_STREAM_HEARTBEAT_MS);
        websocket_read_frame(&visit->client, &frame);
        assert_int_equal(frame.opcode, FRAME_PING);
        websocket_send(&visit->client, 0x80 | FRAME_PONG, "", 0);
        websocket_say(&visit->client, "."); /* heard, so the pong before it was too */
        while (atomic_load(&guest->heard_size) < 2 * (size_t)(i + 1))
            sched_yield();
    }
    for (int i = 0; i < HTTP_STREAM_PINGS_MAX; i++) {
        atomic_fetch_add(&stage_now_ms, HTTP_STREAM_HEARTBEAT_MS);
        websocket_read_frame(&visit->client, &frame);
        assert_int_equal(frame.opcode, FRAME_PING);
    }
    atomic_fetch_add(&stage_now_ms, HTTP_STREAM_HEARTBEAT_MS);
    assert_true(client_is_closed(&visit->client));
}

static void a_message_that_does_not_end_is_not_waited_for(void **state)
{
    struct visit *visit = *state;
    websocket_connect(&visit->client, &visit->stage);
    struct guest *guest = guest_number(0);
    char both[64];
    size_t size = frame_write(both, 0x80 | FRAME_TEXT, "whole", 5);
    size += frame_write(both + size, FRAME_TEXT, "in part", 7);
    client_send_bytes(&visit->client, both, size);
    wait_until_heard(guest, "|whole");
    stage_settle(&visit->stage); /* the part has been heard too */
    atomic_fetch_add(&stage_now_ms, 2000);
    assert_int_equal(read_close(&visit->client), 1008);
}

static void pings_between_its_parts_make_no_message_younger(void **state)
{
    struct visit *visit = *state;
    static struct frame frame;
    char part[64];
    websocket_connect(&visit->client, &visit->stage);
    client_send_bytes(&visit->client, part, frame_write(part, FRAME_TEXT, "in part", 7));
    for (int i = 0; i < 2; i++) {
        websocket_send(&visit->client, 0x80 | FRAME_PING, "", 0);
        websocket_read_frame(&visit->client, &frame);
        assert_int_equal(frame.opcode, FRAME_PONG);
        stage_settle(&visit->stage);
        atomic_fetch_add(&stage_now_ms, 1000);
    }
    assert_int_equal(read_close(&visit->client), 1008);
}

static void who_pings_and_does_not_listen_is_sent_away(void **state)
{
    struct visit *visit = *state;
    static const char words[100] = "ping";
    client_connect_small(&visit->client, visit->stage.port, 4096);
    client_send(&visit->client, websocket_request);
    client_send(&visit->client, "\r\n");
    struct guest *guest = guest_number(0);
    char frame[128];
    size_t size = frame_write(frame, 0x80 | FRAME_PING, words, sizeof words);
    for (size_t i = 1; atomic_load(&guest->open); i++) {
        if (send(visit->client.fd, frame, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            sched_yield();
        if (i % 1000 == 0) /* what it is sent does not move any more */
            atomic_fetch_add(&stage_now_ms, 500);
    }
}

static void a_stop_says_that_the_server_goes_away(void **state)
{
    struct visit *visit = *state;
    websocket_connect(&visit->client, &visit->stage);
    http_server_stop(visit->stage.server);
    assert_int_equal(read_close(&visit->client), 1001);
    assert_true(client_is_closed(&visit->client));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORY(name) cmocka_unit_test_setup_teardown(name, visit_begin, visit_end)
        STORY(a_handshake_that_is_none_is_refused_in_words),
        cmocka_unit_test(pages_of_ours_and_those_allowed_are_welcome),
        STORY(a_protocol_is_chosen_of_those_offered),
        STORY(both_sides_talk),
        STORY(a_long_message_goes_both_ways),
        STORY(who_breaks_the_rules_is_told_which_and_sent_away),
        STORY(the_server_may_end_it_from_inside_a_message),
        STORY(who_speaks_before_the_handshake_is_done_is_cut_off),
        STORY(a_quiet_peer_is_asked_whether_it_is_there),
        STORY(a_message_that_does_not_end_is_not_waited_for),
        STORY(pings_between_its_parts_make_no_message_younger),
        STORY(who_pings_and_does_not_listen_is_sent_away),
        STORY(a_stop_says_that_the_server_goes_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
