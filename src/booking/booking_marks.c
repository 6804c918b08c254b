/*
 * booking_marks.c — seats that are not for everybody: blocked, set aside, and given back.
 *
 * An allotment may have a time at which its seats are for everybody. Turns begin with what is due,
 * so the press that comes in that very millisecond gets one.
 *
 * It happens in the turn, in the order of arrival with all presses: a seat that somebody has is
 * refused, and nobody can press between the look and the mark. As everywhere in the engine the
 * rules decide first, then the store takes it down, then the memory follows.
 *
 * Who is in which group is read for the groups that some sale names. A group's members have places
 * 1, 2, … in the order in which they were committed, so going on behind the last place misses
 * nobody.
 */
#include "base/hash.h"
#include "base/log.h"
#include "base/must.h"
#include "booking/booking_inside.h"

static const struct sql BLOCK = {
    "UPDATE seat SET blocked = $3 WHERE id >= $1 AND id <= $2 AND blocked <> $3"};
static const struct sql ALLOT = {"UPDATE seat SET allotment_id = $3 WHERE id >= $1 AND id <= $2"};
static const struct sql RELEASE = {
    "UPDATE seat SET allotment_id = 0 WHERE id >= $1 AND id < $2 AND allotment_id = $3"};
static const struct sql ADD_ALLOTMENT = {
    "INSERT INTO allotment (option_id, name, group_id, created_at_ms, releases_at_ms)"
    " VALUES ($1, $2, $3, $4, $5) RETURNING id"};
static const struct sql END_ALLOTMENT = {"UPDATE allotment SET ended_at_ms = $1 WHERE id = $2"};
static const struct sql GROUP = {
    "SELECT count(*) FROM fan_group WHERE id = $1 AND deleted_at_ms IS NULL"};
static const struct sql ALLOTMENTS = {"SELECT id, group_id, releases_at_ms FROM allotment"
                                      " WHERE option_id = $1 AND ended_at_ms IS NULL ORDER BY id"};
static const struct sql MARKED = {
    "SELECT id, blocked, allotment_id FROM seat WHERE id >= $1 AND id < $2"
    " AND (blocked <> 0 OR allotment_id <> 0) ORDER BY id"};
static const struct sql MEMBERS = {"SELECT place, fan_id FROM fan_group_member"
                                   " WHERE group_id = $1 AND place > $2 ORDER BY place"};

/* --- deciding --------------------------------------------------------------------------------- */

static bool may_mark(const struct sale *sale, enum booking_kind kind, uint32_t seat)
{
    const struct marks *marks = sale_marks(sale);
    if (kind == BOOKING_UNBLOCK)
        return true;
    if (kind == BOOKING_BLOCK && marks_blocked(marks, seat))
        return true;
    return !sale_seat_owned(sale, seat) && marks_none(marks, seat);
}

/* Sets the verdict; on BOOKING_SEAT_TAKEN also which seats they are. */
static void decide(const struct sale *sale, struct booking_ask *ask)
{
    struct booking_marking *marking = ask->marking;
    ask->verdict = BOOKING_DONE;
    for (size_t i = 0; i < marking->seat_count; i++) {
        uint32_t seat;
        if (!plan_seat_index(sale_plan(sale), marking->seats[i], &seat)) {
            ask->verdict = BOOKING_NO_SUCH_SEAT;
            return;
        }
        if (!may_mark(sale, ask->kind, seat)) {
            ask->verdict = BOOKING_SEAT_TAKEN;
            marking->taken[marking->taken_count++] = seat;
        }
    }
}

/* --- seats ------------------------------------------------------------------------------------ */

/* One statement for each run of neighbours. */
static enum status write_runs(struct store_connection *connection, const struct sql *sql,
                              const struct booking_marking *marking, int64_t value)
{
    enum status status = STATUS_OK;
    size_t first = 0;
    while (status == STATUS_OK && first < marking->seat_count) {
        size_t last = first;
        while (last + 1 < marking->seat_count &&
               marking->seats[last + 1].value == marking->seats[last].value + 1)
            last++;
        struct sql_value values[] = {sql_int(marking->seats[first].value),
                                     sql_int(marking->seats[last].value), sql_int(value)};
        status = store_run(connection, sql, values, 3, NULL);
        first = last + 1;
    }
    return status;
}

static uint32_t index_of(const struct sale *sale, struct seat_id id)
{
    uint32_t seat;
    bool known = plan_seat_index(sale_plan(sale), id, &seat);
    must(known);
    return seat;
}

