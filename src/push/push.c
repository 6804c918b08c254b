/*
 * push.c — the register: which channels there are, what is newest in each, when it goes out.
 *
 *     publish ──▶ register: the newest of each channel ──▶ a parcel to each loop ──▶ listeners
 *                    (any thread, one lock)                  (one wake-up a loop)    (push_loop.c)
 *
 * The register knows no listener, only how many there are. A listener comes in under the same lock
 * under which documents go out, and takes the newest with its serial number: so it misses none, and
 * one that is on its way to its loop already is recognised there and not said twice.
 */
#include "push/push.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "push/push_private.h"

size_t channel_chain(struct push_channel channel)
{
    uint64_t kind = (uint64_t)channel.kind << 56;
    return (size_t)(hash_id((int64_t)(channel.number ^ kind)) % CHANNEL_CHAINS);
}

static int64_t now_ms(const struct push *push)
{
    return push->settings.now_ms ? push->settings.now_ms() : clock_monotonic_ms();
}

/* --- entries; under the lock ------------------------------------------------------------------ */

static struct entry *find(struct push *push, struct push_channel channel)
{
    struct entry *entry = push->chains[channel_chain(channel)];
    while (entry && !channel_equal(entry->channel, channel))
        entry = entry->next;
    return entry;
}

static enum status find_or_add(struct push *push, struct push_channel channel,
                               struct entry **out_entry)
{
    *out_entry = find(push, channel);
    if (*out_entry)
        return STATUS_OK;
    if (push->entry_count == PUSH_CHANNELS_MAX)
        return STATUS_FULL;
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return STATUS_NO_MEMORY;
    struct entry **chain = &push->chains[channel_chain(channel)];
    entry->channel = channel;
    entry->sent_at_ms = INT64_MIN / 2; /* long ago: the first document goes at once */
    list_init(&entry->waits);
    entry->next = *chain;
    *chain = entry;
    push->entry_count++;
    *out_entry = entry;
    return STATUS_OK;
}

static void entry_destroy(struct entry *entry)
{
    list_remove(&entry->waits);
    leaflet_drop(entry->latest);
    free(entry);
}

static void remove_if_unused(struct push *push, struct entry *entry)
{
    if (entry->holders > 0 || entry->listeners > 0)
        return;
    struct entry **at = &push->chains[channel_chain(entry->channel)];
    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    push->entry_count--;
    entry_destroy(entry);
}

static void send_to_all(struct push *push, const struct parcel *parcel)
{
    for (size_t i = 0; i < push->settings.loop_count; i++)
        if (push->loops[i])
            push_loop_send(push->loops[i], parcel);
}

static void hand_out(struct push *push, struct entry *entry)
{
    list_remove(&entry->waits);
    entry->sent_at_ms = now_ms(push);
    push->published++;
    if (entry->listeners == 0)
        return; /* who comes later takes it along */
    const struct parcel parcel = {.kind = PARCEL_DOCUMENT,
                                  .channel = entry->channel,
                                  .leaflet = entry->latest,
                                  .serial = entry->serial};
    send_to_all(push, &parcel);
}

static bool may_go(const struct push *push, const struct entry *entry)
{
    return now_ms(push) - entry->sent_at_ms >= PUSH_INTERVAL_MS;
}

/* --- listening -------------------------------------------------------------------------------- */

enum status push_join(struct push *push, struct push_channel channel, struct leaflet **out_latest,
                      uint64_t *out_serial)
{
    struct entry *entry;
    pthread_mutex_lock(&push->lock);
    enum status status = find_or_add(push, channel, &entry);
    if (status == STATUS_OK) {
        entry->listeners++;
        *out_latest = entry->latest ? leaflet_keep(entry->latest) : NULL;
        *out_serial = entry->serial;
    }
    pthread_mutex_unlock(&push->lock);
    return status;
}

void push_leave(struct push *push, struct push_channel channel)
{
    pthread_mutex_lock(&push->lock);
    struct entry *entry = find(push, channel);
    must(entry);
    must(entry->listeners > 0);
    entry->listeners--;
    remove_if_unused(push, entry);
    pthread_mutex_unlock(&push->lock);
}

size_t push_listening_count(struct push *push, struct push_channel channel)
{
    pthread_mutex_lock(&push->lock);
    const struct entry *entry = find(push, channel);
    size_t count = entry ? entry->listeners : 0;
    pthread_mutex_unlock(&push->lock);
    return count;
}

/* An entry lives as long as it is listened to or held. */
bool push_awaited(struct push *push, struct push_channel channel)
{
    pthread_mutex_lock(&push->lock);
    bool awaited = find(push, channel) != NULL;
    pthread_mutex_unlock(&push->lock);
    return awaited;
}

