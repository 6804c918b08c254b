/*
 * push.h — news to everybody who listens: one document, encoded once, to any number of streams.
 *
 * A channel is what can be listened to: the line of one sale, the operator's numbers, one
 * asynchronous request. Whoever knows something new publishes a leaflet to its channel, from any
 * thread; each loop hands it to its own listeners, a slice at a time, so that a hundred thousand of
 * them do not hold up the loop's other requests.
 *
 * Thread   push_listen() on the request's loop; callbacks of an audience on the listener's loop.
 *          push_tick() on one thread, the main one. Everything else: any thread, never blocking
 *          longer than a table look-up.
 * Memory   The hub owns its listeners. A leaflet is borrowed for the call.
 * Latest   A channel's document is a state, not a log: who begins to listen gets the newest at
 *          once, and a slow reader may miss all but the newest. What must not be missed goes by
 *          push_tell().
 * Pace     PUSH_CALMLY: at most one document a channel in PUSH_INTERVAL_MS; a newer one takes the
 *          place of one that waits for its time. PUSH_AT_ONCE: now, for what matters (an opening,
 *          a result).
 * Order    Documents of one channel and words to one fan each arrive in the order of the calls of
 *          one thread; a document that was replaced is left out. The two may overtake each other.
 * Kept     A channel lives while somebody listens or somebody holds it. Published to no channel, a
 *          document is dropped: nobody could have seen it. So who publishes states that a later
 *          listener needs (a sale's line) holds the channel for as long as they mean something.
 * Limits   PUSH_CHANNELS_MAX channels: one more is STATUS_FULL. PUSH_STREAMS_PER_FAN_MAX streams of
 *          one fan to one channel on one loop: one more hears 429 TOO_MANY_STREAMS. All streams
 *          together: settings.streams_max of the server, 503. Nobody who listens is ever sent away
 *          for somebody else.
 *
 * An endpoint that streams the line of a sale, by SSE and by WebSocket:
 *
 *     void waiting_events(struct http_app *app, struct http_request *request)
 *     {
 *         struct identity caller;
 *         if (!caller_stream(app, request, &caller))      // api/caller.h: header or ?token=
 *             return;
 *         …
 *         struct leaflet *place = print_place(…);          // said to this fan first; may be NULL
 *         (void)push_listen(app->push, request,
 *                           &(struct push_listening){.channel = push_channel(PUSH_WAITING, option),
 *                                                    .fan = caller.fan,
 *                                                    .first = place,
 *                                                    .audience = &waiting->audience});
 *         leaflet_drop(place);
 *     }                                                    // the request is over either way
 *
 * One that must read a database first, and must not miss what happens meanwhile, holds the channel:
 *
 *     handler    push_hold(push, channel), then reading_start()
 *     worker     reads the state, prints it
 *     loop       push_listen(… .first = state …), push_release(push, channel)
 *
 * What was published between the two is the channel's document and follows `first` by itself.
 */
#ifndef PUSH_PUSH_H
#define PUSH_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/status.h"
#include "net/http.h"
#include "net/leaflet.h"

struct push;

/* --- channels --------------------------------------------------------------------------------- */

enum push_kind {
    PUSH_OVERVIEW, /* the operator's numbers; number 1 */
    PUSH_WAITING,  /* the line of a sale; the number is its option's */
    PUSH_REQUEST,  /* one asynchronous reservation; the number is the request's */
    PUSH_KIND_COUNT,
};

struct push_channel {
    enum push_kind kind;
    uint64_t number;
};

static inline struct push_channel push_channel(enum push_kind kind, uint64_t number)
{
    return (struct push_channel){kind, number};
}

/* --- the hub ---------------------------------------------------------------------------------- */

struct push_settings {
    size_t loop_count;
    int64_t (*now_ms)(void); /* monotonic; NULL: clock_monotonic_ms() */
};

