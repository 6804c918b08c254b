/*
 * breaker.h — stops asking a neighbour that does not answer, and finds out when it does again.
 *
 * The states and their rules are those of Resilience4j's circuit breaker:
 *
 *     CLOSED      calls pass; the last `window_calls` of them are remembered. When at least
 *                 `calls_least` are, and the share of failed or of slow ones reaches its
 *                 threshold: OPEN
 *     OPEN        no call passes for `open_ms`; the first that comes then makes it HALF_OPEN
 *     HALF_OPEN   `probe_count` calls pass and decide together: CLOSED or OPEN again
 *
 *     struct breaker_call call;
 *     if (!breaker_enter(breaker, &call, clock_monotonic_ms()))
 *         return STATUS_BUSY;
 *     …
 *     breaker_leave(breaker, &call, worked ? BREAKER_WORKED : BREAKER_FAILED,
 *                   clock_monotonic_ms());
 *
 * Thread   Any; one lock, held for a few instructions.
 * Memory   Breakers belong to a group, taken whole at its creation and given back with it. A call
 *          lives on the caller's stack or in what waits for the answer.
 * Time     Monotonic milliseconds, given by the caller; a little disorder between threads is
 *          harmless.
 * Promise  A call that entered in one state is never counted in another: whoever leaves late
 *          changes nothing. Every breaker_enter() that said yes has one breaker_leave(); a probe
 *          that stays away longer than `open_ms` has failed.
 * Limits   BREAKERS_MAX in a group, BREAKER_WINDOW_MAX calls in a window.
 */
#ifndef GUARD_BREAKER_H
#define GUARD_BREAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct breakers;
struct breaker;

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN, BREAKER_STATE_COUNT };

/* "closed", "open", "half-open", as the log and the metrics spell them. */
const char *breaker_state_name(enum breaker_state state);

struct breaker_settings {
    const char *name; /* of the neighbour; lives as long as the breaker */
    size_t window_calls;
    size_t calls_least;
    int failed_percent; /* 1 … 100 */
    int slow_percent;   /* 1 … 100 */
    int64_t slow_ms;    /* a call that took this long was slow */
    int64_t open_ms;
    size_t probe_count;
};

/* What suits a neighbour on the network that is asked many times a second; `slow_ms` is what its
   callers can bear. */
struct breaker_settings breaker_usual(const char *name, int64_t slow_ms);

/* Whoever wires the server has one group: the metrics show all that are in it. NULL when memory is
   short. */
struct breakers *breakers_create(void);
void breakers_destroy(struct breakers *breakers); /* NULL is welcome */

/* A new one, CLOSED; it lives as long as its group. */
struct breaker *breakers_add(struct breakers *breakers, const struct breaker_settings *settings);

size_t breakers_count(struct breakers *breakers);
struct breaker *breakers_at(struct breakers *breakers, size_t index);

struct breaker_call {
    int64_t entered_at_ms;
    uint64_t era; /* of the state it entered in */
};

enum breaker_outcome {
    BREAKER_WORKED,  /* whatever the answer said: there was one */
    BREAKER_FAILED,  /* refused, broken, timed out */
    BREAKER_IGNORED, /* says nothing about the neighbour: a call that we gave up ourselves */
};

/* True: go on. False: do not even try; the answer is what it would be without the neighbour. */
bool breaker_enter(struct breaker *breaker, struct breaker_call *out_call, int64_t now_ms);
void breaker_leave(struct breaker *breaker, const struct breaker_call *call,
                   enum breaker_outcome outcome, int64_t now_ms);

/* --- for people ------------------------------------------------------------------------------- */

struct breaker_reading {
    const char *name;
    enum breaker_state state;
    uint64_t worked_count, failed_count, ignored_count, refused_count;
    uint64_t slow_count; /* of those that worked or failed */
    uint64_t opened_count;
};

struct breaker_reading breaker_read(struct breaker *breaker);

#endif