bool push_spoken(struct push *push, struct push_channel channel)
{
    pthread_mutex_lock(&push->lock);
    const struct entry *entry = find(push, channel);
    bool spoken = entry && entry->latest;
    pthread_mutex_unlock(&push->lock);
    return spoken;
}

enum status push_hold(struct push *push, struct push_channel channel)
{
    struct entry *entry;
    pthread_mutex_lock(&push->lock);
    enum status status = find_or_add(push, channel, &entry);
    if (status == STATUS_OK)
        entry->holders++;
    pthread_mutex_unlock(&push->lock);
    return status;
}

void push_release(struct push *push, struct push_channel channel)
{
    pthread_mutex_lock(&push->lock);
    struct entry *entry = find(push, channel);
    must(entry);
    must(entry->holders > 0);
    entry->holders--;
    remove_if_unused(push, entry);
    pthread_mutex_unlock(&push->lock);
}

/* --- publishing ------------------------------------------------------------------------------- */

void push_publish(struct push *push, struct push_channel channel, struct leaflet *leaflet,
                  enum push_pace pace)
{
    pthread_mutex_lock(&push->lock);
    struct entry *entry = find(push, channel);
    if (entry) {
        bool waits = !list_empty(&entry->waits);
        push->coalesced += waits;
        leaflet_drop(entry->latest);
        entry->latest = leaflet_keep(leaflet);
        entry->serial = ++push->serial;
        if (pace == PUSH_AT_ONCE || may_go(push, entry))
            hand_out(push, entry);
        else if (!waits)
            list_push_back(&push->waiting, &entry->waits); /* continues in push_tick */
    }
    pthread_mutex_unlock(&push->lock);
}

void push_tick(struct push *push)
{
    pthread_mutex_lock(&push->lock);
    struct list *next;
    for (struct list *link = push->waiting.next; link != &push->waiting; link = next) {
        next = link->next;
        struct entry *entry = container_of(link, struct entry, waits);
        if (may_go(push, entry))
            hand_out(push, entry);
    }
    pthread_mutex_unlock(&push->lock);
}

void push_tell(struct push *push, struct push_channel channel, struct fan_id fan,
               struct leaflet *leaflet)
{
    const struct parcel parcel = {
        .kind = PARCEL_WORDS, .channel = channel, .fan = fan, .leaflet = leaflet};
    pthread_mutex_lock(&push->lock); /* two callers' words reach all loops in the same order */
    if (find(push, channel)) {
        push->told++;
        send_to_all(push, &parcel);
    }
    pthread_mutex_unlock(&push->lock);
}

void push_end(struct push *push, struct push_channel channel)
{
    const struct parcel parcel = {.kind = PARCEL_END, .channel = channel};
    pthread_mutex_lock(&push->lock);
    struct entry *entry = find(push, channel);
    if (entry && !list_empty(&entry->waits))
        hand_out(push, entry); /* its last document is not lost */
    if (entry)
        send_to_all(push, &parcel);
    pthread_mutex_unlock(&push->lock);
}

/* --- the hub ---------------------------------------------------------------------------------- */

struct push *push_create(const struct push_settings *settings)
{
    must(settings->loop_count > 0);
    must(settings->loop_count <= LOOPS_MAX);

    struct push *push = calloc(1, sizeof *push);
    if (!push)
        return NULL;
    push->settings = *settings;
    list_init(&push->waiting);
    int failed = pthread_mutex_init(&push->lock, NULL);
    must(!failed);
    return push;
}

bool push_add_loop(struct push *push, struct loop *loop)
{
    size_t index = loop_index(loop);
    must(index < push->settings.loop_count);
    must(!push->loops[index]);
    push->loops[index] = push_loop_create(push, loop);
    return push->loops[index] != NULL;
}

void push_destroy(struct push *push)
{
    if (!push)
        return;
    for (size_t i = 0; i < LOOPS_MAX; i++)
        push_loop_destroy(push->loops[i]);
    for (size_t i = 0; i < CHANNEL_CHAINS; i++) {
        struct entry *next;
        for (struct entry *entry = push->chains[i]; entry; entry = next) {
            next = entry->next;
            entry_destroy(entry);
        }
    }
    pthread_mutex_destroy(&push->lock);
    free(push);
}

struct push_counts push_counts(struct push *push)
{
    pthread_mutex_lock(&push->lock);
    struct push_counts counts = {.channels = push->entry_count,
                                 .published = push->published,
                                 .told = push->told,
                                 .coalesced = push->coalesced};
    pthread_mutex_unlock(&push->lock);
    for (size_t i = 0; i < push->settings.loop_count; i++)
        if (push->loops[i])
            push_loop_count(push->loops[i], &counts);
    return counts;
}
