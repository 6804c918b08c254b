/*
 * bus_kafka.c — one idempotent producer, and a keeper that looks after it.
 *
 * A message goes to librdkafka's queue with a ticket: the message, and the breaker's call. The
 * delivery report brings the ticket back on the keeper's thread, at the latest when the message's
 * time is over.
 *
 *     report                      on_done            breaker
 *     no error                    STATUS_OK          worked
 *     error, surely not written   STATUS_IO          failed
 *     error, perhaps written      STATUS_UNKNOWN     failed
 *
 * Whether a broker is there. `up` is false at the start, when all connections are lost and when the
 * breaker has opened; then nothing is tried and everybody hears STATUS_BUSY at once. While it is
 * false the keeper asks the broker for its metadata every KEEPER_LOOK_MS, through the breaker; when
 * a look has worked, our topics are there and the breaker is closed again, it is true. So requests
 * never probe: a fan's request is not the way to find out that a broker is dead.
 *
 * The sequence numbers of an idempotent producer can become unusable (a broker that lost its log).
 * librdkafka then calls the producer broken for ever; the keeper gives every message under way its
 * answer and makes another one.
 */
#include "bus/bus_kafka.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "bus/bus_kafka_inner.h"
#include "guard/breaker.h"

enum {
    KEEPER_LOOK_MS = 100,      /* how long delivery reports are waited for */
    METADATA_MS = 500,         /* how long a look at the broker may take */
    TOPICS_MS = 5000,          /* how long making the topics may take */
    DELIVERY_MARGIN_MS = 1500, /* librdkafka looks at the clock once a second */
    CLOSING_FLUSH_MS = 1000,   /* between purging and the last report */
    NUMBER_BYTES = 24,
};

struct ticket {
    struct bus_message *message;
    struct breaker_call call;
};

/* --- settings --------------------------------------------------------------------------------- */

void kafka_set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, why, sizeof why);
    must(result == RD_KAFKA_CONF_OK);
}

static void set_number(rd_kafka_conf_t *conf, const char *name, int64_t value)
{
    char words[NUMBER_BYTES];
    snprintf(words, sizeof words, "%lld", (long long)value);
    kafka_set(conf, name, words);
}

/* librdkafka's own words are for whoever debugs it. */
static void on_log(const rd_kafka_t *client, int level, const char *facility, const char *words)
{
    (void)client, (void)level;
    log_debug("kafka client", log_words("facility", facility), log_words("words", words));
}

rd_kafka_conf_t *kafka_conf(const struct kafka_bus *kafka)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    kafka_set(conf, "bootstrap.servers", kafka->brokers);
    kafka_set(conf, "client.id", "ticketrush");
    kafka_set(conf, "reconnect.backoff.ms", "50");
    kafka_set(conf, "reconnect.backoff.max.ms", "500"); /* back soon after the broker */
    kafka_set(conf, "socket.keepalive.enable", "true");
    kafka_set(conf, "topic.metadata.refresh.interval.ms", "10000");
    rd_kafka_conf_set_log_cb(conf, on_log);
    return conf;
}

void kafka_topic_name(const struct kafka_bus *kafka, const struct bus_topic *topic,
                      enum bus_letters letters, char out_name[KAFKA_NAME_BYTES])
{
    snprintf(out_name, KAFKA_NAME_BYTES, "%s%s%s", kafka->prefix, topic->name,
             letters == BUS_DEAD ? KAFKA_DEAD_SUFFIX : "");
}

/* --- reports ---------------------------------------------------------------------------------- */

static void leave_breaker(struct kafka_bus *kafka, const struct breaker_call *call, bool worked)
{
    breaker_leave(kafka->breaker, call, worked ? BREAKER_WORKED : BREAKER_FAILED,
                  clock_monotonic_ms());
    if (breaker_read(kafka->breaker).state != BREAKER_CLOSED)
        atomic_store(&kafka->up, false);
}

static enum status status_of(const rd_kafka_message_t *report)
{
    if (!report->err)
        return STATUS_OK;
    return rd_kafka_message_status(report) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED ? STATUS_IO
                                                                                : STATUS_UNKNOWN;
}

