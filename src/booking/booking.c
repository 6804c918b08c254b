/*
 * booking.c — the turn.
 *
 *     asks ──▶ turn_work() ──▶ the store's commit ──▶ turn_done() ──▶ answers
 *               take, decide, write                    publish, answer, next turn
 *
 * There is one store_job, and it is either with the store or it is not: `turn_waits` says which.
 * Whoever puts an ask into an engine at rest sends the job off; whoever finishes a turn and finds
 * asks sends it off again. So asks gather exactly while a turn commits, and a lonely ask waits for
 * nobody.
 *
 * Promises:
 *
 *   1. An ask that was taken is answered once, after its turn's outcome is known.
 *   2. memory_good is false from a failed turn until everything has been read anew; in between
 *      every ask is answered with BOOKING_FAILED and nothing is decided.
 */
#include "booking/booking.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "booking/booking_inside.h"

const char *booking_verdict_name(enum booking_verdict verdict)
{
    static const char *const names[BOOKING_VERDICT_COUNT] = {
        "done",
        "repeated",
        "key_reused",
        "no_sale",
        "strategy_mismatch",
        "lab_only",
        "not_open_yet",
        "presale_only",
        "paused",
        "closed",
        "sold_out",
        "no_such_seat",
        "no_such_section",
        "no_such_group",
        "no_such_allotment",
        "too_many_allotments",
        "seat_taken",
        "limit_exceeded",
        "not_live",
        "wrong_state",
        "failed",
    };
    return names[verdict];
}

/* --- the turn --------------------------------------------------------------------------------- */

/* Another process sells, and nobody here asks for anything that has to be written. */
static bool only_looks_on(struct booking *booking)
{
    return booking->claimed && booking->era == 0 && mailbox_count(&booking->asks) == 0 &&
           follow_next_ms(&booking->follow) > booking->clock_ms();
}

static void send_turn(struct booking *booking)
{
    if (atomic_exchange(&booking->turn_waits, true))
        return;
    booking->turn_job.looks = only_looks_on(booking);
    if (store_submit(booking->store, &booking->turn_job) != STATUS_OK)
        atomic_store(&booking->turn_waits, false); /* the next tick tries again */
}

static void advance_clock(struct booking *booking)
{
    int64_t now_ms = booking->clock_ms();
    if (now_ms > booking->now_ms)
        booking->now_ms = now_ms;
}

/* Who sells? Another answer than before means that others may have written what we remember. */
static enum status claim(struct booking *booking, struct store_connection *connection)
{
    int64_t era;
    enum status status = store_claim(connection, &era);
    if (status != STATUS_OK)
        return status;
    if (era == booking->era && booking->claimed)
        return STATUS_OK;
    booking->claimed = true;
    booking->era = era;
    atomic_store(&booking->sells, era > 0);
    booking->memory_good = false;
    if (era == 0)
        log_warn("another process sells on this database, this one looks on", log_int("era", era));
    else if (era > 1)
        log_info("this process sells again", log_int("era", era));
    return STATUS_OK;
}

/* A turn that only looks keeps the one who sells from nothing. Where it finds that nobody sells any
   more, the next turn reads everything anew, as the one who does. */
static enum status look_on(struct booking *booking, struct store_connection *connection)
{
    advance_clock(booking);
    enum status status = claim(booking, connection);
    if (status != STATUS_OK || booking->era > 0)
        return status;
    bool refresh = atomic_exchange(&booking->refresh_wanted, false);
    return refresh || !booking->memory_good ? booking_read_anew(booking, connection) : STATUS_OK;
}

static enum status prepare(struct booking *booking, struct store_connection *connection)
{
    enum status status = claim(booking, connection);
    if (status != STATUS_OK)
        return status;
    bool refresh = atomic_exchange(&booking->refresh_wanted, false);
    if (!booking->memory_good || (refresh && booking->era == 0))
        return booking_read_anew(booking, connection);
    return refresh ? booking_read_new_sales(booking, connection) : STATUS_OK;
}

