/*
 * waiting.h — the usher: the lines of all sales with a waiting room, and who is let in when.
 *
 * The usher works in rounds, as the engine works in turns: take what was asked, decide in memory,
 * write the events of the round down in one store job, and answer after its commit. While one round
 * commits the next one gathers. So a place that was told is on the disk, and a restart finds every
 * line as its events say.
 *
 * Thread   waiting_submit(), waiting_tell…() and waiting_tick() from any thread; they never wait.
 *          Rounds run on the usher's thread (waiting_start()), or on the caller of waiting_round().
 *          on_answer() and the watcher are called from there.
 * Memory   An ask belongs to the usher from waiting_submit() until its on_answer().
 * Promise  Nothing is answered before it is durable, whichever node writes it down. A round whose
 *          commit failed, and one that nobody has written down in time, is answered with
 *          WAITING_FAILED; its lines are thrown away and read back before anything else is decided.
 * Limits   WAITING_ASKS_MAX wait, WAITING_ROOMS_MAX lines.
 */
#ifndef WAITING_WAITING_H
#define WAITING_WAITING_H

#include "base/arena.h"
#include "base/list.h"
#include "waiting/admission.h"
#include "waiting/line.h"
#include "waiting/room_state.h"
#include "waiting/seals.h"

struct boards;
struct store;
struct store_connection;
struct waiting;

enum waiting_kind {
    WAITING_JOIN,
    WAITING_LOOK,   /* where is my place? A called fan comes in by asking */
    WAITING_GLANCE, /* the same without coming in */
    WAITING_LEAVE,
};

enum waiting_verdict {
    WAITING_HERE,     /* the fan's latest place, as it is now */
    WAITING_NEW,      /* WAITING_JOIN: a new place */
    WAITING_NO_ROOM,  /* this date has no sale with a waiting room */
    WAITING_NOT_HERE, /* not WAITING_JOIN: never joined */
    WAITING_CHALLENGE,
    WAITING_TOO_SOON, /* too many places given up: a new one after `retry_after_ms` */
    WAITING_SOLD_OUT,
    WAITING_CLOSED,
    WAITING_FULL,   /* every number has been given: nobody else can join, ever */
    WAITING_FAILED, /* the world failed: `status` says how */
};

struct waiting_ask {
    struct list letter;
    enum waiting_kind kind;
    struct option_id option;
    struct fan_id fan;
    int64_t challenge_set_at_ms; /* WAITING_JOIN: of the challenge that was solved; 0: none */
    int64_t challenge_bits;      /* and how hard it was */

    /* Exactly once, on the usher's thread. */
    void (*on_answer)(struct waiting_ask *ask);

    int64_t decided_at_ms; /* the usher's */

    /* The answer. */
    enum waiting_verdict verdict;
    enum status status;
    struct place place;
    uint32_t ahead;
    int64_t retry_after_ms;
    int64_t number;    /* of the last event when `ahead` was true */
    uint32_t admitted; /* fans called until then */
    struct admission_pace pace;
    char kid[24]; /* the line's key: for the receipt */
};

struct waiting_watcher { /* each may be NULL */
    /* The document for everybody who waits; `number` is its last event. */
    void (*on_document)(struct waiting_watcher *watcher, struct option_id option,
                        struct text document, int64_t number, bool at_once);
    void (*on_called)(struct waiting_watcher *watcher, struct option_id option,
                      const struct place *place);
    void (*on_closed)(struct waiting_watcher *watcher, struct option_id option,
                      enum room_state state);
};

struct waiting_settings {
    struct store *store;
    struct boards *boards;
    const struct seals *seals;
    struct line_maker *lines;
    struct waiting_watcher *watcher; /* may be NULL */
    int64_t (*wall_ms)(void);        /* NULL: the machine's clocks */
    int64_t (*steady_ms)(void);
};

/* Reads every line that is not closed. *out_why gets words on failure. */
MUST_USE enum status waiting_open(const struct waiting_settings *settings, char out_why[256],
                                  struct waiting **out_waiting);
MUST_USE enum status waiting_start(struct waiting *waiting);

/* Ends the thread; what still waits is answered with WAITING_FAILED. Before the store closes. What
   others tell afterwards is not heard. NULL is welcome, and so is a second time. */
void waiting_stop(struct waiting *waiting);

/* When nobody is left to tell it something, which the engine does until the writer has stopped. */
void waiting_close(struct waiting *waiting); /* NULL is welcome */

/* STATUS_FULL: the ask still belongs to the caller. */
MUST_USE enum status waiting_submit(struct waiting *waiting, struct waiting_ask *ask);

/* One round without a thread, for tests. */
void waiting_round(struct waiting *waiting);

/* Every 50 ms or so: fans are called, places lapse. */
void waiting_tick(struct waiting *waiting);

/* Terms or sales have changed: look in the next round. */
void waiting_refresh(struct waiting *waiting);

/* --- what others tell the usher; harmless where there is no line ------------------------------ */

void waiting_tell_held(struct waiting *waiting, struct option_id option, struct fan_id fan,
                       int64_t until_ms);
void waiting_tell_bought(struct waiting *waiting, struct option_id option, struct fan_id fan);
void waiting_tell_came(struct waiting *waiting, struct option_id option, struct fan_id fan);
void waiting_tell_left(struct waiting *waiting, struct option_id option, struct fan_id fan);
/* How long the engine's commits take. */
void waiting_tell_commit(struct waiting *waiting, int64_t commit_us);

/* --- numbers, for any thread ------------------------------------------------------------------ */

struct waiting_numbers {
    struct option_id option;
    enum room_state state;
    struct line_counts counts;
    struct admission_terms terms;
    struct admission_pace pace;
    double come_share, buy_share;
    double sold_per_second; /* seats, lately */
};

struct waiting_totals {                             /* of all lines together */
    uint64_t joined, called, entered, bought, gone; /* since the start */
    uint64_t waiting, hall, active;                 /* now */
};
struct waiting_totals waiting_totals(struct waiting *waiting);

/* False when the option has no line. */
bool waiting_numbers(struct waiting *waiting, struct option_id option,
                     struct waiting_numbers *out_numbers);
size_t waiting_list(struct waiting *waiting, struct waiting_numbers *out_numbers, size_t most);

/* Has the fan of this number given the place up? An entry token of it opens nothing any more. What
   another node was asked for is known here within a second. */
bool waiting_gave_up(const struct waiting *waiting, struct option_id option, int64_t sequence);

/* The document, copied into the arena; bytes == NULL when there is no line. */
struct text waiting_document(struct waiting *waiting, struct option_id option, struct arena *arena);

/* --- the operator's terms, inside a store_job ------------------------------------------------- */

/* Call waiting_refresh() in the same job. */
MUST_USE enum status waiting_put_terms(const struct waiting *waiting,
                                       struct store_connection *connection, struct option_id option,
                                       const struct admission_terms *terms);

#endif
