/*
 * queue.c — the way onto the bus, and the questions about what became of it.
 *
 *     any thread   queue_press()      sealed, written down as a message
 *     worker       begin_press()      the key begins a request, or names an older one
 *     bus          on_sent()          the message is safe: ACCEPTED
 *     worker       give_up_press()    it is surely not there: the key is given back, unless an
 *                                     earlier attempt may be there
 *
 * When nobody knows whether the message is there (STATUS_UNKNOWN) the key keeps its request: a
 * client that tries again sends the same request once more, under the same id. It acts once.
 */
#include "strategies/queue.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/container.h"
#include "strategies/queue_inside.h"
#include "strategies/queue_store.h"

const struct bus_topic queue_topic = {
    .name = "reservations", .partition_count = QUEUE_PARTITIONS, .kept_ms = QUEUE_KEPT_MS};

/* --- pressing --------------------------------------------------------------------------------- */

static void answer(struct queue_press *press, enum queue_verdict verdict, enum status status)
{
    struct queue *queue = press->queue;
    atomic_fetch_add(verdict == QUEUE_ACCEPTED ? &queue->accepted_count : &queue->refused_count, 1);
    press->verdict = verdict;
    press->status = status;
    press->on_answer(press);
}

static void give_key_back(const struct queue_press *press)
{
    if (!press->repeated)
        request_states_forget(press->queue->settings.states, &press->state);
}

static void give_up_press(struct worker_job *job, size_t worker)
{
    struct queue_press *press = container_of(job, struct queue_press, job);
    (void)worker;
    give_key_back(press);
    answer(press, QUEUE_REFUSED, press->status);
}

static void on_sent(struct bus_message *parcel, enum status status)
{
    struct queue_press *press = container_of(parcel, struct queue_press, parcel);
    if (status == STATUS_OK || status == STATUS_UNKNOWN) {
        answer(press, status == STATUS_OK ? QUEUE_ACCEPTED : QUEUE_REFUSED, status);
        return;
    }
    press->status = status;
    press->job.work = give_up_press;
    if (workers_submit(press->queue->settings.workers, &press->job) != STATUS_OK)
        answer(press, QUEUE_REFUSED, status); /* the key's request will expire */
}

static void send_press(struct queue_press *press)
{
    char key[24];
    struct buffer buffer;
    buffer_init(&buffer, press->arena, QUEUE_MESSAGE_BYTES_MAX);
    queue_message_write(&press->message, &buffer);
    int size = snprintf(key, sizeof key, "%lld", (long long)press->message.option.value);
    press->parcel = (struct bus_message){.topic = &queue_topic,
                                         .key = text_make(key, (size_t)size),
                                         .value = buffer_text(&buffer),
                                         .on_done = on_sent};
    enum status status =
        buffer.failed ? STATUS_FULL : bus_produce(press->queue->settings.bus, &press->parcel);
    if (status == STATUS_OK)
        return; /* continues in on_sent */
    give_key_back(press);
    answer(press, QUEUE_REFUSED, status);
}

/* States that cannot be reached only mean that the key is not known: the unique index of
   reservations is behind it. */
static void begin_press(struct worker_job *job, size_t worker)
{
    struct queue_press *press = container_of(job, struct queue_press, job);
    struct request_state known;
    bool is_new = true;
    (void)worker;
    enum status status =
        request_states_begin(press->queue->settings.states, &press->state, &is_new, &known);
    if (status != STATUS_OK || is_new) {
        send_press(press);
        return;
    }
    if (known.request_hash != press->message.request_hash) {
        answer(press, QUEUE_KEY_REUSED, STATUS_OK);
        return;
    }
    press->message.id = known.id;
    press->state = known;
    press->repeated = true;
    if (known.progress == REQUEST_PENDING)
        send_press(
            press); /* whether it was there before nobody knows for sure; twice is harmless */
    else
        answer(press, QUEUE_ACCEPTED, STATUS_OK);
}

enum status queue_press(struct queue *queue, struct queue_press *press, struct arena *arena)
{
    must(press->on_answer);
    if (!bus_ready(queue->settings.bus))
        return STATUS_BUSY;
    if (bus_counts(queue->settings.bus).lag_count >= QUEUE_LAG_MAX)
        return STATUS_FULL;
    struct queue_message *message = &press->message;
    request_id_make(&queue->secret, message->fan, queue->settings.house->now_ms(), &message->id);
    press->arena = arena;
    press->queue = queue;
    press->repeated = false;
    press->state = (struct request_state){.id = message->id,
                                          .fan = message->fan,
                                          .key_hash = message->key_hash,
                                          .request_hash = message->request_hash,
                                          .progress = REQUEST_PENDING};
    press->job.work = begin_press;
    return workers_submit(queue->settings.workers, &press->job); /* continues in begin_press */
}

