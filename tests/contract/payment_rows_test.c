/*
 * payment_rows_test.c — what the store keeps of a payment: its moves, entries that sum to zero and
 * cannot be taken back, and signed webhooks: before or after our own payment, once or again, of
 * ours or of nobody's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/container.h"
#include "payment/webhook.h"
#include "store/migrate.h"
#include "support/databases.h"

static enum database_kind kind;

struct house {
    struct database *database;
    struct store *store;
    struct store_connection *reader;
};

static int open_house(void **state)
{
    struct migrate_report report;
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    house->database = database_make(kind);
    assert_int_equal(database_open(house->database, 0, &house->store), STATUS_OK);
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, 0, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    *state = house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    store_reader_close(house->reader);
    store_close(house->store);
    database_remove(house->database);
    free(house);
    return 0;
}

/* --- what happens ----------------------------------------------------------------------------- */

struct delivery {
    struct store_job job;
    struct webhook webhook;
    struct webhook_kept kept;
};

static enum status keep(struct store_job *job, struct store_connection *connection)
{
    struct delivery *delivery = container_of(job, struct delivery, job);
    return webhook_keep(connection, "toss", &delivery->webhook, 1000, &delivery->kept);
}

static struct webhook_kept deliver(struct house *house, const char *name, const char *order,
                                   const char *said)
{
    struct delivery delivery = {.job.work = keep};
    snprintf(delivery.webhook.delivery, WEBHOOK_WORD_BYTES, "%s", name);
    snprintf(delivery.webhook.order_id, WEBHOOK_WORD_BYTES, "%s", order);
    snprintf(delivery.webhook.said, WEBHOOK_WORD_BYTES, "%s", said);
    assert_int_equal(store_submit_and_wait(house->store, &delivery.job), STATUS_OK);
    return delivery.kept;
}

struct paying {
    struct store_job job;
    const char *order;
    enum payment_state state;
    struct payment_return back; /* amount 0: nothing goes back */
    struct payment_id id;
};

static enum status write_payment(struct store_job *job, struct store_connection *connection)
{
    struct paying *paying = container_of(job, struct paying, job);
    struct payment payment = {.reservation = {1}, .fan = {1}, .amount = 99000};
    payment_name(&payment, "toss", text_of(paying->order), text_of(""));
    enum status status = store_script(
        connection, "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash,"
                    " request_hash, created_at_ms, expires_at_ms)"
                    " SELECT 1, 1, 1, 'PAYING', 99000, 1, 1, 0, 0"
                    " WHERE NOT EXISTS (SELECT 1 FROM reservation WHERE id = 1);");
    if (status == STATUS_OK)
        status = payment_store_insert(connection, &payment, text_of(paying->order), &payment.id);
    payment.state = PAYMENT_READY;
    if (status == STATUS_OK && paying->state == PAYMENT_CAPTURED)
        status = payment_store_move(connection, &payment, PAYMENT_CAPTURED, "", 1000);
    if (status == STATUS_OK && paying->back.amount > 0)
        status = payment_store_give_back(connection, payment.id, &paying->back);
    paying->id = payment.id;
    return status;
}

static struct payment_id pay(struct house *house, const char *order, enum payment_state state)
{
    struct paying paying = {.job.work = write_payment, .order = order, .state = state};
    assert_int_equal(store_submit_and_wait(house->store, &paying.job), STATUS_OK);
    return paying.id;
}

/* Of the rows about this order: how many, and how many know their payment. */
static void expect_rows(struct house *house, const char *order, int64_t count, int64_t matched)
{
    static const struct sql all = {"SELECT count(*) FROM webhook WHERE order_id = $1"};
    static const struct sql known = {
        "SELECT count(*) FROM webhook WHERE order_id = $1 AND payment_id IS NOT NULL"};
    struct sql_value values[] = {sql_words(order)};
    int64_t found;
    assert_int_equal(store_query_int(house->reader, &all, values, 1, &found), STATUS_OK);
    assert_int_equal(found, count);
    assert_int_equal(store_query_int(house->reader, &known, values, 1, &found), STATUS_OK);
    assert_int_equal(found, matched);
}

/* --- the ledger ------------------------------------------------------------------------------- */

static int64_t sum_of(struct house *house, struct payment_id id, const char *account)
{
    static const struct sql sum = {
        "SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE payment_id = $1"
        " AND ($2 = '' OR account = $2)"};
    struct sql_value values[] = {sql_int(id.value), sql_words(account)};
    int64_t amount;
    assert_int_equal(store_query_int(house->reader, &sum, values, 2, &amount), STATUS_OK);
    return amount;
}

