/* news_test.c — news of payments reaches the bus: all of it, in order, and again after a doubt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/json_in.h"
#include "base/log.h"
#include "bus/bus_memory.h"
#include "payment/news.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"
#include "support/server_process.h"

enum { PIECES = 1000, RESERVATIONS = 7, TAKEN_AT_ONCE = 64 };

struct house {
    char folder[TEMPORARY_PATH_BYTES];
    struct store *store;
    struct store_connection *reader;
    struct bus *bus;
    struct bus_consumer *consumer;
    struct publisher *publisher;
};

static const struct bus_topic *const topics[] = {&news_topic, NULL};

static void open_house(struct house *house)
{
    char path[TEMPORARY_PATH_BYTES + 16], why[STORE_SQLITE_WHY_BYTES];
    struct migrate_report report;
    temporary_folder_make(house->folder);
    snprintf(path, sizeof path, "%s/core.db", house->folder);
    struct store_sqlite_settings settings = {
        .path = path, .create = true, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF};
    assert_int_equal(store_sqlite_open(&settings, why, &house->store), STATUS_OK);
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, 0, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    house->bus = bus_memory_create(topics);
    assert_non_null(house->bus);
    assert_int_equal(
        bus_consumer_open(house->bus, "listeners", &news_topic, BUS_LIVING, &house->consumer),
        STATUS_OK);
    house->publisher = publisher_create(house->store, house->reader, house->bus);
    assert_non_null(house->publisher);
}

static void close_house(struct house *house)
{
    bus_consumer_close(house->consumer);
    store_reader_close(house->reader);
    bus_close(house->bus);
    store_close(house->store);
    publisher_destroy(house->publisher);
    temporary_folder_remove(house->folder);
}

struct writing {
    struct store_job job;
    int64_t first, count;
};

static enum status write_pieces(struct store_job *job, struct store_connection *connection)
{
    const struct writing *writing = container_of(job, struct writing, job);
    enum status status = STATUS_OK;
    for (int64_t i = 0; status == STATUS_OK && i < writing->count; i++) {
        struct news news = {.reservation = {1 + (writing->first + i) % RESERVATIONS},
                            .payment = {1 + writing->first + i},
                            .kind = NEWS_CAPTURED,
                            .amount = 99000,
                            .at_ms = 1000};
        status = news_write(connection, &news);
    }
    return status;
}

static void write_some(struct house *house, int64_t first, int64_t count)
{
    struct writing writing = {.job.work = write_pieces, .first = first, .count = count};
    assert_int_equal(store_submit_and_wait(house->store, &writing.job), STATUS_OK);
}

/* Takes what has come and checks that nothing of a reservation comes before its time. */
static size_t listen(struct house *house, int64_t latest[RESERVATIONS + 1])
{
    struct bus_record records[TAKEN_AT_ONCE];
    size_t count = 0;
    assert_int_equal(bus_consumer_take(house->consumer, records, TAKEN_AT_ONCE, 10, &count),
                     STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        struct json_in_fault fault;
        int64_t id, reservation, key;
        struct json_in *document = json_in_open(records[i].value, &fault);
        assert_non_null(document);
        assert_int_equal(json_in_read_int(document, "id", 1, ID_MAX, &id), JSON_IN_OK);
        assert_int_equal(json_in_read_int(document, "reservationId", 1, RESERVATIONS, &reservation),
                         JSON_IN_OK);
        json_in_close(document);
        assert_true(text_to_int64(records[i].key, &key));
        assert_int_equal(key, reservation);
        assert_true(id > latest[reservation]);
        latest[reservation] = id;
    }
    assert_int_equal(bus_consumer_commit(house->consumer), STATUS_OK);
    return count;
}

static void every_piece_arrives_once_and_in_order(void **state)
{
    (void)state;
    struct house house;
    int64_t latest[RESERVATIONS + 1] = {0};
    size_t heard = 0;
    open_house(&house);
    write_some(&house, 0, PIECES);
    while (heard < PIECES) {
        publisher_tick(house.publisher, 2000);
        store_turn(house.store);
        heard += listen(&house, latest);
    }
    while (publisher_read(house.publisher).waiting_count > 0) {
        store_turn(house.store);
        publisher_tick(house.publisher, 2000);
    }
    assert_int_equal(listen(&house, latest), 0);
    assert_int_equal(publisher_read(house.publisher).handed_on_count, PIECES);
    close_house(&house);
}

/* The process dies before the marks are written: the next one says it again. */
static void what_was_not_marked_is_told_again_under_the_same_id(void **state)
{
    (void)state;
    struct house house;
    int64_t latest[RESERVATIONS + 1] = {0}, again[RESERVATIONS + 1] = {0};
    open_house(&house);
    write_some(&house, 0, 1);
    publisher_tick(house.publisher, 2000);
    while (listen(&house, latest) == 0)
        continue;
    struct publisher *next = publisher_create(house.store, house.reader, house.bus);
    publisher_tick(next, 2000);
    while (listen(&house, again) == 0)
        continue;
    assert_memory_equal(latest, again, sizeof latest);
    while (store_turn(house.store) > 0 || publisher_read(next).waiting_count > 0)
        publisher_tick(next, 2000);
    close_house(&house);
    publisher_destroy(next);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_arrives_once_and_in_order),
        cmocka_unit_test(what_was_not_marked_is_told_again_under_the_same_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
