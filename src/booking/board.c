/*
 * board.c — the engine's news of the seats, for everybody.
 *
 * Promises, true whenever the engine is between two calls:
 *
 *   1. counts[s] is the number of seats whose two bits say s; section_left likewise.
 *   2. The ring holds the seats of the last BOARD_CHANGES_MAX changes; change number v stands at
 *      v % BOARD_CHANGES_MAX.
 *
 * The version is written last and with release order, so a reader who has seen version v sees at
 * least everything up to v. A reader of the ring looks at the version again afterwards: if the
 * writer has come round in the meantime, what was read is thrown away.
 */
#include "booking/board.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/must.h"
#include "base/table.h"
#include "booking/board_write.h"

struct board {
    struct plan *plan;
    bool distrusted; /* the writer's alone */
    _Atomic uint64_t version;
    _Atomic int64_t opens_at_ms, closes_at_ms;
    _Atomic int status, strategy;
    pthread_mutex_t writing; /* one change at a time; no reader waits for it */
    _Atomic bool waiting_room;
    _Atomic uint32_t counts[4];
    _Atomic uint32_t *section_left;
    _Atomic uint32_t *ring;
    _Atomic uint8_t *states; /* four seats a byte */
};

struct boards {
    pthread_rwlock_t lock; /* taken by writers only when a sale appears */
    struct table by_option;
    struct board *board[SALES_MAX];
    size_t board_count;
    struct board *retired[BOARDS_RETIRED_MAX]; /* their layout was replaced; readers may hold on */
    size_t retired_count;
};

const char *sale_state_name(enum sale_state state)
{
    static const char *const names[] = {"SCHEDULED", "OPEN", "PAUSED", "SOLD_OUT", "CLOSED"};
    return names[state];
}

const char *seat_state_name(enum seat_state state)
{
    static const char *const names[] = {"AVAILABLE", "HELD", "SOLD", "BLOCKED"};
    return names[state];
}

/* --- one board -------------------------------------------------------------------------------- */

static size_t state_bytes(uint32_t seat_count)
{
    return ((size_t)seat_count + 3) / 4;
}

struct board *board_create(struct plan *plan, uint64_t first_version)
{
    struct board *board = calloc(1, sizeof *board);
    if (!board) {
        plan_destroy(plan);
        return NULL;
    }
    board->plan = plan;
    int failed = pthread_mutex_init(&board->writing, NULL);
    must(!failed);
    atomic_store(&board->version, first_version);
    board->section_left = calloc(plan->section_count + 1, sizeof *board->section_left);
    board->ring = calloc(BOARD_CHANGES_MAX, sizeof *board->ring);
    board->states = calloc(state_bytes(plan->seat_count) + 1, sizeof *board->states);
    if (!board->section_left || !board->ring || !board->states) {
        board_destroy(board);
        return NULL;
    }
    atomic_store(&board->counts[SEAT_AVAILABLE], plan->seat_count);
    for (uint32_t i = 0; i < plan->section_count; i++) {
        uint32_t seat_count = 0;
        for (uint32_t r = 0; r < plan->sections[i].row_count; r++)
            seat_count += plan->rows[plan->sections[i].first_row + r].seat_count;
        atomic_store(&board->section_left[i], seat_count);
    }
    return board;
}

void board_destroy(struct board *board)
{
    if (!board)
        return;
    plan_destroy(board->plan);
    pthread_mutex_destroy(&board->writing);
    free((void *)board->section_left);
    free((void *)board->ring);
    free((void *)board->states);
    free(board);
}

const struct plan *board_plan(const struct board *board)
{
    return board->plan;
}

void board_set_terms(struct board *board, int64_t opens_at_ms, int64_t closes_at_ms,
                     enum sale_status status)
{
    atomic_store(&board->opens_at_ms, opens_at_ms);
    atomic_store(&board->closes_at_ms, closes_at_ms);
    atomic_store(&board->status, (int)status);
}

void board_set_waiting_room(struct board *board, bool has_one)
{
    atomic_store(&board->waiting_room, has_one);
}

