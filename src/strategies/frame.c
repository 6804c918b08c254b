/*
 * frame.c — the steps of a press, one after the other.
 */
#include "strategies/frame.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/must.h"
#include "booking/beside.h"
#include "strategies/frame_rules.h"
#include "strategies/frame_store.h"
#include "strategies/pick.h"

void frame_init(struct frame *frame, const struct frame_house *house, struct booking_ask *ask,
                struct table *avoid)
{
    *frame = (struct frame){.house = house, .ask = ask, .avoid = avoid};
    frame->now_ms = house->now_ms();
    frame->board = boards_find(house->boards, ask->option);
    frame->plan = frame->board ? board_plan(frame->board) : NULL;
    ask->now_ms = frame->now_ms;
    ask->plan = frame->plan;
    ask->choice = (struct sale_choice){0};
}

/* --- choosing --------------------------------------------------------------------------------- */

static int compare_indexes(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* In ascending order: whoever locks seats does so in the same order as everybody else. */
static enum booking_verdict choose_named(const struct frame *frame)
{
    const struct sale_wish *wish = &frame->ask->wish;
    struct sale_choice *choice = &frame->ask->choice;
    for (size_t i = 0; i < wish->seat_count; i++) {
        uint32_t seat;
        if (!plan_seat_index(frame->plan, wish->seats[i], &seat))
            return BOOKING_NO_SUCH_SEAT;
        choice->seat_indexes[choice->seat_count++] = seat;
        choice->amount += plan_section_of(frame->plan, seat)->price;
    }
    qsort(choice->seat_indexes, choice->seat_count, sizeof choice->seat_indexes[0],
          compare_indexes);
    for (size_t i = 1; i < choice->seat_count; i++)
        if (choice->seat_indexes[i] == choice->seat_indexes[i - 1])
            return BOOKING_NO_SUCH_SEAT;
    return BOOKING_DONE;
}

static enum booking_verdict choose_best(const struct frame *frame)
{
    const struct sale_wish *wish = &frame->ask->wish;
    if (wish->best_section >= (int64_t)frame->plan->section_count)
        return BOOKING_NO_SUCH_SECTION;
    if (pick_best(frame->board, frame->avoid, wish->best_count, wish->best_section,
                  &frame->ask->choice))
        return BOOKING_DONE;
    bool none_left =
        board_count(frame->board, SEAT_AVAILABLE) == 0 && board_count(frame->board, SEAT_HELD) == 0;
    return none_left ? BOOKING_SOLD_OUT : BOOKING_SEAT_TAKEN;
}

void frame_choose(struct frame *frame)
{
    struct booking_ask *ask = frame->ask;
    must(ask->wish.best_count <= SEATS_PER_RESERVATION_MAX);
    must(ask->wish.seat_count <= SEATS_PER_RESERVATION_MAX);

    ask->choice = (struct sale_choice){0};
    ask->verdict = ask->wish.best_count > 0 ? choose_best(frame) : choose_named(frame);
}

static void avoid_choice(struct frame *frame)
{
    for (size_t i = 0; i < frame->ask->choice.seat_count; i++) {
        enum status status =
            table_set(frame->avoid, hash_id(frame->ask->choice.seat_indexes[i]), 1);
        if (status != STATUS_OK)
            return; /* then it is picked again, and refused again */
    }
}

bool frame_passes_over(struct frame *frame)
{
    if (frame->ask->wish.best_count == 0 || frame->ask->verdict != BOOKING_SEAT_TAKEN ||
        frame->ask->choice.seat_count == 0)
        return false;
    avoid_choice(frame);
    return true;
}

/* --- looking ---------------------------------------------------------------------------------- */

enum status frame_enter(struct frame *frame, struct store_connection *connection)
{
    return frame_store_enter(frame, connection);
}

enum status frame_look_at_terms(struct frame *frame, struct store_connection *connection)
{
    struct booking_ask *ask = frame->ask;
    enum status status = frame->plan ? frame_store_read_terms(frame, connection) : STATUS_MISSING;
    if (status == STATUS_MISSING) {
        ask->verdict = BOOKING_NO_SALE;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    if (frame->layout_version != frame->plan->layout_version)
        return STATUS_BUSY; /* the engine has not read the new seats yet */
    ask->opens_at_ms = frame->terms.opens_at_ms;
    ask->reservation = frame->act.reservation;
    ask->verdict = frame_judge_terms(frame);
    return STATUS_OK;
}

enum status frame_look_at_seats(struct frame *frame, struct store_connection *connection)
{
    enum status status = frame_store_read_seats(frame, connection);
    if (status == STATUS_OK)
        frame->ask->verdict = frame_judge_seats(frame);
    return status == STATUS_MISSING ? STATUS_BUSY : status; /* the layout was replaced just now */
}

/* The seats first, the key after them: who finds the seats taken by the very same press, a moment
   ago, finds its key too. */
enum status frame_look(struct frame *frame, struct store_connection *connection)
{
    struct booking_ask *ask = frame->ask;
    enum status status = STATUS_OK;
    ask->verdict = BOOKING_NO_SALE;
    if (frame->plan)
        frame_choose(frame);
    enum booking_verdict chosen = ask->verdict;
    if (chosen == BOOKING_DONE)
        status = frame_store_read_seats(frame, connection);
    if (status == STATUS_OK)
        status = frame_look_at_terms(frame, connection);
    if (status != STATUS_OK || ask->verdict != BOOKING_DONE)
        return status == STATUS_MISSING ? STATUS_BUSY : status; /* the layout was replaced */
    ask->verdict = chosen == BOOKING_DONE ? frame_judge_seats(frame) : chosen;
    return STATUS_OK;
}

/* --- writing ---------------------------------------------------------------------------------- */

static enum status answer_repeat(struct frame *frame, struct store_connection *connection)
{
    struct booking_ask *ask = frame->ask;
    enum status status = beside_find_key(connection, ask->fan, ask->key_hash, &frame->act);
    if (status != STATUS_OK)
        return status;
    ask->reservation = frame->act.reservation;
    ask->verdict =
        frame->act.request_hash == ask->request_hash ? BOOKING_REPEATED : BOOKING_KEY_REUSED;
    return STATUS_OK;
}

enum status frame_write(struct frame *frame, struct store_connection *connection)
{
    must(frame->ask->verdict == BOOKING_DONE);
    must(id_valid(frame->number.value));

    struct booking_ask *ask = frame->ask;
    ask->created_at_ms = frame->now_ms;
    ask->expires_at_ms = frame->now_ms + frame->terms.hold_ms;
    struct beside_record record = {.id = frame->number,
                                   .unguarded = frame->strategy == 1,
                                   .created_at_ms = ask->created_at_ms,
                                   .expires_at_ms = ask->expires_at_ms};
    bool is_new;
    enum status status = beside_insert(connection, ask, &record, &is_new);
    if (status != STATUS_OK)
        return status;
    if (!is_new) /* the same press, a moment ago */
        return answer_repeat(frame, connection);
    ask->reservation = record.id;
    ask->state = RESERVATION_HOLD;
    return STATUS_OK;
}

enum status frame_book(struct frame *frame, struct store_connection *connection)
{
    enum status status = frame_enter(frame, connection);
    if (status == STATUS_OK)
        status = frame_look(frame, connection);
    for (int tries = 1; status == STATUS_OK && tries < STRATEGY_PICKS_MAX; tries++) {
        if (!frame_passes_over(frame))
            break;
        status = frame_look(frame, connection);
    }
    if (status != STATUS_OK || frame->ask->verdict != BOOKING_DONE)
        return status;
    status = frame_write(frame, connection);
    if (status == STATUS_OK && frame->ask->verdict == BOOKING_DONE)
        avoid_choice(frame); /* the board does not know yet */
    return status;
}

void frame_tell(const struct frame *frame)
{
    const struct booking_ask *ask = frame->ask;
    if (ask->verdict == BOOKING_DONE)
        booking_follow(frame->house->booking, frame->board, ask);
}
