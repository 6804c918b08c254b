/*
 * push_private.h — what the register of channels and the loops' listeners know of each other; for
 * the files of push/ only.
 *
 * Thread   The register is any thread's, under one lock held for a look-up. Everything that is
 *          "here" belongs to one loop.
 * Memory   A loop's tables of fans and channels have a fixed number of chains; a listener takes
 *          about 100 bytes, a channel the same, once in the register and once on each loop.
 */
#ifndef PUSH_PUSH_PRIVATE_H
#define PUSH_PUSH_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/list.h"
#include "net/http_stream.h"
#include "net/loop.h"
#include "push/push.h"

enum { CHANNEL_CHAINS = 4096, FAN_CHAINS = 32768 };

static inline bool channel_equal(struct push_channel a, struct push_channel b)
{
    return a.kind == b.kind && a.number == b.number;
}

size_t channel_chain(struct push_channel channel);

/* --- the register ----------------------------------------------------------------------------- */

struct entry {          /* one channel, over all loops */
    struct entry *next; /* of its chain */
    struct push_channel channel;
    size_t holders, listeners;
    struct leaflet *latest; /* NULL: nothing was published yet */
    uint64_t serial;        /* of `latest`; no two documents of the hub have the same */
    int64_t sent_at_ms;
    struct list waits; /* in push->waiting while `latest` waits for its time; else in no list */
};

struct push {
    pthread_mutex_t lock; /* for what stands up to the blank line */
    struct entry *chains[CHANNEL_CHAINS];
    size_t entry_count;
    struct list waiting;
    uint64_t serial; /* of the newest document of all */
    uint64_t published, told, coalesced;

    struct push_settings settings;
    struct push_loop *loops[LOOPS_MAX]; /* by loop_index(); written before the loops run */
};

/* Somebody begins to listen: what is the newest? STATUS_FULL when there are too many channels. The
   caller has the hold of *out_latest, which may be NULL. */
MUST_USE enum status push_join(struct push *push, struct push_channel channel,
                               struct leaflet **out_latest, uint64_t *out_serial);
void push_leave(struct push *push, struct push_channel channel);

/* --- one loop --------------------------------------------------------------------------------- */

enum parcel_kind { PARCEL_DOCUMENT, PARCEL_WORDS, PARCEL_END };

struct parcel { /* on its way to a loop */
    struct loop_note note;
    struct push_loop *here;
    enum parcel_kind kind;
    struct push_channel channel;
    struct fan_id fan;       /* PARCEL_WORDS */
    struct leaflet *leaflet; /* a hold; NULL for PARCEL_END */
    uint64_t serial;         /* PARCEL_DOCUMENT */
};

/* NULL when memory is short. */
struct push_loop *push_loop_create(struct push *push, struct loop *loop);
void push_loop_destroy(struct push_loop *here); /* NULL is welcome */

/* From any thread: a copy of `parcel` goes to the loop, with a hold of its own. */
void push_loop_send(struct push_loop *here, const struct parcel *parcel);

/* Adds what this loop has counted. */
void push_loop_count(const struct push_loop *here, struct push_counts *counts);

#endif
