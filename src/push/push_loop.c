/*
 * push_loop.c — the listeners of one loop.
 *
 * A listener is in one of two lists of its channel: `served` has the newest document, `owed` does
 * not. A new document moves all of `served` behind `owed`, in one step however many there are. The
 * owed ones are then served PUSH_SLICE at a time; between two slices the loop looks at its sockets,
 * so a hundred thousand listeners cost a request a millisecond, not a third of a second. A document
 * that comes while others are still owed the one before just takes its place.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/hash.h"
#include "net/http_refusal.h"
#include "push/push_private.h"

enum { CLOSE_NORMAL = 1000, CLOSE_TRY_LATER = 1013 };

struct channel {          /* here */
    struct channel *next; /* of its chain */
    struct push_channel name;
    struct list served, owed; /* listeners */
    struct list due;          /* in here->due while some are owed; else in no list */
    struct leaflet *latest;
    uint64_t serial;
    size_t listener_count;
    bool ends; /* those that are owed are sent away when they have been served */
};

struct listener {
    struct http_stream stream;
    struct list link; /* in its channel */
    struct channel *channel;
    struct listener *next_of_fan; /* of its chain; only where `fan` is somebody */
    struct fan_id fan;
    struct push_audience *audience;
    struct push_loop *here;
    uint64_t serial; /* of the document it was shown last */
};

static_assert(sizeof(struct listener) <= 104, "a hundred thousand of them wait");

struct push_loop {
    struct push *push;
    struct loop *loop;
    struct channel *channels[CHANNEL_CHAINS];
    struct listener *fans[FAN_CHAINS];
    struct list due; /* channels with listeners that are owed */
    struct loop_note slice;
    bool slice_under_way;
    _Atomic size_t parcel_count; /* on their way */

    /* Written by the loop, read by anybody. */
    _Atomic uint64_t listeners, written, skipped, dropped;
};

