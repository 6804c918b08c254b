/*
 * bus_kafka_consumer.c — one member of a group: what it holds, what it has handed out, how far it
 * is done.
 *
 *     held      messages that librdkafka has given us, oldest first
 *               [0, handed_count) are with the caller, the others wait for the next take
 *     done      behind the last message handed out and not given back, a partition each: what the
 *               next commit will say
 *
 * Giving a batch back does not ask the broker for anything: its messages are still held, and the
 * next take hands them out once more. So nothing is skipped when the broker is away.
 *
 * Partitions come and go only inside rd_kafka_consumer_poll(), and we poll only inside a take, when
 * the caller has no batch in hand. What is held of a partition that goes is dropped: its next owner
 * begins at what was committed. A caller that takes too long (max.poll.interval.ms) loses its
 * partitions without being asked; its commit then says STATUS_CONFLICT.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "bus/bus_kafka_inner.h"

enum { NOTHING = -1, MISSING_TOPIC_MS = 100, JOIN_LOOK_MS = 100 };

struct kafka_consumer {
    struct bus_consumer consumer;
    struct kafka_bus *kafka;
    char topic_name[KAFKA_NAME_BYTES];
    rd_kafka_t *client;
    rd_kafka_queue_t *commits; /* where the broker's word about a commit arrives */
    uintptr_t commit_number;
    bool subscribed, again;
    bool joined; /* has been told once what it has to read, be it nothing */
    rd_kafka_message_t *held[BUS_BATCH_MAX];
    size_t held_count, handed_count;
    int64_t done[BUS_PARTITIONS_MAX];      /* NOTHING: nothing to commit */
    int64_t committed[BUS_PARTITIONS_MAX]; /* NOTHING: not known */
    int64_t furthest[BUS_PARTITIONS_MAX];  /* ever handed out: what comes again is counted */
    bool owned[BUS_PARTITIONS_MAX];
    uint64_t lag_count; /* our part of the bus's */
};

static struct kafka_consumer *consumer_of(struct bus_consumer *consumer)
{
    return container_of(consumer, struct kafka_consumer, consumer);
}

/* Kafka's partitions are numbered from 0; a topic that others made may have more than we can. */
static bool in_reach(int partition)
{
    return partition >= 0 && partition < BUS_PARTITIONS_MAX;
}

/* --- what is held ----------------------------------------------------------------------------- */

static void forget_partition(struct kafka_consumer *member, int partition)
{
    size_t kept = 0;
    must(member->handed_count == 0);
    for (size_t i = 0; i < member->held_count; i++) {
        if (member->held[i]->partition == partition)
            rd_kafka_message_destroy(member->held[i]);
        else
            member->held[kept++] = member->held[i];
    }
    member->held_count = kept;
    member->done[partition] = NOTHING;
    member->committed[partition] = NOTHING;
}

/* The caller looks at its batch no more. */
static void drop_handed(struct kafka_consumer *member)
{
    for (size_t i = 0; i < member->handed_count; i++)
        rd_kafka_message_destroy(member->held[i]);
    member->held_count -= member->handed_count;
    memmove(member->held, member->held + member->handed_count,
            member->held_count * sizeof(rd_kafka_message_t *));
    member->handed_count = 0;
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t error,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct kafka_consumer *member = opaque;
    bool assigned = error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    member->joined = member->joined || assigned;
    for (int i = 0; i < partitions->cnt; i++) {
        int partition = partitions->elems[i].partition;
        if (!in_reach(partition))
            continue;
        forget_partition(member, partition);
        member->owned[partition] = assigned;
    }
    rd_kafka_error_t *failure = assigned ? rd_kafka_incremental_assign(client, partitions)
                                         : rd_kafka_incremental_unassign(client, partitions);
    log_info("kafka partitions", log_words("topic", member->topic_name),
             log_words("change", assigned ? "assigned" : "revoked"),
             log_int("count", partitions->cnt));
    if (!failure)
        return;
    log_warn("kafka rebalance", log_words("why", rd_kafka_error_string(failure)));
    rd_kafka_error_destroy(failure);
}

/* --- opening and closing ---------------------------------------------------------------------- */

