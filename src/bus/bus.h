/*
 * bus.h — the port through which messages wait, in order, until somebody has dealt with them.
 *
 * A topic is a few partitions, each a log. The key of a message chooses its partition, so that
 * messages of one key are dealt with one after the other, in the order in which they were produced.
 * Consumers of one group share the partitions among them; a group's position in a partition says
 * what it has dealt with.
 *
 *     while (bus_consumer_take(consumer, records, most, wait_ms, &count) == STATUS_OK && count) {
 *         if (deal_with(records, count) == STATUS_OK)   // one commit of the database
 *             (void)bus_consumer_commit(consumer);      // only then
 *         else
 *             bus_consumer_again(consumer);             // the same messages come again
 *     }
 *
 * Thread   bus_produce(), bus_ready() and bus_counts(): any thread, never blocking. on_done() comes
 *          on a thread of the bus and must not block. A consumer belongs to one thread at a time,
 *          and its calls may wait: never on a loop.
 * Memory   A message belongs to the bus from bus_produce() until its on_done(), which may free it;
 *          its key and value are copied. A record's texts are good until the next
 *          bus_consumer_take(), bus_consumer_again() or bus_consumer_close().
 * Promise  After on_done(STATUS_OK) the message outlives the death of whatever carries the bus, and
 *          every group hears of it at least once: again and again until its position has been
 *          committed behind it. on_done() comes exactly once, within BUS_DELIVERY_MS, and never
 *          from inside bus_produce(). STATUS_UNKNOWN: it may come or not. Any other: it never will.
 * Order    Within a key: what was produced after another's on_done() comes after it.
 * Limits   BUS_KEY_BYTES_MAX, BUS_VALUE_BYTES_MAX. BUS_UNDER_WAY_MAX messages wait for on_done(),
 *          and an in-process log holds BUS_LOG_MESSAGES_MAX: one more is STATUS_FULL.
 * Errors   STATUS_BUSY from bus_produce(): the bus is known to be down; nothing was tried.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/must.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h"

struct bus_topic {    /* a static constant of whoever owns the topic; all of its users share it */
    const char *name; /* "reservations": letters, digits, '-' and '.' */
    int partition_count; /* 1 … BUS_PARTITIONS_MAX */
    int64_t kept_ms;     /* what a bus that keeps messages anyway may forget after this time */
};

/* The bus and its topics. A topic of this list has another one for its dead letters. */
struct bus {
    const struct bus_ops *ops;
    const struct bus_topic *const *topics; /* ended by NULL; lives as long as the bus */
};

/* --- producing -------------------------------------------------------------------------------- */

struct bus_message {
    struct list letter; /* the bus's own */
    const struct bus_topic *topic;
    struct text key, value;
    void (*on_done)(struct bus_message *message, enum status status);
    enum status status; /* the bus's own */
};

/* STATUS_BUSY, STATUS_FULL: the message still belongs to the caller. */
MUST_USE enum status bus_produce(struct bus *bus, struct bus_message *message);

/* The same, and waits for the outcome: for the command line and for tests, never for a loop.
   Here on_done is NULL. */
MUST_USE enum status bus_produce_and_wait(struct bus *bus, struct bus_message *message);

/* Whether a message would be tried now. */
bool bus_ready(struct bus *bus);

/* --- consuming -------------------------------------------------------------------------------- */

struct bus_record {
    const struct bus_topic *topic;
    int partition;
    int64_t offset; /* its place in the partition; rising, not without gaps */
    int64_t produced_at_ms;
    struct text key, value;
    struct text reason; /* of a dead letter: why; else empty */
};

struct bus_consumer { /* the adapter embeds it */
    struct bus *bus;
    const struct bus_topic *topic;
};

enum bus_letters { BUS_LIVING, BUS_DEAD };

/*
 * Joins the group, which begins at the oldest message kept. BUS_DEAD: reads the topic's dead
 * letters instead. The bus need not be up: consuming then begins when it is.
 */
