/*
 * board_write.h — how the boards are written that everybody reads.
 *
 * Thread   The engine's writer thread; board_set() any: one change of a board after the other.
 * Memory   boards_add() takes the board; boards_destroy() gives it back. A board owns
 *          its plan.
 */
#ifndef BOOKING_BOARD_WRITE_H
#define BOOKING_BOARD_WRITE_H

#include "base/status.h"
#include "booking/board.h"
#include "booking/plan.h"

enum sale_status { SALE_STATUS_ACTIVE, SALE_STATUS_PAUSED, SALE_STATUS_CLOSED };

/* Every seat is AVAILABLE. Takes the plan, even when memory is short and the answer is NULL. */
struct board *board_create(struct plan *plan, uint64_t first_version);
void board_destroy(struct board *board); /* NULL is welcome; only before boards_add() */
MUST_USE enum status boards_add(struct boards *boards, struct board *board);

/* The board takes the place of its option's older one, which its readers keep until
   boards_destroy(). STATUS_FULL when BOARDS_RETIRED_MAX are kept: the board is the caller's. */
MUST_USE enum status boards_replace(struct boards *boards, struct board *board);

void board_set_terms(struct board *board, int64_t opens_at_ms, int64_t closes_at_ms,
                     enum sale_status status);

void board_set_strategy(struct board *board, int strategy);

/* Who reserves needs an entry token: see waiting/. */
void board_set_waiting_room(struct board *board, bool has_one);

/* Its layout was read in a transaction that failed: it is of no version from now on. */
void board_distrust(struct board *board);
bool board_is_of(const struct board *board, int64_t layout_version);

/* One change of one seat; no change of state is no change of version. */
void board_set(struct board *board, uint32_t seat_index, enum seat_state state);

#endif
