/*
 * bus_memory.c — logs, groups and their positions in the memory of this process.
 *
 *     committed    what the group has dealt with
 *     next         what its owner will be given next
 *     released     what the owner no longer looks at: up to here, the log may forget
 *
 *     committed = next when everything taken has been committed; released follows committed with
 *     the next take, because a record's texts are good until then.
 *
 * Promises, true whenever the lock is free:
 *
 *   1. A partition has one owner in a group at most, and only the owner moves its positions.
 *   2. released <= committed <= next for every owned partition.
 *   3. A log has forgotten nothing that a group has not released.
 *
 * Partitions go round among the members of a group. When members come and go, an owner lets go with
 * its next take, when nothing of the old batch is in use any more, and the new one begins at what
 * is committed: the cooperative way, as Kafka's.
 *
 * One lock for all: a message costs a few hundred nanoseconds under it, and the messages of one
 * process are those of its own HTTP requests.
 */
#include "bus/bus_memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "base/mailbox.h"
#include "bus/bus_log.h"

enum { LETTERS_COUNT = BUS_DEAD + 1, GROUP_NAME_BYTES = 64, NS_PER_MS = 1000000 };

struct shelf { /* one topic's logs: of its living messages, or of its dead ones */
    const struct bus_topic *topic;
    enum bus_letters letters;
    int partition_count;
    struct bus_log logs[BUS_PARTITIONS_MAX];
};

struct member;

struct position {
    int64_t committed, released;
    int64_t handed; /* the furthest that was ever given to somebody */
    struct member *owner;
};

struct group {
    char name[GROUP_NAME_BYTES];
    struct shelf *shelf;
    struct position at[BUS_PARTITIONS_MAX];
    struct member *members[BUS_MEMBERS_MAX];
    size_t member_count;
};

struct memory_bus {
    struct bus bus;
    pthread_mutex_t lock;
    pthread_cond_t arrived; /* a message, or a partition without an owner */
    struct shelf *shelves[BUS_TOPICS_MAX][LETTERS_COUNT];
    struct group *groups[BUS_GROUPS_MAX];
    size_t group_count;
    struct bus_counts counts;
    struct mailbox done; /* messages whose on_done() is due */
    pthread_t postman;
    bool started;
};

struct member {
    struct bus_consumer consumer;
    struct group *group;
    int64_t next[BUS_PARTITIONS_MAX]; /* of owned partitions */
    int first_partition;              /* which is looked at first, in turns */
};

static struct memory_bus *memory_of(struct bus *bus)
{
    return container_of(bus, struct memory_bus, bus);
}

static struct member *member_of(struct bus_consumer *consumer)
{
    return container_of(consumer, struct member, consumer);
}

static void lock(struct memory_bus *memory)
{
    int failed = pthread_mutex_lock(&memory->lock);
    must(!failed);
}

static void unlock(struct memory_bus *memory)
{
    int failed = pthread_mutex_unlock(&memory->lock);
    must(!failed);
}

/* --- producing -------------------------------------------------------------------------------- */

static struct shelf *shelf_of(struct memory_bus *memory, const struct bus_topic *topic,
                              enum bus_letters letters)
{
    size_t at = 0;
    while (memory->bus.topics[at] != topic)
        at++;
    return memory->shelves[at][letters];
}

static struct bus_log *log_for(struct shelf *shelf, struct text key)
{
    return &shelf->logs[hash_lasting(key) % shelf->partition_count];
}

static void *deliver(void *argument)
{
    struct memory_bus *memory = argument;
    struct list letters;
    list_init(&letters);
    while (mailbox_wait(&memory->done, &letters, BUS_UNDER_WAY_MAX) > 0) {
        for (struct list *letter; (letter = list_pop_front(&letters)) != NULL;) {
            struct bus_message *message = container_of(letter, struct bus_message, letter);
            lock(memory);
            memory->counts.produced_count++;
            memory->counts.under_way_count--;
            unlock(memory);
            message->on_done(message, STATUS_OK);
        }
    }
    return NULL;
}

static enum status append(struct memory_bus *memory, struct bus_message *message)
{
    struct shelf *shelf = shelf_of(memory, message->topic, BUS_LIVING);
    if (memory->counts.under_way_count == BUS_UNDER_WAY_MAX)
        return STATUS_FULL;
    return bus_log_append(log_for(shelf, message->key),
                          &(struct bus_entry){.produced_at_ms = clock_wall_ms(),
                                              .key = message->key,
                                              .value = message->value});
}

