/*
 * strategies_cut_test.c — the answer to a COMMIT of v1, v2 or v3 never arrives, or two transactions
 * wait for each other.
 *
 * By then the hold is in the database. Where the database can be asked, the fan hears of the hold.
 * Where it hangs, the fan hears that nobody knows; the engine finds the hold as soon as the
 * database answers, and the hold ends in its time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "support/cut_proxy.h"
#include "support/server_postgres.h"
#include "support/strategy_house.h"

static const char *server_url; /* the shared server's */

struct wire { /* a house that reaches its own database through a proxy */
    struct cut_proxy *proxy;
    struct strategy_house *house;
    char url[SERVER_ADDRESS_BYTES];
};

static void open_wire(struct wire *wire, const char *strategy, const char *lock)
{
    char through[SERVER_ADDRESS_BYTES + 16], *rest;
    postgres_database_make(server_url, wire->url);
    const char *port = strrchr(wire->url, ':') + 1;
    wire->proxy = cut_proxy_open((uint16_t)strtoul(port, &rest, 10));
    snprintf(through, sizeof through, "%.*s%u%s", (int)(port - wire->url), wire->url,
             (unsigned)cut_proxy_port(wire->proxy), rest);
    wire->house = strategy_house_open(
        &(struct strategy_house_settings){.url = through, .strategy = strategy, .lock = lock});
    struct fan_press first; /* takes a block of numbers, so that the next commit is a hold's */
    fan_wants(&first, wire->house, 1, 0, 1, "first");
    assert_int_equal(fan_hears(&first), BOOKING_DONE);
}

static void close_wire(struct wire *wire)
{
    strategy_house_close(wire->house);
    cut_proxy_close(wire->proxy);
    postgres_database_drop(wire->url);
}

static void an_answer_that_never_came_is_read_back(void **state)
{
    (void)state;
    static const char *const sold_by[][2] = {
        {"v1", "mutex"}, {"v2", "optimistic"}, {"v2", "pessimistic"}, {"v3", NULL}};
    for (size_t i = 0; i < sizeof sold_by / sizeof sold_by[0]; i++) {
        struct wire wire;
        struct fan_press mina;
        open_wire(&wire, sold_by[i][0], sold_by[i][1]);
        fan_wants(&mina, wire.house, 2, 7, 2, "key");
        cut_proxy_cut_answer(wire.proxy);
        assert_int_equal(fan_hears(&mina), BOOKING_DONE);
        assert_int_equal(cut_proxy_cut_count(wire.proxy), 1);
        assert_int_equal(strategy_house_seat(wire.house, 7), SEAT_HELD);
        assert_true(strategy_house_is_clean(wire.house));
        close_wire(&wire);
    }
}

static void wait_for_seat(const struct strategy_house *house, uint32_t seat, enum seat_state wanted)
{
    while (strategy_house_seat(house, seat) != wanted) {
        booking_tick(house->booking);
        server_pause();
    }
}

/* What a page reads meanwhile is answered, too: nobody waits as long as an audit may. */
static void read_in_vain(struct store_connection *reader)
{
    static const struct sql count = {"SELECT count(*) FROM seat"};
    int64_t number;
    assert_int_equal(store_query_int(reader, &count, NULL, 0, &number), STATUS_IO);
}

