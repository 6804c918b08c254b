/*
 * queue_consumer.c — a batch, one transaction, one commit of the position.
 *
 *     take ─▶ what is no request is buried ─▶ settle all in one transaction
 *                                              │ BUSY, CONFLICT
 *                                              └──▶ one by one, QUEUE_TRIES_MAX times each
 *          ─▶ boards, states, watchers ─▶ commit the position
 *
 * A store that does not answer is not the message's fault: the batch is given back and comes again
 * after a pause, for as long as that takes. A request that fails alone, again and again, while the
 * store works, is: it is written down as failed and buried.
 *
 * Requests are decided in the order of their options, so that best-available knows which seats its
 * predecessors in the batch have got (frame.avoid); within an option the order of arrival stays.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "strategies/queue_inside.h"
#include "strategies/queue_store.h"

struct act { /* one request of the batch */
    struct queue_message message;
    struct booking_ask ask;
    struct frame frame;
    struct request_state state;
    size_t record; /* in the batch */
    bool known;    /* its row was there before */
    bool booked;   /* a new reservation, to be shown on the board */
};

struct queue_consumer {
    struct queue *queue;
    struct bus_consumer *bus;
    struct store_session *session;
    pthread_t thread;
    bool started;

    struct bus_record records[QUEUE_BATCH_MAX];
    struct act acts[QUEUE_BATCH_MAX];
    size_t act_count;
    struct reservation_id numbers[QUEUE_BATCH_MAX]; /* not used yet */
    size_t number_count;
    struct table avoid;
    int64_t swept_at_ms;

    struct store_job job; /* settles acts [first, first + count) */
    size_t first, count;
};

static int64_t now_ms(const struct queue_consumer *consumer)
{
    return consumer->queue->settings.house->now_ms();
}

/* --- inside the transaction ------------------------------------------------------------------- */

static enum status book(struct queue_consumer *consumer, struct act *act,
                        struct store_connection *connection)
{
    const struct queue_message *message = &act->message;
    act->ask = (struct booking_ask){.kind = BOOKING_HOLD,
                                    .fan = message->fan,
                                    .option = message->option,
                                    .strategy = message->strategy,
                                    .wish = message->wish,
                                    .key_hash = message->key_hash,
                                    .request_hash = message->request_hash};
    frame_init(&act->frame, consumer->queue->settings.house, &act->ask, &consumer->avoid);
    must(consumer->number_count > 0);
    act->frame.number = consumer->numbers[consumer->number_count - 1];
    enum status status = frame_book(&act->frame, connection);
    if (status != STATUS_OK)
        return status;
    act->booked = act->ask.verdict == BOOKING_DONE;
    if (act->booked)
        consumer->number_count--; /* given back by nobody: a number may stay unused */
    queue_verdict_tell(&act->ask, &act->state);
    return STATUS_OK;
}

static enum status decide(struct queue_consumer *consumer, struct act *act,
                          struct store_connection *connection)
{
    const struct queue_message *message = &act->message;
    act->booked = false;
    enum status status = queue_store_find(connection, &message->id, &act->state);
    act->known = status == STATUS_OK;
    if (status != STATUS_MISSING)
        return status;
    act->state = (struct request_state){.id = message->id,
                                        .fan = message->fan,
                                        .key_hash = message->key_hash,
                                        .request_hash = message->request_hash};
    status = STATUS_OK;
    if (now_ms(consumer) >= queue_expires_at_ms(&message->id))
        queue_fail(&act->state, QUEUE_CODE_EXPIRED);
    else
        status = book(consumer, act, connection);
    if (status != STATUS_OK)
        return status;
    bool is_new;
    status =
        queue_store_insert(connection, &act->state, message->option, now_ms(consumer), &is_new);
    return status == STATUS_OK && !is_new ? STATUS_CONFLICT : status; /* somebody was faster */
}

static enum status decide_all(struct store_job *job, struct store_connection *connection)
{
    struct queue_consumer *consumer = container_of(job, struct queue_consumer, job);
    enum status status = STATUS_OK;
    int64_t option = 0;
    for (size_t i = consumer->first; status == STATUS_OK && i < consumer->first + consumer->count;
         i++) {
        struct act *act = &consumer->acts[i];
        if (act->message.option.value != option)
            table_clear(&consumer->avoid);
        option = act->message.option.value;
        status = decide(consumer, act, connection);
    }
    return status;
}

