/*
 * listeners.h — the fans whose streams of one line are open on this node, each counted.
 *
 * An open stream is a sign of life. Who comes and goes is told by the hub; the usher goes through
 * the list every now and then and passes the signs on to the line.
 *
 * Thread   One at a time: the usher's.
 * Memory   Some 40 bytes a fan.
 */
#ifndef WAITING_LISTENERS_H
#define WAITING_LISTENERS_H

#include "base/ids.h"
#include "base/table.h"

struct listener {
    struct fan_id fan;
    uint32_t stream_count;
};

struct listeners {
    struct listener *all;
    size_t count, room;
    struct table by_fan;
    size_t next; /* whose sign of life is passed on next */
};

void listeners_init(struct listeners *listeners);
void listeners_deinit(struct listeners *listeners);

/* Memory short: the fan is not listed, and has to poll. */
void listeners_came(struct listeners *listeners, struct fan_id fan);
void listeners_left(struct listeners *listeners, struct fan_id fan);

/* The next ones, round and round; at most `most`. */
size_t listeners_next(struct listeners *listeners, struct fan_id *out_fans, size_t most);

#endif