static enum status memory_produce(struct bus *bus, struct bus_message *message)
{
    struct memory_bus *memory = memory_of(bus);
    bool was_empty;
    lock(memory);
    bool fits = append(memory, message) == STATUS_OK;
    if (fits) {
        memory->counts.under_way_count++;
        must(mailbox_put_always(&memory->done, &message->letter, &was_empty));
        pthread_cond_broadcast(&memory->arrived);
    } else {
        memory->counts.refused_count++;
    }
    unlock(memory);
    return fits ? STATUS_OK : STATUS_FULL;
}

static bool memory_ready(struct bus *bus)
{
    (void)bus;
    return true;
}

/* --- who owns what ---------------------------------------------------------------------------- */

static struct member *rightful_owner(const struct group *group, int partition)
{
    return group->member_count > 0 ? group->members[(size_t)partition % group->member_count] : NULL;
}

static void let_go(struct memory_bus *memory, struct position *at)
{
    at->owner = NULL;
    at->released = at->committed;
    pthread_cond_broadcast(&memory->arrived);
}

/* Dead letters that nobody read in time are gone. */
static void take_over(struct member *member, int partition)
{
    struct position *at = &member->group->at[partition];
    int64_t first = member->group->shelf->logs[partition].first;
    at->owner = member;
    if (at->committed < first)
        at->committed = at->released = first;
    member->next[partition] = at->committed;
}

static void share_out(struct memory_bus *memory, struct member *member)
{
    struct group *group = member->group;
    for (int i = 0; i < group->shelf->partition_count; i++) {
        bool mine = rightful_owner(group, i) == member;
        if (!mine && group->at[i].owner == member)
            let_go(memory, &group->at[i]);
        if (mine && !group->at[i].owner)
            take_over(member, i);
    }
}

/* --- consuming -------------------------------------------------------------------------------- */

static struct group *find_group(struct memory_bus *memory, const char *name, struct shelf *shelf)
{
    for (size_t i = 0; i < memory->group_count; i++)
        if (memory->groups[i]->shelf == shelf && strcmp(memory->groups[i]->name, name) == 0)
            return memory->groups[i];
    struct group *group = memory->group_count < BUS_GROUPS_MAX ? calloc(1, sizeof *group) : NULL;
    if (!group)
        return NULL;
    must(strlen(name) < sizeof group->name);
    memcpy(group->name, name, strlen(name));
    group->shelf = shelf;
    for (int i = 0; i < shelf->partition_count; i++)
        group->at[i].committed = group->at[i].released = shelf->logs[i].first;
    memory->groups[memory->group_count++] = group;
    return group;
}

static enum status memory_consumer_open(struct bus *bus, const char *name,
                                        const struct bus_topic *topic, enum bus_letters letters,
                                        struct bus_consumer **out_consumer)
{
    struct memory_bus *memory = memory_of(bus);
    struct member *member = calloc(1, sizeof *member);
    if (!member)
        return STATUS_NO_MEMORY;
    member->consumer = (struct bus_consumer){.bus = bus, .topic = topic};
    lock(memory);
    struct group *group = find_group(memory, name, shelf_of(memory, topic, letters));
    bool fits = group && group->member_count < BUS_MEMBERS_MAX;
    if (fits) {
        member->group = group;
        group->members[group->member_count++] = member;
        share_out(memory, member);
    }
    unlock(memory);
    if (!fits) {
        free(member);
        return STATUS_FULL;
    }
    *out_consumer = &member->consumer;
    return STATUS_OK;
}

static void memory_consumer_close(struct bus_consumer *consumer)
{
    struct memory_bus *memory = memory_of(consumer->bus);
    struct member *member = member_of(consumer);
    struct group *group = member->group;
    lock(memory);
    for (int i = 0; i < group->shelf->partition_count; i++)
        if (group->at[i].owner == member)
            let_go(memory, &group->at[i]);
    size_t at = 0;
    while (group->members[at] != member)
        at++;
    group->member_count--;
    memmove(&group->members[at], &group->members[at + 1],
            (group->member_count - at) * sizeof(struct member *));
    pthread_cond_broadcast(&memory->arrived);
    unlock(memory);
    free(member);
}

static void forget(struct memory_bus *memory, struct shelf *shelf, int partition)
{
    int64_t least = shelf->logs[partition].next;
    for (size_t i = 0; i < memory->group_count; i++) {
        const struct group *group = memory->groups[i];
        if (group->shelf == shelf && group->at[partition].released < least)
            least = group->at[partition].released;
    }
    bus_log_forget(&shelf->logs[partition], least);
}

