/*
 * waiting_rooms.c — which rooms there are, and what their sales are doing.
 *
 * Rooms follow the boards: a sale with a waiting room that the engine knows has a line here. Terms
 * and presale rounds are read once a second, for another node or another process may have changed
 * them. A line is built from its events; nothing else is ever read.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "booking/board.h"
#include "booking/plan.h"
#include "waiting/waiting_inside.h"
#include "waiting/waiting_store.h"

enum {
    LOOK_MS = 1000, /* how soon what another process has changed is noticed */
    RESTORE_PAGE = 1000,
};

/* --- rooms ------------------------------------------------------------------------------------ */

struct room *waiting_find(const struct waiting *waiting, struct option_id option)
{
    uint32_t index;
    bool found = table_get(&waiting->by_option, hash_id(option.value), &index);
    return found ? waiting->rooms[index] : NULL;
}

struct adding {
    struct store_job job;
    struct room_row row;
    int64_t now_ms;
};

static enum status add_row(struct store_job *job, struct store_connection *connection)
{
    struct adding *adding = container_of(job, struct adding, job);
    return waiting_store_add_room(connection, &adding->row, adding->now_ms);
}

/* The room's row; made at the first time. */
static enum status find_row(struct waiting *waiting, struct option_id option,
                            struct room_row *out_row)
{
    enum status status = waiting_store_find_room(waiting->reader, option, out_row);
    if (status != STATUS_MISSING)
        return status;
    struct adding adding = {.job = {.work = add_row},
                            .row = {.option = option, .terms = admission_usual_terms()},
                            .now_ms = waiting->now.wall_ms};
    snprintf(adding.row.kid, sizeof adding.row.kid, "%s", seals_newest(waiting->seals));
    random_secret(adding.row.secret, sizeof adding.row.secret);
    status = store_submit_and_wait(waiting->store, &adding.job);
    return status == STATUS_OK ? waiting_store_find_room(waiting->reader, option, out_row) : status;
}

/* Reading back takes longer than a lead lasts. */
static enum status go_on_leading(struct waiting *waiting, struct room *room)
{
    bool leads;
    enum status status = line_lead(room->line, waiting->now, &leads);
    return status == STATUS_OK && !leads ? STATUS_BUSY : status;
}

/* The events behind those that the room knows. */
static enum status read_events(struct waiting *waiting, struct room *room, bool line_has_them)
{
    struct waiting_store_event *page = calloc(RESTORE_PAGE, sizeof *page);
    enum status status = page ? STATUS_OK : STATUS_NO_MEMORY;
    size_t count = RESTORE_PAGE;
    while (status == STATUS_OK && count == RESTORE_PAGE) {
        if (!line_has_them)
            status = go_on_leading(waiting, room);
        if (status == STATUS_OK)
            status = waiting_store_events(waiting->reader, room->option, room->chain.number, 0,
                                          page, RESTORE_PAGE, &count);
        for (size_t i = 0; status == STATUS_OK && i < count; i++) {
            const struct line_event *event = &page[i].chained.event;
            status = line_has_them ? room_follow(room, event, page[i].hash)
                                   : room_restore(room, event, page[i].hash, waiting->now);
            if (status == STATUS_OK && line_has_them)
                room_hear(room, event, waiting->now);
            if (status == STATUS_OK && event->kind == LINE_LEFT)
                leavers_add(waiting->leavers, room->option, event->sequence);
        }
    }
    free(page);
    return status;
}

/* Whoever leads makes the line what its events say; the others read what happened. */
static enum status read_back(struct waiting *waiting, struct room *room)
{
    bool leads;
    struct chain head;
    enum status status = line_lead(room->line, waiting->now, &leads);
    if (status == STATUS_OK && !leads)
        return read_events(waiting, room, true);
    if (status == STATUS_OK)
        status = waiting_store_head(waiting->reader, room->option, &head);
    if (status == STATUS_OK)
        status = line_begin(room->line, head.number);
    if (status == STATUS_OK)
        status = read_events(waiting, room, false);
    return status == STATUS_OK ? line_complete(room->line) : status;
}

static enum status load_room(struct waiting *waiting, struct option_id option,
                             struct room **out_room)
{
    struct room_row row;
    struct line *line;
    enum status status = find_row(waiting, option, &row);
    if (status == STATUS_OK)
        status = waiting->lines->make(waiting->lines, option, &line);
    if (status != STATUS_OK)
        return status;
    struct room *room = room_create(&row, waiting->seals, line, waiting->now);
    if (!room)
        return STATUS_INVALID;
    status = read_back(waiting, room);
    if (status == STATUS_OK)
        status = room_restored(room);
    if (status == STATUS_OK)
        *out_room = room;
    else
        room_destroy(room);
    return status;
}

/* The listeners and the sale stay; everything else is what the store says. */
static void reload(struct waiting *waiting, size_t index)
{
    struct room *old = waiting->rooms[index], *room;
    enum status status = load_room(waiting, old->option, &room);
    if (status != STATUS_OK) {
        log_error("a waiting line cannot be read", log_int("option", old->option.value),
                  log_words("status", status_name(status)));
        old->read_again_at_ms = waiting->now.steady_ms + LOOK_MS;
        return; /* suspect still */
    }
    struct listeners listeners = room->listeners;
    room->listeners = old->listeners;
    old->listeners = listeners;
    room->sale = old->sale;
    room->sold_count = old->sold_count;
    room->sold_at_ms = old->sold_at_ms;
    room->state = old->state;
    waiting->rooms[index] = room;
    room_destroy(old);
}

/* --- sales ------------------------------------------------------------------------------------ */

