/*
 * line.h — the port of the waiting line of one sale: who stands where, and what has happened.
 *
 * A place walks this path and no other:
 *
 *     HALL ──draw──▶ WAITING ──call──▶ CALLED ──enter──▶ ENTERED ──▶ BOUGHT
 *       │               │                │                  │
 *       └─ LEFT, LAPSED ┴───── LEFT, MISSED ──────── LEFT, OVER
 *
 * A fan joins and gets a sequence number: 1, 2, … in the order of arrival, never a time. Whoever
 * joins before the fan's door opens stands in the hall; a draw gives all of a door's hall their
 * turns, in the order the caller has drawn. Whoever joins later gets the next turn at once. Fans
 * are called strictly by their turns.
 *
 * Every change is an event, numbered 1, 2, … without a gap, and kept in the journal until the
 * caller has made it durable. A line is what its events say: line_restore() builds it again, and
 * line_draw() repeats the draws among them, for an event does not carry an order.
 *
 * Thread   One at a time: the usher's.
 * Memory   The in-process line takes at most 32 bytes a place and the journal. The one in Redis
 *          takes its in Redis.
 * Time     struct line_time: wall time is written down and says until when, steady time (which
 *          never jumps) who has been silent for too long. Events never go back in time. Where nodes
 *          share a line, silence is measured by the steady time of the one that leads, from lead to
 *          lead: while nobody leads it stands still.
 * Failure  STATUS_IO, STATUS_BUSY: Redis does not answer, or it has lost what was durable and that
 *          has not been read back yet: nothing was done. STATUS_UNKNOWN: it may have happened;
 *          every call may be repeated. The in-process line knows STATUS_NO_MEMORY only.
 * Limits   WAITING_PLACES_MAX places: one more is STATUS_FULL.
 */
#ifndef WAITING_LINE_H
#define WAITING_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h"

enum place_state {
    PLACE_HALL,
    PLACE_WAITING,
    PLACE_CALLED,  /* it is the fan's turn; `until_s` says until when it may be taken */
    PLACE_ENTERED, /* active until `until_s` */
    PLACE_BOUGHT,
    PLACE_LEFT,
    PLACE_LAPSED, /* was not seen any more while waiting */
    PLACE_MISSED, /* was called and did not come */
    PLACE_OVER,   /* the time to buy is over */
    PLACE_STATE_COUNT,
};

struct place {
    uint32_t sequence;
    uint32_t turn; /* 0: in the hall, or gone from there */
    struct fan_id fan;
    enum place_state state;
    uint8_t door;          /* 0: everybody's; 1 … a presale round's */
    uint8_t earlier;       /* places the fan had before this one, counted to WAITING_EARLIER_MAX */
    int64_t until_s;       /* CALLED, ENTERED: wall seconds */
    int64_t entry_until_s; /* ENTERED: as it was at coming in; a hold prolongs `until_s` alone */
    int64_t ended_s;       /* BOUGHT … OVER: wall seconds */
};

struct line_time {
    int64_t wall_ms;
    int64_t steady_ms;
};

struct line_counts {
    uint32_t joined; /* sequence numbers given */
    uint32_t drawn;  /* turns given */
    uint32_t in[PLACE_STATE_COUNT];
    uint32_t serving;    /* the highest turn that was called */
    uint32_t doors_open; /* a bit a door */
    uint32_t called;     /* fans called, ever */
    uint32_t entered;    /* fans let in, ever */
    uint32_t at_gate;    /* of the called: who came and found it full */
    uint32_t arrived;    /* who came once called, let in or not, ever; lives as long as the line */
    int64_t number;      /* of the last event */
    int64_t at_ms; /* of the last event; the next one is not before, whatever the clock says */
};

/* The letters are what the proof has: waiting/chain.h. */
enum line_event_kind {
    LINE_JOINED = 'J',
    LINE_OPENED = 'O', /* `door` opens, and its hall has been drawn */
    LINE_CALLED = 'A',
    LINE_ENTERED = 'E', /* until `until_s` */
    LINE_KEPT = 'K',    /* may stay until `until_s`, because the fan holds seats */
    LINE_BOUGHT = 'B',
    LINE_LEFT = 'L',
    LINE_LAPSED = 'X',
    LINE_MISSED = 'M',
    LINE_OVER = 'T',
};

