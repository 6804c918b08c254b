/* check_test.c — the client's list against a real database: what is found, and what is missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "rush/check.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"

static const struct option_id option = {3};
static const struct fan_id mina = {42}, joon = {43};
static const struct check_hall hall = {{3}, 1001, 100};

struct house {
    char folder[64];
    struct store *store;
    struct store_connection *reader;
    struct acks acks;
    struct faults faults;
    struct check_counts counts;
};

/* --- the database ----------------------------------------------------------------------------- */

struct script {
    struct store_job job;
    const struct sql *sql;
    const struct sql_value *values;
    size_t value_count;
};

static enum status run_script(struct store_job *job, struct store_connection *connection)
{
    const struct script *script = container_of(job, struct script, job);
    return store_run(connection, script->sql, script->values, script->value_count, NULL);
}

static void do_nothing(struct store_job *job, enum status status)
{
    (void)job;
    (void)status;
}

/* Each statement of a connection is known by its address, so each has one of its own. */
static void write_rows(struct house *house, const struct sql *sql)
{
    struct script script = {.job = {.work = run_script, .on_done = do_nothing}, .sql = sql};
    assert_int_equal(store_submit_and_wait(house->store, &script.job), STATUS_OK);
}

/* The store keeps the key's hash. */
static void write_reservation(struct house *house, int64_t id, int64_t fan, const char *state,
                              int64_t amount, const char *key)
{
    static const struct sql insert = {
        "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash, request_hash,"
        " created_at_ms, expires_at_ms) VALUES ($1, 3, $2, $3, $4, $5, 0, 0, 0)"};
    const struct sql_value values[] = {sql_int(id), sql_int(fan), sql_words(state), sql_int(amount),
                                       sql_int(hash_lasting(text_of(key)))};
    struct script script = {.job = {.work = run_script, .on_done = do_nothing},
                            .sql = &insert,
                            .values = values,
                            .value_count = 5};
    assert_int_equal(store_submit_and_wait(house->store, &script.job), STATUS_OK);
}