/* --- around it -------------------------------------------------------------------------------- */

/* A batch may need a number a request; those that were not used serve the next one. */
static enum status fill_numbers(struct queue_consumer *consumer)
{
    const struct queue_settings *settings = &consumer->queue->settings;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && consumer->number_count < consumer->act_count) {
        status = number_pool_take(settings->numbers, consumer->session,
                                  &consumer->numbers[consumer->number_count]);
        consumer->number_count += status == STATUS_OK;
    }
    return status;
}

static enum status settle(struct queue_consumer *consumer, size_t first, size_t count)
{
    enum status status = fill_numbers(consumer);
    if (status != STATUS_OK)
        return status;
    consumer->first = first;
    consumer->count = count;
    consumer->job = (struct store_job){.work = decide_all};
    return store_session_run(consumer->session, &consumer->job);
}

struct failure { /* written when a request cannot be decided */
    struct store_job job;
    struct queue_consumer *consumer;
    struct act *act;
};

static enum status write_failure(struct store_job *job, struct store_connection *connection)
{
    struct failure *failure = container_of(job, struct failure, job);
    struct act *act = failure->act;
    bool is_new;
    act->state = (struct request_state){.id = act->message.id, .fan = act->message.fan};
    act->booked = act->known = false;
    queue_fail(&act->state, QUEUE_CODE_GIVEN_UP);
    return queue_store_insert(connection, &act->state, act->message.option,
                              now_ms(failure->consumer), &is_new);
}

static enum status bury(struct queue_consumer *consumer, const struct bus_record *record,
                        const char *why)
{
    enum status status = bus_consumer_bury(consumer->bus, record, why);
    if (status != STATUS_OK)
        return status;
    atomic_fetch_add(&consumer->queue->buried_count, 1);
    log_warn("request buried", log_words("why", why), log_int("partition", record->partition),
             log_int("offset", record->offset));
    return STATUS_OK;
}

static enum status give_up(struct queue_consumer *consumer, struct act *act, enum status why)
{
    struct failure failure = {.job = {.work = write_failure}, .consumer = consumer, .act = act};
    enum status status = store_session_run(consumer->session, &failure.job);
    return status == STATUS_OK ? bury(consumer, &consumer->records[act->record], status_name(why))
                               : status;
}

static bool is_about_the_request(enum status status)
{
    return status == STATUS_BUSY || status == STATUS_CONFLICT || status == STATUS_INVALID;
}

static void take_a_pause(void)
{
    const struct timespec pause = {.tv_nsec = QUEUE_PAUSE_MS * 1000000L};
    nanosleep(&pause, NULL);
}

static enum status settle_alone(struct queue_consumer *consumer, size_t at)
{
    enum status status = settle(consumer, at, 1);
    for (int tries = 1; tries < QUEUE_TRIES_MAX && is_about_the_request(status); tries++) {
        take_a_pause();
        status = settle(consumer, at, 1);
    }
    return is_about_the_request(status) ? give_up(consumer, &consumer->acts[at], status) : status;
}

static void count(struct queue *queue, const struct act *act)
{
    bool won = act->state.progress == REQUEST_SUCCESS;
    if (act->known)
        atomic_fetch_add(&queue->repeated_count, 1);
    else
        atomic_fetch_add(won ? &queue->success_count : &queue->failed_count, 1);
}

/* Boards first: who hears of a seat finds it there. What was decided before may not have been told
   to this engine: it looks for itself. */
static void tell_all(struct queue_consumer *consumer)
{
    struct queue *queue = consumer->queue;
    const struct request_state *states[QUEUE_BATCH_MAX];
    for (size_t i = 0; i < consumer->act_count; i++) {
        const struct act *act = &consumer->acts[i];
        if (act->booked)
            frame_tell(&act->frame);
        if (act->known && act->state.progress == REQUEST_SUCCESS)
            booking_refresh(queue->settings.house->booking);
        count(queue, act);
        states[i] = &act->state;
    }
    request_states_settle(queue->settings.states, states, consumer->act_count);
}

