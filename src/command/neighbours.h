/*
 * neighbours.h — the servers beside this one, and the ports that stand on them or do without.
 *
 * Thread   The main thread opens and closes; what is opened is for the threads its header names.
 * Memory   neighbours_close() gives everything back; it copes with what was never opened.
 * Failure  False: the user has been told why. A server that is not there at the start is no
 *          failure: it is asked when it is needed.
 */
#ifndef COMMAND_NEIGHBOURS_H
#define COMMAND_NEIGHBOURS_H

#include <stdbool.h>

struct breakers;
struct cache;
struct command;
struct lock;
struct metrics_readings;
struct redis;

struct neighbours {
    struct redis *redis; /* NULL: TICKETRUSH_REDIS is empty */
    struct lock *lock;
    struct cache *cache;
};

bool neighbours_open(struct neighbours *neighbours, const struct command *command,
                     struct breakers *breakers);
void neighbours_close(struct neighbours *neighbours);

/* What they count, for the metrics; any thread. */
void neighbours_read(const struct neighbours *neighbours, struct metrics_readings *readings);

#endif