static int open_house(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    char path[96], why[STORE_SQLITE_WHY_BYTES];
    assert_non_null(house);
    log_set_level(LOG_ERROR);
    snprintf(house->folder, sizeof house->folder, "/tmp/check-test-XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    snprintf(path, sizeof path, "%s/core.db", house->folder);
    struct store_sqlite_settings settings = {.path = path, .create = true};
    struct migrate_report report;
    assert_int_equal(store_sqlite_open(&settings, why, &house->store), STATUS_OK);
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, 1, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    assert_int_equal(acks_init(&house->acks, option, NULL), STATUS_OK);

    write_reservation(house, 1, 42, "CONFIRMED", 200, "o3-f42-r1");
    write_reservation(house, 2, 43, "EXPIRED", 100, "o3-f43-r1");
    write_reservation(house, 3, 43, "CANCELLED", 100, "o3-f43-r2");
    static const struct sql seats = {
        "INSERT INTO reservation_seat (reservation_id, seat_id, price, live)"
        " VALUES (1, 1005, 100, 1), (1, 1006, 100, 1), (2, 1007, 100, 0), (3, 1008, 100, 0)"};
    static const struct sql payments = {
        "INSERT INTO payment (id, reservation_id, fan_id, gateway, state, amount, idempotency_key,"
        " request_hash, created_at_ms, updated_at_ms)"
        " VALUES (9, 1, 42, 'test', 'CAPTURED', 200, 'o3-f42-p1', 0, 0, 0)"};
    write_rows(house, &seats);
    write_rows(house, &payments);
    *state = house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    char command[128];
    acks_deinit(&house->acks);
    store_reader_close(house->reader);
    store_close(house->store);
    snprintf(command, sizeof command, "rm -r '%s'", house->folder);
    assert_int_equal(system(command), 0);
    free(house);
    return 0;
}

/* --- what was told ---------------------------------------------------------------------------- */

static uint32_t told_hold(struct house *house, struct fan_id fan, uint32_t reserve_no, int64_t id,
                          int64_t amount_won, int64_t seat, uint32_t seat_count)
{
    struct answer answer = {.id = id, .amount_won = amount_won, .seat_count = seat_count};
    for (uint32_t i = 0; i < seat_count; i++) /* not in order: the list must not mind */
        answer.seat_ids[i] = seat + seat_count - 1 - i;
    uint32_t index = 0;
    assert_int_equal(acks_hold(&house->acks, fan, reserve_no, &answer, &index), STATUS_OK);
    return index;
}

static void told_paid(struct house *house, uint32_t index, int64_t payment)
{
    struct answer answer = {.id = payment};
    acks_pay(&house->acks, index, 1, &answer);
}

static void tell_the_truth(struct house *house)
{
    told_paid(house, told_hold(house, mina, 1, 1, 200, 1005, 2), 9);
    told_hold(house, joon, 1, 2, 100, 1007, 1);
    acks_cancel(&house->acks, told_hold(house, joon, 2, 3, 100, 1008, 1));
}

static uint32_t lost(struct house *house)
{
    assert_int_equal(check_acks(house->reader, &house->acks, &hall, &house->faults, &house->counts),
                     STATUS_OK);
    assert_int_equal(house->faults.count, house->counts.lost);
    return house->counts.lost;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void what_is_true_is_found(void **state)
{
    struct house *house = *state;
    tell_the_truth(house);
    assert_int_equal(lost(house), 0);
    assert_int_equal(house->counts.holds, 3);
    assert_int_equal(house->counts.payments, 1);
    assert_int_equal(house->counts.cancels, 1);
    assert_int_equal(house->counts.confirmed_seats, 2);
}

static void every_kind_of_loss_is_named(void **state)
{
    struct house *house = *state;
    told_hold(house, mina, 1, 77, 200, 1005, 2);                      /* not there */
    told_hold(house, joon, 1, 1, 200, 1005, 2);                       /* another fan's */
    told_hold(house, mina, 2, 1, 200, 1005, 2);                       /* another key's */
    told_hold(house, mina, 1, 1, 201, 1005, 2);                       /* another amount */
    told_hold(house, mina, 1, 1, 200, 1005, 1);                       /* more seats than told */
    told_hold(house, mina, 1, 1, 200, 1005, 3);                       /* fewer seats than told */
    told_hold(house, mina, 1, 1, 200, 1004, 2);                       /* other seats */
    told_paid(house, told_hold(house, joon, 1, 2, 100, 1007, 1), 9);  /* it has lapsed */
    told_paid(house, told_hold(house, mina, 1, 1, 200, 1005, 2), 10); /* no such payment */
    acks_cancel(&house->acks, told_hold(house, mina, 1, 1, 200, 1005, 2)); /* it is confirmed */
    assert_int_equal(lost(house), 10);
    assert_non_null(strstr(house->faults.words[0], "not there"));
}

static void a_payment_that_was_given_back_is_a_loss(void **state)
{
    struct house *house = *state;
    static const struct sql refund = {"UPDATE payment SET state = 'REFUNDED' WHERE id = 9"};
    tell_the_truth(house);
    write_rows(house, &refund);
    assert_int_equal(lost(house), 1);
    assert_non_null(strstr(house->faults.words[0], "REFUNDED"));
}

static void a_paid_seat_that_is_free_again_is_a_loss(void **state)
{
    struct house *house = *state;
    static const struct sql free_seat = {
        "UPDATE reservation_seat SET live = 0 WHERE seat_id = 1006"};
    tell_the_truth(house);
    write_rows(house, &free_seat);
    assert_int_equal(lost(house), 1);
    assert_int_equal(house->counts.confirmed_seats, 1);
}

static void a_seat_told_to_two_fans_is_a_loss(void **state)
{
    struct house *house = *state;
    static const struct sql second[] = {
        {"DROP INDEX reservation_seat_live"},
        {"INSERT INTO reservation_seat (reservation_id, seat_id, price, live)"
         " VALUES (4, 1005, 100, 1)"},
        {"INSERT INTO payment (id, reservation_id, fan_id, gateway, state, amount,"
         " idempotency_key, request_hash, created_at_ms, updated_at_ms)"
         " VALUES (10, 4, 43, 'test', 'CAPTURED', 100, 'o3-f43-p1', 0, 0, 0)"},
    };
    tell_the_truth(house);
    write_reservation(house, 4, 43, "CONFIRMED", 100, "o3-f43-r3");
    for (size_t i = 0; i < sizeof second / sizeof second[0]; i++)
        write_rows(house, &second[i]);
    told_paid(house, told_hold(house, joon, 3, 4, 100, 1005, 1), 10);
    assert_int_equal(lost(house), 1);
    assert_non_null(strstr(house->faults.words[0], "sold to fan 42 too"));
}

static void many_losses_are_counted_and_some_are_told(void **state)
{
    struct house *house = *state;
    for (int64_t id = 100; id < 300; id++)
        told_hold(house, mina, 1, id, 200, 1005, 2);
    assert_int_equal(lost(house), 200);
    assert_int_equal(faults_named(&house->faults), RUSH_FAULTS_NAMED_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_true_is_found, open_house, close_house),
        cmocka_unit_test_setup_teardown(every_kind_of_loss_is_named, open_house, close_house),
        cmocka_unit_test_setup_teardown(a_payment_that_was_given_back_is_a_loss, open_house,
                                        close_house),
        cmocka_unit_test_setup_teardown(a_paid_seat_that_is_free_again_is_a_loss, open_house,
                                        close_house),
        cmocka_unit_test_setup_teardown(a_seat_told_to_two_fans_is_a_loss, open_house, close_house),
        cmocka_unit_test_setup_teardown(many_losses_are_counted_and_some_are_told, open_house,
                                        close_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