static enum status decide_all(struct booking *booking, struct store_connection *connection)
{
    enum status status = booking_lapse_due(booking, connection);
    if (status == STATUS_OK)
        status = booking_release_due(booking, connection);
    if (status == STATUS_OK)
        status = booking_look_up_keys(booking, connection);
    for (struct list *link = booking->turn_asks.next;
         status == STATUS_OK && link != &booking->turn_asks; link = link->next) {
        struct booking_ask *ask = container_of(link, struct booking_ask, letter);
        ask->now_ms = booking->now_ms;
        status = booking_carry_out(booking, ask, connection);
    }
    return status;
}

static enum status take_and_decide(struct booking *booking, struct store_connection *connection)
{
    booking->turn.ask_count = mailbox_take(&booking->asks, &booking->turn_asks, BOOKING_TURN_MAX);
    advance_clock(booking); /* whoever was taken came before this moment */
    enum status status = prepare(booking, connection);
    return status == STATUS_OK ? decide_all(booking, connection) : status;
}

static enum status turn_work(struct store_job *job, struct store_connection *connection)
{
    struct booking *booking = container_of(job, struct booking, turn_job);
    int64_t began_us = clock_monotonic_us();
    booking->turn = (struct booking_turn){0};

    enum status status =
        job->looks ? look_on(booking, connection) : take_and_decide(booking, connection);
    if (status != STATUS_OK)
        log_error("turn failed", log_words("status", status_name(status)),
                  log_words("why", store_why(connection)));
    booking->decided_us = clock_monotonic_us();
    booking->turn.decide_us = booking->decided_us - began_us;
    return status;
}

/* Of a hold, or of an allotment. */
static int64_t soonest_end(const struct booking *booking)
{
    int64_t soonest = INT64_MAX;
    if (!booking->memory_good)
        return 0; /* nobody else sells any more: at once */
    if (booking->era == 0)
        return booking->now_ms + BOOKING_CLAIM_EVERY_MS; /* holds are the other process' business */
    for (size_t i = 0; i < booking->sale_count; i++) {
        int64_t lapse_ms = sale_next_lapse_ms(booking->sales[i].sale);
        int64_t release_ms = sale_marks(booking->sales[i].sale)->next_release_ms;
        int64_t end_ms = lapse_ms < release_ms ? lapse_ms : release_ms;
        if (end_ms < soonest)
            soonest = end_ms;
    }
    return soonest;
}

static void answer_all(struct booking *booking, enum status status)
{
    struct list *link;
    while ((link = list_pop_front(&booking->turn_asks)) != NULL) {
        struct booking_ask *ask = container_of(link, struct booking_ask, letter);
        if (status != STATUS_OK) {
            ask->verdict = BOOKING_FAILED;
            ask->status = status;
        }
        booking->turn.verdicts[ask->verdict]++;
        if (ask->verdict == BOOKING_DONE && booking->watcher && booking->watcher->on_done)
            booking->watcher->on_done(booking->watcher, ask);
        ask->on_answer(ask);
    }
}

static void turn_done(struct store_job *job, enum status status)
{
    struct booking *booking = container_of(job, struct booking, turn_job);
    booking->turn.commit_us = clock_monotonic_us() - booking->decided_us;
    booking->turn.failed = status != STATUS_OK;
    if (status == STATUS_OK) {
        booking_publish(booking);
        atomic_store(&booking->next_end_ms, soonest_end(booking));
    } else {
        booking_distrust(booking);
        atomic_store(&booking->next_end_ms, 0); /* due at once: the next tick reads anew */
    }
    answer_all(booking, status);
    if (booking->watcher && booking->watcher->on_turn)
        booking->watcher->on_turn(booking->watcher, &booking->turn);

    atomic_store(&booking->turn_waits, false);
    if (mailbox_count(&booking->asks) > 0)
        send_turn(booking);
}

