/*
 * request_states_redis.h — the states of all nodes' requests, in Redis.
 *
 * Thread   As request_states.h says; a call takes a round trip. Watchers are called on the client's
 *          subscriber thread, of what any node has settled; without Redis on the thread that
 *          settles, of its own.
 * Memory   In Redis two keys a request, some 400 bytes, for REQUEST_STATE_MS.
 */
#ifndef STRATEGIES_REQUEST_STATES_REDIS_H
#define STRATEGIES_REQUEST_STATES_REDIS_H

#include "strategies/request_states.h"

struct redis;

/* NULL when memory is short. The client outlives it. */
struct request_states *request_states_redis_create(struct redis *client);

#endif
