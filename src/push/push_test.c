/* push_test.c — who hears what, when much is new and many listen. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/net_test.h"
#include "net/stream_test.h"
#include "push/push.h"

enum { CROWD = PUSH_SLICE + 44, CLIENTS_MAX = 400 };

static const struct fan_id mina = {1}, joon = {2};

static struct push *push;
static _Atomic int64_t hub_now_ms;
static struct stage hub_stage;
static struct client clients[CLIENTS_MAX];
static size_t client_count;

static int64_t hub_clock(void)
{
    return atomic_load(&hub_now_ms);
}

/* --- the server's side ------------------------------------------------------------------------ */

struct watch {
    struct push_audience audience;
    atomic_size_t came, left;
    char said[64];
    atomic_bool has_said;
};

static void on_came(struct push_audience *audience, struct push_channel channel, struct fan_id fan)
{
    struct watch *watch = container_of(audience, struct watch, audience);
    (void)channel;
    (void)fan;
    atomic_fetch_add(&watch->came, 1);
}

static void on_left(struct push_audience *audience, struct push_channel channel, struct fan_id fan)
{
    struct watch *watch = container_of(audience, struct watch, audience);
    (void)channel;
    (void)fan;
    atomic_fetch_add(&watch->left, 1);
}

static void on_said(struct push_audience *audience, struct push_channel channel, struct fan_id fan,
                    struct text text)
{
    struct watch *watch = container_of(audience, struct watch, audience);
    (void)snprintf(watch->said, sizeof watch->said, "%u %u %.*s", (unsigned)channel.number,
                   (unsigned)fan.value, (int)text.size, text.bytes);
    atomic_store(&watch->has_said, true);
}

static struct watch watch = {.audience = {on_came, on_left, on_said}};

static uint64_t number_in(struct text text)
{
    int64_t number = 0;
    return text_to_int64(text, &number) ? (uint64_t)number : 0;
}

/* GET /line/{number}/{fan} */
static void handle_line(struct http_app *app, struct http_request *request)
{
    (void)app;
    struct leaflet *first =
        leaflet_event(&(struct leaflet_event){.name = "place", .data = text_of("{\"ahead\":3}")});
    (void)push_listen(push, request,
                      &(struct push_listening){
                          .channel = push_channel(PUSH_WAITING, number_in(http_param(request, 0))),
                          .fan = {(int64_t)number_in(http_param(request, 1))},
                          .first = first,
                          .audience = &watch.audience,
                          .websocket = http_websocket_wanted(request)});
    leaflet_drop(first);
}

static const struct http_route hub_routes[] = {
    {HTTP_METHOD_GET, "/hello", handle_hello, 0},
    {HTTP_METHOD_GET, "/line/{number}/{fan}", handle_line, 0},
};

static void *add_loop(struct http_app *app, struct loop *loop)
{
    (void)app;
    assert_true(push_add_loop(push, loop));
    return loop;
}

static void hub_open(size_t loop_count)
{
    struct http_server_settings settings = stage_settings(&hub_stage);
    settings.loop_count = loop_count;
    settings.routes = hub_routes;
    settings.route_count = sizeof hub_routes / sizeof hub_routes[0];
    settings.loop_data_create = add_loop;
    push = push_create(&(struct push_settings){.loop_count = loop_count, .now_ms = hub_clock});
    assert_non_null(push);
    atomic_store(&watch.came, 0);
    atomic_store(&watch.left, 0);
    stage_open_with(&hub_stage, &settings);
}

static void hub_close(void)
{
    for (size_t i = 0; i < client_count; i++)
        client_close(&clients[i]);
    client_count = 0;
    stage_close(&hub_stage);
    assert_int_equal(atomic_load(&watch.left), atomic_load(&watch.came));
    assert_int_equal(push_counts(push).listeners, 0);
    push_destroy(push);
}

static struct push_channel line_number(uint64_t number)
{
    return push_channel(PUSH_WAITING, number);
}

static struct leaflet *print(uint64_t id)
{
    struct leaflet *leaflet = leaflet_event(
        &(struct leaflet_event){.name = "serving", .id = id, .data = text_of("{\"now\":1}")});
    assert_non_null(leaflet);
    return leaflet;
}

