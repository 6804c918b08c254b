/*
 * bus_log.h — one partition of the in-process bus: messages in order, forgotten from the front.
 *
 * Thread   One at a time.
 * Memory   A block a message and 8 bytes in a ring, which doubles up to messages_max places.
 * Limits   messages_max; one more is STATUS_FULL.
 */
#ifndef BUS_BUS_LOG_H
#define BUS_BUS_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct bus_entry {
    int64_t produced_at_ms;
    struct text key, value, reason; /* behind the struct, in the same block */
};

struct bus_log {
    struct bus_entry **ring;
    size_t places; /* a power of two, or 0 */
    size_t messages_max;
    int64_t first, next; /* offsets: of the oldest message, and of the one to come */
};

void bus_log_init(struct bus_log *log, size_t messages_max);
void bus_log_deinit(struct bus_log *log);

/* Copies the texts. */
MUST_USE enum status bus_log_append(struct bus_log *log, const struct bus_entry *entry);

/* first <= offset < next */
const struct bus_entry *bus_log_at(const struct bus_log *log, int64_t offset);

/* Everything before this offset; harmless when it is forgotten already. */
void bus_log_forget(struct bus_log *log, int64_t before);

#endif
