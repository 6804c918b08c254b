/* reservation_read.c — the reservation first, then its seats; both by primary key. */
#include "booking/reservation_read.h"

#define COLUMNS                                                                                    \
    "SELECT r.id, r.option_id, r.fan_id, r.state, r.amount, r.created_at_ms, r.expires_at_ms,"     \
    " p.id, p.state FROM reservation r LEFT JOIN payment p ON p.id ="                              \
    " (SELECT MAX(id) FROM payment WHERE reservation_id = r.id) "

static const struct sql ONE = {COLUMNS "WHERE r.id = $1 AND r.fan_id = $2"};
static const struct sql PAGE = {COLUMNS
                                "WHERE r.fan_id = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3"};
static const struct sql SEATS = {
    "SELECT s.seat_id, c.name, w.name, t.number, c.grade, s.price"
    " FROM reservation_seat s JOIN seat t ON t.id = s.seat_id"
    " JOIN seat_row w ON w.id = t.seat_row_id JOIN section c ON c.id = t.section_id"
    " WHERE s.reservation_id = $1 ORDER BY s.seat_id"};

static enum status read_view(const struct rows *rows, struct arena *arena,
                             struct reservation_view *view)
{
    *view = (struct reservation_view){.id = {rows_int(rows, 0)},
                                      .option = {rows_int(rows, 1)},
                                      .fan = {rows_int(rows, 2)},
                                      .amount = rows_int(rows, 4),
                                      .created_at_ms = rows_int(rows, 5),
                                      .expires_at_ms = rows_int(rows, 6),
                                      .payment = {rows_int(rows, 7)},
                                      .payment_state = arena_copy(arena, rows_text(rows, 8))};
    if (!reservation_state_from_text(rows_text(rows, 3), &view->state) || view->created_at_ms < 0 ||
        view->expires_at_ms < 0)
        return STATUS_INVALID;
    return view->payment_state.bytes ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status read_seats(struct store_connection *connection, struct arena *arena,
                              struct reservation_view *view)
{
    struct sql_value values[] = {sql_int(view->id.value)};
    struct rows rows;
    enum status status = store_query(connection, &SEATS, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool copied = true;
    while (view->seat_count < SEATS_PER_RESERVATION_MAX && rows_next(&rows)) {
        struct reservation_seat *seat = &view->seats[view->seat_count++];
        seat->seat.value = rows_int(&rows, 0);
        seat->section = arena_copy(arena, rows_text(&rows, 1));
        seat->row = arena_copy(arena, rows_text(&rows, 2));
        seat->number = arena_copy(arena, rows_text(&rows, 3));
        seat->grade = arena_copy(arena, rows_text(&rows, 4));
        seat->price = rows_int(&rows, 5);
        copied = copied && seat->section.bytes && seat->row.bytes && seat->number.bytes &&
                 seat->grade.bytes;
    }
    status = rows_end(&rows);
    return status == STATUS_OK && !copied ? STATUS_NO_MEMORY : status;
}

static enum status read_many(struct store_connection *connection, const struct sql *sql,
                             const struct sql_value *values, size_t value_count,
                             struct arena *arena, struct reservation_view *out_views, size_t most,
                             size_t *out_count)
{
    struct rows rows;
    enum status status = store_query(connection, sql, values, value_count, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (status == STATUS_OK && count < most && rows_next(&rows)) {
        status = read_view(&rows, arena, &out_views[count]);
        count++;
    }
    enum status ended = rows_end(&rows);
    if (status == STATUS_OK)
        status = ended;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = read_seats(connection, arena, &out_views[i]);
    *out_count = count;
    return status;
}

enum status reservation_read(struct store_connection *connection, struct fan_id fan,
                             struct reservation_id id, struct arena *arena,
                             struct reservation_view *out_view)
{
    struct sql_value values[] = {sql_int(id.value), sql_int(fan.value)};
    size_t count;
    enum status status = read_many(connection, &ONE, values, 2, arena, out_view, 1, &count);
    return status == STATUS_OK && count == 0 ? STATUS_MISSING : status;
}

enum status reservation_read_page(struct store_connection *connection, struct fan_id fan,
                                  struct reservation_id before, struct arena *arena,
                                  struct reservation_view *out_views, size_t most,
                                  size_t *out_count)
{
    struct sql_value values[] = {sql_int(fan.value), sql_int(before.value), sql_int((int64_t)most)};
    return read_many(connection, &PAGE, values, 3, arena, out_views, most, out_count);
}
