/*
 * refunds.c — one refund, as a walk through threads.
 *
 *     ask ─▶ on_requested ─▶ call_gateway ─▶ end ─▶ on_ended ─▶ answered, freed
 *     any      writer          gateway               writer
 *
 * A step that failed is tried again by refunds_tick(), from where it stands. Every step may happen
 * twice without harm: the first finds its own key again, the gateway knows the refund by its id,
 * and the last looks whether the refund has ended before. So it does not matter either when two
 * walks carry the same refund, as after a repeated request.
 */
#include "payment/refunds.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "limits.h"
#include "payment/news.h"
#include "payment/refund_policy.h"
#include "payment/waits.h"

struct refunds {
    struct store *store;
    struct booking *booking;
    struct gateway *gateway;
    int64_t (*now_ms)(void);
    struct waits waits; /* walks between two steps */
    _Atomic size_t under_way;
};

enum stage { STAGE_REQUEST, STAGE_GATEWAY, STAGE_END };

struct walk {
    struct wait between; /* in `waits` */
    struct refunds *refunds;
    struct refund_wait *wait; /* NULL: nobody waits (any more) */
    struct refund refund;
    struct payment payment;
    int64_t asked_won; /* 0: all that is left */
    enum stage stage;
    enum refund_verdict verdict; /* of the first step */
    int64_t left, fee_won;       /* won */
    enum refund_state outcome;   /* of the second */
    bool by_operator;
    bool in_doubt; /* nobody knows whether the first step was kept */
    struct store_job store_job;
    struct booking_ask ask;
    struct gateway_request request;
    size_t key_bytes, reason_bytes;
    char key[IDEMPOTENCY_KEY_BYTES_MAX];
    char reason[REFUND_REASON_BYTES_MAX];
};

/* --- ends ------------------------------------------------------------------------------------- */

static void answer(struct walk *walk, enum refund_verdict verdict, enum status status)
{
    struct refund_wait *wait = walk->wait;
    walk->wait = NULL;
    if (!wait)
        return;
    wait->verdict = verdict;
    wait->status = status;
    wait->refund = walk->refund;
    wait->left = walk->left;
    wait->on_answer(wait);
}

static void finish(struct walk *walk, enum refund_verdict verdict, enum status status)
{
    answer(walk, verdict, status);
    atomic_fetch_sub(&walk->refunds->under_way, 1);
    free(walk);
}

static void keep_for_later(struct walk *walk)
{
    waits_keep(&walk->refunds->waits, &walk->between, 0);
}

static void try_again_later(struct walk *walk)
{
    answer(walk, REFUND_VERDICT_PENDING, STATUS_OK);
    keep_for_later(walk);
}

/* No answer: it is asked for again, by the same id, ever more rarely. */
static void wait_for_answer(struct walk *walk)
{
    struct refunds *refunds = walk->refunds;
    int64_t now_ms = refunds->now_ms();
    answer(walk, REFUND_VERDICT_PENDING, STATUS_OK);
    int64_t pause_ms = waits_pause_ms(&refunds->waits, now_ms - walk->refund.created_at_ms);
    waits_keep(&refunds->waits, &walk->between, now_ms + pause_ms);
}

static enum refund_verdict verdict_of_state(enum refund_state state)
{
    switch (state) {
    case REFUND_DONE:
        return REFUND_VERDICT_DONE;
    case REFUND_FAILED:
        return REFUND_VERDICT_REFUSED;
    case REFUND_REQUESTED:
    case REFUND_STATE_COUNT:
        return REFUND_VERDICT_PENDING;
    }
    return REFUND_VERDICT_PENDING;
}

/* --- the decision ----------------------------------------------------------------------------- */