static enum status block(struct sale *sale, struct booking_ask *ask,
                         struct store_connection *connection)
{
    struct booking_marking *marking = ask->marking;
    bool to_blocked = ask->kind == BOOKING_BLOCK;
    enum status status = write_runs(connection, &BLOCK, marking, to_blocked);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    for (size_t i = 0; status == STATUS_OK && i < marking->seat_count; i++) {
        uint32_t seat = index_of(sale, marking->seats[i]);
        if (marks_blocked(sale_marks(sale), seat) == to_blocked)
            continue;
        marking->changed_count++;
        if (to_blocked)
            sale_block(sale, seat);
        else
            sale_unmark(sale, seat);
    }
    return status;
}

/* --- allotments ------------------------------------------------------------------------------- */

static enum status check_group(struct store_connection *connection, struct booking_ask *ask)
{
    if (ask->marking->group == 0)
        return STATUS_OK;
    struct sql_value values[] = {sql_int(ask->marking->group)};
    int64_t count;
    enum status status = store_query_int(connection, &GROUP, values, 1, &count);
    if (status == STATUS_OK && count == 0)
        ask->verdict = BOOKING_NO_SUCH_GROUP;
    return status;
}

static enum status write_allotment(struct booking *booking, struct booking_ask *ask,
                                   struct store_connection *connection)
{
    struct booking_marking *marking = ask->marking;
    struct sql_value values[] = {
        sql_int(ask->option.value), sql_text(marking->name),
        marking->group ? sql_int(marking->group) : sql_null(), sql_int(booking->now_ms),
        marking->releases_at_ms ? sql_int(marking->releases_at_ms) : sql_null()};
    enum status status =
        store_query_int(connection, &ADD_ALLOTMENT, values, 5, &marking->allotment);
    if (status == STATUS_OK)
        status = write_runs(connection, &ALLOT, marking, marking->allotment);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    return status;
}

static enum status allot(struct booking *booking, struct sale *sale, struct booking_ask *ask,
                         struct store_connection *connection)
{
    struct booking_marking *marking = ask->marking;
    if (marks_full(sale_marks(sale))) {
        ask->verdict = BOOKING_TOO_MANY_ALLOTMENTS;
        return STATUS_OK;
    }
    enum status status = check_group(connection, ask);
    if (status != STATUS_OK || ask->verdict != BOOKING_DONE)
        return status;
    status = write_allotment(booking, ask, connection);
    if (status == STATUS_OK)
        status = sale_add_allotment(sale,
                                    &(struct allotment){.id = marking->allotment,
                                                        .group = marking->group,
                                                        .releases_at_ms = marking->releases_at_ms});
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < marking->seat_count; i++)
        sale_allot(sale, index_of(sale, marking->seats[i]), marking->allotment);
    marking->changed_count = marking->seat_count;
    return booking_read_members(booking, connection);
}

static enum status write_end(const struct booking *booking, const struct sale *sale,
                             int64_t allotment, struct store_connection *connection)
{
    const struct plan *plan = sale_plan(sale);
    struct sql_value seats[] = {sql_int(plan->first_seat_id),
                                sql_int(plan->first_seat_id + plan->seat_count),
                                sql_int(allotment)};
    struct sql_value row[] = {sql_int(booking->now_ms), sql_int(allotment)};
    enum status status = store_run(connection, &RELEASE, seats, 3, NULL);
    return status == STATUS_OK ? store_run(connection, &END_ALLOTMENT, row, 2, NULL) : status;
}

/* Returns how many seats are for everybody again. */
static size_t believe_end(struct sale *sale, int64_t allotment)
{
    size_t seat_count = 0;
    for (uint32_t seat = 0; seat < sale_plan(sale)->seat_count; seat++) {
        if (marks_allotment_of(sale_marks(sale), seat) != allotment)
            continue;
        sale_unmark(sale, seat);
        seat_count++;
    }
    sale_end_allotment(sale, allotment);
    return seat_count;
}

static enum status release(struct booking *booking, struct sale *sale, struct booking_ask *ask,
                           struct store_connection *connection)
{
    struct booking_marking *marking = ask->marking;
    struct allotment allotment;
    if (!marks_find_allotment(sale_marks(sale), marking->allotment, &allotment)) {
        ask->verdict = BOOKING_NO_SUCH_ALLOTMENT;
        return STATUS_OK;
    }
    enum status status = write_end(booking, sale, allotment.id, connection);
    if (status == STATUS_OK && ask->also)
        status = ask->also(ask, connection);
    if (status == STATUS_OK)
        marking->changed_count = believe_end(sale, allotment.id);
    return status;
}

