/*
 * request_states_memory.h — the states of one process's own requests.
 *
 * Thread   As request_states.h says; one lock, held for a copy.
 * Memory   REQUEST_STATES_MAX states of 700 bytes, taken as they come.
 */
#ifndef STRATEGIES_REQUEST_STATES_MEMORY_H
#define STRATEGIES_REQUEST_STATES_MEMORY_H

#include "strategies/request_states.h"

/* `now_ms` is the wall clock. NULL when memory is short. */
struct request_states *request_states_memory_create(int64_t (*now_ms)(void));

#endif