/* What the fan would get, by the terms of the sale. */
static enum status read_quote(struct store_connection *connection, const struct payment *payment,
                              int64_t left, int64_t now_ms, struct refund_quote *out_quote,
                              bool *out_possible)
{
    static const struct sql find = {
        "SELECT o.starts_at_ms, coalesce(s.refund_free_days, 0), coalesce(s.refund_fee_percent, 0),"
        " coalesce(s.refund_fee_per_seat, 0), (SELECT count(*) FROM reservation_seat t"
        " WHERE t.reservation_id = r.id) FROM reservation r JOIN concert_option o"
        " ON o.id = r.option_id LEFT JOIN sale s ON s.option_id = r.option_id WHERE r.id = $1"};
    struct sql_value values[] = {sql_int(payment->reservation.value)};
    struct rows rows;
    enum status status = store_query(connection, &find, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found) {
        struct refund_policy policy = {rows_int(&rows, 1), rows_int(&rows, 2), rows_int(&rows, 3)};
        struct refund_case asked = {.left = left,
                                    .seat_count = rows_int(&rows, 4),
                                    .starts_at_ms = rows_int(&rows, 0),
                                    .now_ms = now_ms};
        *out_possible = refund_policy_quote(&policy, &asked, out_quote);
    }
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

static enum status is_ticket_used(struct store_connection *connection,
                                  const struct payment *payment, bool *out_used)
{
    static const struct sql used = {"SELECT count(*) FROM ticket_use WHERE reservation_id = $1"};
    struct sql_value values[] = {sql_int(payment->reservation.value)};
    int64_t count = 0;
    enum status status = store_query_int(connection, &used, values, 1, &count);
    *out_used = count > 0;
    return status;
}

/* What holds for fans; operators may always, and keep nothing. */
static enum status decide_by_policy(struct walk *walk, struct store_connection *connection)
{
    bool is_used, is_possible = false;
    struct refund_quote quote = {0};
    enum status status = is_ticket_used(connection, &walk->payment, &is_used);
    if (status == STATUS_OK)
        status = read_quote(connection, &walk->payment, walk->left, walk->refunds->now_ms(), &quote,
                            &is_possible);
    if (status != STATUS_OK)
        return status;
    if (is_used)
        walk->verdict = REFUND_VERDICT_TICKET_USED;
    else if (!is_possible)
        walk->verdict = REFUND_VERDICT_TOO_LATE;
    walk->fee_won = quote.fee_won;
    return STATUS_OK;
}

static enum status decide_amount(struct walk *walk, struct store_connection *connection)
{
    int64_t done, requested;
    enum status status = refund_store_sums(connection, walk->payment.id, &done, &requested);
    if (status != STATUS_OK)
        return status;
    walk->left = walk->payment.amount - done;
    if (requested > 0)
        walk->verdict = REFUND_VERDICT_IN_PROGRESS;
    else if (walk->asked_won > walk->left)
        walk->verdict = REFUND_VERDICT_TOO_MUCH;
    return STATUS_OK;
}

static enum status decide(struct walk *walk, struct store_connection *connection)
{
    walk->verdict = REFUND_VERDICT_NO_PAYMENT;
    enum status status = payment_store_find(connection, walk->refund.payment, &walk->payment);
    if (status == STATUS_MISSING)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (!walk->by_operator && walk->payment.fan.value != walk->refund.asked_by.value)
        return STATUS_OK;
    walk->verdict = REFUND_VERDICT_PENDING;
    if (walk->payment.state == PAYMENT_REFUNDED)
        walk->verdict = REFUND_VERDICT_ALREADY_REFUNDED;
    else if (walk->payment.state != PAYMENT_CAPTURED)
        walk->verdict = REFUND_VERDICT_NOT_CAPTURED;
    if (walk->verdict == REFUND_VERDICT_PENDING)
        status = decide_amount(walk, connection);
    if (status == STATUS_OK && walk->verdict == REFUND_VERDICT_PENDING && !walk->by_operator)
        status = decide_by_policy(walk, connection);
    return status;
}

static enum status find_earlier(struct walk *walk, struct store_connection *connection,
                                struct text key)
{
    struct refund earlier;
    enum status status = refund_store_find_key(connection, walk->refund.asked_by, key, &earlier);
    if (status != STATUS_OK)
        return status;
    walk->verdict = REFUND_VERDICT_KEY_REUSED;
    if (earlier.request_hash != walk->refund.request_hash)
        return STATUS_OK;
    walk->refund = earlier;
    walk->verdict = verdict_of_state(earlier.state);
    return payment_store_find(connection, earlier.payment, &walk->payment);
}

/* Money goes back before the seats do, so whoever asks the gateway must be able to free them. */
static enum status check_sold_here(const struct walk *walk, struct store_connection *connection)
{
    static const struct sql find = {"SELECT option_id FROM reservation WHERE id = $1"};
    struct sql_value values[] = {sql_int(walk->payment.reservation.value)};
    struct option_id option;
    enum status status = store_query_int(connection, &find, values, 1, &option.value);
    if (status != STATUS_OK)
        return status;
    return booking_decides(walk->refunds->booking, option) ? STATUS_OK : STATUS_ELSEWHERE;
}

static enum status write_request(struct store_job *job, struct store_connection *connection)
{
    struct walk *walk = container_of(job, struct walk, store_job);
    struct text key = text_make(walk->key, walk->key_bytes);
    enum status status = find_earlier(walk, connection, key);
    if (status != STATUS_MISSING)
        return status;
    status = decide(walk, connection);
    if (status != STATUS_OK || walk->verdict != REFUND_VERDICT_PENDING)
        return status;
    status = check_sold_here(walk, connection);
    if (status != STATUS_OK)
        return status;
    struct refund refund = walk->refund;
    refund.fee_won = walk->fee_won;
    refund.amount = walk->asked_won > 0 ? walk->asked_won : walk->left - walk->fee_won;
    refund.ends = refund.amount + refund.fee_won == walk->left;
    refund.created_at_ms = walk->refunds->now_ms();
    refund.updated_at_ms = refund.created_at_ms;
    status = refund_store_insert(connection, &refund, key,
                                 text_make(walk->reason, walk->reason_bytes), &refund.id);
    if (status == STATUS_OK)
        walk->refund = refund;
    return status;
}

static void call_gateway(struct walk *walk);

static void on_requested(struct store_job *job, enum status status)
{
    struct walk *walk = container_of(job, struct walk, store_job);
    if (status == STATUS_OK && walk->verdict == REFUND_VERDICT_PENDING) {
        call_gateway(walk);
    } else if (status == STATUS_OK) {
        finish(walk, walk->verdict, STATUS_OK);
    } else if (walk->in_doubt || status == STATUS_UNKNOWN) {
        walk->in_doubt = true;
        answer(walk, REFUND_VERDICT_BUSY, STATUS_UNKNOWN);
        keep_for_later(walk);
    } else {
        finish(walk, REFUND_VERDICT_BUSY, status);
    }
}

static enum status submit_request(struct walk *walk)
{
    walk->stage = STAGE_REQUEST;
    walk->store_job.work = write_request;
    walk->store_job.on_done = on_requested;
    return store_submit(walk->refunds->store, &walk->store_job);
}

/* --- the gateway ------------------------------------------------------------------------------ */

static void end(struct walk *walk);

static void on_heard(struct gateway_request *request)
{
    struct walk *walk = container_of(request, struct walk, request);
    switch (request->verdict) {
    case GATEWAY_CAPTURED:
        walk->outcome = REFUND_DONE;
        end(walk);
        return;
    case GATEWAY_DECLINED:
    case GATEWAY_NEVER_HEARD:
        if (walk->refund.asked_by.value == 0)
            break; /* money that is not ours: asked for until it goes back */
        walk->outcome = REFUND_FAILED;
        end(walk);
        return;
    case GATEWAY_UNKNOWN:
        break;
    }
    wait_for_answer(walk);
}

static void call_gateway(struct walk *walk)
{
    walk->stage = STAGE_GATEWAY;
    walk->request = (struct gateway_request){.on_answer = on_heard, /* continues there */
                                             .act = GATEWAY_REFUND,
                                             .payment = walk->payment.id,
                                             .refund = walk->refund.id,
                                             .amount = walk->refund.amount,
                                             .order_id = text_of(walk->payment.order_id),
                                             .gateway_key = text_of(walk->payment.gateway_key)};
    gateway_submit(walk->refunds->gateway, &walk->request);
}

/* --- the end ---------------------------------------------------------------------------------- */

static enum status look_whether_ended(struct walk *walk, struct store_connection *connection,
                                      bool *out_ended)
{
    struct refund found;
    enum status status = refund_store_find(connection, walk->refund.id, &found);
    if (status != STATUS_OK)
        return status;
    *out_ended = found.state != REFUND_REQUESTED;
    if (*out_ended)
        walk->refund = found;
    return STATUS_OK;
}

static enum status find_ended(struct booking_ask *ask, struct store_connection *connection,
                              bool *out_repeated)
{
    return look_whether_ended(container_of(ask, struct walk, ask), connection, out_repeated);
}

static enum status write_outcome(struct walk *walk, struct store_connection *connection)
{
    int64_t now_ms = walk->refunds->now_ms();
    bool is_done = walk->outcome == REFUND_DONE;
    struct payment_return back = {.amount = walk->refund.amount,
                                  .fee_won = walk->refund.fee_won,
                                  .ends = walk->refund.ends,
                                  .now_ms = now_ms};
    struct news news = {.reservation = walk->payment.reservation,
                        .payment = walk->payment.id,
                        .refund = walk->refund.id,
                        .kind = is_done ? NEWS_REFUND_DONE : NEWS_REFUND_FAILED,
                        .amount = walk->refund.amount,
                        .at_ms = now_ms};
    enum status status =
        refund_store_move(connection, walk->refund.id, walk->outcome, walk->request.reason, now_ms);
    if (status == STATUS_OK && is_done)
        status = payment_store_give_back(connection, walk->payment.id, &back);
    return status == STATUS_OK ? news_write(connection, &news) : status;
}

static enum status write_with_turn(struct booking_ask *ask, struct store_connection *connection)
{
    return write_outcome(container_of(ask, struct walk, ask), connection);
}

static enum status write_alone(struct store_job *job, struct store_connection *connection)
{
    struct walk *walk = container_of(job, struct walk, store_job);
    bool ended;
    enum status status = look_whether_ended(walk, connection, &ended);
    return status != STATUS_OK || ended ? status : write_outcome(walk, connection);
}

static void on_alone_written(struct store_job *job, enum status status)
{
    struct walk *walk = container_of(job, struct walk, store_job);
    if (status != STATUS_OK) {
        try_again_later(walk);
        return;
    }
    if (walk->refund.state == REFUND_REQUESTED)
        walk->refund.state = walk->outcome;
    finish(walk, verdict_of_state(walk->refund.state), STATUS_OK);
}

static void end_alone(struct walk *walk)
{
    walk->store_job.work = write_alone;
    walk->store_job.on_done = on_alone_written;
    if (store_submit(walk->refunds->store, &walk->store_job) != STATUS_OK)
        try_again_later(walk);
}

static void on_ended(struct booking_ask *ask)
{
    struct walk *walk = container_of(ask, struct walk, ask);
    if (ask->verdict == BOOKING_DONE) {
        walk->refund.state = REFUND_DONE;
        finish(walk, REFUND_VERDICT_DONE, STATUS_OK);
    } else if (ask->verdict == BOOKING_REPEATED) {
        finish(walk, verdict_of_state(walk->refund.state), STATUS_OK);
    } else if (ask->verdict == BOOKING_FAILED) {
        try_again_later(walk);
    } else {
        end_alone(walk); /* the reservation ended long before: the money came too late */
    }
}

static void end(struct walk *walk)
{
    walk->stage = STAGE_END;
    if (walk->outcome != REFUND_DONE || !walk->refund.ends) {
        end_alone(walk);
        return;
    }
    walk->ask = (struct booking_ask){.kind = BOOKING_REFUND,
                                     .fan = walk->payment.fan,
                                     .reservation = walk->payment.reservation,
                                     .first = find_ended,
                                     .also = write_with_turn,
                                     .on_answer = on_ended};
    booking_submit_followup(walk->refunds->booking, &walk->ask);
}

/* --- from outside ----------------------------------------------------------------------------- */

struct refunds *refunds_create(struct store *store, struct booking *booking,
                               struct gateway *gateway, int64_t (*now_ms)(void), uint64_t seed)
{
    struct refunds *refunds = calloc(1, sizeof *refunds);
    if (!refunds)
        return NULL;
    refunds->store = store;
    refunds->booking = booking;
    refunds->gateway = gateway;
    refunds->now_ms = now_ms;
    waits_init(&refunds->waits, seed);
    return refunds;
}

void refunds_destroy(struct refunds *refunds)
{
    if (!refunds)
        return;
    struct list left;
    list_init(&left);
    waits_take(&refunds->waits, INT64_MAX, &left);
    struct list *link;
    while ((link = list_pop_front(&left)) != NULL) /* the next start goes on with them */
        free(container_of(link, struct walk, between.letter));
    waits_deinit(&refunds->waits);
    free(refunds);
}

enum status refunds_quote(struct store_connection *connection, const struct payment *payment,
                          int64_t now_ms, struct refund_quote *out_quote, bool *out_possible)
{
    bool is_used = true;
    int64_t done = 0, requested = 0;
    *out_possible = false;
    if (payment->state != PAYMENT_CAPTURED)
        return STATUS_OK;
    enum status status = refund_store_sums(connection, payment->id, &done, &requested);
    if (status == STATUS_OK)
        status = is_ticket_used(connection, payment, &is_used);
    if (status != STATUS_OK || requested > 0 || is_used)
        return status;
    return read_quote(connection, payment, payment->amount - done, now_ms, out_quote, out_possible);
}

static enum status walk_create(struct refunds *refunds, struct walk **out_walk)
{
    if (atomic_fetch_add(&refunds->under_way, 1) >= REFUNDS_UNDER_WAY_MAX) {
        atomic_fetch_sub(&refunds->under_way, 1);
        return STATUS_FULL;
    }
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk) {
        atomic_fetch_sub(&refunds->under_way, 1);
        return STATUS_NO_MEMORY;
    }
    walk->refunds = refunds;
    *out_walk = walk;
    return STATUS_OK;
}

