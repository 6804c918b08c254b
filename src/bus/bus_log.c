/* bus_log.c — a ring of blocks. */
#include "bus/bus_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"

enum { PLACES_LEAST = 64 };

void bus_log_init(struct bus_log *log, size_t messages_max)
{
    must(messages_max >= PLACES_LEAST);
    *log = (struct bus_log){.messages_max = messages_max};
}

void bus_log_deinit(struct bus_log *log)
{
    bus_log_forget(log, log->next);
    free(log->ring);
}

static size_t place_of(const struct bus_log *log, int64_t offset)
{
    return (size_t)offset & (log->places - 1);
}

static size_t count_of(const struct bus_log *log)
{
    return (size_t)(log->next - log->first);
}

/* A message keeps its offset, so it moves to another place of the larger ring. */
static bool grow(struct bus_log *log)
{
    size_t places = log->places > 0 ? log->places * 2 : PLACES_LEAST;
    struct bus_entry **ring = calloc(places, sizeof *ring);
    if (!ring)
        return false;
    for (int64_t offset = log->first; offset < log->next; offset++)
        ring[(size_t)offset & (places - 1)] = log->ring[place_of(log, offset)];
    free(log->ring);
    log->ring = ring;
    log->places = places;
    return true;
}

static struct text put(char **at, struct text text)
{
    struct text copy = text_make(*at, text.size);
    if (text.size > 0)
        memcpy(*at, text.bytes, text.size);
    *at += text.size;
    return copy;
}

static struct bus_entry *copy_of(const struct bus_entry *entry)
{
    struct bus_entry *copy =
        malloc(sizeof *copy + entry->key.size + entry->value.size + entry->reason.size);
    if (!copy)
        return NULL;
    char *at = (char *)(copy + 1);
    copy->produced_at_ms = entry->produced_at_ms;
    copy->key = put(&at, entry->key);
    copy->value = put(&at, entry->value);
    copy->reason = put(&at, entry->reason);
    return copy;
}

enum status bus_log_append(struct bus_log *log, const struct bus_entry *entry)
{
    if (count_of(log) == log->messages_max)
        return STATUS_FULL;
    if (count_of(log) == log->places && !grow(log))
        return STATUS_NO_MEMORY;
    struct bus_entry *copy = copy_of(entry);
    if (!copy)
        return STATUS_NO_MEMORY;
    log->ring[place_of(log, log->next++)] = copy;
    return STATUS_OK;
}

const struct bus_entry *bus_log_at(const struct bus_log *log, int64_t offset)
{
    must(offset >= log->first && offset < log->next);
    return log->ring[place_of(log, offset)];
}

void bus_log_forget(struct bus_log *log, int64_t before)
{
    must(before <= log->next);
    while (log->first < before)
        free(log->ring[place_of(log, log->first++)]);
}
