/*
 * sale.c — the rules of one sale.
 *
 * Promises, true before and after every public call:
 *
 *   1. A seat has an owner exactly when a live reservation lists it: one list of seats a
 *      reservation, chained through `next_seat`, and each seat in at most one of them.
 *   2. free_count and free_in_row count the seats that are neither owned nor marked, and what is
 *      known in blocks_in_row is true.
 *   3. by_fan holds, for every fan with live seats, how many; by_id every live reservation.
 *   4. `lapses` has the reservations in HOLD and PAYING, and no other.
 *
 * Seats and reservations know each other by index, never by pointer, so that the reservations can
 * grow.
 */
#include "booking/sale.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/must.h"
#include "booking/best.h"
#include "booking/lapses.h"

#define NONE UINT32_MAX

struct held { /* one live reservation */
    struct sale_reservation reservation;
    uint32_t first_seat; /* when free: the next free place */
    uint32_t seat_count;
};

struct row_blocks { /* which counts fit into a row; looked up anew after a seat has changed */
    struct best_blocks blocks;
    bool known;
};

struct sale {
    const struct plan *plan;
    struct sale_terms terms;
    struct keys keys;
    struct marks marks;

    uint32_t *owner;     /* a seat's reservation, or NONE */
    uint32_t *next_seat; /* of the same reservation */
    uint32_t *free_in_row;
    struct row_blocks *blocks_in_row; /* what best-available knows of each row */
    uint32_t free_count, held_count;  /* seats; held: HOLD and PAYING */
    uint32_t *rows_by_rank;           /* the dearest section first, then front to back */

    struct held *held;
    uint32_t held_used, held_capacity, held_spare; /* spare: first of the given-back places */
    struct table by_id, by_fan;
    struct lapses lapses; /* by the same index as `held` */

    uint32_t *changes;
    bool *changed;
    uint32_t change_count;
};

/* --- life ------------------------------------------------------------------------------------- */

static void rank_rows(struct sale *sale)
{
    const struct plan *plan = sale->plan;
    uint32_t ranked = 0;
    int64_t below = INT64_MAX;
    while (ranked < plan->row_count) { /* one round a price: there are a handful */
        int64_t price = -1;
        for (uint32_t s = 0; s < plan->section_count; s++)
            if (plan->sections[s].row_count > 0 && plan->sections[s].price < below &&
                plan->sections[s].price > price)
                price = plan->sections[s].price;
        must(price >= 0);
        for (uint32_t r = 0; r < plan->row_count; r++)
            if (plan->sections[plan->rows[r].section].price == price)
                sale->rows_by_rank[ranked++] = r;
        below = price;
    }
}

struct sale *sale_create(const struct plan *plan, const struct sale_terms *terms)
{
    must(plan->seat_count > 0 && plan->seat_count <= SEATS_PER_OPTION_MAX);

    struct sale *sale = calloc(1, sizeof *sale);
    if (!sale)
        return NULL;
    sale->plan = plan;
    sale->terms = *terms;
    keys_init(&sale->keys, 2 * (size_t)plan->seat_count + 4096);
    table_init(&sale->by_id, plan->seat_count);
    table_init(&sale->by_fan, plan->seat_count);
    lapses_init(&sale->lapses);
    sale->owner = calloc(plan->seat_count, sizeof *sale->owner);
    sale->next_seat = calloc(plan->seat_count, sizeof *sale->next_seat);
    sale->free_in_row = calloc(plan->row_count, sizeof *sale->free_in_row);
    sale->blocks_in_row = calloc(plan->row_count, sizeof *sale->blocks_in_row);
    sale->rows_by_rank = calloc(plan->row_count, sizeof *sale->rows_by_rank);
    sale->changes = calloc(plan->seat_count, sizeof *sale->changes);
    sale->changed = calloc(plan->seat_count, sizeof *sale->changed);
    enum status marked = marks_init(&sale->marks, plan->seat_count);
    if (marked != STATUS_OK || !sale->owner || !sale->next_seat || !sale->free_in_row ||
        !sale->blocks_in_row || !sale->rows_by_rank || !sale->changes || !sale->changed) {
        sale_destroy(sale);
        return NULL;
    }
    rank_rows(sale);
    sale_clear(sale);
    return sale;
}