enum status refunds_ask(struct refunds *refunds, const struct refund_order *order,
                        struct refund_wait *wait)
{
    must(order->key.size <= IDEMPOTENCY_KEY_BYTES_MAX);
    must(order->reason.size <= REFUND_REASON_BYTES_MAX);

    struct walk *walk;
    enum status status = walk_create(refunds, &walk);
    if (status != STATUS_OK)
        return status;
    walk->wait = wait;
    walk->by_operator = order->by_operator;
    walk->asked_won = order->amount;
    memcpy(walk->key, order->key.bytes, order->key.size);
    walk->key_bytes = order->key.size;
    memcpy(walk->reason, order->reason.bytes, order->reason.size);
    walk->reason_bytes = order->reason.size;
    walk->refund = (struct refund){.payment = order->payment,
                                   .asked_by = order->asked_by,
                                   .run = order->run,
                                   .request_hash = order->request_hash};
    status = submit_request(walk); /* continues in on_requested */
    if (status != STATUS_OK) {
        atomic_fetch_sub(&refunds->under_way, 1);
        free(walk);
    }
    return status;
}

void refunds_carry_out(struct refunds *refunds, const struct refund *refund,
                       const struct payment *payment)
{
    struct walk *walk;
    enum status status = walk_create(refunds, &walk);
    if (status != STATUS_OK) {
        log_warn("a refund waits for the next start", log_int("refund", refund->id.value),
                 log_words("status", status_name(status)));
        return;
    }
    walk->refund = *refund;
    walk->payment = *payment;
    call_gateway(walk);
}