static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *report, void *opaque)
{
    struct kafka_bus *kafka = opaque;
    struct ticket *ticket = report->_private;
    struct bus_message *message = ticket->message;
    enum status status = status_of(report);
    (void)producer;
    leave_breaker(kafka, &ticket->call, status == STATUS_OK);
    free(ticket);
    atomic_fetch_add(status == STATUS_OK ? &kafka->produced_count : &kafka->failed_count, 1);
    message->on_done(message, status);
    atomic_fetch_sub(&kafka->under_way_count, 1);
}

static void on_error(rd_kafka_t *producer, int error, const char *reason, void *opaque)
{
    struct kafka_bus *kafka = opaque;
    (void)producer;
    if (error == RD_KAFKA_RESP_ERR__FATAL) {
        log_error("kafka producer broken", log_words("why", reason));
        atomic_store(&kafka->broken, true);
    } else if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        return;
    }
    if (atomic_exchange(&kafka->up, false))
        log_warn("kafka away", log_words("why", reason));
}

/* --- producing -------------------------------------------------------------------------------- */

static enum status queue(struct kafka_bus *kafka, const char *topic_name, struct ticket *ticket,
                         rd_kafka_headers_t *headers)
{
    struct text key = ticket->message->key, value = ticket->message->value;
    rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic_name},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key.bytes, key.size}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value.bytes, value.size}},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = ticket},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error =
        rd_kafka_produceva(kafka->producer, parts, sizeof parts / sizeof parts[0]);
    bool is_full = error && rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    enum status status = !error ? STATUS_OK : is_full ? STATUS_FULL : STATUS_BUSY;
    if (error)
        rd_kafka_error_destroy(error);
    return status;
}

/* Counted before it is queued: the report may be faster than we. And under the lock, for whoever
   replaces the producer waits until none is counted: one that waits for the lock must not be. */
static enum status send_ticket(struct kafka_bus *kafka, const char *topic_name,
                               struct ticket *ticket, rd_kafka_headers_t *headers)
{
    enum status status = STATUS_FULL;
    pthread_rwlock_rdlock(&kafka->producer_lock);
    if (atomic_fetch_add(&kafka->under_way_count, 1) < BUS_UNDER_WAY_MAX)
        status = queue(kafka, topic_name, ticket, headers);
    if (status != STATUS_OK)
        atomic_fetch_sub(&kafka->under_way_count, 1);
    pthread_rwlock_unlock(&kafka->producer_lock);
    if (status != STATUS_OK)
        breaker_leave(kafka->breaker, &ticket->call, BREAKER_IGNORED, clock_monotonic_ms());
    return status;
}

enum status kafka_send(struct kafka_bus *kafka, const char *topic_name, struct bus_message *message,
                       rd_kafka_headers_t *headers)
{
    enum status status = STATUS_BUSY;
    struct ticket *ticket = malloc(sizeof *ticket);
    if (!ticket)
        status = STATUS_FULL;
    else if (atomic_load(&kafka->up) &&
             breaker_enter(kafka->breaker, &ticket->call, clock_monotonic_ms())) {
        ticket->message = message;
        status = send_ticket(kafka, topic_name, ticket, headers);
    }
    if (status != STATUS_OK) {
        atomic_fetch_add(&kafka->refused_count, 1);
        free(ticket);
        if (headers)
            rd_kafka_headers_destroy(headers);
    }
    return status;
}

static enum status kafka_produce(struct bus *bus, struct bus_message *message)
{
    struct kafka_bus *kafka = kafka_of(bus);
    char topic_name[KAFKA_NAME_BYTES];
    kafka_topic_name(kafka, message->topic, BUS_LIVING, topic_name);
    return kafka_send(kafka, topic_name, message, NULL);
}

static bool kafka_ready(struct bus *bus)
{
    return atomic_load(&kafka_of(bus)->up);
}

/* --- topics ----------------------------------------------------------------------------------- */

static rd_kafka_NewTopic_t *wanted(const struct kafka_bus *kafka, const struct bus_topic *topic,
                                   enum bus_letters letters)
{
    enum { REPLICAS_AS_THE_BROKER_SAYS = -1 };
    char name[KAFKA_NAME_BYTES], kept_ms[NUMBER_BYTES], why[256];
    kafka_topic_name(kafka, topic, letters, name);
    snprintf(kept_ms, sizeof kept_ms, "%lld", (long long)topic->kept_ms);
    rd_kafka_NewTopic_t *wish =
        rd_kafka_NewTopic_new(name, letters == BUS_DEAD ? 1 : topic->partition_count,
                              REPLICAS_AS_THE_BROKER_SAYS, why, sizeof why);
    must(wish);
    rd_kafka_NewTopic_set_config(wish, "retention.ms", kept_ms);
    return wish;
}