bool board_has_waiting_room(const struct board *board)
{
    return atomic_load(&board->waiting_room);
}

void board_times(const struct board *board, int64_t *out_opens_at_ms, int64_t *out_closes_at_ms)
{
    *out_opens_at_ms = atomic_load(&board->opens_at_ms);
    *out_closes_at_ms = atomic_load(&board->closes_at_ms);
}

void board_distrust(struct board *board)
{
    board->distrusted = true;
}

bool board_is_of(const struct board *board, int64_t layout_version)
{
    return !board->distrusted && board->plan->layout_version == layout_version;
}

void board_set_strategy(struct board *board, int strategy)
{
    atomic_store(&board->strategy, strategy);
}

int board_strategy(const struct board *board)
{
    return atomic_load(&board->strategy);
}

static void add(_Atomic uint32_t *number, int32_t by) /* under the lock: no read-modify-write */
{
    uint32_t value = atomic_load_explicit(number, memory_order_relaxed);
    atomic_store_explicit(number, value + (uint32_t)by, memory_order_relaxed);
}

static void change(struct board *board, uint32_t seat_index, enum seat_state old,
                   enum seat_state state)
{
    unsigned shift = 2 * (seat_index % 4);
    _Atomic uint8_t *byte = &board->states[seat_index / 4];
    uint8_t bits = atomic_load_explicit(byte, memory_order_relaxed);
    bits = (uint8_t)((bits & ~(3u << shift)) | ((unsigned)state << shift));
    atomic_store_explicit(byte, bits, memory_order_relaxed);

    add(&board->counts[old], -1);
    add(&board->counts[state], 1);
    uint32_t section = plan_row_of(board->plan, seat_index)->section;
    if (old == SEAT_AVAILABLE)
        add(&board->section_left[section], -1);
    if (state == SEAT_AVAILABLE)
        add(&board->section_left[section], 1);

    uint64_t version = atomic_load_explicit(&board->version, memory_order_relaxed);
    atomic_store_explicit(&board->ring[version % BOARD_CHANGES_MAX], seat_index,
                          memory_order_relaxed);
    atomic_store_explicit(&board->version, version + 1, memory_order_release);
}

void board_set(struct board *board, uint32_t seat_index, enum seat_state state)
{
    must(seat_index < board->plan->seat_count);
    pthread_mutex_lock(&board->writing);
    enum seat_state old = board_seat(board, seat_index);
    if (old != state)
        change(board, seat_index, old, state);
    pthread_mutex_unlock(&board->writing);
}

uint32_t board_seat_count(const struct board *board)
{
    return board->plan->seat_count;
}

int64_t board_first_seat_id(const struct board *board)
{
    return board->plan->first_seat_id;
}

uint64_t board_version(const struct board *board)
{
    return atomic_load_explicit(&board->version, memory_order_acquire);
}

enum seat_state board_seat(const struct board *board, uint32_t seat_index)
{
    must(seat_index < board->plan->seat_count);
    uint8_t bits = atomic_load_explicit(&board->states[seat_index / 4], memory_order_relaxed);
    return (enum seat_state)((bits >> (2 * (seat_index % 4))) & 3u);
}

uint32_t board_count(const struct board *board, enum seat_state state)
{
    return atomic_load_explicit(&board->counts[state], memory_order_relaxed);
}

uint32_t board_section_left(const struct board *board, uint32_t section_index)
{
    must(section_index < board->plan->section_count);
    return atomic_load_explicit(&board->section_left[section_index], memory_order_relaxed);
}

enum sale_state board_sale_state(const struct board *board, int64_t now_ms)
{
    enum sale_status status = (enum sale_status)atomic_load(&board->status);
    if (status == SALE_STATUS_CLOSED || now_ms >= atomic_load(&board->closes_at_ms))
        return SALE_CLOSED;
    if (now_ms < atomic_load(&board->opens_at_ms))
        return SALE_SCHEDULED;
    if (status == SALE_STATUS_PAUSED)
        return SALE_PAUSED;
    bool none_left = board_count(board, SEAT_AVAILABLE) == 0 && board_count(board, SEAT_HELD) == 0;
    return none_left ? SALE_SOLD_OUT : SALE_OPEN;
}