static enum status settle_batch(struct queue_consumer *consumer)
{
    enum status status = settle(consumer, 0, consumer->act_count);
    if (is_about_the_request(status)) {
        status = STATUS_OK;
        for (size_t i = 0; status == STATUS_OK && i < consumer->act_count; i++)
            status = settle_alone(consumer, i);
    }
    if (status == STATUS_OK)
        tell_all(consumer);
    return status;
}

/* --- the loop --------------------------------------------------------------------------------- */

static int by_option_and_record(const void *left, const void *right)
{
    const struct act *a = left, *b = right;
    int64_t difference = a->message.option.value - b->message.option.value;
    if (difference == 0)
        return (a->record > b->record) - (a->record < b->record);
    return difference > 0 ? 1 : -1;
}

static enum status read_batch(struct queue_consumer *consumer, size_t record_count)
{
    consumer->act_count = 0;
    for (size_t i = 0; i < record_count; i++) {
        struct act *act = &consumer->acts[consumer->act_count];
        char why[QUEUE_WHY_BYTES];
        act->record = i;
        if (queue_message_read(consumer->records[i].value, &consumer->queue->secret, &act->message,
                               why)) {
            consumer->act_count++;
            continue;
        }
        enum status status = bury(consumer, &consumer->records[i], why);
        if (status != STATUS_OK)
            return status;
    }
    qsort(consumer->acts, consumer->act_count, sizeof consumer->acts[0], by_option_and_record);
    return STATUS_OK;
}

static enum status sweep(struct store_job *job, struct store_connection *connection)
{
    return queue_store_sweep(connection, now_ms(container_of(job, struct queue_consumer, job)));
}

/* Old outcomes go as fast as new ones come, and no faster. */
static void sweep_old_rows(struct queue_consumer *consumer)
{
    if (now_ms(consumer) - consumer->swept_at_ms < QUEUE_REQUEST_MS)
        return;
    consumer->swept_at_ms = now_ms(consumer);
    consumer->job = (struct store_job){.work = sweep};
    enum status status = store_session_run(consumer->session, &consumer->job);
    if (status != STATUS_OK)
        log_warn("outcomes not swept", log_words("status", status_name(status)));
}

static void turn(struct queue_consumer *consumer)
{
    size_t count = 0;
    if (bus_consumer_take(consumer->bus, consumer->records, QUEUE_BATCH_MAX, QUEUE_TAKE_MS,
                          &count) != STATUS_OK ||
        count == 0)
        return;
    enum status status = read_batch(consumer, count);
    if (status == STATUS_OK && consumer->act_count > 0)
        status = settle_batch(consumer);
    if (status != STATUS_OK) {
        log_warn("requests not decided", log_words("status", status_name(status)),
                 log_int("count", (int64_t)count));
        bus_consumer_again(consumer->bus);
        take_a_pause();
        return;
    }
    atomic_fetch_add(&consumer->queue->batch_count, 1);
    status = bus_consumer_commit(consumer->bus);
    if (status != STATUS_OK)
        log_warn("position not kept", log_words("status", status_name(status)));
    sweep_old_rows(consumer);
}

static void *run(void *argument)
{
    struct queue_consumer *consumer = argument;
    while (!atomic_load(&consumer->queue->stopping))
        turn(consumer);
    return NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

enum status queue_consumer_start(struct queue *queue, struct queue_consumer **out_consumer)
{
    const struct queue_settings *settings = &queue->settings;
    struct queue_consumer *consumer = calloc(1, sizeof *consumer);
    *out_consumer = consumer;
    if (!consumer)
        return STATUS_NO_MEMORY;
    consumer->queue = queue;
    table_init(&consumer->avoid, SEATS_PER_OPTION_MAX);
    enum status status = store_session_open(settings->store, &consumer->session);
    if (status == STATUS_OK)
        status =
            bus_consumer_open(settings->bus, "booking", &queue_topic, BUS_LIVING, &consumer->bus);
    if (status != STATUS_OK)
        return status;
    consumer->started = pthread_create(&consumer->thread, NULL, run, consumer) == 0;
    return consumer->started ? STATUS_OK : STATUS_NO_MEMORY;
}

void queue_consumer_join(struct queue_consumer *consumer)
{
    if (!consumer)
        return;
    if (consumer->started)
        pthread_join(consumer->thread, NULL);
    bus_consumer_close(consumer->bus);
    store_session_close(consumer->session);
    table_deinit(&consumer->avoid);
    free(consumer);
}
