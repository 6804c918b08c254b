/*
 * board.h — the seat states of one option, as everybody may see them.
 *
 * Whoever sells the option writes what is durable, any number of threads read. It is the one piece
 * of memory that threads share without a message: two bits a seat in atomic bytes, a version that
 * counts changes and a ring of the latest changes. A reader never waits and never stops a writer;
 * seats read one after the other may be of slightly different moments, which is harmless, because a
 * board is news and not a promise.
 *
 * Thread   Reading: any. Writing: board_write.h.
 * Memory   Taken whole at creation: seat_count / 4 bytes and the ring. Lives until
 *          boards_destroy().
 */
#ifndef BOOKING_BOARD_H
#define BOOKING_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ids.h"

enum seat_state { SEAT_AVAILABLE = 0, SEAT_HELD = 1, SEAT_SOLD = 2, SEAT_BLOCKED = 3 };

enum sale_state {
    SALE_SCHEDULED,
    SALE_OPEN,
    SALE_PAUSED,
    SALE_SOLD_OUT,
    SALE_CLOSED,
};

/* "SCHEDULED", "OPEN", "PAUSED", "SOLD_OUT", "CLOSED". */
const char *sale_state_name(enum sale_state state);
/* "AVAILABLE", "HELD", "SOLD", "BLOCKED". */
const char *seat_state_name(enum seat_state state);

struct plan;
struct board;
struct boards; /* the boards of all sales, found by option */

struct boards *boards_create(void); /* NULL when memory is short */
void boards_destroy(struct boards *boards);

/* NULL when the option has no sale that the engine knows. The board stays valid, also when another
   one takes its place because the option has got another layout. */
struct board *boards_find(struct boards *boards, struct option_id option);

/* Can one more option get another layout? At BOARDS_RETIRED_MAX there is no more room. */
bool boards_can_retire(struct boards *boards);

/* Every board that boards_find() finds, at most `most`; returns how many. */
size_t boards_list(struct boards *boards, struct board **out_boards, size_t most);

/* Sections, rows, numbers and prices; lives as long as the board. */
const struct plan *board_plan(const struct board *board);
uint32_t board_seat_count(const struct board *board);
int64_t board_first_seat_id(const struct board *board);

/* Grows by one with every seat that changes; starts anew, far higher, when the engine reloads. */
uint64_t board_version(const struct board *board);
enum seat_state board_seat(const struct board *board, uint32_t seat_index);
uint32_t board_count(const struct board *board, enum seat_state state);
uint32_t board_section_left(const struct board *board, uint32_t section_index); /* available now */
/* Who sells it: 1 … 5, as the sale says. */
int board_strategy(const struct board *board);
enum sale_state board_sale_state(const struct board *board, int64_t now_ms);
void board_times(const struct board *board, int64_t *out_opens_at_ms, int64_t *out_closes_at_ms);
bool board_has_waiting_room(const struct board *board);

/* Two bits a seat, (seat_count + 3) / 4 bytes; returns the version they are of, at least. */
uint64_t board_copy(const struct board *board, unsigned char *out_bytes);

/*
 * The seats that changed after version `since`, each at least once, at most `most`. Returns false
 * when the ring no longer knows or there are more: then take the whole board.
 */
bool board_changes(const struct board *board, uint64_t since, uint32_t *out_seat_indexes,
                   size_t most, size_t *out_count, uint64_t *out_version);

#endif