struct line_event {
    int64_t number;
    enum line_event_kind kind;
    uint32_t sequence;       /* 0 for LINE_OPENED */
    uint32_t turn;           /* of the place, as it was before; LINE_OPENED: fans drawn */
    struct fan_id fan;       /* of the journal; where events are read back, LINE_JOINED only */
    uint8_t door;            /* LINE_JOINED, LINE_OPENED */
    int64_t until_s;         /* LINE_CALLED, LINE_ENTERED, LINE_KEPT */
    int64_t at_ms;           /* wall */
    enum place_state before; /* of the place; not for LINE_JOINED and LINE_OPENED */
};

struct line {
    const struct line_ops *ops;
};

struct line_ops {
    const char *name;
    enum status (*join)(struct line *line, struct fan_id fan, uint8_t door, struct line_time now,
                        struct place *out_place, bool *out_new);
    enum status (*find)(struct line *line, struct fan_id fan, struct line_time now,
                        struct place *out_place, uint32_t *out_ahead);
    enum status (*touch)(struct line *line, const struct fan_id *fans, size_t count,
                         struct line_time now);
    enum status (*leave)(struct line *line, struct fan_id fan, struct line_time now,
                         struct place *out_place);
    enum status (*hall)(struct line *line, uint8_t door, uint32_t *out_sequences, size_t most,
                        size_t *out_count);
    enum status (*draw)(struct line *line, uint8_t door, const uint32_t *sequences, size_t count,
                        struct line_time now);
    enum status (*call)(struct line *line, size_t most, int64_t claim_s, struct line_time now,
                        size_t *out_count);
    enum status (*enter)(struct line *line, struct fan_id fan, uint32_t active_max, int64_t until_s,
                         struct line_time now, struct place *out_place, bool *out_new);
    enum status (*keep)(struct line *line, struct fan_id fan, int64_t until_s,
                        struct line_time now);
    enum status (*bought)(struct line *line, struct fan_id fan, struct line_time now);
    enum status (*sweep)(struct line *line, int64_t idle_ms, size_t most, struct line_time now,
                         size_t *out_count);
    enum status (*counts)(struct line *line, struct line_counts *out_counts);
    enum status (*journal)(struct line *line, struct line_event *out_events, size_t most,
                           size_t *out_count);
    enum status (*forget)(struct line *line, int64_t number);
    enum status (*begin)(struct line *line, int64_t durable);
    enum status (*complete)(struct line *line);
    enum status (*restore)(struct line *line, const struct line_event *events, size_t count,
                           struct line_time now);
    enum status (*lead)(struct line *line, struct line_time now, bool *out_leads);
    enum status (*show)(struct line *line, struct text document);
    enum status (*shown)(struct line *line, char *out_bytes, size_t bytes_max, size_t *out_size);
    void (*destroy)(struct line *line);
};

/* Makes the lines of one adapter. */
struct line_maker {
    /* STATUS_NO_MEMORY. The line is empty, or, where several nodes share it, as it is. */
    enum status (*make)(struct line_maker *maker, struct option_id option, struct line **out_line);
};

/* --- joining and leaving ---------------------------------------------------------------------- */

/* The place the fan has, or a new one. A place that has ended (LEFT … OVER, BOUGHT) is no place:
   *out_new. Counts as a sign of life. */
MUST_USE enum status line_join(struct line *line, struct fan_id fan, uint8_t door,
                               struct line_time now, struct place *out_place, bool *out_new);

/* The latest place of the fan, be it ended; *out_ahead is how many wait before it, exactly: fans of
   the hall by their sequence, fans with a turn by the turn. STATUS_MISSING: never joined. Counts as
   a sign of life. */
MUST_USE enum status line_find(struct line *line, struct fan_id fan, struct line_time now,
                               struct place *out_place, uint32_t *out_ahead);

/* Signs of life; who has no place is passed over. At most WAITING_TOUCH_MAX. */
MUST_USE enum status line_touch(struct line *line, const struct fan_id *fans, size_t count,
                                struct line_time now);

/* Harmless for a place that has ended. STATUS_MISSING: never joined. */
MUST_USE enum status line_leave(struct line *line, struct fan_id fan, struct line_time now,
                                struct place *out_place);

/* --- opening ---------------------------------------------------------------------------------- */

