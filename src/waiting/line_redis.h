/*
 * line_redis.h — the line in Redis, for several nodes.
 *
 * Thread   A line belongs to one thread at a time, which may block for as long as redis.h says.
 * Memory   A line's arena, emptied after each call. In Redis some 300 bytes a place.
 * Cost     One round trip a call. A draw is one step for all it draws: a third of a second for a
 *          hundred thousand fans.
 * Keys     All keys of a line carry the tag {line:OPTION}, so that a cluster keeps them together.
 * Loss     What Redis loses is read back from the store's events; what was not written down there
 *          yet is lost with it: appendfsync decides how much that is.
 * Time     Signs of life are counted in wall time: the nodes' clocks must agree to the second.
 */
#ifndef WAITING_LINE_REDIS_H
#define WAITING_LINE_REDIS_H

#include "waiting/line.h"

struct redis;

/* Borrows the client. NULL when memory is short. */
struct line_maker *line_redis_open(struct redis *redis);
void line_redis_close(struct line_maker *maker); /* NULL is welcome; after its lines */

#endif