static rd_kafka_t *client_create(struct kafka_consumer *member, const char *group)
{
    char name[KAFKA_NAME_BYTES], number[24], why[BUS_KAFKA_WHY_BYTES];
    rd_kafka_conf_t *conf = kafka_conf(member->kafka);
    snprintf(name, sizeof name, "%s%s", member->kafka->prefix, group);
    kafka_set(conf, "group.id", name);
    kafka_set(conf, "enable.auto.commit", "false");
    kafka_set(conf, "enable.auto.offset.store", "false");
    kafka_set(conf, "auto.offset.reset", "earliest");
    kafka_set(conf, "partition.assignment.strategy", "cooperative-sticky");
    kafka_set(conf, "session.timeout.ms", "6000");   /* the least a broker allows by default */
    kafka_set(conf, "heartbeat.interval.ms", "300"); /* a change of members is heard of this late */
    kafka_set(conf, "fetch.error.backoff.ms", "100");
    kafka_set(conf, "queued.min.messages", "4096");
    snprintf(number, sizeof number, "%d", BUS_FETCHED_KIB_MAX);
    kafka_set(conf, "queued.max.messages.kbytes", number);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_opaque(conf, member);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!client) {
        log_error("kafka consumer", log_words("why", why));
        rd_kafka_conf_destroy(conf);
    }
    return client;
}

enum status kafka_consumer_open(struct bus *bus, const char *group, const struct bus_topic *topic,
                                enum bus_letters letters, struct bus_consumer **out_consumer)
{
    struct kafka_consumer *member = calloc(1, sizeof *member);
    if (!member)
        return STATUS_NO_MEMORY;
    member->consumer = (struct bus_consumer){.bus = bus, .topic = topic};
    member->kafka = kafka_of(bus);
    for (int i = 0; i < BUS_PARTITIONS_MAX; i++)
        member->done[i] = member->committed[i] = member->furthest[i] = NOTHING;
    kafka_topic_name(member->kafka, topic, letters, member->topic_name);
    member->client = client_create(member, group);
    if (!member->client) {
        free(member);
        return STATUS_NO_MEMORY;
    }
    rd_kafka_poll_set_consumer(member->client);
    member->commits = rd_kafka_queue_new(member->client);
    *out_consumer = &member->consumer;
    return STATUS_OK;
}

static void set_lag(struct kafka_consumer *member, uint64_t lag_count)
{
    atomic_fetch_add(&member->kafka->lag_count, lag_count - member->lag_count);
    member->lag_count = lag_count;
}

/*
 * librdkafka before 2.3 ends the process when a member of a cooperative group is closed between
 * joining and its first assignment (github.com/confluentinc/librdkafka/issues/4312). So a member
 * that is about to join waits for it; one whose broker is away has not joined.
 */
static bool wait_until_joined(struct kafka_consumer *member)
{
    int64_t until_ms = clock_monotonic_ms() + BUS_JOIN_MS_MAX;
    while (member->subscribed && !member->joined && atomic_load(&member->kafka->up)) {
        if (clock_monotonic_ms() >= until_ms)
            return false;
        rd_kafka_message_t *message = rd_kafka_consumer_poll(member->client, JOIN_LOOK_MS);
        if (message)
            rd_kafka_message_destroy(message);
    }
    return true;
}

void kafka_consumer_close(struct bus_consumer *consumer)
{
    struct kafka_consumer *member = consumer_of(consumer);
    drop_handed(member);
    if (!wait_until_joined(member)) { /* left to the end of the process: the group misses it soon */
        log_warn("kafka consumer never joined", log_words("topic", member->topic_name));
        set_lag(member, 0);
        return;
    }
    rd_kafka_consumer_close(member->client); /* tells the group, and comes to on_rebalance */
    for (size_t i = 0; i < member->held_count; i++)
        rd_kafka_message_destroy(member->held[i]);
    set_lag(member, 0);
    rd_kafka_queue_destroy(member->commits);
    rd_kafka_destroy(member->client);
    free(member);
}

/* --- taking ----------------------------------------------------------------------------------- */