/* Who stands in the hall for this door, by sequence; door 0 has everybody who is still there.
   `most` must be enough for all: at least counts.in[PLACE_HALL]. */
MUST_USE enum status line_hall(struct line *line, uint8_t door, uint32_t *out_sequences,
                               size_t most, size_t *out_count);

/* Opens the door and gives these places the next turns in this order. They must be exactly those of
   line_hall(). Opening an open door does nothing. */
MUST_USE enum status line_draw(struct line *line, uint8_t door, const uint32_t *sequences,
                               size_t count, struct line_time now);

/* --- letting in ------------------------------------------------------------------------------- */

/* Calls the first `most` who wait, in order; each may come until claim_s. */
MUST_USE enum status line_call(struct line *line, size_t most, int64_t claim_s,
                               struct line_time now, size_t *out_count);

/*
 * A called fan comes in, if fewer than active_max are in. STATUS_FULL: not now, the place stays
 * CALLED and its time does not run out while the fan keeps asking. *out_new is false for a fan who
 * is in already. STATUS_MISSING: the fan has no place that may enter; *out_place is the latest one
 * (sequence 0: none at all).
 */
MUST_USE enum status line_enter(struct line *line, struct fan_id fan, uint32_t active_max,
                                int64_t until_s, struct line_time now, struct place *out_place,
                                bool *out_new);

/* An entered fan holds seats: stays active until then at least. Harmless for all others. */
MUST_USE enum status line_keep(struct line *line, struct fan_id fan, int64_t until_s,
                               struct line_time now);
/* An entered fan has bought, and makes room. Harmless for all others. */
MUST_USE enum status line_bought(struct line *line, struct fan_id fan, struct line_time now);

/* Ends at most `most` places: silent for idle_ms while in the hall or waiting, called or entered
   and over time. *out_count == most: there may be more. */
MUST_USE enum status line_sweep(struct line *line, int64_t idle_ms, size_t most,
                                struct line_time now, size_t *out_count);

MUST_USE enum status line_counts(struct line *line, struct line_counts *out_counts);

/* --- what has happened ------------------------------------------------------------------------ */

/* The events that have not been forgotten, oldest first. */
MUST_USE enum status line_journal(struct line *line, struct line_event *out_events, size_t most,
                                  size_t *out_count);
/* Everything up to this number is durable elsewhere. */
MUST_USE enum status line_forget(struct line *line, int64_t number);

/* Reading back, by the one who leads: first line_begin() with the number of the last durable event,
   which empties a line that has lost some of them; then line_restore() and line_draw(); at last
   line_complete(). Before that a line takes nobody. */
MUST_USE enum status line_begin(struct line *line, int64_t durable);
MUST_USE enum status line_complete(struct line *line);

/*
 * Adds these events, none of them LINE_OPENED, to the line and not to its journal. They follow each
 * other and what the line knows; a line that is beyond them already (another node has kept it)
 * skips them. STATUS_INVALID: an event that no line could have had; the line is as it was before
 * this event, and counts.number says how far it got.
 */
MUST_USE enum status line_restore(struct line *line, const struct line_event *events, size_t count,
                                  struct line_time now);

/* --- several nodes ---------------------------------------------------------------------------- */

/* One node at a time calls, sweeps, draws and writes the events down. In-process: always. */
MUST_USE enum status line_lead(struct line *line, struct line_time now, bool *out_leads);
/* The leader's document for everybody who waits; the others read it and pass it on. */
MUST_USE enum status line_show(struct line *line, struct text document);
MUST_USE enum status line_shown(struct line *line, char *out_bytes, size_t bytes_max,
                                size_t *out_size);

void line_destroy(struct line *line); /* NULL is welcome; what is in Redis stays there */

/* "HALL", "WAITING", …: for logs and the proof's words. */
const char *place_state_name(enum place_state state);
bool place_has_ended(enum place_state state); /* BOUGHT … OVER */

/* One letter, from a file, a database or another server; false for any other text. */
bool line_event_kind_read(struct text letter, enum line_event_kind *out_kind);

/* May a place in this state have such an event? One table for all lines and for the proof. */
bool line_may(enum place_state state, enum line_event_kind kind);
/* What it is then. */
enum place_state line_after(enum line_event_kind kind);

/* Could any line have had this event of a known kind? For what Redis or the store gives back. */
bool line_event_is_sound(const struct line_event *event);

#endif
