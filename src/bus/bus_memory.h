/*
 * bus_memory.h — the bus inside this process: for one node, and for tests.
 *
 * Thread   As bus.h says; a thread of its own brings the words about messages.
 * Memory   A message costs some 60 bytes beside its texts until every group has committed it.
 * Promise  Messages outlive whoever takes them, and die with the process: what was produced and not
 *          committed is lost then. Who produced it finds out from the store.
 * Limits   A partition holds BUS_LOG_MESSAGES_MAX; dead letters are the latest
 *          BUS_DEAD_LETTERS_MAX. BUS_GROUPS_MAX groups, BUS_MEMBERS_MAX consumers a group.
 */
#ifndef BUS_BUS_MEMORY_H
#define BUS_BUS_MEMORY_H

#include "bus/bus.h"

/* `topics` ends with NULL and outlives the bus. NULL when memory or threads are short. */
struct bus *bus_memory_create(const struct bus_topic *const *topics);

#endif