static bool all_there(rd_kafka_event_t *event)
{
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    size_t count = 0;
    if (rd_kafka_event_error(event) || !result)
        return false;
    const rd_kafka_topic_result_t **topics = rd_kafka_CreateTopics_result_topics(result, &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t error = rd_kafka_topic_result_error(topics[i]);
        if (error && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            log_warn("kafka topic missing",
                     log_words("topic", rd_kafka_topic_result_name(topics[i])),
                     log_words("why", rd_kafka_err2str(error)));
            return false;
        }
    }
    return true;
}

static bool make_topics(struct kafka_bus *kafka)
{
    rd_kafka_NewTopic_t *wishes[2 * BUS_TOPICS_MAX];
    size_t count = 0;
    for (const struct bus_topic *const *topic = kafka->bus.topics; *topic; topic++) {
        wishes[count++] = wanted(kafka, *topic, BUS_LIVING);
        wishes[count++] = wanted(kafka, *topic, BUS_DEAD);
    }
    rd_kafka_queue_t *answers = rd_kafka_queue_new(kafka->producer);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(kafka->producer, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_AdminOptions_set_request_timeout(options, TOPICS_MS, NULL, 0);
    rd_kafka_CreateTopics(kafka->producer, wishes, count, options, answers);
    rd_kafka_event_t *event = rd_kafka_queue_poll(answers, TOPICS_MS + METADATA_MS);
    bool there = event && all_there(event);

    rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(answers);
    rd_kafka_NewTopic_destroy_array(wishes, count);
    return there;
}

/* --- the keeper ------------------------------------------------------------------------------- */

static bool broker_answers(struct kafka_bus *kafka)
{
    const struct rd_kafka_metadata *metadata = NULL;
    struct breaker_call call;
    if (!breaker_enter(kafka->breaker, &call, clock_monotonic_ms()))
        return false;
    rd_kafka_resp_err_t error = rd_kafka_metadata(kafka->producer, 0, NULL, &metadata, METADATA_MS);
    if (!error)
        rd_kafka_metadata_destroy(metadata);
    leave_breaker(kafka, &call, !error);
    return !error;
}

static void look(struct kafka_bus *kafka)
{
    if (!broker_answers(kafka))
        return;
    if (!atomic_load(&kafka->topics_there) && !make_topics(kafka))
        return;
    atomic_store(&kafka->topics_there, true);
    if (breaker_read(kafka->breaker).state != BREAKER_CLOSED)
        return; /* more probes */
    atomic_store(&kafka->up, true);
    log_info("kafka ready", log_words("brokers", kafka->brokers));
}

static rd_kafka_t *producer_create(struct kafka_bus *kafka, char out_why[BUS_KAFKA_WHY_BYTES])
{
    rd_kafka_conf_t *conf = kafka_conf(kafka);
    kafka_set(conf, "enable.idempotence", "true");    /* and with it acks=all, order kept */
    kafka_set(conf, "partitioner", "murmur2_random"); /* as every Java client */
    set_number(conf, "linger.ms", BUS_LINGER_MS);
    set_number(conf, "delivery.timeout.ms", BUS_DELIVERY_MS - DELIVERY_MARGIN_MS);
    set_number(conf, "message.max.bytes", 2 * BUS_VALUE_BYTES_MAX);
    set_number(conf, "queue.buffering.max.messages", BUS_UNDER_WAY_MAX);
    set_number(conf, "queue.buffering.max.kbytes", BUS_QUEUED_KIB_MAX);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_opaque(conf, kafka);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, out_why, BUS_KAFKA_WHY_BYTES);
    if (!producer)
        rd_kafka_conf_destroy(conf);
    return producer;
}