static void count(_Atomic uint64_t *number)
{
    atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

/* --- channels --------------------------------------------------------------------------------- */

static struct channel *find_channel(struct push_loop *here, struct push_channel name)
{
    struct channel *channel = here->channels[channel_chain(name)];
    while (channel && !channel_equal(channel->name, name))
        channel = channel->next;
    return channel;
}

static struct channel *find_or_add_channel(struct push_loop *here, struct push_channel name)
{
    struct channel *channel = find_channel(here, name);
    if (channel)
        return channel;
    channel = calloc(1, sizeof *channel);
    if (!channel)
        return NULL;
    struct channel **chain = &here->channels[channel_chain(name)];
    channel->name = name;
    list_init(&channel->served);
    list_init(&channel->owed);
    list_init(&channel->due);
    channel->next = *chain;
    *chain = channel;
    return channel;
}

static void remove_channel_if_unused(struct push_loop *here, struct channel *channel)
{
    if (channel->listener_count > 0)
        return;
    struct channel **at = &here->channels[channel_chain(channel->name)];
    while (*at != channel)
        at = &(*at)->next;
    *at = channel->next;
    list_remove(&channel->due);
    leaflet_drop(channel->latest);
    free(channel);
}

/* --- fans ------------------------------------------------------------------------------------- */

static struct listener **chain_of(struct push_loop *here, struct fan_id fan)
{
    return &here->fans[hash_id(fan.value) % FAN_CHAINS];
}

static bool is_of(const struct listener *listener, struct push_channel channel, struct fan_id fan)
{
    return listener->fan.value == fan.value && channel_equal(listener->channel->name, channel);
}

static void add_to_fan(struct push_loop *here, struct listener *listener)
{
    if (listener->fan.value == 0)
        return;
    struct listener **chain = chain_of(here, listener->fan);
    listener->next_of_fan = *chain;
    *chain = listener;
}

static void remove_from_fan(struct push_loop *here, struct listener *listener)
{
    if (listener->fan.value == 0)
        return;
    struct listener **at = chain_of(here, listener->fan);
    while (*at != listener)
        at = &(*at)->next_of_fan;
    *at = listener->next_of_fan;
}

static size_t streams_of_fan(struct push_loop *here, struct push_channel channel, struct fan_id fan)
{
    size_t stream_count = 0;
    if (fan.value == 0)
        return 0;
    for (struct listener *one = *chain_of(here, fan); one; one = one->next_of_fan)
        stream_count += is_of(one, channel, fan);
    return stream_count;
}

/* --- a stream's end and its words ------------------------------------------------------------- */

static void on_closed(struct http_stream *stream)
{
    struct listener *listener = container_of(stream, struct listener, stream);
    struct push_loop *here = listener->here;
    struct channel *channel = listener->channel;
    const struct push_channel name = channel->name;
    list_remove(&listener->link);
    remove_from_fan(here, listener);
    channel->listener_count--;
    remove_channel_if_unused(here, channel);
    push_leave(here->push, name);
    (void)atomic_fetch_sub(&here->listeners, 1);
    if (listener->audience && listener->audience->on_left)
        listener->audience->on_left(listener->audience, name, listener->fan);
    free(listener);
}

static void on_text(struct http_stream *stream, struct text text)
{
    struct listener *listener = container_of(stream, struct listener, stream);
    struct push_audience *audience = listener->audience;
    if (audience && audience->on_text)
        audience->on_text(audience, listener->channel->name, listener->fan, text);
}

/* --- what goes out ---------------------------------------------------------------------------- */

static void show(struct push_loop *here, struct listener *listener, struct leaflet *leaflet,
                 uint64_t serial)
{
    bool replaced = false;
    if (listener->serial >= serial)
        return; /* it took this one along when it came */
    listener->serial = serial;
    if (http_stream_show(&listener->stream, leaflet, &replaced) != STATUS_OK)
        return;
    count(&here->written);
    if (replaced)
        count(&here->skipped);
}

static void tell(struct push_loop *here, struct listener *listener, struct leaflet *leaflet)
{
    enum status status = http_stream_send(&listener->stream, leaflet);
    if (status == STATUS_OK) {
        count(&here->written);
    } else if (status == STATUS_FULL) {
        count(&here->dropped);
        http_stream_end(&listener->stream, CLOSE_TRY_LATER);
    }
}

/* At most `most` of a channel; returns how many are left to serve now. */
static size_t serve(struct push_loop *here, struct channel *channel, size_t most)
{
    while (most > 0) {
        struct list *first = list_pop_front(&channel->owed);
        if (!first)
            break;
        struct listener *listener = container_of(first, struct listener, link);
        list_push_back(&channel->served, &listener->link);
        if (channel->latest)
            show(here, listener, channel->latest, channel->serial);
        if (channel->ends)
            http_stream_end(&listener->stream, CLOSE_NORMAL);
        most--;
    }
    return most;
}

/* The channels take turns. */
static void on_slice(struct loop_note *note)
{
    struct push_loop *here = container_of(note, struct push_loop, slice);
    here->slice_under_way = false;
    size_t left = PUSH_SLICE;
    while (left > 0) {
        struct list *first = list_pop_front(&here->due);
        if (!first)
            return;
        struct channel *channel = container_of(first, struct channel, due);
        left = serve(here, channel, left);
        if (list_empty(&channel->owed))
            channel->ends = false;
        else
            list_push_back(&here->due, &channel->due);
    }
    if (list_empty(&here->due))
        return;
    here->slice_under_way = true;
    loop_post(here->loop, &here->slice);
}

static void owe_all(struct push_loop *here, struct channel *channel)
{
    list_move_all(&channel->served, &channel->owed);
    if (list_empty(&channel->due))
        list_push_back(&here->due, &channel->due);
    if (!here->slice_under_way)
        on_slice(&here->slice);
}

static void tell_fan(struct push_loop *here, const struct parcel *parcel)
{
    for (struct listener *one = *chain_of(here, parcel->fan); one; one = one->next_of_fan)
        if (is_of(one, parcel->channel, parcel->fan))
            tell(here, one, parcel->leaflet);
}

/* --- parcels ---------------------------------------------------------------------------------- */

static void open_parcel(struct push_loop *here, const struct parcel *parcel)
{
    struct channel *channel = find_channel(here, parcel->channel);
    if (!channel)
        return;
    switch (parcel->kind) {
    case PARCEL_DOCUMENT:
        leaflet_drop(channel->latest);
        channel->latest = leaflet_keep(parcel->leaflet);
        channel->serial = parcel->serial;
        owe_all(here, channel);
        return;
    case PARCEL_WORDS:
        tell_fan(here, parcel);
        return;
    case PARCEL_END:
        channel->ends = true;
        owe_all(here, channel);
        return;
    }
}

static void on_parcel(struct loop_note *note)
{
    struct parcel *parcel = container_of(note, struct parcel, note);
    struct push_loop *here = parcel->here;
    open_parcel(here, parcel);
    leaflet_drop(parcel->leaflet);
    free(parcel);
    (void)atomic_fetch_sub(&here->parcel_count, 1);
}

void push_loop_send(struct push_loop *here, const struct parcel *parcel)
{
    struct parcel *copy = NULL;
    if (atomic_fetch_add(&here->parcel_count, 1) < PUSH_PARCELS_MAX)
        copy = malloc(sizeof *copy);
    if (!copy) {
        (void)atomic_fetch_sub(&here->parcel_count, 1);
        return;
    }
    *copy = *parcel;
    copy->here = here;
    copy->note.on_arrive = on_parcel;
    if (copy->leaflet)
        (void)leaflet_keep(copy->leaflet);
    loop_post(here->loop, &copy->note); /* continues in on_parcel */
}

/* --- listening -------------------------------------------------------------------------------- */

static const struct http_stream_ops stream_ops = {.on_closed = on_closed};
static const struct http_stream_ops talking_ops = {.on_closed = on_closed, .on_text = on_text};

static void refuse(struct http_request *request, int status, const char *detail)
{
    const struct http_field retry_after = {text_of("Retry-After"), text_of("5")};
    http_refuse(request, &(struct http_problem){.status = status,
                                                .code = "TOO_MANY_STREAMS",
                                                .detail = detail,
                                                .fields = &retry_after,
                                                .field_count = 1});
}

static bool open_stream(struct http_request *request, struct listener *listener,
                        const struct push_listening *listening)
{
    bool talks = listening->audience && listening->audience->on_text;
    const struct http_stream_ops *ops = talks ? &talking_ops : &stream_ops;
    if (!listening->websocket)
        return http_stream_open_events(request, &listener->stream, ops);
    size_t most = listening->text_bytes_max > 0 ? listening->text_bytes_max : PUSH_TEXT_BYTES_MAX;
    const struct http_websocket_rules rules = {.text_bytes_max = most};
    return http_stream_open_websocket(request, &listener->stream, ops, &rules);
}

static void add(struct push_loop *here, struct listener *listener)
{
    struct channel *channel = listener->channel;
    channel->listener_count++;
    list_push_back(&channel->served, &listener->link);
    add_to_fan(here, listener);
    (void)atomic_fetch_add(&here->listeners, 1);
}

/* What is said before anything that is published from now on. */
static void welcome(struct listener *listener, struct leaflet *first, struct leaflet *latest,
                    uint64_t serial)
{
    if (listener->audience && listener->audience->on_came)
        listener->audience->on_came(listener->audience, listener->channel->name, listener->fan);
    if (first)
        tell(listener->here, listener, first);
    if (latest)
        show(listener->here, listener, latest, serial);
}

/* A listener in its channel, not listening yet; NULL when memory is short. */
static struct listener *seat(struct push_loop *here, const struct push_listening *listening)
{
    struct listener *listener = calloc(1, sizeof *listener);
    struct channel *channel = listener ? find_or_add_channel(here, listening->channel) : NULL;
    if (!channel) {
        free(listener);
        return NULL;
    }
    listener->here = here;
    listener->channel = channel;
    listener->fan = listening->fan;
    listener->audience = listening->audience;
    return listener;
}

/* NULL when the request has been answered. */
static struct listener *let_in(struct push_loop *here, struct http_request *request,
                               const struct push_listening *listening)
{
    struct listener *listener = seat(here, listening);
    if (!listener) {
        refuse(request, 503, "Memory is short.");
    } else if (!open_stream(request, listener, listening)) {
        remove_channel_if_unused(here, listener->channel);
        free(listener);
        listener = NULL;
    } else {
        add(here, listener);
    }
    return listener;
}

bool push_listen(struct push *push, struct http_request *request,
                 const struct push_listening *listening)
{
    struct push_loop *here = push->loops[loop_index(http_loop(request))];
    struct leaflet *latest = NULL;
    uint64_t serial = 0;
    if (streams_of_fan(here, listening->channel, listening->fan) >= PUSH_STREAMS_PER_FAN_MAX) {
        refuse(request, 429, "This account listens here often enough already.");
        return false;
    }
    if (push_join(push, listening->channel, &latest, &serial) != STATUS_OK) {
        refuse(request, 503, "There are too many channels.");
        return false;
    }
    struct listener *listener = let_in(here, request, listening);
    if (listener)
        welcome(listener, listening->first, latest, serial);
    else
        push_leave(push, listening->channel);
    leaflet_drop(latest);
    return listener != NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

struct push_loop *push_loop_create(struct push *push, struct loop *loop)
{
    struct push_loop *here = calloc(1, sizeof *here);
    if (!here)
        return NULL;
    here->push = push;
    here->loop = loop;
    here->slice.on_arrive = on_slice;
    list_init(&here->due);
    return here;
}

void push_loop_destroy(struct push_loop *here)
{
    if (!here)
        return;
    must(atomic_load(&here->listeners) == 0);
    free(here);
}

void push_loop_count(const struct push_loop *here, struct push_counts *counts)
{
    counts->listeners += atomic_load_explicit(&here->listeners, memory_order_relaxed);
    counts->written += atomic_load_explicit(&here->written, memory_order_relaxed);
    counts->skipped += atomic_load_explicit(&here->skipped, memory_order_relaxed);
    counts->dropped += atomic_load_explicit(&here->dropped, memory_order_relaxed);
}
