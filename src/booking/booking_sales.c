/*
 * booking_sales.c — what the engine remembers, and where it has it from.
 *
 * Everything the engine knows can be read back from the store, so a failed turn needs no undo log:
 * what was believed is thrown away and read anew. Boards outlive that, since readers hold on to
 * them; they are set right seat by seat.
 */
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
    table_clear(&booking->by_reservation);
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

/* A version that no earlier life of this board has reached: a millisecond sees fewer than 1,024
   changes. */
static uint64_t first_version(const struct booking *booking)
{
    return (uint64_t)booking->now_ms * 1024;
}

static enum status make_board(const struct booking *booking, struct option_id option,
                              struct store_connection *connection, struct board **out_board)
{
    struct plan *plan;
    enum status status = plan_load(connection, option, &plan);
    if (status != STATUS_OK)
        return status;
    *out_board = board_create(plan, first_version(booking));
    return *out_board ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Readers see a new board from boards_add() on, so its terms come before. */
static enum status find_board(struct booking *booking, const struct booking_sale_row *row,
                              struct store_connection *connection, struct board **out_board)
{
    *out_board = boards_find(booking->boards, row->option);
    if (*out_board)
        return STATUS_OK;
    enum status status = make_board(booking, row->option, connection, out_board);
    if (status != STATUS_OK)
        return status;
    board_set_terms(*out_board, row->terms.opens_at_ms, row->terms.closes_at_ms, row->terms.status);
    status = boards_add(booking->boards, *out_board);
    if (status != STATUS_OK)
        board_destroy(*out_board);
    return status;
}

static enum status read_sale(struct booking *booking, const struct booking_sale_row *row,
                             struct store_connection *connection)
{
    if (booking->sale_count == SALES_MAX)
        return STATUS_FULL;
    struct board *board;
    enum status status = find_board(booking, row, connection, &board);
    if (status != STATUS_OK)
        return status;
    struct sale *sale = sale_create(board_plan(board), &row->terms);
    if (!sale)
        return STATUS_NO_MEMORY;
    status = booking_store_load(connection, sale, booking->now_ms);
    uint32_t index = (uint32_t)booking->sale_count;
    if (status == STATUS_OK)
        status = table_set(&booking->by_option, hash_id(row->option.value), index);
    if (status != STATUS_OK) {
        board_set_terms(board, 0, 0, SALE_STATUS_CLOSED); /* the engine does not sell it */
        sale_destroy(sale);
        return status;
    }
    booking->sales[index] = (struct booking_sale){sale, board};
    booking->sale_count++;
    board_set_terms(board, row->terms.opens_at_ms, row->terms.closes_at_ms, row->terms.status);
    return index_live(booking, index);
}

static enum status read_or_update(struct booking *booking, const struct booking_sale_row *row,
                                  struct store_connection *connection)
{
    uint32_t index;
    if (!table_get(&booking->by_option, hash_id(row->option.value), &index)) {
        enum status status = read_sale(booking, row, connection);
        if (status != STATUS_INVALID && status != STATUS_FULL)
            return status;
        log_error("a sale cannot be read and stays closed", log_int("option", row->option.value),
                  log_words("status", status_name(status)));
        return STATUS_OK; /* one bad sale closes no other */
    }
    sale_set_terms(booking->sales[index].sale, &row->terms);
    board_set_terms(booking->sales[index].board, row->terms.opens_at_ms, row->terms.closes_at_ms,
                    row->terms.status);
    return STATUS_OK;
}

/* --- all of them ------------------------------------------------------------------------------ */

enum status booking_read_new_sales(struct booking *booking, struct store_connection *connection)
{
    struct booking_sale_row rows[SALES_MAX];
    size_t count;
    enum status status = booking_store_sales(connection, booking->now_ms, rows, SALES_MAX, &count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = read_or_update(booking, &rows[i], connection);
    return status;
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

static enum status sweep(struct booking *booking, struct store_connection *connection)
{
    int64_t count;
    enum status status = booking_store_sweep(connection, booking->next_id, booking->now_ms, &count);
    booking->swept = status == STATUS_OK;
    if (booking->swept && count > 0)
        log_info("holds of closed sales ended", log_int("count", count));
    return status;
}

enum status booking_read_anew(struct booking *booking, struct store_connection *connection)
{
    booking_forget(booking);
    enum status status = booking_store_next_id(connection, &booking->next_id);
    if (status == STATUS_OK && !booking->swept)
        status = sweep(booking, connection);
    if (status == STATUS_OK)
        status = booking_read_new_sales(booking, connection);
    if (status != STATUS_OK)
        return status;
    struct remembering remembering = {.reader = {remember}, .booking = booking};
    status = booking_store_keys(connection, booking->next_id, booking->now_ms, &remembering.reader);
    booking->memory_good = status == STATUS_OK;
    return status;
}

void booking_publish(struct booking *booking)
{
    for (size_t i = 0; i < booking->sale_count; i++) {
        struct booking_sale *place = &booking->sales[i];
        size_t count;
        const uint32_t *changes = sale_take_changes(place->sale, &count);
        for (size_t c = 0; c < count; c++)
            board_set(place->board, changes[c], sale_seat_state(place->sale, changes[c]));
    }
}