MUST_USE enum status bus_consumer_open(struct bus *bus, const char *group,
                                       const struct bus_topic *topic, enum bus_letters letters,
                                       struct bus_consumer **out_consumer);

/* What was taken and not committed goes to the others of the group, or to the next that comes. */
void bus_consumer_close(struct bus_consumer *consumer); /* NULL is welcome */

/*
 * Up to `most` records, in the order of their partitions; waits at most `wait_ms` for the first.
 * STATUS_OK with 0: there was nothing, or the bus is down, or others have all partitions. What had
 * been taken before counts as neither committed nor given back: it does not come again to this
 * consumer, unless bus_consumer_again() is called.
 */
MUST_USE enum status bus_consumer_take(struct bus_consumer *consumer,
                                       struct bus_record out_records[], size_t most,
                                       int64_t wait_ms, size_t *out_count);

/*
 * Everything taken so far is dealt with. STATUS_OK: the position is kept. STATUS_BUSY: the group is
 * sharing out its partitions; the next commit makes up for it. STATUS_CONFLICT: others have (some
 * of) the partitions by now and will hear the messages again. STATUS_UNKNOWN, STATUS_IO: as BUSY,
 * and after a restart the messages may come again.
 */
MUST_USE enum status bus_consumer_commit(struct bus_consumer *consumer);

/* What was taken since the last commit comes again with the next bus_consumer_take(). */
void bus_consumer_again(struct bus_consumer *consumer);

/*
 * Puts a copy of a record that nobody can deal with among the topic's dead letters, with the reason
 * (at most BUS_REASON_BYTES_MAX are kept), and waits until that is safe. STATUS_OK: go on and
 * commit. Else: it has to come again.
 */
MUST_USE enum status bus_consumer_bury(struct bus_consumer *consumer,
                                       const struct bus_record *record, const char *reason);

/* --- numbers ---------------------------------------------------------------------------------- */

struct bus_counts {
    uint64_t produced_count;    /* on_done(STATUS_OK) */
    uint64_t refused_count;     /* bus_produce() said no */
    uint64_t failed_count;      /* on_done() with another status */
    uint64_t taken_count;       /* records handed out, those that came again included */
    uint64_t committed_count;   /* bus_consumer_commit(STATUS_OK) */
    uint64_t redelivered_count; /* records that this process had been given before */
    uint64_t dead_count;        /* records buried */
    uint64_t under_way_count;   /* messages that wait for their on_done() */
    uint64_t lag_count; /* messages that this process's consumers have yet to commit, as far as
                           they know */
};
struct bus_counts bus_counts(struct bus *bus);

/* --- life ------------------------------------------------------------------------------------- */

/* Waits BUS_DELIVERY_MS at most for what is under way; every on_done() has come when it returns.
   Consumers are closed before. */
void bus_close(struct bus *bus); /* NULL is welcome */

/* --- the adapters' side ----------------------------------------------------------------------- */

/* Whether the topic is in the bus's list. */
bool bus_knows(const struct bus *bus, const struct bus_topic *topic);

struct bus_ops {
    const char *name;
    enum status (*produce)(struct bus *bus, struct bus_message *message);
    bool (*ready)(struct bus *bus);
    enum status (*consumer_open)(struct bus *bus, const char *group, const struct bus_topic *topic,
                                 enum bus_letters letters, struct bus_consumer **out_consumer);
    void (*consumer_close)(struct bus_consumer *consumer);
    enum status (*take)(struct bus_consumer *consumer, struct bus_record out_records[], size_t most,
                        int64_t wait_ms, size_t *out_count);
    enum status (*commit)(struct bus_consumer *consumer);
    void (*again)(struct bus_consumer *consumer);
    enum status (*bury)(struct bus_consumer *consumer, const struct bus_record *record,
                        struct text reason);
    struct bus_counts (*counts)(struct bus *bus);
    void (*close)(struct bus *bus);
};

#endif