/* Nothing of the old batch is looked at any more. */
static void release(struct memory_bus *memory, struct member *member)
{
    struct group *group = member->group;
    for (int i = 0; i < group->shelf->partition_count; i++) {
        struct position *at = &group->at[i];
        if (at->owner == member && at->released < at->committed) {
            at->released = at->committed;
            forget(memory, group->shelf, i);
        }
    }
}

static size_t take_from(struct memory_bus *memory, struct member *member, int partition,
                        struct bus_record out_records[], size_t most)
{
    struct group *group = member->group;
    struct position *at = &group->at[partition];
    const struct bus_log *log = &group->shelf->logs[partition];
    size_t count = 0;
    while (count < most && member->next[partition] < log->next) {
        int64_t offset = member->next[partition]++;
        const struct bus_entry *entry = bus_log_at(log, offset);
        out_records[count++] = (struct bus_record){.topic = member->consumer.topic,
                                                   .partition = partition,
                                                   .offset = offset,
                                                   .produced_at_ms = entry->produced_at_ms,
                                                   .key = entry->key,
                                                   .value = entry->value,
                                                   .reason = entry->reason};
        memory->counts.redelivered_count += offset < at->handed;
    }
    if (at->handed < member->next[partition])
        at->handed = member->next[partition];
    memory->counts.taken_count += count;
    return count;
}

/* Each take begins with another partition, so that a full one does not keep the others waiting. */
static size_t take_what_is_there(struct memory_bus *memory, struct member *member,
                                 struct bus_record out_records[], size_t most)
{
    int partition_count = member->group->shelf->partition_count;
    size_t count = 0;
    share_out(memory, member);
    for (int i = 0; i < partition_count && count < most; i++) {
        int partition = (member->first_partition + i) % partition_count;
        if (member->group->at[partition].owner == member)
            count += take_from(memory, member, partition, out_records + count, most - count);
    }
    member->first_partition = (member->first_partition + 1) % partition_count;
    return count;
}

static struct timespec deadline(int64_t wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + wait_ms % 1000 * NS_PER_MS;
    until.tv_sec += wait_ms / 1000 + ns / (1000 * NS_PER_MS);
    until.tv_nsec = ns % (1000 * NS_PER_MS);
    return until;
}

static enum status memory_take(struct bus_consumer *consumer, struct bus_record out_records[],
                               size_t most, int64_t wait_ms, size_t *out_count)
{
    struct memory_bus *memory = memory_of(consumer->bus);
    struct member *member = member_of(consumer);
    const struct timespec until = deadline(wait_ms);
    bool in_time = wait_ms > 0;
    lock(memory);
    release(memory, member);
    size_t count;
    while ((count = take_what_is_there(memory, member, out_records, most)) == 0 && in_time)
        in_time = pthread_cond_timedwait(&memory->arrived, &memory->lock, &until) == 0;
    unlock(memory);
    *out_count = count;
    return STATUS_OK;
}

static enum status memory_commit(struct bus_consumer *consumer)
{
    struct memory_bus *memory = memory_of(consumer->bus);
    struct member *member = member_of(consumer);
    struct group *group = member->group;
    lock(memory);
    for (int i = 0; i < group->shelf->partition_count; i++)
        if (group->at[i].owner == member)
            group->at[i].committed = member->next[i];
    memory->counts.committed_count++;
    unlock(memory);
    return STATUS_OK;
}

static void memory_again(struct bus_consumer *consumer)
{
    struct memory_bus *memory = memory_of(consumer->bus);
    struct member *member = member_of(consumer);
    lock(memory);
    for (int i = 0; i < member->group->shelf->partition_count; i++)
        if (member->group->at[i].owner == member)
            member->next[i] = member->group->at[i].committed;
    unlock(memory);
}

/* --- dead letters ----------------------------------------------------------------------------- */

/* Whether somebody is there who has not read the oldest one yet. */
static bool oldest_is_awaited(const struct memory_bus *memory, const struct shelf *shelf)
{
    for (size_t i = 0; i < memory->group_count; i++) {
        const struct group *group = memory->groups[i];
        if (group->shelf == shelf && group->at[0].owner &&
            group->at[0].released <= shelf->logs[0].first)
            return true;
    }
    return false;
}