void sale_destroy(struct sale *sale)
{
    if (!sale)
        return;
    keys_deinit(&sale->keys);
    table_deinit(&sale->by_id);
    table_deinit(&sale->by_fan);
    lapses_deinit(&sale->lapses);
    marks_deinit(&sale->marks);
    free(sale->owner);
    free(sale->next_seat);
    free(sale->free_in_row);
    free(sale->blocks_in_row);
    free(sale->rows_by_rank);
    free(sale->changes);
    free(sale->changed);
    free(sale->held);
    free(sale);
}

static void note_change(struct sale *sale, uint32_t seat)
{
    if (sale->changed[seat])
        return;
    sale->changed[seat] = true;
    sale->changes[sale->change_count++] = seat;
}

void sale_clear(struct sale *sale)
{
    const struct plan *plan = sale->plan;
    keys_clear(&sale->keys);
    marks_clear(&sale->marks);
    table_clear(&sale->by_id);
    table_clear(&sale->by_fan);
    memset(sale->free_in_row, 0, plan->row_count * sizeof *sale->free_in_row);
    memset(sale->blocks_in_row, 0, plan->row_count * sizeof *sale->blocks_in_row);
    sale->free_count = 0;
    sale->held_count = 0;
    sale->held_used = 0;
    sale->held_spare = NONE;
    lapses_clear(&sale->lapses);
    for (uint32_t seat = 0; seat < plan->seat_count; seat++) {
        sale->owner[seat] = NONE;
        sale->next_seat[seat] = NONE;
        note_change(sale, seat);
        sale->free_count++;
        sale->free_in_row[plan->row_of_seat[seat]]++;
    }
}

const struct plan *sale_plan(const struct sale *sale)
{
    return sale->plan;
}

const struct sale_terms *sale_terms(const struct sale *sale)
{
    return &sale->terms;
}

void sale_set_terms(struct sale *sale, const struct sale_terms *terms)
{
    sale->terms = *terms;
}

struct keys *sale_keys(struct sale *sale)
{
    return &sale->keys;
}

/* --- choosing --------------------------------------------------------------------------------- */

/* For everybody. */
static bool seat_is_free(const struct sale *sale, uint32_t seat)
{
    return sale->owner[seat] == NONE && marks_none(&sale->marks, seat);
}

static bool is_member(const struct sale_asker *asker, int64_t group)
{
    return group != 0 && members_has(asker->members, group, asker->fan);
}

static bool seat_is_free_for(const struct sale *sale, uint32_t seat, const struct sale_asker *asker)
{
    return seat_is_free(sale, seat) ||
           (sale->owner[seat] == NONE && is_member(asker, marks_group_of(&sale->marks, seat)));
}

static enum sale_verdict check_presale(const struct sale_terms *terms,
                                       const struct sale_asker *asker, int64_t now_ms)
{
    enum sale_verdict verdict = SALE_NOT_OPEN_YET;
    for (size_t i = 0; i < terms->round_count; i++) {
        const struct sale_round *round = &terms->rounds[i];
        if (now_ms < round->opens_at_ms || now_ms >= round->closes_at_ms)
            continue;
        if (is_member(asker, round->group))
            return SALE_YES;
        verdict = SALE_IS_PRESALE;
    }
    return verdict;
}

static enum sale_verdict check_open(const struct sale *sale, const struct sale_asker *asker,
                                    int64_t now_ms)
{
    const struct sale_terms *terms = &sale->terms;
    if (terms->status == SALE_STATUS_CLOSED || now_ms >= terms->closes_at_ms)
        return SALE_IS_CLOSED;
    enum sale_verdict verdict =
        now_ms < terms->opens_at_ms ? check_presale(terms, asker, now_ms) : SALE_YES;
    if (verdict != SALE_YES)
        return verdict;
    return terms->status == SALE_STATUS_PAUSED ? SALE_IS_PAUSED : SALE_YES;
}