static void publish(struct push_channel channel, uint64_t id, enum push_pace pace)
{
    struct leaflet *leaflet = print(id);
    push_publish(push, channel, leaflet, pace);
    leaflet_drop(leaflet);
}

static void tell(struct push_channel channel, struct fan_id fan, uint64_t id)
{
    struct leaflet *leaflet = print(id);
    push_tell(push, channel, fan, leaflet);
    leaflet_drop(leaflet);
}

/* --- the listeners' side ---------------------------------------------------------------------- */

static void hear_id(struct client *client, unsigned id)
{
    char words[64];
    (void)snprintf(words, sizeof words, "id: %u\nevent: serving\ndata: {\"now\":1}\n\n", id);
    hear(client, words);
}

static struct client *ask_for_line(unsigned number, struct fan_id fan)
{
    char request[128];
    (void)snprintf(request, sizeof request, "GET /line/%u/%u HTTP/1.1\r\nHost: h\r\n\r\n", number,
                   (unsigned)fan.value);
    assert_true(client_count < CLIENTS_MAX);
    struct client *client = &clients[client_count++];
    client_connect(client, hub_stage.port);
    client_send(client, request);
    return client;
}

static struct client *listen_to(unsigned number, struct fan_id fan)
{
    struct client *client = ask_for_line(number, fan);
    hear(client, "event: place\ndata: {\"ahead\":3}\n\n");
    return client;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void one_document_reaches_everybody_on_every_loop(void **state)
{
    (void)state;
    struct client *listeners[20];
    hub_open(3);
    for (size_t i = 0; i < 20; i++)
        listeners[i] = listen_to(7, (struct fan_id){(int64_t)i + 1});
    struct client *elsewhere = listen_to(8, mina);
    assert_int_equal(push_listening_count(push, line_number(7)), 20);
    publish(line_number(7), 5, PUSH_AT_ONCE);
    for (size_t i = 0; i < 20; i++)
        hear_id(listeners[i], 5);
    publish(line_number(8), 6, PUSH_AT_ONCE);
    hear_id(elsewhere, 6);
    assert_int_equal(elsewhere->size, 0);
    hub_close();
}

static void who_comes_late_gets_the_newest_document_at_once_and_only_once(void **state)
{
    (void)state;
    hub_open(1);
    assert_int_equal(push_hold(push, line_number(7)), STATUS_OK);
    publish(line_number(7), 1, PUSH_AT_ONCE);
    publish(line_number(7), 2, PUSH_AT_ONCE);
    struct client *late = listen_to(7, mina);
    hear_id(late, 2);
    publish(line_number(7), 3, PUSH_AT_ONCE);
    hear_id(late, 3);
    assert_int_equal(late->size, 0);
    push_release(push, line_number(7));
    hub_close();
}

/* A request's outcome came while its listener was still on the way. */
static void who_comes_behind_the_last_document_hears_it_and_the_end(void **state)
{
    (void)state;
    hub_open(1);
    assert_false(push_awaited(push, line_number(7)));
    assert_int_equal(push_hold(push, line_number(7)), STATUS_OK);
    assert_true(push_awaited(push, line_number(7)));
    assert_false(push_spoken(push, line_number(7)));
    publish(line_number(7), 1, PUSH_AT_ONCE);
    push_end(push, line_number(7)); /* nobody is there to be ended */
    struct client *late = listen_to(7, mina);
    assert_true(push_spoken(push, line_number(7)));
    push_end(push, line_number(7));
    push_release(push, line_number(7));
    hear_id(late, 1);
    assert_true(client_is_closed(late));
    hub_close();
}

static void what_nobody_holds_or_hears_is_not_kept(void **state)
{
    (void)state;
    hub_open(1);
    publish(line_number(7), 1, PUSH_AT_ONCE);
    assert_int_equal(push_counts(push).channels, 0);
    struct client *listener = listen_to(7, mina);
    assert_int_equal(push_counts(push).channels, 1);
    publish(line_number(7), 2, PUSH_AT_ONCE);
    hear_id(listener, 2);
    client_close(&clients[--client_count]);
    while (push_counts(push).channels > 0)
        sched_yield();
    assert_int_equal(push_hold(push, line_number(7)), STATUS_OK);
    assert_int_equal(push_counts(push).channels, 1);
    push_release(push, line_number(7));
    assert_int_equal(push_counts(push).channels, 0);
    hub_close();
}

static void calm_news_come_once_a_second_and_then_the_newest(void **state)
{
    (void)state;
    hub_open(1);
    struct client *listener = listen_to(7, mina);
    publish(line_number(7), 1, PUSH_CALMLY);
    hear_id(listener, 1);
    publish(line_number(7), 2, PUSH_CALMLY);
    publish(line_number(7), 3, PUSH_CALMLY);
    atomic_fetch_add(&hub_now_ms, PUSH_INTERVAL_MS - 1);
    push_tick(push);
    struct client *late = listen_to(7, joon); /* does not wait for the second */
    hear_id(late, 3);
    assert_int_equal(listener->size, 0);
    atomic_fetch_add(&hub_now_ms, 1);
    push_tick(push);
    hear(listener, "id: 3\n"); /* the very next thing */
    assert_int_equal(push_counts(push).coalesced, 1);
    publish(line_number(7), 4, PUSH_CALMLY);
    publish(line_number(7), 5, PUSH_AT_ONCE);
    hear_id(listener, 5);
    hear_id(late, 5);
    atomic_fetch_add(&hub_now_ms, PUSH_INTERVAL_MS);
    push_tick(push);
    publish(line_number(7), 6, PUSH_AT_ONCE);
    hear_id(late, 6);
    hub_close();
}

static void words_to_one_fan_reach_all_tabs_of_that_fan_alone(void **state)
{
    (void)state;
    hub_open(2);
    struct client *tabs[] = {listen_to(7, mina), listen_to(7, mina)};
    struct client *other_line = listen_to(8, mina);
    struct client *other_fan = listen_to(7, joon);
    tell(line_number(7), mina, 40);
    tell(line_number(7), mina, 41);
    for (size_t i = 0; i < 2; i++) {
        hear_id(tabs[i], 40);
        hear_id(tabs[i], 41);
    }
    publish(line_number(7), 50, PUSH_AT_ONCE);
    publish(line_number(8), 51, PUSH_AT_ONCE);
    while (other_fan->size == 0 || other_line->size == 0) {
        if (other_fan->size == 0)
            assert_true(client_receive(other_fan));
        if (other_line->size == 0)
            assert_true(client_receive(other_line));
    }
    assert_memory_equal(other_fan->bytes, "id: 50", 6);
    assert_memory_equal(other_line->bytes, "id: 51", 6);
    assert_int_equal(push_counts(push).told, 2);
    hub_close();
}

static void a_websocket_hears_the_same(void **state)
{
    (void)state;
    hub_open(1);
    atomic_store(&watch.has_said, false);
    struct client *client = &clients[client_count++];
    client_connect(client, hub_stage.port);
    client_send(client, "GET /line/7/2 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
                        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    struct reply reply = {0};
    client_read_as(client, &reply, false);
    assert_int_equal(reply.status, 101);
    struct frame frame;
    websocket_read_frame(client, &frame);
    assert_string_equal(frame.bytes, "{\"event\":\"place\",\"data\":{\"ahead\":3}}");
    publish(line_number(7), 9, PUSH_AT_ONCE);
    websocket_read_frame(client, &frame);
    assert_string_equal(frame.bytes, "{\"event\":\"serving\",\"id\":9,\"data\":{\"now\":1}}");
    websocket_say(client, "here I am");
    while (!atomic_load(&watch.has_said))
        sched_yield();
    assert_string_equal(watch.said, "7 2 here I am");
    reply_free(&reply);
    hub_close();
}

static void a_fan_has_so_many_tabs_and_no_more(void **state)
{
    (void)state;
    hub_open(1);
    for (size_t i = 0; i < PUSH_STREAMS_PER_FAN_MAX; i++)
        (void)listen_to(7, mina);
    struct reply reply = {0};
    client_read(ask_for_line(7, mina), &reply);
    assert_int_equal(reply.status, 429);
    assert_non_null(strstr(reply.body, "\"TOO_MANY_STREAMS\""));
    assert_true(reply_has(&reply, "\r\nRetry-After: "));
    (void)listen_to(8, mina);
    (void)listen_to(7, joon);
    reply_free(&reply);
    hub_close();
}

static void a_channel_that_ends_sends_its_last_document_first(void **state)
{
    (void)state;
    hub_open(2);
    struct client *first = listen_to(7, mina), *second = listen_to(7, joon);
    struct client *other = listen_to(8, joon);
    publish(line_number(7), 1, PUSH_CALMLY);
    publish(line_number(7), 2, PUSH_CALMLY);
    push_end(push, line_number(7));
    hear_id(first, 2);
    hear_id(second, 2);
    assert_true(client_is_closed(first));
    assert_true(client_is_closed(second));
    publish(line_number(8), 3, PUSH_AT_ONCE);
    hear_id(other, 3);
    hub_close();
}

static void a_crowd_is_served_a_slice_at_a_time(void **state)
{
    (void)state;
    hub_open(1);
    for (int64_t i = 0; i < CROWD; i++)
        (void)listen_to(7, (struct fan_id){i + 1});
    struct client *elsewhere = listen_to(8, mina);
    publish(line_number(7), 1, PUSH_AT_ONCE);
    publish(line_number(8), 2, PUSH_AT_ONCE);
    publish(line_number(7), 3, PUSH_AT_ONCE);
    hear_id(elsewhere, 2);
    for (size_t i = 0; i < CROWD; i++)
        hear_id(&clients[i], 3);
    struct push_counts counts = push_counts(push);
    assert_int_equal(counts.published, 3);
    assert_int_equal(counts.listeners, CROWD + 1);
    hub_close();
}

static void a_reader_too_slow_for_words_to_it_is_sent_away(void **state)
{
    (void)state;
    hub_open(1);
    struct client *slow = &clients[client_count++];
    client_connect_small(slow, hub_stage.port, 4096);
    client_send(slow, "GET /line/7/1 HTTP/1.1\r\nHost: h\r\n\r\n");
    struct client *quick = listen_to(7, joon);
    uint64_t id = 0;
    while (push_counts(push).dropped == 0) {
        tell(line_number(7), mina, ++id);
        tell(line_number(7), joon, id);
        hear_id(quick, (unsigned)id);
    }
    publish(line_number(7), 1, PUSH_AT_ONCE);
    hear_id(quick, 1);
    hear(slow, "event: place\n");
    while (client_receive(slow))
        slow->size = 0; /* it may take what was accepted, and then hears the end */
    hub_close();
}

static void there_are_so_many_channels_and_no_more(void **state)
{
    (void)state;
    hub_open(1);
    for (uint64_t i = 1; i <= PUSH_CHANNELS_MAX; i++)
        assert_int_equal(push_hold(push, line_number(i)), STATUS_OK);
    assert_int_equal(push_hold(push, line_number(PUSH_CHANNELS_MAX + 1)), STATUS_FULL);
    struct reply reply = {0};
    client_read(ask_for_line(PUSH_CHANNELS_MAX + 1, mina), &reply);
    assert_int_equal(reply.status, 503);
    assert_true(reply_has(&reply, "\r\nRetry-After: "));
    (void)listen_to(PUSH_CHANNELS_MAX, mina);
    reply_free(&reply);
    hub_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_document_reaches_everybody_on_every_loop),
        cmocka_unit_test(who_comes_late_gets_the_newest_document_at_once_and_only_once),
        cmocka_unit_test(who_comes_behind_the_last_document_hears_it_and_the_end),
        cmocka_unit_test(what_nobody_holds_or_hears_is_not_kept),
        cmocka_unit_test(calm_news_come_once_a_second_and_then_the_newest),
        cmocka_unit_test(words_to_one_fan_reach_all_tabs_of_that_fan_alone),
        cmocka_unit_test(a_websocket_hears_the_same),
        cmocka_unit_test(a_fan_has_so_many_tabs_and_no_more),
        cmocka_unit_test(a_channel_that_ends_sends_its_last_document_first),
        cmocka_unit_test(a_crowd_is_served_a_slice_at_a_time),
        cmocka_unit_test(a_reader_too_slow_for_words_to_it_is_sent_away),
        cmocka_unit_test(there_are_so_many_channels_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
