/*
 * breaker.c — a ring of the last calls, and an era that tells old calls from new ones.
 *
 * The ring has one cell a call: whether it failed, whether it was slow; two sums are kept beside
 * it. HALF_OPEN uses the same ring, emptied, as a window of `probe_count`: its verdict is the same
 * comparison as CLOSED's, with everybody home.
 *
 * Each change of state begins a new era and an empty ring. A call carries the era it entered in;
 * in another one its outcome is counted for people, but decides nothing. Without this the slow
 * failures of a burst that began while the breaker was closed would fail the probes sent much
 * later.
 *
 * There is no timer: OPEN ends when somebody asks after its time. A line of log is written after
 * the lock is given back, for the log may be a pipe that nobody reads.
 */
#include "guard/breaker.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/must.h"
#include "limits.h"

struct mark { /* one call in the ring */
    bool failed, slow;
};

struct breaker {
    pthread_mutex_t mutex;
    struct breaker_settings settings;
    enum breaker_state state;
    uint64_t era;
    int64_t since_ms;     /* when this era began; HALF_OPEN: when the latest probe went */
    size_t probes_out;    /* HALF_OPEN: let through, back or not */
    size_t first, filled; /* of the ring */
    size_t failed, slow;  /* in the ring */
    struct breaker_reading reading;
    struct mark ring[BREAKER_WINDOW_MAX];
};

struct breakers {
    pthread_mutex_t mutex;
    size_t count;
    struct breaker breaker[BREAKERS_MAX];
};

static void lock(pthread_mutex_t *mutex)
{
    int failed = pthread_mutex_lock(mutex);
    must(!failed);
}

static void unlock(pthread_mutex_t *mutex)
{
    int failed = pthread_mutex_unlock(mutex);
    must(!failed);
}

const char *breaker_state_name(enum breaker_state state)
{
    static const char *const names[BREAKER_STATE_COUNT] = {"closed", "open", "half-open"};
    return names[state];
}

/* --- the group -------------------------------------------------------------------------------- */

struct breaker_settings breaker_usual(const char *name, int64_t slow_ms)
{
    return (struct breaker_settings){.name = name,
                                     .window_calls = 100,
                                     .calls_least = 20,
                                     .failed_percent = 50,
                                     .slow_percent = 80,
                                     .slow_ms = slow_ms,
                                     .open_ms = 2000,
                                     .probe_count = 5};
}

struct breakers *breakers_create(void)
{
    struct breakers *breakers = calloc(1, sizeof *breakers);
    if (!breakers)
        return NULL;
    int failed = pthread_mutex_init(&breakers->mutex, NULL);
    must(!failed);
    return breakers;
}

void breakers_destroy(struct breakers *breakers)
{
    if (!breakers)
        return;
    for (size_t i = 0; i < breakers->count; i++)
        pthread_mutex_destroy(&breakers->breaker[i].mutex);
    pthread_mutex_destroy(&breakers->mutex);
    free(breakers);
}

static bool is_percent(int number)
{
    return number >= 1 && number <= 100;
}

struct breaker *breakers_add(struct breakers *breakers, const struct breaker_settings *settings)
{
    must(settings->name);
    must(settings->window_calls >= 1 && settings->window_calls <= BREAKER_WINDOW_MAX);
    must(settings->calls_least >= 1 && settings->calls_least <= settings->window_calls);
    must(settings->probe_count >= 1 && settings->probe_count <= settings->window_calls);
    must(is_percent(settings->failed_percent) && is_percent(settings->slow_percent));
    must(settings->slow_ms > 0 && settings->open_ms > 0);

    lock(&breakers->mutex);
    must(breakers->count < BREAKERS_MAX);
    struct breaker *breaker = &breakers->breaker[breakers->count];
    breaker->settings = *settings;
    breaker->reading.name = settings->name;
    int failed = pthread_mutex_init(&breaker->mutex, NULL);
    must(!failed);
    breakers->count++;
    unlock(&breakers->mutex);
    return breaker;
}

size_t breakers_count(struct breakers *breakers)
{
    lock(&breakers->mutex);
    size_t count = breakers->count;
    unlock(&breakers->mutex);
    return count;
}

struct breaker *breakers_at(struct breakers *breakers, size_t index)
{
    must(index < breakers_count(breakers));
    return &breakers->breaker[index];
}

/* --- the rules, under the lock ---------------------------------------------------------------- */

/* The one place where a breaker changes state. */
static void move(struct breaker *breaker, enum breaker_state to, int64_t now_ms)
{
    breaker->state = to;
    breaker->era++;
    breaker->since_ms = now_ms;
    breaker->probes_out = 0;
    breaker->first = 0;
    breaker->filled = 0;
    breaker->failed = 0;
    breaker->slow = 0;
    if (to == BREAKER_OPEN)
        breaker->reading.opened_count++;
}