uint64_t board_copy(const struct board *board, unsigned char *out_bytes)
{
    uint64_t version = board_version(board);
    size_t size = state_bytes(board->plan->seat_count);
    for (size_t i = 0; i < size; i++)
        out_bytes[i] = atomic_load_explicit(&board->states[i], memory_order_relaxed);
    return version;
}

bool board_changes(const struct board *board, uint64_t since, uint32_t *out_seat_indexes,
                   size_t most, size_t *out_count, uint64_t *out_version)
{
    uint64_t version = board_version(board);
    if (since > version || version - since > most || version - since > BOARD_CHANGES_MAX / 2)
        return false;
    for (uint64_t v = since; v < version; v++)
        out_seat_indexes[v - since] =
            atomic_load_explicit(&board->ring[v % BOARD_CHANGES_MAX], memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    if (board_version(board) - since >
        BOARD_CHANGES_MAX - 64) /* it may be a few ahead of what it says */
        return false;
    *out_count = (size_t)(version - since);
    *out_version = version;
    return true;
}

/* --- all boards ------------------------------------------------------------------------------- */

struct boards *boards_create(void)
{
    struct boards *boards = calloc(1, sizeof *boards);
    if (!boards)
        return NULL;
    int failed = pthread_rwlock_init(&boards->lock, NULL);
    must(!failed);
    table_init(&boards->by_option, SALES_MAX);
    return boards;
}

void boards_destroy(struct boards *boards)
{
    if (!boards)
        return;
    for (size_t i = 0; i < boards->board_count; i++)
        board_destroy(boards->board[i]);
    for (size_t i = 0; i < boards->retired_count; i++)
        board_destroy(boards->retired[i]);
    table_deinit(&boards->by_option);
    pthread_rwlock_destroy(&boards->lock);
    free(boards);
}

enum status boards_add(struct boards *boards, struct board *board)
{
    pthread_rwlock_wrlock(&boards->lock);
    enum status status = boards->board_count < SALES_MAX ? STATUS_OK : STATUS_FULL;
    if (status == STATUS_OK)
        status = table_set(&boards->by_option, hash_id(board->plan->option.value),
                           (uint32_t)boards->board_count);
    if (status == STATUS_OK)
        boards->board[boards->board_count++] = board;
    pthread_rwlock_unlock(&boards->lock);
    return status;
}

enum status boards_replace(struct boards *boards, struct board *board)
{
    pthread_rwlock_wrlock(&boards->lock);
    uint32_t index = 0;
    bool found = table_get(&boards->by_option, hash_id(board->plan->option.value), &index);
    must(found);
    bool room = boards->retired_count < BOARDS_RETIRED_MAX;
    if (room) {
        boards->retired[boards->retired_count++] = boards->board[index];
        boards->board[index] = board;
    }
    pthread_rwlock_unlock(&boards->lock);
    return room ? STATUS_OK : STATUS_FULL;
}

bool boards_can_retire(struct boards *boards)
{
    pthread_rwlock_rdlock(&boards->lock);
    bool room = boards->retired_count < BOARDS_RETIRED_MAX;
    pthread_rwlock_unlock(&boards->lock);
    return room;
}

struct board *boards_find(struct boards *boards, struct option_id option)
{
    pthread_rwlock_rdlock(&boards->lock);
    uint32_t index;
    bool found = table_get(&boards->by_option, hash_id(option.value), &index);
    struct board *board = found ? boards->board[index] : NULL;
    pthread_rwlock_unlock(&boards->lock);
    return board;
}

size_t boards_list(struct boards *boards, struct board **out_boards, size_t most)
{
    pthread_rwlock_rdlock(&boards->lock);
    size_t count = boards->board_count < most ? boards->board_count : most;
    for (size_t i = 0; i < count; i++)
        out_boards[i] = boards->board[i];
    pthread_rwlock_unlock(&boards->lock);
    return count;
}