/* --- what became of it ------------------------------------------------------------------------ */

int64_t queue_expires_at_ms(const struct request_id *id)
{
    return request_id_time_ms(id) + QUEUE_REQUEST_MS;
}

bool queue_read_id(const struct queue *queue, struct fan_id fan, struct text words,
                   struct request_id *out_id)
{
    return request_id_read(&queue->secret, fan, words, out_id);
}

/* The states are asked first, as they are near; what they do not know the store does. */
enum status queue_look(struct queue *queue, struct store_connection *reader, struct fan_id fan,
                       const struct request_id *id, struct request_state *out_state,
                       bool *out_expired)
{
    *out_expired = false;
    int64_t age_ms = queue->settings.house->now_ms() - request_id_time_ms(id);
    if (age_ms >= QUEUE_ROWS_KEPT_MS)
        return STATUS_MISSING; /* its row is gone */
    bool expired = age_ms >= QUEUE_REQUEST_MS;
    enum status known = request_states_find(queue->settings.states, id, out_state);
    if (known == STATUS_OK && (out_state->progress != REQUEST_PENDING || !expired))
        return STATUS_OK;
    enum status status = queue_store_find(reader, id, out_state);
    if (status != STATUS_MISSING)
        return status;
    *out_state = (struct request_state){.id = *id, .fan = fan, .progress = REQUEST_PENDING};
    *out_expired = expired;
    return STATUS_OK;
}

enum status queue_expire(struct queue *queue, struct store_connection *connection,
                         struct request_state *state)
{
    bool is_new;
    queue_fail(state, QUEUE_CODE_EXPIRED);
    enum status status = queue_store_insert(connection, state, (struct option_id){0},
                                            queue->settings.house->now_ms(), &is_new);
    if (status != STATUS_OK || is_new)
        return status;
    struct request_id id = state->id;
    return queue_store_find(connection, &id, state);
}

void queue_expired(struct queue *queue, const struct request_state *state)
{
    atomic_fetch_add(&queue->expired_count, 1);
    request_states_settle(queue->settings.states, &state, 1);
}

/* --- numbers and life ------------------------------------------------------------------------- */

struct queue_counts queue_counts(const struct queue *queue)
{
    return (struct queue_counts){
        .accepted_count = atomic_load(&queue->accepted_count),
        .refused_count = atomic_load(&queue->refused_count),
        .success_count = atomic_load(&queue->success_count),
        .failed_count = atomic_load(&queue->failed_count),
        .repeated_count = atomic_load(&queue->repeated_count),
        .expired_count = atomic_load(&queue->expired_count),
        .buried_count = atomic_load(&queue->buried_count),
        .batch_count = atomic_load(&queue->batch_count),
    };
}

struct secret_job {
    struct store_job job;
    struct request_secret *secret;
};

static enum status read_secret(struct store_job *job, struct store_connection *connection)
{
    return queue_store_secret(connection, container_of(job, struct secret_job, job)->secret);
}

enum status queue_open(const struct queue_settings *settings, char out_why[256],
                       struct queue **out_queue)
{
    must(settings->consumer_count > 0 && settings->consumer_count <= QUEUE_CONSUMERS_MAX);
    struct queue *queue = calloc(1, sizeof *queue);
    if (!queue) {
        snprintf(out_why, 256, "memory is short");
        return STATUS_NO_MEMORY;
    }
    queue->settings = *settings;
    struct secret_job job = {.job = {.work = read_secret}, .secret = &queue->secret};
    enum status status = store_submit_and_wait(settings->store, &job.job);
    for (size_t i = 0; status == STATUS_OK && i < settings->consumer_count; i++)
        status = queue_consumer_start(queue, &queue->consumers[i]);
    if (status != STATUS_OK) {
        snprintf(out_why, 256, "requests cannot be taken: %s", status_name(status));
        queue_close(queue);
        return status;
    }
    *out_queue = queue;
    return STATUS_OK;
}

void queue_stop(struct queue *queue)
{
    if (!queue)
        return;
    atomic_store(&queue->stopping, true);
    for (size_t i = 0; i < QUEUE_CONSUMERS_MAX; i++) {
        queue_consumer_join(queue->consumers[i]);
        queue->consumers[i] = NULL;
    }
}

void queue_close(struct queue *queue)
{
    queue_stop(queue);
    free(queue);
}