/* --- from outside ----------------------------------------------------------------------------- */

enum status booking_submit(struct booking *booking, struct booking_ask *ask)
{
    must(ask->on_answer);
    if (ask->kind == BOOKING_LOOK) /* before the put: the turn that takes the ask looks */
        booking_refresh(booking);
    bool was_empty;
    if (!mailbox_put(&booking->asks, &ask->letter, &was_empty))
        return STATUS_FULL;
    send_turn(booking); /* continues in turn_work */
    return STATUS_OK;
}

void booking_submit_all(struct booking *booking, struct list *asks)
{
    bool was_empty;
    if (mailbox_put_all(&booking->asks, asks, &was_empty) > 0)
        send_turn(booking);
}

void booking_submit_followup(struct booking *booking, struct booking_ask *ask)
{
    must(ask->on_answer);
    must(ask->kind == BOOKING_CONFIRM || ask->kind == BOOKING_UNPAY ||
         ask->kind == BOOKING_REFUND || ask->kind == BOOKING_REVIVE);
    bool was_empty;
    bool put = mailbox_put_always(&booking->asks, &ask->letter, &was_empty);
    must(put); /* the mailbox is never closed */
    send_turn(booking);
}

void booking_tick(struct booking *booking)
{
    int64_t now_ms = booking->clock_ms();
    bool due =
        atomic_load(&booking->next_end_ms) <= now_ms || follow_next_ms(&booking->follow) <= now_ms;
    if (due || atomic_load(&booking->refresh_wanted) || mailbox_count(&booking->asks) > 0)
        send_turn(booking);
}

void booking_refresh(struct booking *booking)
{
    atomic_store(&booking->refresh_wanted, true);
}

size_t booking_waiting(struct booking *booking)
{
    return mailbox_count(&booking->asks);
}

enum status booking_open(const struct booking_settings *settings, char out_why[256],
                         struct booking **out_booking)
{
    struct booking *booking = calloc(1, sizeof *booking);
    if (!booking) {
        snprintf(out_why, 256, "memory is short");
        return STATUS_NO_MEMORY;
    }
    booking->store = settings->store;
    booking->boards = settings->boards;
    booking->watcher = settings->watcher;
    booking->clock_ms = settings->now_ms ? settings->now_ms : clock_wall_ms;
    mailbox_init(&booking->asks, BOOKING_ASKS_MAX);
    list_init(&booking->turn_asks);
    keys_init(&booking->turn_keys, 2 * BOOKING_TURN_MAX);
    table_init(&booking->by_option, SALES_MAX);
    table_init(&booking->by_concert, SALES_MAX);
    table_init(&booking->by_reservation, BOOKING_LIVE_MAX);
    members_init(&booking->members);
    follow_init(&booking->follow);
    booking->turn_job.work = turn_work;
    booking->turn_job.on_done = turn_done;
    atomic_store(&booking->turn_waits, true);

    enum status status = store_submit_and_wait(booking->store, &booking->turn_job);
    if (status != STATUS_OK) {
        snprintf(out_why, 256, "the sales could not be read: %s", status_name(status));
        booking_close(booking);
        return status;
    }
    *out_booking = booking;
    return STATUS_OK;
}

/* What the store has not taken any more. */
static void answer_waiting(struct booking *booking)
{
    (void)mailbox_take(&booking->asks, &booking->turn_asks, SIZE_MAX);
    answer_all(booking, STATUS_BUSY);
}

void booking_close(struct booking *booking)
{
    if (!booking)
        return;
    answer_waiting(booking);
    booking_forget(booking);
    keys_deinit(&booking->turn_keys);
    table_deinit(&booking->by_option);
    table_deinit(&booking->by_concert);
    table_deinit(&booking->by_reservation);
    members_deinit(&booking->members);
    follow_deinit(&booking->follow);
    free(booking->news);
    mailbox_deinit(&booking->asks);
    free(booking);
}