enum status refunds_take_up(struct refunds *refunds, struct store_connection *reader, size_t *count)
{
    enum { PAGE = 64 };
    struct refund open[PAGE];
    struct refund_id after = {0};
    size_t page_count = PAGE;
    while (page_count == PAGE) {
        enum status status = refund_store_open(reader, after, open, PAGE, &page_count);
        for (size_t i = 0; status == STATUS_OK && i < page_count; i++) {
            struct payment payment;
            status = payment_store_find(reader, open[i].payment, &payment);
            if (status != STATUS_OK)
                break;
            after = open[i].id;
            refunds_carry_out(refunds, &open[i], &payment);
            (*count)++;
        }
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static void go_on(struct walk *walk)
{
    switch (walk->stage) {
    case STAGE_REQUEST:
        if (submit_request(walk) != STATUS_OK)
            keep_for_later(walk);
        return;
    case STAGE_GATEWAY:
        call_gateway(walk);
        return;
    case STAGE_END:
        end(walk);
        return;
    }
}

void refunds_tick(struct refunds *refunds)
{
    struct list due;
    list_init(&due);
    waits_take(&refunds->waits, refunds->now_ms(), &due);
    struct list *link;
    while ((link = list_pop_front(&due)) != NULL)
        go_on(container_of(link, struct walk, between.letter));
}

size_t refunds_under_way(const struct refunds *refunds)
{
    return atomic_load(&refunds->under_way);
}
