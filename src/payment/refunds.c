/*
 * refunds.c — one refund, as a walk through threads.
 *
 *     ask ─▶ on_requested ─▶ call_gateway ─▶ end ─▶ on_ended ─▶ answered, freed
 *     any      writer          worker                writer
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

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/must.h"
#include "base/workers.h"
#include "limits.h"

struct refunds {
    struct store *store;
    struct booking *booking;
    struct workers *workers;
    struct gateway *gateway;
    struct mailbox retries;
    _Atomic size_t under_way;
};

enum stage { STAGE_REQUEST, STAGE_GATEWAY, STAGE_END };

struct walk {
    struct list letter; /* in `retries` */
    struct refunds *refunds;
    struct refund_wait *wait; /* NULL: nobody waits (any more) */
    struct refund refund;
    struct payment payment;
    int64_t asked_won; /* 0: all that is left */
    enum stage stage;
    enum refund_verdict verdict; /* of the first step */
    int64_t left;
    enum refund_state outcome; /* of the second */
    bool by_operator;
    bool in_doubt; /* nobody knows whether the first step was kept */
    struct store_job store_job;
    struct worker_job worker_job;
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
    bool was_empty;
    bool put = mailbox_put_always(&walk->refunds->retries, &walk->letter, &was_empty);
    must(put);
}

static void try_again_later(struct walk *walk)
{
    answer(walk, REFUND_VERDICT_PENDING, STATUS_OK);
    keep_for_later(walk);
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

static enum status count(struct store_connection *connection, const struct sql *sql, int64_t id,
                         int64_t *out_count)
{
    struct sql_value values[] = {sql_int(id)};
    return store_query_int(connection, sql, values, 1, out_count);
}

/* What holds for fans; operators may always. */
static enum status decide_by_policy(struct walk *walk, struct store_connection *connection)
{
    static const struct sql starts = {"SELECT o.starts_at_ms FROM reservation r JOIN"
                                      " concert_option o ON o.id = r.option_id WHERE r.id = $1"};
    static const struct sql used = {"SELECT count(*) FROM ticket_use WHERE reservation_id = $1"};
    int64_t reservation = walk->payment.reservation.value, starts_at_ms, used_count;
    enum status status = count(connection, &starts, reservation, &starts_at_ms);
    if (status == STATUS_OK)
        status = count(connection, &used, reservation, &used_count);
    if (status != STATUS_OK)
        return status;
    if (used_count > 0)
        walk->verdict = REFUND_VERDICT_TICKET_USED;
    else if (clock_wall_ms() >= starts_at_ms - REFUND_BEFORE_START_MS)
        walk->verdict = REFUND_VERDICT_TOO_LATE;
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
    struct refund refund = walk->refund;
    refund.amount = walk->asked_won > 0 ? walk->asked_won : walk->left;
    refund.ends = refund.amount == walk->left;
    refund.created_at_ms = clock_wall_ms();
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

static void on_worker(struct worker_job *job, size_t worker)
{
    (void)worker;
    struct walk *walk = container_of(job, struct walk, worker_job);
    walk->request.payment = walk->payment.id;
    walk->request.refund = walk->refund.id;
    walk->request.amount = walk->refund.amount;
    switch (gateway_refund(walk->refunds->gateway, &walk->request)) {
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
    try_again_later(walk);
}

static void call_gateway(struct walk *walk)
{
    walk->stage = STAGE_GATEWAY;
    walk->worker_job.work = on_worker; /* continues there */
    if (workers_submit(walk->refunds->workers, &walk->worker_job) != STATUS_OK)
        try_again_later(walk);
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
    int64_t now_ms = clock_wall_ms(), amount = walk->refund.amount;
    enum status status =
        refund_store_move(connection, walk->refund.id, walk->outcome, walk->request.reason, now_ms);
    if (status != STATUS_OK || walk->outcome != REFUND_DONE)
        return status;
    if (!walk->refund.ends)
        return payment_store_give_back(connection, walk->payment.id, amount, now_ms);
    return payment_store_move(connection, walk->payment.id, PAYMENT_CAPTURED, PAYMENT_REFUNDED,
                              amount, "", now_ms);
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
                               struct workers *workers, struct gateway *gateway)
{
    struct refunds *refunds = calloc(1, sizeof *refunds);
    if (!refunds)
        return NULL;
    refunds->store = store;
    refunds->booking = booking;
    refunds->workers = workers;
    refunds->gateway = gateway;
    mailbox_init(&refunds->retries, REFUNDS_UNDER_WAY_MAX);
    return refunds;
}

void refunds_destroy(struct refunds *refunds)
{
    if (!refunds)
        return;
    struct list left;
    list_init(&left);
    mailbox_take(&refunds->retries, &left, SIZE_MAX);
    struct list *link;
    while ((link = list_pop_front(&left)) != NULL) /* the next start goes on with them */
        free(container_of(link, struct walk, letter));
    mailbox_deinit(&refunds->retries);
    free(refunds);
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
    list_init(&walk->letter);
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
    struct list again;
    list_init(&again);
    mailbox_take(&refunds->retries, &again, SIZE_MAX);
    struct list *link;
    while ((link = list_pop_front(&again)) != NULL)
        go_on(container_of(link, struct walk, letter));
}

size_t refunds_under_way(const struct refunds *refunds)
{
    return atomic_load(&refunds->under_way);
}