static void a_hold_that_nobody_knows_of_is_found_and_ends(void **state)
{
    (void)state;
    struct wire wire;
    struct fan_press mina;
    struct store_connection *reader;
    open_wire(&wire, "v2", "pessimistic");
    struct strategy_house *house = wire.house;
    assert_int_equal(store_reader_open(house->store, &reader), STATUS_OK);
    store_reader_hurry(reader);
    fan_wants(&mina, house, 2, 7, 2, "key");
    cut_proxy_cut_answer_and_hang(wire.proxy);
    fan_press(&mina);
    while (cut_proxy_cut_count(wire.proxy) == 0)
        server_pause();
    read_in_vain(reader);
    fan_wait(&mina, 1);
    assert_int_equal(mina.ask.verdict, BOOKING_FAILED);
    assert_int_equal(mina.ask.status, STATUS_UNKNOWN);
    assert_int_equal(strategy_house_seat(house, 7), SEAT_AVAILABLE);

    cut_proxy_go_on(wire.proxy);
    wait_for_seat(house, 7, SEAT_HELD);
    strategy_house_wait(house, HOUSE_HOLD_SECONDS * 1000);
    wait_for_seat(house, 7, SEAT_AVAILABLE);
    assert_true(strategy_house_is_clean(house));
    store_reader_close(reader);
    close_wire(&wire);
}

/* --- who waits in a circle -------------------------------------------------------------------- */

struct rival { /* a transaction of somebody else, who takes the seats the other way round */
    struct store_job job;
    struct strategy_house *house;
    struct fan_press *press;
};

static const struct sql lock_seat = {"SELECT id FROM seat WHERE id = $1 FOR UPDATE"};

static enum status take_seat(struct store_connection *connection, int64_t id)
{
    const struct sql_value value = sql_int(id);
    int64_t found;
    return store_query_int(connection, &lock_seat, &value, 1, &found);
}

static void wait_until_somebody_waits(const struct strategy_house *house)
{
    static const struct sql waiting = {"SELECT count(*) FROM pg_stat_activity WHERE datname ="
                                       " current_database() AND wait_event_type = 'Lock'"};
    struct store_connection *reader;
    int64_t count = 0;
    assert_int_equal(store_reader_open(house->store, &reader), STATUS_OK);
    while (count == 0) {
        assert_int_equal(store_query_int(reader, &waiting, NULL, 0, &count), STATUS_OK);
        server_pause();
    }
    store_reader_close(reader);
}

static enum status take_backwards(struct store_job *job, struct store_connection *connection)
{
    struct rival *rival = container_of(job, struct rival, job);
    int64_t seat = rival->house->sale.first_seat_id + 7;
    enum status status = take_seat(connection, seat + 1);
    if (status != STATUS_OK)
        return status;
    fan_press(rival->press);
    wait_until_somebody_waits(rival->house);
    return take_seat(connection, seat);
}

/* PostgreSQL ends one of the two, after a second. */
static void who_waits_in_a_circle_hears_to_come_again(void **state)
{
    (void)state;
    struct wire wire;
    struct fan_press mina;
    struct store_session *session;
    open_wire(&wire, "v2", "pessimistic");
    fan_wants(&mina, wire.house, 2, 7, 2, "key");
    struct rival rival = {.job = {.work = take_backwards}, .house = wire.house, .press = &mina};
    assert_int_equal(store_session_open(wire.house->store, &session), STATUS_OK);
    enum status status = store_session_run(session, &rival.job);
    fan_wait(&mina, 1);
    bool refused = mina.ask.verdict == BOOKING_FAILED;
    assert_true(refused ? mina.ask.status == STATUS_BUSY : mina.ask.verdict == BOOKING_DONE);
    assert_int_equal(status, refused ? STATUS_OK : STATUS_BUSY);
    fan_wants(&mina, wire.house, 2, 7, 2, "key"); /* the same press, again */
    assert_int_equal(fan_hears(&mina), refused ? BOOKING_DONE : BOOKING_REPEATED);
    assert_true(strategy_house_is_clean(wire.house));
    store_session_close(session);
    close_wire(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_never_came_is_read_back),
        cmocka_unit_test(who_waits_in_a_circle_hears_to_come_again),
        cmocka_unit_test(a_hold_that_nobody_knows_of_is_found_and_ends),
    };
    server_url = postgres_url_or_skip();
    if (!server_url)
        return SERVER_EXIT_WITHOUT;
    log_set_level(LOG_OFF);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