static bool within_limits(const struct sale *sale, const struct sale_asker *asker,
                          size_t seat_count)
{
    const struct sale_terms *terms = &sale->terms;
    int64_t here = sale_live_seats_of(sale, asker->fan) + (int64_t)seat_count;
    return here <= terms->max_per_fan &&
           (terms->max_per_concert == 0 || asker->seats_elsewhere + here <= terms->max_per_concert);
}

static void choice_add(const struct sale *sale, struct sale_choice *choice, uint32_t seat)
{
    choice->seat_indexes[choice->seat_count++] = seat;
    choice->amount += plan_section_of(sale->plan, seat)->price;
}

static enum sale_verdict choose_named(const struct sale *sale, const struct sale_asker *asker,
                                      const struct sale_wish *wish, struct sale_choice *choice)
{
    struct sale_choice taken = {0};
    for (size_t i = 0; i < wish->seat_count; i++) {
        uint32_t seat;
        if (!plan_seat_index(sale->plan, wish->seats[i], &seat))
            return SALE_NO_SUCH_SEAT;
        for (size_t j = 0; j < i; j++)
            if (wish->seats[j].value == wish->seats[i].value)
                return SALE_NO_SUCH_SEAT;
        choice_add(sale, seat_is_free_for(sale, seat, asker) ? choice : &taken, seat);
    }
    if (taken.seat_count == 0)
        return SALE_YES;
    *choice = taken;
    return SALE_SEAT_TAKEN;
}

enum { ROW_WINDOW = 512 }; /* a longer row is looked at in windows of this many seats */

/* Which seats of a window are free; returns how many seats it has, 0 behind the end of the row. */
static uint32_t look_at_window(const struct sale *sale, const struct plan_row *row, uint32_t from,
                               bool free_seats[ROW_WINDOW])
{
    uint32_t left = row->seat_count > from ? row->seat_count - from : 0;
    uint32_t size = left < ROW_WINDOW ? left : ROW_WINDOW;
    for (uint32_t i = 0; i < size; i++)
        free_seats[i] = seat_is_free(sale, row->first_seat + from + i);
    return size;
}

static struct best_blocks blocks_of_row(const struct sale *sale, uint32_t row_index)
{
    struct row_blocks *row = &sale->blocks_in_row[row_index];
    if (row->known)
        return row->blocks;
    bool free_seats[ROW_WINDOW];
    uint32_t size;
    row->blocks = (struct best_blocks){0};
    for (uint32_t from = 0;
         (size = look_at_window(sale, &sale->plan->rows[row_index], from, free_seats)) > 0;
         from += size) {
        struct best_blocks window = best_blocks_in_row(free_seats, size);
        row->blocks.any |= window.any;
        row->blocks.clean |= window.clean;
    }
    row->known = true;
    return row->blocks;
}

static bool choose_in_row(const struct sale *sale, uint32_t row_index, uint32_t count, bool orphans,
                          struct sale_choice *choice)
{
    struct best_blocks blocks = blocks_of_row(sale, row_index);
    if (((orphans ? blocks.any : blocks.clean) >> (count - 1) & 1) == 0)
        return false;
    const struct plan_row *row = &sale->plan->rows[row_index];
    bool free_seats[ROW_WINDOW];
    uint32_t size, first;
    for (uint32_t from = 0; (size = look_at_window(sale, row, from, free_seats)) > 0;
         from += size) {
        if (!best_in_row(free_seats, size, count, orphans, &first))
            continue;
        for (uint32_t i = 0; i < count; i++)
            choice_add(sale, choice, row->first_seat + from + first + i);
        return true;
    }
    return false;
}