/* NULL when memory is short. Destroyed after the server, whose loops hold the listeners. */
struct push *push_create(const struct push_settings *settings);
void push_destroy(struct push *push); /* NULL is welcome */

/* Each loop says that it is there before it takes its first request. False: memory is short. */
MUST_USE bool push_add_loop(struct push *push, struct loop *loop);

/* Sends what has waited for its time. Every 50 ms or so. */
void push_tick(struct push *push);

/* --- listening -------------------------------------------------------------------------------- */

/*
 * Who wants to know that somebody came, left or spoke embeds this. `fan` is 0 where nobody said who
 * listens. on_left() comes once for each on_came(); a fan with two tabs comes twice. Either may be
 * NULL, and so may on_text(): then a WebSocket's words are dropped.
 */
struct push_audience {
    void (*on_came)(struct push_audience *audience, struct push_channel channel, struct fan_id fan);
    void (*on_left)(struct push_audience *audience, struct push_channel channel, struct fan_id fan);
    void (*on_text)(struct push_audience *audience, struct push_channel channel, struct fan_id fan,
                    struct text text);
};

struct push_listening {
    struct push_channel channel;
    struct fan_id fan;     /* who push_tell() finds here; 0: nobody */
    struct leaflet *first; /* said before anything else, to this stream alone; may be NULL */
    struct push_audience *audience; /* outlives the server; may be NULL */
    bool websocket;                 /* else an event stream */
    size_t text_bytes_max; /* WebSocket: the longest message taken; 0: PUSH_TEXT_BYTES_MAX */
};

/*
 * Answers the request with a stream that hears `first`, then the channel's document if there is
 * one, then whatever comes. False: the request has been answered with a refusal.
 */
bool push_listen(struct push *push, struct http_request *request,
                 const struct push_listening *listening);

/* Streams that listen to this channel now, of all loops. */
size_t push_listening_count(struct push *push, struct push_channel channel);

/* Whether somebody listens to the channel or holds it: a document would not be dropped. */
bool push_awaited(struct push *push, struct push_channel channel);

/* Whether the channel has a document: who begins to listen now hears it. */
bool push_spoken(struct push *push, struct push_channel channel);

/* --- publishing ------------------------------------------------------------------------------- */

enum push_pace { PUSH_CALMLY, PUSH_AT_ONCE };

/* To everybody who listens to the channel, and to those who will. Dropped when there is no such
   channel (see Kept) or memory is short; the next document makes up for it. */
void push_publish(struct push *push, struct push_channel channel, struct leaflet *leaflet,
                  enum push_pace pace);

/*
 * To the streams of one fan in one channel, in order, never replaced. A stream that has
 * HTTP_STREAM_QUEUE_BYTES_MAX waiting is ended instead: its fan comes back and asks for the state.
 * Nobody there: dropped.
 */
void push_tell(struct push *push, struct push_channel channel, struct fan_id fan,
               struct leaflet *leaflet);

/* Ends every stream of the channel, after what waits for them went out. EventSource comes back
   after its `retry:`; an endpoint that has nothing more to say answers it with 204, which ends
   that. */
void push_end(struct push *push, struct push_channel channel);

/* The channel, and its document, stay while it is held, listeners or not. STATUS_FULL beyond
   PUSH_CHANNELS_MAX; then there is nothing to release. */
MUST_USE enum status push_hold(struct push *push, struct push_channel channel);
void push_release(struct push *push, struct push_channel channel);

/* --- what it did ------------------------------------------------------------------------------ */

struct push_counts {
    uint64_t channels;  /* now */
    uint64_t listeners; /* now */
    uint64_t published; /* documents handed to the loops */
    uint64_t told;      /* words to one fan, handed to the loops */
    uint64_t written;   /* to streams, both kinds together */
    uint64_t coalesced; /* documents replaced before their time had come */
    uint64_t skipped;   /* documents replaced before a slow reader took them */
    uint64_t dropped;   /* streams ended for being too slow for words that must not be missed */
};
struct push_counts push_counts(struct push *push);

#endif
