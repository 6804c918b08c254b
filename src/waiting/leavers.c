/*
 * leavers.c — a bit a place.
 *
 * Lines are few, so they are looked through. Whoever asks while a line is forgotten and its bits
 * serve another one may hear either answer, about a line that is closed.
 */
#include "waiting/leavers.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/must.h"
#include "limits.h"

enum {
    WORD_BITS = 64,
    CHUNK_PLACES = 4096,
    CHUNK_WORDS = CHUNK_PLACES / WORD_BITS,
    CHUNK_COUNT = WAITING_PLACES_MAX / CHUNK_PLACES,
};

struct chunk {
    _Atomic uint64_t words[CHUNK_WORDS];
};

struct leavers_line {
    _Atomic int64_t option; /* 0: nobody's */
    _Atomic(struct chunk *) chunks[CHUNK_COUNT];
};

struct leavers {
    _Atomic size_t line_count; /* of `lines`, those that were ever used */
    struct leavers_line lines[WAITING_ROOMS_MAX];
};

/* WAITING_ROOMS_MAX: there is none. */
static size_t find(const struct leavers *leavers, int64_t option)
{
    size_t count = atomic_load_explicit(&leavers->line_count, memory_order_acquire);
    for (size_t i = 0; i < count; i++)
        if (atomic_load_explicit(&leavers->lines[i].option, memory_order_acquire) == option)
            return i;
    return WAITING_ROOMS_MAX;
}

static struct leavers_line *find_or_take(struct leavers *leavers, int64_t option)
{
    size_t index = find(leavers, option), count = atomic_load(&leavers->line_count);
    if (index == WAITING_ROOMS_MAX)
        index = find(leavers, 0); /* one that was forgotten */
    if (index == WAITING_ROOMS_MAX)
        index = count;
    must(index < WAITING_ROOMS_MAX); /* there are no more rooms */
    atomic_store_explicit(&leavers->lines[index].option, option, memory_order_release);
    if (index == count)
        atomic_store_explicit(&leavers->line_count, count + 1, memory_order_release);
    return &leavers->lines[index];
}

void leavers_add(struct leavers *leavers, struct option_id option, uint32_t sequence)
{
    must(sequence >= 1 && sequence <= WAITING_PLACES_MAX);
    uint32_t index = sequence - 1;
    struct leavers_line *line = find_or_take(leavers, option.value);
    _Atomic(struct chunk *) *slot = &line->chunks[index / CHUNK_PLACES];
    struct chunk *chunk = atomic_load(slot);
    if (!chunk)
        chunk = calloc(1, sizeof *chunk);
    if (!chunk) {
        log_warn("a place that was given up is not remembered", log_int("option", option.value));
        return;
    }
    atomic_fetch_or(&chunk->words[index % CHUNK_PLACES / WORD_BITS], UINT64_C(1)
                                                                         << index % WORD_BITS);
    atomic_store_explicit(slot, chunk, memory_order_release);
}

bool leavers_have(const struct leavers *leavers, struct option_id option, uint32_t sequence)
{
    size_t line = find(leavers, option.value);
    if (line == WAITING_ROOMS_MAX || sequence < 1 || sequence > WAITING_PLACES_MAX)
        return false;
    uint32_t index = sequence - 1;
    struct chunk *chunk = atomic_load_explicit(&leavers->lines[line].chunks[index / CHUNK_PLACES],
                                               memory_order_acquire);
    uint64_t word = chunk ? atomic_load(&chunk->words[index % CHUNK_PLACES / WORD_BITS]) : 0;
    return (word >> index % WORD_BITS & 1) != 0;
}

void leavers_forget(struct leavers *leavers, struct option_id option)
{
    size_t index = find(leavers, option.value);
    if (index == WAITING_ROOMS_MAX)
        return;
    struct leavers_line *line = &leavers->lines[index];
    atomic_store_explicit(&line->option, 0, memory_order_release);
    for (size_t i = 0; i < CHUNK_COUNT; i++) {
        struct chunk *chunk = atomic_load(&line->chunks[i]);
        for (size_t word = 0; chunk && word < CHUNK_WORDS; word++)
            atomic_store(&chunk->words[word], 0);
    }
}

struct leavers *leavers_create(void)
{
    return calloc(1, sizeof(struct leavers));
}

void leavers_destroy(struct leavers *leavers)
{
    for (size_t i = 0; leavers && i < WAITING_ROOMS_MAX; i++)
        for (size_t j = 0; j < CHUNK_COUNT; j++)
            free(atomic_load(&leavers->lines[i].chunks[j]));
    free(leavers);
}