static enum sale_verdict choose_best(const struct sale *sale, const struct sale_wish *wish,
                                     struct sale_choice *choice)
{
    if (wish->best_section >= (int64_t)sale->plan->section_count)
        return SALE_NO_SUCH_SECTION;
    if (sale->free_count < wish->best_count) /* who comes too late costs no walk over the rows */
        return SALE_SEAT_TAKEN;
    for (int orphans = 0; orphans <= 1; orphans++) {
        for (uint32_t i = 0; i < sale->plan->row_count; i++) {
            uint32_t row = sale->rows_by_rank[i];
            if (sale->free_in_row[row] < wish->best_count)
                continue;
            if (wish->best_section >= 0 && sale->plan->rows[row].section != wish->best_section)
                continue;
            if (choose_in_row(sale, row, wish->best_count, orphans == 1, choice))
                return SALE_YES;
        }
    }
    return SALE_SEAT_TAKEN;
}

enum sale_verdict sale_choose(const struct sale *sale, const struct sale_asker *asker,
                              const struct sale_wish *wish, int64_t now_ms,
                              struct sale_choice *out_choice)
{
    must(wish->best_count > 0 || wish->seat_count > 0);
    must(wish->best_count <= SEATS_PER_RESERVATION_MAX);
    must(wish->seat_count <= SEATS_PER_RESERVATION_MAX);

    *out_choice = (struct sale_choice){0};
    enum sale_verdict verdict = check_open(sale, asker, now_ms);
    if (verdict != SALE_YES)
        return verdict;
    if (wish->best_count > 0 && sale->free_count == 0 && sale->held_count == 0)
        return SALE_IS_SOLD_OUT;
    if (wish->best_count > 0) /* what a fan may never have is not looked for */
        return within_limits(sale, asker, wish->best_count) ? choose_best(sale, wish, out_choice)
                                                            : SALE_LIMIT_EXCEEDED;
    verdict = choose_named(sale, asker, wish, out_choice);
    if (verdict != SALE_YES)
        return verdict;
    return within_limits(sale, asker, out_choice->seat_count) ? SALE_YES : SALE_LIMIT_EXCEEDED;
}

bool sale_may_hold_again(const struct sale *sale, const struct sale_asker *asker,
                         const struct sale_choice *choice)
{
    for (size_t i = 0; i < choice->seat_count; i++)
        if (!seat_is_free_for(sale, choice->seat_indexes[i], asker))
            return false;
    return choice->seat_count > 0 && within_limits(sale, asker, choice->seat_count);
}

/* --- holding and moving ----------------------------------------------------------------------- */

static bool state_lapses(enum reservation_state state)
{
    return state == RESERVATION_HOLD || state == RESERVATION_PAYING;
}

static enum status make_room(struct sale *sale)
{
    if (sale->held_spare != NONE || sale->held_used < sale->held_capacity)
        return STATUS_OK;
    uint32_t capacity = sale->held_capacity > 0 ? sale->held_capacity * 2 : 256;
    struct held *held = realloc(sale->held, capacity * sizeof *held);
    if (!held)
        return STATUS_NO_MEMORY;
    sale->held = held;
    enum status status = lapses_reserve(&sale->lapses, capacity);
    if (status == STATUS_OK)
        sale->held_capacity = capacity;
    return status;
}

static uint32_t take_place(struct sale *sale)
{
    if (sale->held_spare == NONE)
        return sale->held_used++;
    uint32_t index = sale->held_spare;
    sale->held_spare = sale->held[index].first_seat;
    return index;
}

/* The tables may need memory: they go first, so that a failure leaves nothing behind. */
static enum status enter_tables(struct sale *sale, const struct sale_reservation *reservation,
                                uint32_t index, uint32_t seat_count)
{
    uint64_t fan_key = hash_id(reservation->fan.value);
    uint64_t id_key = hash_id(reservation->id.value);
    enum status status = table_set(&sale->by_id, id_key, index);
    if (status != STATUS_OK)
        return status;
    uint32_t live = sale_live_seats_of(sale, reservation->fan);
    status = table_set(&sale->by_fan, fan_key, live + seat_count);
    if (status != STATUS_OK)
        table_remove(&sale->by_id, id_key);
    return status;
}