/* Time for OPEN to end, or for HALF_OPEN to give up on a probe that went away for good. */
static void notice_time(struct breaker *breaker, int64_t now_ms)
{
    bool over = now_ms - breaker->since_ms >= breaker->settings.open_ms;
    if (breaker->state == BREAKER_OPEN && over)
        move(breaker, BREAKER_HALF_OPEN, now_ms);
    else if (breaker->state == BREAKER_HALF_OPEN && over &&
             breaker->probes_out == breaker->settings.probe_count)
        move(breaker, BREAKER_OPEN, now_ms);
}

static bool may_pass(const struct breaker *breaker)
{
    switch (breaker->state) {
    case BREAKER_CLOSED:
        return true;
    case BREAKER_HALF_OPEN:
        return breaker->probes_out < breaker->settings.probe_count;
    case BREAKER_OPEN:
    case BREAKER_STATE_COUNT:
        return false;
    }
    return false;
}

static void remember(struct breaker *breaker, struct mark mark)
{
    size_t window = breaker->settings.window_calls;
    struct mark *cell = &breaker->ring[(breaker->first + breaker->filled) % window];
    if (breaker->filled == window) { /* the oldest one's place */
        breaker->failed -= cell->failed;
        breaker->slow -= cell->slow;
        breaker->first = (breaker->first + 1) % window;
    } else {
        breaker->filled++;
    }
    *cell = mark;
    breaker->failed += mark.failed;
    breaker->slow += mark.slow;
}

static bool is_ill(const struct breaker *breaker)
{
    size_t failed_most = (size_t)breaker->settings.failed_percent;
    size_t slow_most = (size_t)breaker->settings.slow_percent;
    return breaker->failed * 100 >= failed_most * breaker->filled ||
           breaker->slow * 100 >= slow_most * breaker->filled;
}

static void judge(struct breaker *breaker, int64_t now_ms)
{
    if (breaker->state == BREAKER_CLOSED && breaker->filled >= breaker->settings.calls_least &&
        is_ill(breaker))
        move(breaker, BREAKER_OPEN, now_ms);
    else if (breaker->state == BREAKER_HALF_OPEN &&
             breaker->filled == breaker->settings.probe_count)
        move(breaker, is_ill(breaker) ? BREAKER_OPEN : BREAKER_CLOSED, now_ms);
}

static void count(struct breaker_reading *reading, enum breaker_outcome outcome, bool slow)
{
    reading->worked_count += outcome == BREAKER_WORKED;
    reading->failed_count += outcome == BREAKER_FAILED;
    reading->ignored_count += outcome == BREAKER_IGNORED;
    reading->slow_count += slow;
}

/* --- from outside ----------------------------------------------------------------------------- */

static void tell(const struct breaker *breaker, enum breaker_state before, enum breaker_state after)
{
    if (before == after)
        return;
    log_write(after == BREAKER_OPEN ? LOG_WARN : LOG_INFO, "breaker changed",
              LOG_FIELDS(log_words("breaker", breaker->settings.name),
                         log_words("from", breaker_state_name(before)),
                         log_words("to", breaker_state_name(after))));
}

bool breaker_enter(struct breaker *breaker, struct breaker_call *out_call, int64_t now_ms)
{
    lock(&breaker->mutex);
    enum breaker_state before = breaker->state;
    notice_time(breaker, now_ms);
    enum breaker_state after = breaker->state;
    bool passes = may_pass(breaker);
    if (passes && after == BREAKER_HALF_OPEN) {
        breaker->probes_out++;
        breaker->since_ms = now_ms;
    }
    *out_call = (struct breaker_call){.entered_at_ms = now_ms, .era = breaker->era};
    breaker->reading.refused_count += !passes;
    unlock(&breaker->mutex);
    tell(breaker, before, after);
    return passes;
}

void breaker_leave(struct breaker *breaker, const struct breaker_call *call,
                   enum breaker_outcome outcome, int64_t now_ms)
{
    bool heard = outcome != BREAKER_IGNORED;
    bool slow = heard && now_ms - call->entered_at_ms >= breaker->settings.slow_ms;
    lock(&breaker->mutex);
    enum breaker_state before = breaker->state;
    count(&breaker->reading, outcome, slow);
    if (call->era == breaker->era && heard) {
        remember(breaker, (struct mark){.failed = outcome == BREAKER_FAILED, .slow = slow});
        judge(breaker, now_ms);
    } else if (call->era == breaker->era && breaker->state == BREAKER_HALF_OPEN) {
        breaker->probes_out--; /* somebody else may find out */
    }
    enum breaker_state after = breaker->state;
    unlock(&breaker->mutex);
    tell(breaker, before, after);
}

struct breaker_reading breaker_read(struct breaker *breaker)
{
    lock(&breaker->mutex);
    struct breaker_reading reading = breaker->reading;
    reading.state = breaker->state;
    unlock(&breaker->mutex);
    return reading;
}