static void look_at_sale(struct waiting *waiting, struct room *room, const struct board *board)
{
    enum sale_state state = board_sale_state(board, waiting->now.wall_ms);
    struct room_door *everybody = &room->sale.doors[0];
    board_times(board, &everybody->opens_at_ms, &everybody->closes_at_ms);
    room->sale.paused = state == SALE_PAUSED;
    room->sale.sold_out = state == SALE_SOLD_OUT;
    room->sale.closed = state == SALE_CLOSED;
    room->sale.seats_free = board_count(board, SEAT_AVAILABLE);
    room->sale.seats_sold = board_count(board, SEAT_SOLD);
}

static void add_room(struct waiting *waiting, struct option_id option)
{
    struct room *room;
    if (waiting->room_count == WAITING_ROOMS_MAX) {
        log_error("too many waiting rooms", log_int("option", option.value));
        return;
    }
    enum status status = load_room(waiting, option, &room);
    if (status == STATUS_OK) {
        status =
            table_set(&waiting->by_option, hash_id(option.value), (uint32_t)waiting->room_count);
        if (status == STATUS_OK)
            waiting->rooms[waiting->room_count++] = room;
        else
            room_destroy(room);
    }
    if (status == STATUS_OK)
        return;
    log_error("a waiting line cannot be read", log_int("option", option.value),
              log_words("status", status_name(status)));
    waiting->add_again_at_ms = waiting->now.steady_ms + LOOK_MS;
}

static void close_room(struct waiting *waiting, size_t index)
{
    leavers_forget(waiting->leavers, waiting->rooms[index]->option);
    table_remove(&waiting->by_option, hash_id(waiting->rooms[index]->option.value));
    room_destroy(waiting->rooms[index]);
    struct room *last = waiting->rooms[--waiting->room_count];
    if (index == waiting->room_count)
        return;
    waiting->rooms[index] = last;
    enum status moved =
        table_set(&waiting->by_option, hash_id(last->option.value), (uint32_t)index);
    must(moved == STATUS_OK); /* the key is there: it is only replaced */
}

static void read_terms(struct waiting *waiting, struct room *room)
{
    struct room_row row;
    enum status status = waiting_store_find_room(waiting->reader, room->option, &row);
    if (status == STATUS_OK) {
        admission_set_terms(&room->admission, &row.terms);
        status = waiting_store_doors(waiting->reader, room->option, room->sale.doors);
    }
    if (status != STATUS_OK)
        log_error("the terms of a waiting room cannot be read",
                  log_int("option", room->option.value), log_words("status", status_name(status)));
}

/* What the node that leads has written down: who left elsewhere is outside here too, and whoever
   leads next need not read it then. */
static void follow(struct waiting *waiting, struct room *room)
{
    if (room->leads || room->suspect)
        return;
    enum status status = read_events(waiting, room, true);
    if (status == STATUS_OK)
        return;
    log_error("a waiting line cannot be followed", log_int("option", room->option.value),
              log_words("status", status_name(status)));
    room->suspect = status == STATUS_INVALID;
}

void waiting_follow(struct waiting *waiting)
{
    for (struct list *link = waiting->round_asks.next; link != &waiting->round_asks;
         link = link->next) {
        const struct waiting_ask *ask = container_of(link, struct waiting_ask, letter);
        struct room *room = waiting_find(waiting, ask->option);
        if (room && room->chain.number < ask->number)
            follow(waiting, room);
    }
}

static void look_at_sales(struct waiting *waiting)
{
    struct board *boards[SALES_MAX];
    size_t count = boards_list(waiting->boards, boards, SALES_MAX);
    for (size_t i = 0; i < waiting->room_count; i++)
        waiting->rooms[i]->seen = false;
    for (size_t i = 0; i < count; i++) {
        struct option_id option = board_plan(boards[i])->option;
        if (!board_has_waiting_room(boards[i]))
            continue;
        if (!waiting_find(waiting, option))
            add_room(waiting, option);
        struct room *room = waiting_find(waiting, option);
        if (!room)
            continue;
        room->seen = true;
        read_terms(waiting, room);
        follow(waiting, room);
    }
    for (size_t i = waiting->room_count; i > 0; i--)
        if (!waiting->rooms[i - 1]->seen)
            close_room(waiting, i - 1);
}

bool waiting_is_of_sale(const struct waiting *waiting, struct option_id option)
{
    const struct board *board = boards_find(waiting->boards, option);
    return board && board_has_waiting_room(board);
}

/* A sale that has appeared since the last look is not kept waiting for the next one. A line that
   cannot be read is: a thousand fans who ask would have it read a thousand times. */
struct room *waiting_find_or_add(struct waiting *waiting, struct option_id option)
{
    struct room *room = waiting_find(waiting, option);
    if (room || !waiting_is_of_sale(waiting, option) ||
        waiting->now.steady_ms < waiting->add_again_at_ms)
        return room;
    add_room(waiting, option);
    room = waiting_find(waiting, option);
    if (room) {
        read_terms(waiting, room);
        look_at_sale(waiting, room, boards_find(waiting->boards, option));
    }
    return room;
}

void waiting_prepare(struct waiting *waiting)
{
    bool is_wanted = atomic_exchange(&waiting->refresh_wanted, false);
    if (is_wanted || waiting->now.steady_ms - waiting->looked_at_ms >= LOOK_MS) {
        waiting->looked_at_ms = waiting->now.steady_ms;
        look_at_sales(waiting);
        waiting->has_looked = true;
    }
    for (size_t i = 0; i < waiting->room_count; i++) {
        if (waiting->rooms[i]->suspect &&
            waiting->now.steady_ms >= waiting->rooms[i]->read_again_at_ms)
            reload(waiting, i);
        struct board *board = boards_find(waiting->boards, waiting->rooms[i]->option);
        if (board)
            look_at_sale(waiting, waiting->rooms[i], board);
    }
}
