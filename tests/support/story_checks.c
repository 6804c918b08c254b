/* story_checks.c — reads the store as a stranger would, and compares. */
#include "support/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "audit/audit.h"

void story_audit(struct story *story)
{
    static struct audit_report report;
    assert_int_equal(audit_run(story->reader, story_clock(), &report), STATUS_OK);
    if (!report.clean)
        audit_print(&report, stderr);
    assert_true(report.clean);
}

/* --- what was acknowledged must be true ------------------------------------------------------- */

static struct text state_of(struct story *story, struct reservation_id id, char out[24])
{
    static const struct sql find = {"SELECT state FROM reservation WHERE id = $1"};
    struct sql_value values[] = {sql_int(id.value)};
    struct rows rows;
    assert_int_equal(store_query(story->reader, &find, values, 1, &rows), STATUS_OK);
    assert_true(rows_next(&rows));
    struct text state = rows_text(&rows, 0);
    snprintf(out, 24, "%.*s", (int)state.size, state.bytes);
    assert_int_equal(rows_end(&rows), STATUS_OK);
    return text_of(out);
}

static void check_act(struct story *story, const struct act *act)
{
    char state[24];
    if (!act->acknowledged)
        return;
    state_of(story, act->reservation, state); /* it is there */
    if (act->kind == ACT_CANCEL)
        assert_string_equal(state, "CANCELLED");
    if (act->kind == ACT_PAY) {
        struct payment payment;
        assert_int_equal(payment_store_find(story->reader, act->payment, &payment), STATUS_OK);
        bool refunded =
            payment.state == PAYMENT_REFUNDED && (act->refund_asked || story->called_off);
        assert_true(refunded || payment.state == PAYMENT_CAPTURED);
        assert_string_equal(state, refunded ? "REFUNDED" : "CONFIRMED");
        assert_true(story->book.charges[act->payment.value].captured);
    }
    if (act->kind == ACT_REFUND) {
        struct refund refund;
        assert_int_equal(refund_store_find(story->reader, act->refund, &refund), STATUS_OK);
        assert_int_equal(refund.state, REFUND_DONE);
        assert_int_equal(refund.amount, story->book.refunds[act->refund.value]);
    }
}

void story_check_acknowledged(struct story *story)
{
    for (size_t i = 0; i < story->act_count; i++)
        check_act(story, &story->acts[i]);
}

void story_expect_all_back(struct story *story)
{
    static const struct sql left = {"SELECT (SELECT count(*) FROM payment WHERE state = 'CAPTURED')"
                                    " + (SELECT count(*) FROM refund_run WHERE state <> 'DONE')"};
    int64_t left_count = 1;
    assert_int_equal(store_query_int(story->reader, &left, NULL, 0, &left_count), STATUS_OK);
    assert_int_equal(left_count, 0);
}

static int64_t ledger_of(struct story *story, struct payment_id id)
{
    static const struct sql sum = {"SELECT coalesce(sum(amount), 0) FROM ledger_entry"
                                   " WHERE payment_id = $1 AND account = 'GATEWAY'"};
    struct sql_value values[] = {sql_int(id.value)};
    int64_t held_won = 0;
    assert_int_equal(store_query_int(story->reader, &sum, values, 1, &held_won), STATUS_OK);
    return held_won;
}

static int64_t fees_of(struct story *story, struct payment_id id)
{
    static const struct sql sum = {
        "SELECT coalesce(sum(fee), 0) FROM refund WHERE payment_id = $1 AND state = 'DONE'"};
    struct sql_value values[] = {sql_int(id.value)};
    int64_t kept_won = 0;
    assert_int_equal(store_query_int(story->reader, &sum, values, 1, &kept_won), STATUS_OK);
    return kept_won;
}

/* A webhook that came before its payment has found it, and a repeated one is there once. */
void story_compare_webhooks(struct story *story)
{
    static const struct sql lost = {
        "SELECT count(*) FROM webhook w JOIN payment p ON p.order_id = w.order_id"
        " WHERE w.payment_id IS NULL"};
    int64_t lost_count = 0;
    assert_int_equal(store_query_int(story->reader, &lost, NULL, 0, &lost_count), STATUS_OK);
    assert_int_equal(lost_count, 0);
}

/* Our books and the gateway's say the same, payment by payment. */
void story_compare_books(struct story *story)
{
    for (int64_t id = 1; id < STORY_CHARGES_MAX; id++) {
        const struct story_charge *charge = &story->book.charges[id];
        struct payment payment;
        enum status status = payment_store_find(story->reader, (struct payment_id){id}, &payment);
        if (status == STATUS_MISSING) {
            assert_false(charge->captured);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        assert_false(payment_is_open(payment.state)); /* everybody has been told by now */
        assert_true(charge->charge_count <= 1);
        bool all_back = charge->refunded + fees_of(story, payment.id) == charge->amount;
        assert_int_equal(payment.state == PAYMENT_CAPTURED, charge->captured && !all_back);
        assert_int_equal(payment.state == PAYMENT_REFUNDED, charge->captured && all_back);
        if (charge->captured)
            assert_int_equal(payment.amount, charge->amount);
        int64_t held_won = charge->amount - charge->refunded;
        assert_int_equal(ledger_of(story, payment.id), held_won);
    }
}

/* The board shows what the store says. */
void story_compare_board(struct story *story)
{
    static const struct sql sold = {"SELECT COUNT(*) FROM reservation_seat WHERE live = 1"};
    int64_t live;
    assert_int_equal(store_query_int(story->reader, &sold, NULL, 0, &live), STATUS_OK);
    const struct board *board = boards_find(story->boards, story->sale.option);
    assert_non_null(board);
    assert_int_equal(board_count(board, SEAT_SOLD), live);
    assert_int_equal(board_count(board, SEAT_HELD), 0);
    assert_int_equal(board_count(board, SEAT_AVAILABLE), story->seat_count - live);
}
