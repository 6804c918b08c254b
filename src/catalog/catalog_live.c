/* catalog_live.c — the boards' numbers, or what follows from the clock. */
#include "catalog/catalog_live.h"

#include "base/hash.h"
#include "booking/plan.h"

static const struct board *board_of(struct boards *boards, const struct catalog_option *option)
{
    return boards ? boards_find(boards, (struct option_id){option->id}) : NULL;
}

static enum sale_state state_by_clock(const struct catalog_sale *sale, int64_t now_ms)
{
    if (sale->status == CATALOG_SALE_CLOSED || now_ms >= sale->closes_at_ms)
        return SALE_CLOSED;
    if (now_ms < sale->opens_at_ms)
        return SALE_SCHEDULED;
    return sale->status == CATALOG_SALE_PAUSED ? SALE_PAUSED : SALE_OPEN;
}

static enum sale_state state_of(const struct catalog_option *option, const struct board *board,
                                int64_t now_ms)
{
    return board ? board_sale_state(board, now_ms) : state_by_clock(&option->sale, now_ms);
}

/* While a layout is being replaced, what was read and the board may be of different ones. */
static bool shows(const struct board *board, const struct catalog_option *option)
{
    return board_first_seat_id(board) == option->first_seat_id &&
           board_seat_count(board) == option->seat_count &&
           board_plan(board)->section_count == option->section_count;
}

static bool fill(struct arena *arena, const struct catalog_option *option,
                 const struct board *board, int64_t now_ms, struct catalog_live *live)
{
    live->state = state_of(option, board, now_ms);
    int64_t *section_left = arena_take(arena, option->section_count * sizeof *section_left);
    if (!section_left)
        return false;
    bool counted = board && shows(board, option);
    for (size_t i = 0; i < option->section_count; i++) {
        section_left[i] =
            counted ? (int64_t)board_section_left(board, (uint32_t)i) : option->sections[i].left;
        live->seats_left += section_left[i];
    }
    live->section_left = section_left;
    return true;
}

struct catalog_live *catalog_live_of(struct arena *arena, struct boards *boards,
                                     const struct catalog_option *options, size_t option_count,
                                     int64_t now_ms)
{
    struct catalog_live *lives = arena_take_zeroed(arena, (option_count + 1) * sizeof *lives);
    for (size_t i = 0; lives && i < option_count; i++)
        if (!fill(arena, &options[i], board_of(boards, &options[i]), now_ms, &lives[i]))
            return NULL;
    return lives;
}

uint64_t catalog_live_mark(struct boards *boards, const struct catalog_option *options,
                           size_t option_count, int64_t now_ms)
{
    uint64_t mark = 0;
    for (size_t i = 0; i < option_count; i++) {
        const struct board *board = board_of(boards, &options[i]);
        mark = hash_id((int64_t)(mark + (uint64_t)state_of(&options[i], board, now_ms)));
        mark += board ? board_version(board) : 0;
    }
    return mark;
}

uint64_t catalog_live_state_mark(struct boards *boards, const struct catalog_option *options,
                                 size_t option_count, int64_t now_ms)
{
    uint64_t mark = 0;
    for (size_t i = 0; i < option_count; i++) {
        const struct board *board = board_of(boards, &options[i]);
        mark = hash_id((int64_t)(mark + (uint64_t)state_of(&options[i], board, now_ms)));
    }
    return mark;
}