static enum status memory_bury(struct bus_consumer *consumer, const struct bus_record *record,
                               struct text reason)
{
    struct memory_bus *memory = memory_of(consumer->bus);
    lock(memory);
    struct shelf *shelf = shelf_of(memory, record->topic, BUS_DEAD);
    struct bus_log *log = &shelf->logs[0];
    if ((size_t)(log->next - log->first) == log->messages_max && !oldest_is_awaited(memory, shelf))
        bus_log_forget(log, log->first + 1);
    enum status status = bus_log_append(log, &(struct bus_entry){.produced_at_ms = clock_wall_ms(),
                                                                 .key = record->key,
                                                                 .value = record->value,
                                                                 .reason = reason});
    memory->counts.dead_count += status == STATUS_OK;
    pthread_cond_broadcast(&memory->arrived);
    unlock(memory);
    return status;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static uint64_t lag_of(const struct group *group)
{
    uint64_t lag = 0;
    if (group->shelf->letters == BUS_DEAD || group->member_count == 0)
        return 0;
    for (int i = 0; i < group->shelf->partition_count; i++)
        lag += (uint64_t)(group->shelf->logs[i].next - group->at[i].committed);
    return lag;
}

static struct bus_counts memory_counts(struct bus *bus)
{
    struct memory_bus *memory = memory_of(bus);
    lock(memory);
    struct bus_counts counts = memory->counts;
    for (size_t i = 0; i < memory->group_count; i++)
        counts.lag_count += lag_of(memory->groups[i]);
    unlock(memory);
    return counts;
}

/* --- life ------------------------------------------------------------------------------------- */

static void shelf_destroy(struct shelf *shelf)
{
    for (int i = 0; shelf && i < shelf->partition_count; i++)
        bus_log_deinit(&shelf->logs[i]);
    free(shelf);
}

static void memory_close(struct bus *bus)
{
    struct memory_bus *memory = memory_of(bus);
    mailbox_close(&memory->done);
    if (memory->started)
        pthread_join(memory->postman, NULL);
    for (size_t i = 0; i < memory->group_count; i++) {
        must(memory->groups[i]->member_count == 0);
        free(memory->groups[i]);
    }
    for (int i = 0; i < BUS_TOPICS_MAX; i++)
        for (int letters = 0; letters < LETTERS_COUNT; letters++)
            shelf_destroy(memory->shelves[i][letters]);
    mailbox_deinit(&memory->done);
    pthread_cond_destroy(&memory->arrived);
    pthread_mutex_destroy(&memory->lock);
    free(memory);
}

static const struct bus_ops memory_ops = {
    .name = "memory",
    .produce = memory_produce,
    .ready = memory_ready,
    .consumer_open = memory_consumer_open,
    .consumer_close = memory_consumer_close,
    .take = memory_take,
    .commit = memory_commit,
    .again = memory_again,
    .bury = memory_bury,
    .counts = memory_counts,
    .close = memory_close,
};

static struct shelf *shelf_create(const struct bus_topic *topic, enum bus_letters letters)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (!shelf)
        return NULL;
    shelf->topic = topic;
    shelf->letters = letters;
    shelf->partition_count = letters == BUS_DEAD ? 1 : topic->partition_count;
    for (int i = 0; i < shelf->partition_count; i++)
        bus_log_init(&shelf->logs[i],
                     letters == BUS_DEAD ? BUS_DEAD_LETTERS_MAX : BUS_LOG_MESSAGES_MAX);
    return shelf;
}

static bool make_shelves(struct memory_bus *memory)
{
    for (size_t i = 0; memory->bus.topics[i]; i++) {
        must(i < BUS_TOPICS_MAX);
        for (int letters = 0; letters < LETTERS_COUNT; letters++) {
            memory->shelves[i][letters] =
                shelf_create(memory->bus.topics[i], (enum bus_letters)letters);
            if (!memory->shelves[i][letters])
                return false;
        }
    }
    return true;
}

/* Waiting is a matter of the monotonic clock: nobody waits longer because somebody set the time. */
static void init_bell(pthread_cond_t *bell)
{
    pthread_condattr_t attributes;
    int failed = pthread_condattr_init(&attributes) ||
                 pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
                 pthread_cond_init(bell, &attributes);
    must(!failed);
    pthread_condattr_destroy(&attributes);
}

struct bus *bus_memory_create(const struct bus_topic *const *topics)
{
    struct memory_bus *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->bus = (struct bus){.ops = &memory_ops, .topics = topics};
    int failed = pthread_mutex_init(&memory->lock, NULL);
    must(!failed);
    init_bell(&memory->arrived);
    mailbox_init(&memory->done, BUS_UNDER_WAY_MAX);
    memory->started =
        make_shelves(memory) && pthread_create(&memory->postman, NULL, deliver, memory) == 0;
    if (memory->started)
        return &memory->bus;
    memory_close(&memory->bus);
    return NULL;
}