/* After its owner or its mark has changed. */
static void recount(struct sale *sale, uint32_t seat, bool was_free)
{
    uint32_t row = sale->plan->row_of_seat[seat];
    bool is_free = seat_is_free(sale, seat);
    if (was_free && !is_free) {
        sale->free_count--;
        sale->free_in_row[row]--;
    } else if (!was_free && is_free) {
        sale->free_count++;
        sale->free_in_row[row]++;
    }
    sale->blocks_in_row[row].known = false;
    note_change(sale, seat);
}

static void set_owner(struct sale *sale, uint32_t seat, uint32_t owner)
{
    bool was_free = seat_is_free(sale, seat);
    sale->owner[seat] = owner;
    sale->next_seat[seat] = NONE;
    recount(sale, seat, was_free);
}

enum status sale_hold(struct sale *sale, const struct sale_reservation *reservation,
                      const struct sale_choice *choice)
{
    must(choice->seat_count > 0 && choice->seat_count <= SEATS_PER_RESERVATION_MAX);
    must(reservation_is_live(reservation->state));
    for (size_t i = 0; i < choice->seat_count; i++)
        if (sale->owner[choice->seat_indexes[i]] != NONE ||
            marks_blocked(&sale->marks, choice->seat_indexes[i]))
            return STATUS_INVALID;

    enum status status = make_room(sale);
    if (status != STATUS_OK)
        return status;
    uint32_t index = take_place(sale);
    sale->held[index] = (struct held){.reservation = *reservation,
                                      .first_seat = choice->seat_indexes[0],
                                      .seat_count = (uint32_t)choice->seat_count};
    status = enter_tables(sale, reservation, index, (uint32_t)choice->seat_count);
    if (status != STATUS_OK) {
        sale->held[index].first_seat = sale->held_spare;
        sale->held_spare = index;
        return status;
    }
    for (size_t i = 0; i < choice->seat_count; i++) {
        set_owner(sale, choice->seat_indexes[i], index);
        sale->next_seat[choice->seat_indexes[i]] =
            i + 1 < choice->seat_count ? choice->seat_indexes[i + 1] : NONE;
    }
    if (state_lapses(reservation->state)) {
        lapses_add(&sale->lapses, index, reservation->lapses_at_ms);
        sale->held_count += (uint32_t)choice->seat_count;
    }
    return STATUS_OK;
}

static bool find_index(const struct sale *sale, struct reservation_id id, uint32_t *out_index)
{
    return table_get(&sale->by_id, hash_id(id.value), out_index);
}

bool sale_find(const struct sale *sale, struct reservation_id id,
               struct sale_reservation *out_reservation)
{
    uint32_t index;
    if (!find_index(sale, id, &index))
        return false;
    *out_reservation = sale->held[index].reservation;
    return true;
}

size_t sale_seats_of(const struct sale *sale, struct reservation_id id,
                     uint32_t out_seat_indexes[SEATS_PER_RESERVATION_MAX])
{
    uint32_t index;
    bool found = find_index(sale, id, &index);
    must(found);
    size_t count = 0;
    for (uint32_t seat = sale->held[index].first_seat; seat != NONE; seat = sale->next_seat[seat])
        out_seat_indexes[count++] = seat;
    must(count == sale->held[index].seat_count);
    return count;
}

static void end(struct sale *sale, uint32_t index)
{
    struct held *held = &sale->held[index];
    for (uint32_t seat = held->first_seat; seat != NONE;) {
        uint32_t next = sale->next_seat[seat];
        set_owner(sale, seat, NONE);
        seat = next;
    }
    uint64_t fan_key = hash_id(held->reservation.fan.value);
    uint32_t live = sale_live_seats_of(sale, held->reservation.fan);
    must(live >= held->seat_count);
    if (live == held->seat_count) {
        table_remove(&sale->by_fan, fan_key);
    } else {
        enum status status = table_set(&sale->by_fan, fan_key, live - held->seat_count);
        must(status == STATUS_OK); /* the key is there: nothing is allocated */
    }
    table_remove(&sale->by_id, hash_id(held->reservation.id.value));
    held->first_seat = sale->held_spare;
    sale->held_spare = index;
}

