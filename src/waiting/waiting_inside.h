/*
 * waiting_inside.h — what the three files of the usher share; nobody else includes it.
 *
 *   waiting.c          the round: take, decide, make durable, answer
 *   waiting_rooms.c    which rooms there are: read them, look at their sales, forget them
 *   waiting_numbers.c  what other threads may know of them
 *
 * Thread   The usher's, but for what stands under `shown_lock`, the mailbox and the atomics.
 * Memory   Rooms own their lines; see room.h.
 */
#ifndef WAITING_WAITING_INSIDE_H
#define WAITING_WAITING_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/mailbox.h"
#include "base/table.h"
#include "store/store.h"
#include "waiting/leavers.h"
#include "waiting/room.h"
#include "waiting/tellings.h"
#include "waiting/waiting.h"

struct waiting {
    struct store *store;
    struct store_connection *reader;
    struct boards *boards;
    const struct seals *seals;
    struct line_maker *lines;
    struct waiting_watcher *watcher;
    int64_t (*wall_ms)(void);
    int64_t (*steady_ms)(void);

    struct mailbox asks;
    struct list tick_letter;
    _Atomic bool tick_waits, refresh_wanted;
    _Atomic int64_t commit_us;
    struct tellings tellings;
    struct leavers *leavers;
    pthread_t thread;
    bool started;

    /* The usher's own. */
    struct line_time now;
    int64_t clock_ms; /* steady, as it was read last */
    int64_t looked_at_ms;
    int64_t add_again_at_ms; /* a line could not be read: no ask tries it before this */
    bool has_looked;         /* in this round: terms may be others */
    struct list round_asks;
    struct list held; /* decided, and not durable yet */
    struct room *rooms[WAITING_ROOMS_MAX];
    size_t room_count;
    struct table by_option;
    struct line_event *scratch; /* WAITING_ENTRIES_MAX */
    struct room_entry *entries; /* of all rooms */
    size_t entry_count, entry_room;
    struct telling *told; /* WAITING_TELLINGS_MAX */
    struct store_job job;

    /* What other threads may read. */
    pthread_mutex_t shown_lock;
    struct waiting_numbers shown[WAITING_ROOMS_MAX];
    char *documents[WAITING_ROOMS_MAX]; /* WAITING_DOCUMENT_BYTES_MAX each */
    size_t document_sizes[WAITING_ROOMS_MAX];
    size_t shown_count;
    struct waiting_totals totals;
};

/* waiting_rooms.c: NULL when there is none. */
struct room *waiting_find(const struct waiting *waiting, struct option_id option);

/* The same for a sale that the usher has not looked at yet. */
struct room *waiting_find_or_add(struct waiting *waiting, struct option_id option);

/* Whether its sale has one, even if its line cannot be read. */
bool waiting_is_of_sale(const struct waiting *waiting, struct option_id option);

/* Before a round: new sales, new terms, lines to be read back. */
void waiting_prepare(struct waiting *waiting);

/* In a round: what the nodes that lead have written down, where an answer waits for it. */
void waiting_follow(struct waiting *waiting);

/* waiting_numbers.c: after a round. */
void waiting_show(struct waiting *waiting);

#endif