static void a_payment_moves_as_the_table_says_and_no_other_way(void **state)
{
    static const char *const moves[PAYMENT_STATE_COUNT] = {/* R U A C B F: to which it may */
                                                           "-xxx-x", "--xx-x", "---x-x",
                                                           "----x-", "------", "------"};
    (void)state;
    for (int from = 0; from < PAYMENT_STATE_COUNT; from++)
        for (int to = 0; to < PAYMENT_STATE_COUNT; to++)
            assert_int_equal(payment_may_move((enum payment_state)from, (enum payment_state)to),
                             moves[from][to] == 'x');
}

static void what_is_taken_and_given_back_sums_to_zero(void **state)
{
    struct house *house = *state;
    struct paying paying = {.job.work = write_payment,
                            .order = "TR-1-book",
                            .state = PAYMENT_CAPTURED,
                            .back = {.amount = 80000, .fee_won = 19000, .ends = true}};
    assert_int_equal(store_submit_and_wait(house->store, &paying.job), STATUS_OK);
    assert_int_equal(sum_of(house, paying.id, ""), 0);
    assert_int_equal(sum_of(house, paying.id, "GATEWAY"), 19000);
    assert_int_equal(sum_of(house, paying.id, "SALES"), 0);
    assert_int_equal(sum_of(house, paying.id, "FEES"), -19000);
}

static enum status change_an_entry(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "UPDATE ledger_entry SET amount = amount + 1;");
}

static enum status delete_an_entry(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "DELETE FROM ledger_entry;");
}

static void an_entry_is_never_changed_nor_taken_back(void **state)
{
    struct house *house = *state;
    struct payment_id id = pay(house, "TR-1-ever", PAYMENT_CAPTURED);
    struct store_job change = {.work = change_an_entry}, deletion = {.work = delete_an_entry};
    assert_int_not_equal(store_submit_and_wait(house->store, &change), STATUS_OK);
    assert_int_not_equal(store_submit_and_wait(house->store, &deletion), STATUS_OK);
    assert_int_equal(sum_of(house, id, "GATEWAY"), 99000);
}

/* --- webhooks --------------------------------------------------------------------------------- */

static void one_that_comes_again_is_kept_once(void **state)
{
    struct payment_id id = pay(*state, "TR-1-again", PAYMENT_READY);
    struct webhook_kept first = deliver(*state, "a", "TR-1-again", "DONE");
    assert_true(first.matched && !first.repeated);
    assert_int_equal(first.payment.id.value, id.value);
    struct webhook_kept again = deliver(*state, "a", "TR-1-again", "DONE");
    assert_true(again.matched && again.repeated);
    expect_rows(*state, "TR-1-again", 1, 1);
}

static void one_before_its_payment_finds_it_when_that_is_made(void **state)
{
    struct webhook_kept early = deliver(*state, "b", "TR-1-early", "DONE");
    assert_false(early.matched);
    expect_rows(*state, "TR-1-early", 1, 0);
    pay(*state, "TR-1-early", PAYMENT_READY);
    expect_rows(*state, "TR-1-early", 1, 1);
}

static void one_about_nobody_stays_for_whoever_reconciles(void **state)
{
    struct webhook_kept kept = deliver(*state, "c", "TR-9-nobody", "DONE");
    assert_false(kept.matched || kept.repeated || kept.disagrees);
    expect_rows(*state, "TR-9-nobody", 1, 0);
}

static void money_given_back_that_nobody_asked_for_disagrees(void **state)
{
    pay(*state, "TR-1-desk", PAYMENT_CAPTURED);
    assert_false(deliver(*state, "d", "TR-1-desk", "DONE").disagrees);
    assert_true(deliver(*state, "e", "TR-1-desk", "PARTIAL_CANCELED").disagrees);
    assert_true(deliver(*state, "f", "TR-1-desk", "CANCELED").disagrees);
}

static int run(enum database_kind used)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(a_payment_moves_as_the_table_says_and_no_other_way),
        cmocka_unit_test(what_is_taken_and_given_back_sums_to_zero),
        cmocka_unit_test(an_entry_is_never_changed_nor_taken_back),
        cmocka_unit_test(one_that_comes_again_is_kept_once),
        cmocka_unit_test(one_before_its_payment_finds_it_when_that_is_made),
        cmocka_unit_test(one_about_nobody_stays_for_whoever_reconciles),
        cmocka_unit_test(money_given_back_that_nobody_asked_for_disagrees),
    };
    kind = used;
    return cmocka_run_group_tests_name(database_kind_name(kind), stories, open_house, close_house);
}

int main(void)
{
    return databases_each(run);
}