void sale_move(struct sale *sale, struct reservation_id id, enum reservation_state to,
               int64_t lapses_at_ms)
{
    uint32_t index;
    bool found = find_index(sale, id, &index);
    must(found);
    struct held *held = &sale->held[index];
    must(reservation_may_move(held->reservation.state, to));

    if (state_lapses(held->reservation.state)) {
        lapses_remove(&sale->lapses, index);
        sale->held_count -= held->seat_count;
    }
    held->reservation.state = to;
    held->reservation.lapses_at_ms = lapses_at_ms;
    for (uint32_t seat = held->first_seat; seat != NONE; seat = sale->next_seat[seat])
        note_change(sale, seat);
    if (state_lapses(to)) {
        lapses_add(&sale->lapses, index, lapses_at_ms);
        sale->held_count += held->seat_count;
    }
    if (!reservation_is_live(to))
        end(sale, index);
}

/* --- seats that are not for everybody ------------------------------------------------------- */

const struct marks *sale_marks(const struct sale *sale)
{
    return &sale->marks;
}

bool sale_seat_owned(const struct sale *sale, uint32_t seat_index)
{
    must(seat_index < sale->plan->seat_count);
    return sale->owner[seat_index] != NONE;
}

void sale_block(struct sale *sale, uint32_t seat_index)
{
    must(seat_is_free(sale, seat_index));
    marks_block(&sale->marks, seat_index);
    recount(sale, seat_index, true);
}

enum status sale_add_allotment(struct sale *sale, const struct allotment *allotment)
{
    return marks_add_allotment(&sale->marks, allotment);
}

void sale_allot(struct sale *sale, uint32_t seat_index, int64_t allotment)
{
    must(seat_is_free(sale, seat_index));
    marks_allot(&sale->marks, seat_index, allotment);
    recount(sale, seat_index, true);
}

void sale_unmark(struct sale *sale, uint32_t seat_index)
{
    bool was_free = seat_is_free(sale, seat_index);
    marks_wipe(&sale->marks, seat_index);
    recount(sale, seat_index, was_free);
}

void sale_end_allotment(struct sale *sale, int64_t allotment)
{
    marks_end_allotment(&sale->marks, allotment);
}

/* --- asking ----------------------------------------------------------------------------------- */

bool sale_next_lapse(const struct sale *sale, int64_t now_ms,
                     struct sale_reservation *out_reservation)
{
    uint32_t index;
    int64_t at_ms;
    if (!lapses_next(&sale->lapses, &index, &at_ms) || at_ms > now_ms)
        return false;
    *out_reservation = sale->held[index].reservation;
    return true;
}

int64_t sale_next_lapse_ms(const struct sale *sale)
{
    uint32_t index;
    int64_t at_ms;
    return lapses_next(&sale->lapses, &index, &at_ms) ? at_ms : INT64_MAX;
}

uint32_t sale_live_count(const struct sale *sale)
{
    must(sale->held_spare == NONE);
    return sale->held_used;
}

struct reservation_id sale_live_at(const struct sale *sale, uint32_t at)
{
    must(at < sale_live_count(sale));
    return sale->held[at].reservation.id;
}

enum seat_state sale_seat_state(const struct sale *sale, uint32_t seat_index)
{
    must(seat_index < sale->plan->seat_count);
    uint32_t owner = sale->owner[seat_index];
    if (owner == NONE)
        return marks_none(&sale->marks, seat_index) ? SEAT_AVAILABLE : SEAT_BLOCKED;
    return sale->held[owner].reservation.state == RESERVATION_CONFIRMED ? SEAT_SOLD : SEAT_HELD;
}

uint32_t sale_live_seats_of(const struct sale *sale, struct fan_id fan)
{
    uint32_t live;
    return table_get(&sale->by_fan, hash_id(fan.value), &live) ? live : 0;
}

const uint32_t *sale_take_changes(struct sale *sale, size_t *out_count)
{
    for (uint32_t i = 0; i < sale->change_count; i++)
        sale->changed[sale->changes[i]] = false;
    *out_count = sale->change_count;
    sale->change_count = 0;
    return sale->changes;
}