/* Every message that is still under way hears what became of it, as far as that is known. */
static void settle(struct kafka_bus *kafka)
{
    rd_kafka_purge(kafka->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (atomic_load(&kafka->under_way_count) > 0)
        rd_kafka_flush(kafka->producer, CLOSING_FLUSH_MS);
}

static void replace_producer(struct kafka_bus *kafka)
{
    char why[BUS_KAFKA_WHY_BYTES] = "";
    rd_kafka_t *fresh = producer_create(kafka, why);
    if (!fresh) {
        log_error("kafka producer not replaced", log_words("why", why));
        return;
    }
    pthread_rwlock_wrlock(&kafka->producer_lock);
    settle(kafka);
    rd_kafka_destroy(kafka->producer);
    kafka->producer = fresh;
    pthread_rwlock_unlock(&kafka->producer_lock);
    atomic_store(&kafka->broken, false);
    log_info("kafka producer replaced", log_words("brokers", kafka->brokers));
}

static void *keep(void *argument)
{
    struct kafka_bus *kafka = argument;
    while (!atomic_load(&kafka->closing)) {
        rd_kafka_poll(kafka->producer, KEEPER_LOOK_MS);
        if (atomic_load(&kafka->broken))
            replace_producer(kafka);
        else if (!atomic_load(&kafka->up))
            look(kafka);
    }
    rd_kafka_flush(kafka->producer, BUS_DELIVERY_MS);
    settle(kafka);
    return NULL;
}

/* --- numbers and life ------------------------------------------------------------------------- */

static struct bus_counts kafka_counts(struct bus *bus)
{
    struct kafka_bus *kafka = kafka_of(bus);
    return (struct bus_counts){
        .produced_count = atomic_load(&kafka->produced_count),
        .refused_count = atomic_load(&kafka->refused_count),
        .failed_count = atomic_load(&kafka->failed_count),
        .taken_count = atomic_load(&kafka->taken_count),
        .committed_count = atomic_load(&kafka->committed_count),
        .redelivered_count = atomic_load(&kafka->redelivered_count),
        .dead_count = atomic_load(&kafka->dead_count),
        .under_way_count = atomic_load(&kafka->under_way_count),
        .lag_count = atomic_load(&kafka->lag_count),
    };
}

static void kafka_close(struct bus *bus)
{
    struct kafka_bus *kafka = kafka_of(bus);
    atomic_store(&kafka->closing, true);
    atomic_store(&kafka->up, false);
    if (kafka->started)
        pthread_join(kafka->keeper, NULL);
    if (kafka->producer)
        rd_kafka_destroy(kafka->producer);
    pthread_rwlock_destroy(&kafka->producer_lock);
    free(kafka);
}

static const struct bus_ops kafka_ops = {
    .name = "kafka",
    .produce = kafka_produce,
    .ready = kafka_ready,
    .consumer_open = kafka_consumer_open,
    .consumer_close = kafka_consumer_close,
    .take = kafka_take,
    .commit = kafka_commit,
    .again = kafka_again,
    .bury = kafka_bury,
    .counts = kafka_counts,
    .close = kafka_close,
};

enum status bus_kafka_open(const struct bus_kafka_settings *settings,
                           char out_why[BUS_KAFKA_WHY_BYTES], struct bus **out_bus)
{
    struct kafka_bus *kafka = calloc(1, sizeof *kafka);
    snprintf(out_why, BUS_KAFKA_WHY_BYTES, "memory or threads are short");
    if (!kafka)
        return STATUS_NO_MEMORY;
    kafka->bus = (struct bus){.ops = &kafka_ops, .topics = settings->topics};
    kafka->breaker = settings->breaker;
    int failed = pthread_rwlock_init(&kafka->producer_lock, NULL);
    must(!failed);
    enum status status = STATUS_INVALID;
    if (strlen(settings->brokers) >= sizeof kafka->brokers ||
        strlen(settings->prefix) >= sizeof kafka->prefix) {
        snprintf(out_why, BUS_KAFKA_WHY_BYTES, "the brokers' addresses are too long");
        goto fail;
    }
    snprintf(kafka->brokers, sizeof kafka->brokers, "%s", settings->brokers);
    snprintf(kafka->prefix, sizeof kafka->prefix, "%s", settings->prefix);

    kafka->producer = producer_create(kafka, out_why);
    if (!kafka->producer)
        goto fail;
    status = STATUS_NO_MEMORY;
    kafka->started = pthread_create(&kafka->keeper, NULL, keep, kafka) == 0;
    if (!kafka->started)
        goto fail;
    *out_bus = &kafka->bus;
    return STATUS_OK;

fail:
    kafka_close(&kafka->bus);
    return status;
}