/* Before its topic is there, a group would look for it in vain until the next look at all names. */
static bool subscribe(struct kafka_consumer *member)
{
    if (member->subscribed)
        return true;
    if (!atomic_load(&member->kafka->topics_there))
        return false;
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, member->topic_name, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t error = rd_kafka_subscribe(member->client, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    member->subscribed = !error;
    return member->subscribed;
}

/* An error is news about the world: the client goes on by itself, and so do we. */
static bool hold_one(struct kafka_consumer *member, int64_t wait_ms)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(member->client, (int)wait_ms);
    if (!message)
        return false;
    if (message->err || !in_reach(message->partition)) {
        if (message->err && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
            log_debug("kafka consumer", log_words("why", rd_kafka_message_errstr(message)));
        rd_kafka_message_destroy(message);
        return true;
    }
    member->held[member->held_count++] = message;
    return true;
}

static void wait_for_topics(int64_t wait_ms)
{
    int64_t ms = wait_ms < MISSING_TOPIC_MS ? wait_ms : MISSING_TOPIC_MS;
    const struct timespec pause = {.tv_nsec = ms * 1000000};
    nanosleep(&pause, NULL);
}

static void hold_more(struct kafka_consumer *member, size_t most, int64_t wait_ms)
{
    if (!subscribe(member)) {
        wait_for_topics(wait_ms);
        return;
    }
    if (member->held_count == 0)
        hold_one(member, wait_ms);
    while (member->held_count < most && hold_one(member, 0))
        continue;
}

static struct text reason_of(const rd_kafka_message_t *message)
{
    rd_kafka_headers_t *headers;
    const void *bytes;
    size_t size;
    if (rd_kafka_message_headers(message, &headers) ||
        rd_kafka_header_get_last(headers, KAFKA_REASON_HEADER, &bytes, &size))
        return text_make(NULL, 0);
    return text_make(bytes, size);
}

static struct bus_record hand_out(struct kafka_consumer *member, const rd_kafka_message_t *message)
{
    int64_t *furthest = &member->furthest[message->partition];
    atomic_fetch_add(&member->kafka->redelivered_count, message->offset <= *furthest);
    if (*furthest < message->offset)
        *furthest = message->offset;
    member->done[message->partition] = message->offset + 1;
    return (struct bus_record){.topic = member->consumer.topic,
                               .partition = message->partition,
                               .offset = message->offset,
                               .produced_at_ms = rd_kafka_message_timestamp(message, NULL),
                               .key = text_make(message->key, message->key_len),
                               .value = text_make(message->payload, message->len),
                               .reason = reason_of(message)};
}

/* What the broker has told us about the ends of our partitions; no question is sent. */
static void measure_lag(struct kafka_consumer *member)
{
    uint64_t lag_count = 0;
    for (int i = 0; i < BUS_PARTITIONS_MAX; i++) {
        int64_t first, next;
        if (!member->owned[i] || member->committed[i] == NOTHING ||
            rd_kafka_get_watermark_offsets(member->client, member->topic_name, i, &first, &next) ||
            next <= member->committed[i])
            continue;
        lag_count += (uint64_t)(next - member->committed[i]);
    }
    set_lag(member, lag_count);
}

enum status kafka_take(struct bus_consumer *consumer, struct bus_record out_records[], size_t most,
                       int64_t wait_ms, size_t *out_count)
{
    struct kafka_consumer *member = consumer_of(consumer);
    if (member->again)
        member->handed_count = 0;
    else
        drop_handed(member);
    member->again = false;
    if (member->held_count < most)
        hold_more(member, most, wait_ms);

    size_t count = member->held_count < most ? member->held_count : most;
    for (size_t i = 0; i < count; i++) {
        int64_t *committed = &member->committed[member->held[i]->partition];
        if (*committed == NOTHING)
            *committed = member->held[i]->offset; /* where this partition's owner begins */
        out_records[i] = hand_out(member, member->held[i]);
    }
    member->handed_count = count;
    atomic_fetch_add(&member->kafka->taken_count, count);
    measure_lag(member);
    *out_count = count;
    return STATUS_OK;
}

/* Behind a batch given back stands what was handed out before it and not committed. */
void kafka_again(struct bus_consumer *consumer)
{
    struct kafka_consumer *member = consumer_of(consumer);
    for (size_t i = member->handed_count; i-- > 0;) {
        int64_t *done = &member->done[member->held[i]->partition];
        if (*done > member->held[i]->offset)
            *done = member->held[i]->offset;
    }
    member->again = true;
}

/* --- committing ------------------------------------------------------------------------------- */

static rd_kafka_topic_partition_list_t *what_is_done(const struct kafka_consumer *member)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    for (int i = 0; i < BUS_PARTITIONS_MAX; i++)
        if (member->done[i] != NOTHING)
            rd_kafka_topic_partition_list_add(list, member->topic_name, i)->offset =
                member->done[i];
    return list;
}

