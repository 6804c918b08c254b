/*
 * booking_sales.c — what the engine remembers, and where it has it from.
 *
 * Everything the engine knows can be read back from the store, so a failed turn needs no undo log:
 * what was believed is thrown away and read anew. Boards outlive that, since readers hold on to
 * them; they are set right seat by seat.
 */
#include <stdlib.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/must.h"
#include "booking/booking_inside.h"
#include "booking/booking_store.h"

void booking_forget(struct booking *booking)
{
    for (size_t i = 0; i < booking->sale_count; i++)
        sale_destroy(booking->sales[i].sale);
    booking->sale_count = 0;
    table_clear(&booking->by_option);
    table_clear(&booking->by_concert);
    table_clear(&booking->by_reservation);
    members_clear(&booking->members);
}

/* --- one sale --------------------------------------------------------------------------------- */

static enum status index_live(struct booking *booking, uint32_t sale_index)
{
    const struct sale *sale = booking->sales[sale_index].sale;
    for (uint32_t at = 0; at < sale_live_count(sale); at++) {
        enum status status =
            table_set(&booking->by_reservation, hash_id(sale_live_at(sale, at).value), sale_index);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/*
 * A version that no earlier life of this board has reached: a millisecond sees fewer than 1,024
 * changes. Nor can it be taken for news about the seats of an older layout.
 */
static uint64_t first_version(const struct booking *booking, const struct board *older)
{
    uint64_t by_clock = (uint64_t)booking->now_ms * 1024;
    uint64_t beyond = older ? board_version(older) + BOARD_CHANGES_MAX : 0;
    return by_clock > beyond ? by_clock : beyond;
}

static enum status make_board(const struct booking *booking, struct option_id option,
                              const struct board *older, struct store_connection *connection,
                              struct board **out_board)
{
    struct plan *plan;
    enum status status = plan_load(connection, option, &plan);
    if (status != STATUS_OK)
        return status;
    *out_board = board_create(plan, first_version(booking, older));
    return *out_board ? STATUS_OK : STATUS_NO_MEMORY;
}

static void set_board_terms(struct board *board, const struct sale_terms *terms)
{
    board_set_terms(board, terms->opens_at_ms, terms->closes_at_ms, terms->status);
    board_set_strategy(board, terms->strategy);
    board_set_waiting_room(board, terms->waiting_room);
}

/* The board of the layout that the store has now: a known one, or a new one in its place. Readers
   see it from boards_add() on, so its terms come before. */
static enum status find_board(struct booking *booking, const struct booking_sale_row *row,
                              struct store_connection *connection, struct board **out_board,
                              bool *out_new)
{
    struct board *older = boards_find(booking->boards, row->option);
    *out_board = older;
    *out_new = !older || !board_is_of(older, row->layout_version);
    if (!*out_new)
        return STATUS_OK;
    enum status status = make_board(booking, row->option, older, connection, out_board);
    if (status != STATUS_OK)
        return status;
    set_board_terms(*out_board, &row->terms);
    status = older ? boards_replace(booking->boards, *out_board)
                   : boards_add(booking->boards, *out_board);
    if (status != STATUS_OK)
        board_destroy(*out_board);
    return status;
}

/* The newest date of a concert leads the chain of all of them. */
static enum status enter_sale(struct booking *booking, struct booking_sale *place, uint32_t index)
{
    enum status status = STATUS_OK;
    if (index == booking->sale_count) {
        uint32_t other;
        if (table_get(&booking->by_concert, hash_id(place->concert), &other))
            place->next_of_concert = other;
        booking->sale_count++;
        status = table_set(&booking->by_concert, hash_id(place->concert), index);
    } else {
        place->next_of_concert = booking->sales[index].next_of_concert;
        sale_destroy(booking->sales[index].sale); /* nobody had a seat of it */
    }
    booking->sales[index] = *place;
    return status == STATUS_OK ? index_live(booking, index) : status;
}

/* Into the place `index`: a new one, or that of the same sale with another layout. */
static enum status read_sale(struct booking *booking, const struct booking_sale_row *row,
                             uint32_t index, struct store_connection *connection)
{
    if (index == SALES_MAX)
        return STATUS_FULL;
    struct board *board;
    bool board_new;
    enum status status = find_board(booking, row, connection, &board, &board_new);
    if (status != STATUS_OK)
        return status;
    struct sale *sale = sale_create(board_plan(board), &row->terms);
    if (!sale)
        return STATUS_NO_MEMORY;
    status = booking_load_marks(connection, sale);
    if (status == STATUS_OK && row->terms.strategy == 5)
        status = booking_store_load(connection, sale, booking->now_ms);
    if (status == STATUS_OK)
        status = table_set(&booking->by_option, hash_id(row->option.value), index);
    if (status != STATUS_OK) {
        board_set_terms(board, 0, 0, SALE_STATUS_CLOSED); /* the engine does not sell it */
        sale_destroy(sale);
        return status;
    }
    struct booking_sale place = {.sale = sale,
                                 .board = board,
                                 .concert = row->concert,
                                 .next_of_concert = BOOKING_NO_OTHER,
                                 .board_unsure = board_new,
                                 .seen = true};
    set_board_terms(board, &row->terms);
    status = enter_sale(booking, &place, index);
    return status == STATUS_OK && booking_is_beside(&place)
               ? booking_look_beside(booking, &booking->sales[index], connection)
               : status;
}

static void close_sale(struct booking_sale *place)
{
    struct sale_terms terms = *sale_terms(place->sale);
    terms.status = SALE_STATUS_CLOSED;
    sale_set_terms(place->sale, &terms);
    set_board_terms(place->board, &terms);
}

/* The same seats, and sold by the engine or beside it as it was: nobody has a seat while either
   changes. */
static bool is_as_before(const struct booking_sale *place, const struct booking_sale_row *row)
{
    return board_is_of(place->board, row->layout_version) &&
           booking_is_beside(place) == (row->terms.strategy != 5);
}

static enum status read_or_update(struct booking *booking, const struct booking_sale_row *row,
                                  struct store_connection *connection)
{
    uint32_t index;
    bool known = table_get(&booking->by_option, hash_id(row->option.value), &index);
    if (known && is_as_before(&booking->sales[index], row)) {
        struct booking_sale *place = &booking->sales[index];
        place->seen = true;
        sale_set_terms(place->sale, &row->terms);
        set_board_terms(place->board, &row->terms);
        return booking_is_beside(place) ? booking_look_beside(booking, place, connection)
                                        : STATUS_OK;
    }
    enum status status =
        read_sale(booking, row, known ? index : (uint32_t)booking->sale_count, connection);
    if (status != STATUS_INVALID && status != STATUS_FULL)
        return status;
    log_error("a sale cannot be read and stays closed", log_int("option", row->option.value),
              log_words("status", status_name(status)));
    return STATUS_OK; /* one bad sale closes no other */
}

/* --- all of them ------------------------------------------------------------------------------ */

enum status booking_read_new_sales(struct booking *booking, struct store_connection *connection)
{
    struct booking_sale_row *rows = calloc(SALES_MAX, sizeof *rows);
    if (!rows)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    enum status status = booking_store_sales(connection, booking->now_ms, rows, SALES_MAX, &count);
    for (size_t i = 0; status == STATUS_OK && i < booking->sale_count; i++)
        booking->sales[i].seen = false;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = read_or_update(booking, &rows[i], connection);
    for (size_t i = 0; status == STATUS_OK && i < booking->sale_count; i++)
        if (!booking->sales[i].seen)
            close_sale(&booking->sales[i]); /* deleted, over, or not to be read */
    free(rows);
    return status == STATUS_OK ? booking_read_members(booking, connection) : status;
}

struct remembering {
    struct booking_key_reader reader;
    struct booking *booking;
};

static void remember(struct booking_key_reader *reader, const struct booking_key_row *row)
{
    struct booking *booking = container_of(reader, struct remembering, reader)->booking;
    uint32_t index;
    if (table_get(&booking->by_option, hash_id(row->option.value), &index))
        keys_remember(sale_keys(booking->sales[index].sale), row->fan, row->key_hash, row->act);
}

static enum status sweep(struct booking *booking, int64_t next_id,
                         struct store_connection *connection)
{
    int64_t count;
    enum status status = booking_store_sweep(connection, next_id, booking->now_ms, &count);
    booking->swept = status == STATUS_OK;
    if (booking->swept && count > 0)
        log_info("holds of closed sales ended", log_int("count", count));
    return status;
}

enum status booking_read_anew(struct booking *booking, struct store_connection *connection)
{
    booking_forget(booking);
    booking->numbers = (struct numbers){0}; /* a block taken by a turn that failed is nobody's */
    int64_t next_id;
    enum status status = booking_store_next_id(connection, &next_id);
    if (status == STATUS_OK && !booking->swept)
        status = sweep(booking, next_id, connection);
    if (status == STATUS_OK)
        status = booking_read_new_sales(booking, connection);
    if (status != STATUS_OK)
        return status;
    struct remembering remembering = {.reader = {remember}, .booking = booking};
    status = booking_store_keys(connection, booking->now_ms, &remembering.reader);
    booking->memory_good = status == STATUS_OK;
    return status;
}

/* A layout read in a transaction that failed is one that nobody has: its seats' ids may come again
   with other seats. So the next reading replaces the board. */
void booking_distrust(struct booking *booking)
{
    booking->memory_good = false;
    booking->news_count = 0;
    for (size_t i = 0; i < booking->sale_count; i++)
        if (booking->sales[i].board_unsure)
            board_distrust(booking->sales[i].board);
}

void booking_publish(struct booking *booking)
{
    for (size_t i = 0; i < booking->sale_count; i++) {
        struct booking_sale *place = &booking->sales[i];
        place->board_unsure = false;
        if (booking_is_beside(place))
            continue;
        size_t count;
        const uint32_t *changes = sale_take_changes(place->sale, &count);
        for (size_t c = 0; c < count; c++)
            board_set(place->board, changes[c], sale_seat_state(place->sale, changes[c]));
    }
    booking_publish_beside(booking);
}
