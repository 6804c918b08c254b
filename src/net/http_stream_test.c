/* http_stream_test.c — what somebody hears who listens to an event stream. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/net_test.h"
#include "net/stream_test.h"

static const char ask_events[] = "GET /events HTTP/1.1\r\nHost: h\r\n\r\n";

enum { LARGE_TEXT_BYTES = 60000 };

/* --- the client's side ------------------------------------------------------------------------ */

static void hear_end(struct client *client)
{
    client->size = 0;
    while (client_receive(client))
        client->size = 0;
}

static struct guest *listen_as(struct client *client, const struct stage *stage, size_t number)
{
    client_connect(client, stage->port);
    client_send(client, ask_events);
    hear(client, "\r\n\r\n");
    hear(client, "\n\n");
    return guest_number(number);
}

/* What it is sent piles up soon. */
static struct guest *listen_slowly(struct client *client, const struct stage *stage, size_t number)
{
    client_connect_small(client, stage->port, 4096);
    client_send(client, ask_events);
    return guest_number(number);
}

static struct text large_text(char first)
{
    static char bytes[LARGE_TEXT_BYTES];
    memset(bytes, first, sizeof bytes);
    return text_make(bytes, sizeof bytes);
}

static void *stop_server(void *stage)
{
    http_server_stop(((struct stage *)stage)->server);
    return NULL;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_stream_begins_with_its_head_and_a_time_to_come_back(void **state)
{
    struct visit *visit = *state;
    client_connect(&visit->client, visit->stage.port);
    client_send(&visit->client, ask_events);
    client_read(&visit->client, &visit->reply);
    assert_int_equal(visit->reply.status, 200);
    assert_true(reply_has(&visit->reply, "\r\nContent-Type: text/event-stream\r\n"));
    assert_true(reply_has(&visit->reply, "\r\nCache-Control: no-store\r\n"));
    assert_true(reply_has(&visit->reply, "\r\nConnection: close\r\n"));
    assert_false(reply_has(&visit->reply, "Content-Length"));
    hear(&visit->client, "retry: ");
    while (!memchr(visit->client.bytes, '\n', visit->client.size))
        assert_true(client_receive(&visit->client));
    long retry_ms = strtol(visit->client.bytes, NULL, 10);
    assert_true(retry_ms >= HTTP_STREAM_RETRY_LEAST_MS);
    assert_true(retry_ms <= HTTP_STREAM_RETRY_MOST_MS);
}

static void events_come_in_order_with_their_ids(void **state)
{
    struct visit *visit = *state;
    struct guest *guest = listen_as(&visit->client, &visit->stage, 0);
    assert_int_equal(guest_send(guest, 7, "{\"a\":1}"), STATUS_OK);
    assert_int_equal(guest_send(guest, 0, "two\nlines"), STATUS_OK);
    hear(&visit->client, "id: 7\nevent: news\ndata: {\"a\":1}\n\n");
    hear(&visit->client, "event: news\ndata: two\ndata: lines\n\n");
    client_close(&visit->client);
    wait_until_closed(guest);
    assert_int_equal(guest_send(guest, 8, "{}"), STATUS_MISSING);
}

static void a_quiet_stream_gets_a_heartbeat_and_is_never_idle(void **state)
{
    struct visit *visit = *state;
    struct guest *guest = listen_as(&visit->client, &visit->stage, 0);
    for (int i = 0; i < 4; i++) { /* far beyond the idle time-out of 3 s */
        atomic_fetch_add(&stage_now_ms, HTTP_STREAM_HEARTBEAT_MS);
        hear(&visit->client, ":\n\n");
    }
    assert_true(atomic_load(&guest->open));
}

static void a_slow_reader_finds_the_newest_document_and_delays_nobody(void **state)
{
    struct visit *visit = *state;
    enum { DOCUMENTS = 200 };
    struct client slow, quick;
    struct guest *slow_guest = listen_slowly(&slow, &visit->stage, 0);
    struct guest *quick_guest = listen_as(&quick, &visit->stage, 1);

    size_t replaced_count = 0;
    for (uint64_t id = 1; id <= DOCUMENTS; id++) {
        replaced_count += guest_show(slow_guest, id, large_text('s'));
        (void)guest_show(quick_guest, id, text_of("0"));
        char line[64];
        (void)snprintf(line, sizeof line, "id: %u\n", (unsigned)id);
        hear(&quick, line);
    }
    assert_true(replaced_count > 0);
    hear(&slow, "id: 200\n"); /* whatever it has missed */
    hear(&slow, "\n\n");
    assert_int_equal(guest_send(slow_guest, 1000, "{}"), STATUS_OK);
    hear(&slow, "id: 1000\n");
    client_close(&slow);
    client_close(&quick);
}

static void what_waits_in_order_has_a_limit(void **state)
{
    struct visit *visit = *state;
    struct guest *guest = listen_slowly(&visit->client, &visit->stage, 0);
    uint64_t sent = 0;
    while (guest_send(guest, sent + 1, "{\"a\":1}") == STATUS_OK)
        sent++;
    assert_true(sent > HTTP_STREAM_QUEUE_MAX);
    char line[64];
    (void)snprintf(line, sizeof line, "id: %u\nevent: news\ndata: {\"a\":1}\n\n", (unsigned)sent);
    hear(&visit->client, line); /* nothing of what was accepted is missing, nothing else comes */
    assert_int_equal(visit->client.size, 0);
}

static void a_reader_that_takes_nothing_is_given_up(void **state)
{
    struct visit *visit = *state;
    struct guest *guest = listen_slowly(&visit->client, &visit->stage, 0);
    while (!guest_show(guest, 1, large_text('n')))
        ;
    while (atomic_load(&guest->open)) { /* the kernel may take some of it at first */
        atomic_fetch_add(&stage_now_ms, 3000);
        sched_yield();
    }
}

static void a_stream_ends_when_everything_of_it_is_out(void **state)
{
    struct visit *visit = *state;
    struct guest *guest = listen_slowly(&visit->client, &visit->stage, 0);
    while (!guest_show(guest, 1, large_text('n')))
        ;
    assert_int_equal(guest_send(guest, 99, "{}"), STATUS_OK);
    guest_end(guest);
    assert_int_equal(guest_send(guest, 100, "{}"), STATUS_MISSING);
    hear(&visit->client, "id: 99\n");
    hear_end(&visit->client);
}

static void who_listens_has_nothing_to_say(void **state)
{
    struct visit *visit = *state;
    struct guest *guest = listen_as(&visit->client, &visit->stage, 0);
    client_send(&visit->client, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    hear_end(&visit->client);
    wait_until_closed(guest);
    client_close(&visit->client);

    client_connect(&visit->client, visit->stage.port); /* in one go with the request */
    client_send(&visit->client, "GET /events HTTP/1.1\r\nHost: h\r\n\r\nGET /hello HTTP/1.1\r\n");
    hear_end(&visit->client);
    wait_until_closed(guest_number(1));
}

static void a_stream_may_follow_other_answers_on_its_connection(void **state)
{
    struct visit *visit = *state;
    client_connect(&visit->client, visit->stage.port);
    client_send(&visit->client,
                "GET /hello HTTP/1.1\r\nHost: h\r\n\r\nGET /events HTTP/1.1\r\nHost: h\r\n\r\n");
    client_read(&visit->client, &visit->reply);
    assert_string_equal(visit->reply.body, "hello");
    client_read(&visit->client, &visit->reply);
    assert_true(reply_has(&visit->reply, "text/event-stream"));
    struct guest *guest = guest_number(0);
    assert_int_equal(guest_send(guest, 3, "{}"), STATUS_OK);
    hear(&visit->client, "id: 3\n");
}

static void a_stream_can_be_opened_later_unless_its_client_has_left(void **state)
{
    struct visit *visit = *state;
    client_connect(&visit->client, visit->stage.port);
    client_send(&visit->client, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    send_back(stage_take_parked(&visit->stage));
    hear(&visit->client, "retry: ");
    client_close(&visit->client);
    wait_until_closed(guest_number(0));

    client_connect(&visit->client, visit->stage.port);
    client_send(&visit->client, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    struct list *letter = stage_take_parked(&visit->stage);
    struct linger at_once = {.l_onoff = 1}; /* a reset: the server hears it at once */
    assert_int_equal(setsockopt(visit->client.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
                     0);
    client_close(&visit->client);
    while (http_server_counts(visit->stage.server).connections_open > 0)
        sched_yield();
    send_back(letter);
    stage_settle(&visit->stage);
    assert_int_equal(atomic_load(&guest_count), 1);
    assert_int_equal(http_server_counts(visit->stage.server).streams_open, 0);

    client_connect(&visit->client, visit->stage.port);
    client_send(&visit->client, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    letter = stage_take_parked(&visit->stage);
    client_send(&visit->client, "GET /hello HTTP/1.1\r\n"); /* it does not wait for its stream */
    stage_settle(&visit->stage);
    send_back(letter);
    client_read(&visit->client, &visit->reply);
    assert_int_equal(visit->reply.status, 400);
}

static void over_the_cap_a_newcomer_waits_and_nobody_is_sent_away(void **state)
{
    (void)state;
    struct stage stage = {0};
    struct client first, second;
    struct http_server_settings settings = stream_settings(&stage);
    settings.streams_max = 2;
    stage_open_with(&stage, &settings);
    struct guest *first_guest = listen_as(&first, &stage, 0);
    struct guest *second_guest = listen_as(&second, &stage, 1);
    struct reply reply = {0};
    ask_once(&stage, ask_events, &reply);
    assert_int_equal(reply.status, 503);
    assert_true(reply_has(&reply, "\r\nRetry-After: "));
    assert_non_null(strstr(reply.body, "\"TOO_MANY_STREAMS\""));
    assert_int_equal(http_server_counts(stage.server).streams_open, 2);
    assert_int_equal(http_server_counts(stage.server).streams_refused, 1);
    assert_int_equal(guest_send(first_guest, 5, "{}"), STATUS_OK);
    hear(&first, "id: 5\n");

    client_close(&second);
    wait_until_closed(second_guest);
    struct guest *third_guest = listen_as(&second, &stage, 2);
    client_close(&first);
    client_close(&second);
    wait_until_closed(first_guest);
    wait_until_closed(third_guest);
    reply_free(&reply);
    stage_close(&stage);
    guests_forget();
}

static void the_head_alone_is_no_stream(void **state)
{
    struct visit *visit = *state;
    client_connect(&visit->client, visit->stage.port);
    client_send(&visit->client, "HEAD /events HTTP/1.1\r\nHost: h\r\n\r\n");
    client_read_as(&visit->client, &visit->reply, false);
    assert_int_equal(visit->reply.status, 200);
    assert_true(reply_has(&visit->reply, "text/event-stream"));
    client_send(&visit->client, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    client_read(&visit->client, &visit->reply);
    assert_string_equal(visit->reply.body, "hello");
    assert_int_equal(atomic_load(&guest_count), 0);
}

static void a_stop_tells_everybody_when_to_come_back(void **state)
{
    struct visit *visit = *state;
    struct client quick, slow;
    struct guest *quick_guest = listen_as(&quick, &visit->stage, 0);
    struct guest *slow_guest = listen_slowly(&slow, &visit->stage, 1);
    while (!guest_show(slow_guest, 1, large_text('n')))
        ;
    pthread_t stopper; /* the slow one must read before the server can end */
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, &visit->stage), 0);
    hear(&quick, "retry: ");
    hear_end(&quick);
    hear(&slow, "retry: ");
    hear(&slow, "retry: ");
    hear_end(&slow);
    assert_int_equal(pthread_join(stopper, NULL), 0);
    wait_until_closed(quick_guest);
    wait_until_closed(slow_guest);
    client_close(&quick);
    client_close(&slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORY(name) cmocka_unit_test_setup_teardown(name, visit_begin, visit_end)
        STORY(a_stream_begins_with_its_head_and_a_time_to_come_back),
        STORY(events_come_in_order_with_their_ids),
        STORY(a_quiet_stream_gets_a_heartbeat_and_is_never_idle),
        STORY(a_slow_reader_finds_the_newest_document_and_delays_nobody),
        STORY(what_waits_in_order_has_a_limit),
        STORY(a_reader_that_takes_nothing_is_given_up),
        STORY(a_stream_ends_when_everything_of_it_is_out),
        STORY(who_listens_has_nothing_to_say),
        STORY(a_stream_may_follow_other_answers_on_its_connection),
        STORY(a_stream_can_be_opened_later_unless_its_client_has_left),
        cmocka_unit_test(over_the_cap_a_newcomer_waits_and_nobody_is_sent_away),
        STORY(the_head_alone_is_no_stream),
        STORY(a_stop_tells_everybody_when_to_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