static enum status status_of(rd_kafka_resp_err_t error)
{
    /* librdkafka knows some 200 errors */
    if (!error || error == RD_KAFKA_RESP_ERR__NO_OFFSET)
        return STATUS_OK;
    if (error == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
        error == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
        error == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID ||
        error == RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST)
        return STATUS_CONFLICT;
    if (error == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
        return STATUS_BUSY;
    return error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT
               ? STATUS_UNKNOWN
               : STATUS_IO;
}

static enum status read_commit(struct kafka_consumer *member, rd_kafka_event_t *event)
{
    enum status status = status_of(rd_kafka_event_error(event));
    const rd_kafka_topic_partition_list_t *list = rd_kafka_event_topic_partition_list(event);
    for (int i = 0; list && i < list->cnt; i++) {
        int partition = list->elems[i].partition;
        enum status own = status_of(list->elems[i].err);
        if (own != STATUS_OK) {
            status = own;
        } else if (status == STATUS_OK) {
            member->committed[partition] = list->elems[i].offset;
            member->done[partition] = NOTHING;
        }
    }
    return status;
}

/* The word about an earlier commit may come late: it is passed over. */
static enum status await_commit(struct kafka_consumer *member)
{
    int64_t until_ms = clock_monotonic_ms() + BUS_COMMIT_MS;
    for (;;) {
        int64_t left_ms = until_ms - clock_monotonic_ms();
        rd_kafka_event_t *event =
            left_ms > 0 ? rd_kafka_queue_poll(member->commits, (int)left_ms) : NULL;
        if (!event)
            return STATUS_UNKNOWN;
        bool ours = (uintptr_t)rd_kafka_event_opaque(event) == member->commit_number;
        enum status status = ours ? read_commit(member, event) : STATUS_OK;
        rd_kafka_event_destroy(event);
        if (ours)
            return status;
    }
}

enum status kafka_commit(struct bus_consumer *consumer)
{
    struct kafka_consumer *member = consumer_of(consumer);
    enum status status = STATUS_OK;
    rd_kafka_topic_partition_list_t *list = what_is_done(member);
    if (list->cnt > 0) {
        void *number = (void *)++member->commit_number; /* librdkafka carries it as a pointer */
        rd_kafka_resp_err_t error =
            rd_kafka_commit_queue(member->client, list, member->commits, NULL, number);
        status = error ? status_of(error) : await_commit(member);
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (status == STATUS_OK)
        atomic_fetch_add(&member->kafka->committed_count, 1);
    measure_lag(member);
    return status;
}

/* --- dead letters ----------------------------------------------------------------------------- */

struct burial { /* a dead letter whose safety is waited for */
    struct bus_message message;
    pthread_mutex_t lock;
    pthread_cond_t rung;
    bool done;
    enum status status;
};

static void on_buried(struct bus_message *message, enum status status)
{
    struct burial *burial = container_of(message, struct burial, message);
    pthread_mutex_lock(&burial->lock);
    burial->status = status;
    burial->done = true;
    pthread_cond_signal(&burial->rung);
    pthread_mutex_unlock(&burial->lock);
}

static rd_kafka_headers_t *headers_of(const struct kafka_consumer *member,
                                      const struct bus_record *record, struct text reason)
{
    char number[24];
    rd_kafka_headers_t *headers = rd_kafka_headers_new(4);
    rd_kafka_header_add(headers, KAFKA_REASON_HEADER, -1, reason.bytes, (ssize_t)reason.size);
    rd_kafka_header_add(headers, "topic", -1, member->topic_name, -1);
    snprintf(number, sizeof number, "%d", record->partition);
    rd_kafka_header_add(headers, "partition", -1, number, -1);
    snprintf(number, sizeof number, "%lld", (long long)record->offset);
    rd_kafka_header_add(headers, "offset", -1, number, -1);
    return headers;
}

enum status kafka_bury(struct bus_consumer *consumer, const struct bus_record *record,
                       struct text reason)
{
    struct kafka_consumer *member = consumer_of(consumer);
    char dead_name[KAFKA_NAME_BYTES];
    struct burial burial = {
        .message = {.topic = record->topic,
                    .key = record->key,
                    .value = record->value,
                    .on_done = on_buried},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .rung = PTHREAD_COND_INITIALIZER,
    };
    kafka_topic_name(member->kafka, record->topic, BUS_DEAD, dead_name);
    enum status status =
        kafka_send(member->kafka, dead_name, &burial.message, headers_of(member, record, reason));
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&burial.lock);
    while (!burial.done)
        pthread_cond_wait(&burial.rung, &burial.lock);
    pthread_mutex_unlock(&burial.lock);
    if (burial.status == STATUS_OK)
        atomic_fetch_add(&member->kafka->dead_count, 1);
    return burial.status;
}