enum status booking_release_due(struct booking *booking, struct store_connection *connection)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; booking->era > 0 && i < booking->sale_count; i++) {
        struct sale *sale = booking->sales[i].sale;
        struct allotment due;
        while (status == STATUS_OK && marks_next_release(sale_marks(sale), booking->now_ms, &due)) {
            status = write_end(booking, sale, due.id, connection);
            if (status != STATUS_OK)
                break;
            size_t seat_count = believe_end(sale, due.id);
            booking->turn.release_count++;
            log_info("an allotment ended by its time", log_int("allotment", due.id),
                     log_int("seats", (int64_t)seat_count));
        }
    }
    return status;
}

enum status booking_mark(struct booking *booking, struct booking_ask *ask,
                         struct store_connection *connection)
{
    must(ask->marking && ask->marking->seat_count <= MARKED_SEATS_MAX);
    struct booking_sale *place = booking_find_sale(booking, ask->option);
    if (!place || sale_terms(place->sale)->strategy != 5) {
        ask->verdict = place ? BOOKING_STRATEGY_MISMATCH : BOOKING_NO_SALE;
        return STATUS_OK;
    }
    if (!booking_is_ours(booking, place)) {
        booking_refuse_elsewhere(ask);
        return STATUS_OK;
    }
    ask->plan = sale_plan(place->sale);
    ask->marking->taken_count = 0;
    ask->marking->changed_count = 0;
    decide(place->sale, ask);
    if (ask->verdict != BOOKING_DONE)
        return STATUS_OK;
    if (ask->kind == BOOKING_ALLOT)
        return allot(booking, place->sale, ask, connection);
    if (ask->kind == BOOKING_RELEASE)
        return release(booking, place->sale, ask, connection);
    return block(place->sale, ask, connection);
}

/* --- reading back ----------------------------------------------------------------------------- */

static enum status load_allotments(struct store_connection *connection, struct sale *sale)
{
    struct sql_value values[] = {sql_int(sale_plan(sale)->option.value)};
    struct rows rows;
    enum status status = store_query(connection, &ALLOTMENTS, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK && rows_next(&rows))
        status =
            sale_add_allotment(sale, &(struct allotment){.id = rows_int(&rows, 0),
                                                         .group = rows_int(&rows, 1),
                                                         .releases_at_ms = rows_int(&rows, 2)});
    enum status ended = rows_end(&rows);
    return status == STATUS_OK ? ended : STATUS_INVALID;
}

static enum status load_mark(struct sale *sale, const struct rows *rows)
{
    uint32_t seat;
    struct allotment allotment;
    if (!plan_seat_index(sale_plan(sale), (struct seat_id){rows_int(rows, 0)}, &seat))
        return STATUS_INVALID;
    if (rows_int(rows, 1) != 0)
        sale_block(sale, seat);
    else if (marks_find_allotment(sale_marks(sale), rows_int(rows, 2), &allotment))
        sale_allot(sale, seat, allotment.id);
    else
        return STATUS_INVALID;
    return STATUS_OK;
}

enum status booking_load_marks(struct store_connection *connection, struct sale *sale)
{
    const struct plan *plan = sale_plan(sale);
    enum status status = load_allotments(connection, sale);
    if (status != STATUS_OK)
        return status;
    struct sql_value values[] = {sql_int(plan->first_seat_id),
                                 sql_int(plan->first_seat_id + plan->seat_count)};
    struct rows rows;
    status = store_query(connection, &MARKED, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK && rows_next(&rows))
        status = load_mark(sale, &rows);
    enum status ended = rows_end(&rows);
    return status == STATUS_OK ? ended : status;
}

/* --- members ---------------------------------------------------------------------------------- */

static enum status read_group(struct booking *booking, int64_t group,
                              struct store_connection *connection)
{
    struct sql_value values[] = {sql_int(group), sql_int(members_place(&booking->members, group))};
    struct rows rows;
    enum status status = store_query(connection, &MEMBERS, values, 2, &rows);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK && rows_next(&rows))
        status = members_add(&booking->members, group, (struct fan_id){rows_int(&rows, 1)},
                             rows_int(&rows, 0));
    enum status ended = rows_end(&rows);
    if (status == STATUS_FULL) {
        log_error("a group has more members than the engine can know", log_int("group", group));
        status = STATUS_OK; /* the others hear that it is a presale */
    }
    return status == STATUS_OK ? ended : status;
}

enum status booking_read_members(struct booking *booking, struct store_connection *connection)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < booking->sale_count; i++) {
        const struct sale_terms *terms = sale_terms(booking->sales[i].sale);
        const struct marks *marks = sale_marks(booking->sales[i].sale);
        for (size_t r = 0; status == STATUS_OK && r < terms->round_count; r++)
            status = read_group(booking, terms->rounds[r].group, connection);
        for (size_t a = 0; status == STATUS_OK && a < ALLOTMENTS_MAX; a++)
            if (marks->allotments[a].group != 0)
                status = read_group(booking, marks->allotments[a].group, connection);
    }
    return status;
}
