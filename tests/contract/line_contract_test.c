/*
 * line_contract_test.c — what every line promises, asked of each adapter.
 *
 * Time is a number. Each test has a line of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "redis/redis.h"
#include "support/server_redis.h"
#include "waiting/line_memory.h"
#include "waiting/line_redis.h"

enum { IDLE_MS = 120000, EVENTS = 4096, FANS = 60, STEPS = 600 };

static struct line_maker *maker;
static int64_t next_option;
static const struct line_time start = {.wall_ms = 1000000, .steady_ms = 1000000};

static struct line *open_line(void)
{
    struct line *line = NULL;
    assert_int_equal(maker->make(maker, (struct option_id){next_option++}, &line), STATUS_OK);
    assert_int_equal(line_begin(line, 0), STATUS_OK);
    assert_int_equal(line_complete(line), STATUS_OK);
    return line;
}

static struct line_time at(int64_t ms)
{
    return (struct line_time){start.wall_ms + ms, start.steady_ms + ms};
}

static struct fan_id fan(int64_t value)
{
    return (struct fan_id){value};
}

static struct place join(struct line *line, int64_t who, uint8_t door, int64_t ms)
{
    struct place place;
    bool is_new;
    assert_int_equal(line_join(line, fan(who), door, at(ms), &place, &is_new), STATUS_OK);
    return place;
}

static uint32_t ahead_of(struct line *line, int64_t who, struct place *out_place)
{
    uint32_t ahead;
    assert_int_equal(line_find(line, fan(who), at(0), out_place, &ahead), STATUS_OK);
    return ahead;
}

static enum place_state state_of(struct line *line, int64_t who)
{
    struct place place;
    (void)ahead_of(line, who, &place);
    return place.state;
}

static void open_door(struct line *line, uint8_t door, int64_t ms, bool backwards)
{
    uint32_t sequences[EVENTS];
    size_t count;
    assert_int_equal(line_hall(line, door, sequences, EVENTS, &count), STATUS_OK);
    for (size_t i = 0; backwards && i < count / 2; i++) {
        uint32_t taken = sequences[i];
        sequences[i] = sequences[count - 1 - i];
        sequences[count - 1 - i] = taken;
    }
    assert_int_equal(line_draw(line, door, sequences, count, at(ms)), STATUS_OK);
}

static size_t call(struct line *line, size_t most, int64_t ms)
{
    size_t count;
    int64_t claim_s = at(ms).wall_ms / 1000 + 30;
    assert_int_equal(line_call(line, most, claim_s, at(ms), &count), STATUS_OK);
    return count;
}

static enum status enter(struct line *line, int64_t who, uint32_t active_max, int64_t ms)
{
    struct place place;
    bool is_new;
    return line_enter(line, fan(who), active_max, at(ms).wall_ms / 1000 + 300, at(ms), &place,
                      &is_new);
}

static struct line_counts counts_of(struct line *line)
{
    struct line_counts counts;
    assert_int_equal(line_counts(line, &counts), STATUS_OK);
    return counts;
}

static void lead(struct line *line, struct line_time now)
{
    bool leads;
    assert_int_equal(line_lead(line, now, &leads), STATUS_OK);
    assert_true(leads);
}

static size_t sweep(struct line *line, int64_t ms)
{
    size_t count;
    lead(line, at(ms));
    assert_int_equal(line_sweep(line, IDLE_MS, WAITING_SWEPT_MAX, at(ms), &count), STATUS_OK);
    return count;
}

/* --- joining ---------------------------------------------------------------------------------- */

static void numbers_follow_the_order_of_arrival(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct place place;
    bool is_new;
    open_door(line, 0, 0, false);
    for (int64_t who = 1; who <= 10; who++) {
        place = join(line, 100 - who, 0, 0); /* all in the same millisecond */
        assert_int_equal(place.sequence, who);
        assert_int_equal(place.turn, who);
        assert_int_equal(place.state, PLACE_WAITING);
        assert_int_equal(ahead_of(line, 100 - who, &place), who - 1);
    }
    assert_int_equal(line_join(line, fan(95), 0, at(5), &place, &is_new), STATUS_OK);
    assert_false(is_new);
    assert_int_equal(place.sequence, 5);
    line_destroy(line);
}

static void leaving_moves_everybody_behind_up_by_one(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct place place;
    open_door(line, 0, 0, false);
    for (int64_t who = 1; who <= 5; who++)
        join(line, who, 0, 0);
    assert_int_equal(line_leave(line, fan(2), at(1), &place), STATUS_OK);
    assert_int_equal(place.state, PLACE_LEFT);
    assert_int_equal(line_leave(line, fan(2), at(2), &place), STATUS_OK); /* again is harmless */
    assert_int_equal(ahead_of(line, 1, &place), 0);
    assert_int_equal(ahead_of(line, 3, &place), 1);
    assert_int_equal(ahead_of(line, 5, &place), 3);
    place = join(line, 2, 0, 3);
    assert_int_equal(place.sequence, 6);
    assert_int_equal(ahead_of(line, 2, &place), 4);
    uint32_t ahead;
    assert_int_equal(line_find(line, fan(77), at(0), &place, &ahead), STATUS_MISSING);
    assert_int_equal(line_leave(line, fan(77), at(0), &place), STATUS_MISSING);
    line_destroy(line);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void the_hall_gets_its_turns_as_they_are_drawn(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct place place;
    for (int64_t who = 1; who <= 4; who++)
        assert_int_equal(join(line, who, 0, 0).state, PLACE_HALL);
    assert_int_equal(call(line, 10, 0), 0);
    assert_int_equal(ahead_of(line, 3, &place), 2);
    open_door(line, 0, 1000, true);
    assert_int_equal(ahead_of(line, 4, &place), 0);
    assert_int_equal(place.turn, 1);
    assert_int_equal(ahead_of(line, 1, &place), 3);
    place = join(line, 5, 0, 2000); /* late ones follow */
    assert_int_equal(place.turn, 5);
    open_door(line, 0, 3000, true); /* again does nothing */
    assert_int_equal(ahead_of(line, 4, &place), 0);
    assert_int_equal(counts_of(line).doors_open, 1);
    line_destroy(line);
}

static void members_go_first_and_the_others_stay_in_the_hall(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct place place;
    join(line, 1, 0, 0);
    join(line, 2, 3, 0); /* the presale's door */
    join(line, 3, 0, 0);
    join(line, 4, 3, 0);
    open_door(line, 3, 1000, false);
    assert_int_equal(ahead_of(line, 2, &place), 0);
    assert_int_equal(ahead_of(line, 4, &place), 1);
    assert_int_equal(state_of(line, 1), PLACE_HALL);
    assert_int_equal(ahead_of(line, 3, &place), 3);
    assert_int_equal(join(line, 5, 3, 1500).turn, 3); /* a late member */
    assert_int_equal(call(line, 10, 2000), 3);
    open_door(line, 0, 3000, false);
    assert_int_equal(ahead_of(line, 1, &place), 0);
    assert_int_equal(place.turn, 4);
    assert_int_equal(ahead_of(line, 3, &place), 1);
    line_destroy(line);
}

/* --- letting in ------------------------------------------------------------------------------- */

static void fans_come_in_when_called_and_while_there_is_room(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct place place;
    bool is_new;
    open_door(line, 0, 0, false);
    for (int64_t who = 1; who <= 4; who++)
        join(line, who, 0, 0);
    assert_int_equal(enter(line, 1, 9, 0), STATUS_MISSING); /* not called */
    assert_int_equal(enter(line, 77, 9, 0), STATUS_MISSING);
    assert_int_equal(call(line, 3, 0), 3);
    assert_int_equal(counts_of(line).serving, 3);
    assert_int_equal(enter(line, 3, 2, 0), STATUS_OK);
    assert_int_equal(enter(line, 1, 2, 0), STATUS_OK);
    for (int i = 0; i < 2; i++) { /* asking again is not coming again */
        assert_int_equal(enter(line, 2, 2, 0), STATUS_FULL);
        assert_int_equal(counts_of(line).at_gate, 1);
        assert_int_equal(counts_of(line).arrived, 3);
    }
    assert_int_equal(line_enter(line, fan(1), 2, 999999, at(9), &place, &is_new), STATUS_OK);
    assert_false(is_new);
    assert_int_equal(place.until_s, at(0).wall_ms / 1000 + 300); /* as promised the first time */
    assert_int_equal(line_bought(line, fan(3), at(10)), STATUS_OK);
    assert_int_equal(line_bought(line, fan(3), at(10)), STATUS_OK);
    assert_int_equal(line_bought(line, fan(4), at(10)), STATUS_OK); /* is not in: harmless */
    assert_int_equal(enter(line, 2, 2, 11), STATUS_OK);
    struct line_counts counts = counts_of(line);
    assert_int_equal(counts.in[PLACE_ENTERED], 2);
    assert_int_equal(counts.in[PLACE_BOUGHT], 1);
    assert_int_equal(counts.entered, 3);
    assert_int_equal(counts.called, 3);
    assert_int_equal(counts.arrived, 3);
    assert_int_equal(counts.at_gate, 0);
    line_destroy(line);
}

static void silence_and_lateness_end_a_place(void **state)
{
    (void)state;
    struct line *line = open_line();
    lead(line, at(0));
    open_door(line, 0, 0, false);
    for (int64_t who = 1; who <= 5; who++)
        join(line, who, 0, 0);
    assert_int_equal(call(line, 2, 0), 2);
    assert_int_equal(enter(line, 2, 9, 0), STATUS_OK);
    assert_int_equal(sweep(line, 29000), 0);
    assert_int_equal(sweep(line, 30000), 1); /* 1 did not come */
    assert_int_equal(state_of(line, 1), PLACE_MISSED);
    const struct fan_id signs[] = {{4}, {77}};
    lead(line, at(60000));
    assert_int_equal(line_touch(line, signs, 2, at(60000)), STATUS_OK);
    assert_int_equal(sweep(line, IDLE_MS), 2); /* 3 and 5 were not seen any more */
    assert_int_equal(counts_of(line).in[PLACE_LAPSED], 2);
    assert_int_equal(line_keep(line, fan(2), at(0).wall_ms / 1000 + 400, at(9)), STATUS_OK);
    lead(line, at(200000));
    assert_int_equal(line_touch(line, signs, 1, at(200000)), STATUS_OK);
    assert_int_equal(sweep(line, 300000), 0); /* 2 holds seats */
    lead(line, at(390000));
    assert_int_equal(line_touch(line, signs, 1, at(390000)), STATUS_OK);
    assert_int_equal(sweep(line, 400000), 1);
    struct line_counts counts = counts_of(line);
    assert_int_equal(counts.in[PLACE_OVER], 1);
    assert_int_equal(counts.in[PLACE_WAITING], 1);
    line_destroy(line);
}

/* Silence is measured by steady time; a call and an entry end by the clock, as their tokens do. */
static void a_clock_that_is_set_makes_nobody_silent(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct line_time later = at(1000);
    size_t count;
    lead(line, at(0));
    join(line, 1, 0, 0);
    for (int64_t jump_ms = -3600000; jump_ms <= 3600000; jump_ms += 7200000) {
        later.wall_ms = at(1000).wall_ms + jump_ms;
        lead(line, later);
        assert_int_equal(line_sweep(line, IDLE_MS, WAITING_SWEPT_MAX, later, &count), STATUS_OK);
        assert_int_equal(count, 0);
    }
    assert_int_equal(sweep(line, IDLE_MS - 1), 0);
    assert_int_equal(sweep(line, IDLE_MS + 1000), 1);
    line_destroy(line);
}

static void a_hold_prolongs_the_place_and_not_the_entry(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct place place;
    const int64_t entry_until_s = at(0).wall_ms / 1000 + 300;
    open_door(line, 0, 0, false);
    join(line, 1, 0, 0);
    assert_int_equal(call(line, 1, 0), 1);
    assert_int_equal(enter(line, 1, 1, 0), STATUS_OK);
    for (int64_t longer_s = 10; longer_s <= 20; longer_s += 10) {
        assert_int_equal(line_keep(line, fan(1), entry_until_s + longer_s, at(1)), STATUS_OK);
        (void)ahead_of(line, 1, &place);
        assert_int_equal(place.until_s, entry_until_s + longer_s);
        assert_int_equal(place.entry_until_s, entry_until_s);
    }
    assert_int_equal(line_leave(line, fan(1), at(5000), &place), STATUS_OK);
    assert_int_equal(place.entry_until_s, 0);
    assert_int_equal(place.ended_s, at(5000).wall_ms / 1000);
    line_destroy(line);
}

static void places_a_fan_had_before_are_counted(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct place place;
    for (int i = 0; i < WAITING_EARLIER_MAX + 3; i++) {
        place = join(line, 1, 0, i);
        assert_int_equal(place.earlier, i < WAITING_EARLIER_MAX ? i : WAITING_EARLIER_MAX);
        assert_int_equal(line_leave(line, fan(1), at(i), &place), STATUS_OK);
    }
    assert_int_equal(join(line, 2, 0, 0).earlier, 0);
    line_destroy(line);
}

/* --- what has happened ------------------------------------------------------------------------ */

/* Carries a journal over to another line, as a restart does. */
static void carry_over(struct line *from, struct line *to, uint32_t *order, size_t order_count)
{
    static struct line_event events[EVENTS];
    size_t count;
    assert_int_equal(line_journal(from, events, EVENTS, &count), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(events[i].number, i + 1);
        if (events[i].kind != LINE_OPENED) {
            assert_int_equal(line_restore(to, &events[i], 1, start), STATUS_OK);
            continue;
        }
        assert_int_equal(line_draw(to, events[i].door, order, order_count, start), STATUS_OK);
        assert_int_equal(line_forget(to, events[i].number), STATUS_OK);
    }
}

static void a_line_is_what_its_events_say(void **state)
{
    (void)state;
    struct line *line = open_line(), *again = open_line();
    struct place place, copy;
    uint32_t order[2];
    size_t order_count;
    join(line, 1, 0, 0);
    join(line, 2, 0, 0);
    assert_int_equal(line_hall(line, 0, order, 2, &order_count), STATUS_OK);
    open_door(line, 0, 0, false);
    for (int64_t who = 3; who <= 9; who++)
        join(line, who, 0, 0);
    assert_int_equal(line_leave(line, fan(4), at(1), &place), STATUS_OK);
    assert_int_equal(call(line, 3, 2), 3);
    assert_int_equal(enter(line, 2, 5, 3), STATUS_OK);
    assert_int_equal(line_bought(line, fan(2), at(4)), STATUS_OK);
    assert_int_equal(enter(line, 1, 5, 3), STATUS_OK);
    assert_int_equal(line_keep(line, fan(1), at(0).wall_ms / 1000 + 999, at(4)), STATUS_OK);
    join(line, 4, 0, 5);
    carry_over(line, again, order, order_count);
    for (int64_t who = 1; who <= 9; who++) {
        assert_int_equal(ahead_of(line, who, &place), ahead_of(again, who, &copy));
        assert_int_equal(place.state, copy.state);
        assert_int_equal(place.sequence, copy.sequence);
        assert_int_equal(place.turn, copy.turn);
        assert_int_equal(place.earlier, copy.earlier);
        assert_int_equal(place.entry_until_s, copy.entry_until_s);
        assert_int_equal(place.ended_s, copy.ended_s);
    }
    assert_int_equal(join(line, 10, 0, 6).sequence, join(again, 10, 0, 6).sequence);
    assert_int_equal(counts_of(line).number, counts_of(again).number);
    line_destroy(again);
    line_destroy(line);
}

static void the_journal_keeps_what_is_not_durable_yet(void **state)
{
    (void)state;
    struct line *line = open_line();
    struct line_event events[8];
    size_t count;
    join(line, 1, 0, 0);
    join(line, 2, 0, 7);
    assert_int_equal(line_journal(line, events, 8, &count), STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(events[1].number, 2);
    assert_int_equal(events[1].kind, LINE_JOINED);
    assert_int_equal(events[1].fan.value, 2);
    assert_int_equal(events[1].at_ms, at(7).wall_ms);
    assert_int_equal(line_journal(line, events, 1, &count), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(line_forget(line, 1), STATUS_OK);
    struct place place;
    assert_int_equal(line_leave(line, fan(1), at(8), &place), STATUS_OK);
    assert_int_equal(line_journal(line, events, 8, &count), STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(events[0].number, 2);
    assert_int_equal(events[1].fan.value, 1); /* whose it was is known as long as it is here */
    assert_int_equal(events[1].before, PLACE_HALL);
    line_destroy(line);
}

static void events_that_no_line_could_have_had_are_refused(void **state)
{
    (void)state;
    struct line *line = open_line();
    open_door(line, 0, 0, false);
    join(line, 1, 0, 0);
    join(line, 2, 0, 0);
    assert_int_equal(line_forget(line, 3), STATUS_OK);
    struct line_event bad[] = {
        {.number = 5, .kind = LINE_LEFT, .sequence = 1},    /* one is missing */
        {.number = 4, .kind = LINE_CALLED, .sequence = 2},  /* 1 waits */
        {.number = 4, .kind = LINE_ENTERED, .sequence = 1}, /* was not called */
        {.number = 4, .kind = LINE_LEFT, .sequence = 3},    /* is not there */
        {.number = 4, .kind = LINE_JOINED, .sequence = 3, .fan = {1}} /* has a place */,
        {.number = 4, .kind = LINE_JOINED, .sequence = 5, .fan = {5}},
        {.number = 4, .kind = LINE_JOINED, .sequence = 3, .fan = {5}, .door = WAITING_DOORS},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(line_restore(line, &bad[i], 1, start), STATUS_INVALID);
    struct line_event good = {.number = 4, .kind = LINE_CALLED, .sequence = 1};
    assert_int_equal(line_restore(line, &good, 1, start), STATUS_OK);
    assert_int_equal(line_restore(line, &good, 1, start), STATUS_OK); /* known: skipped */
    assert_int_equal(state_of(line, 1), PLACE_CALLED);
    line_destroy(line);
}

static void a_letter_that_is_no_event_is_none(void **state)
{
    (void)state;
    enum line_event_kind kind;
    static const char *const none[] = {"", "j", "Z", "JO", "|", "\xEF"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(line_event_kind_read(text_of(none[i]), &kind));
    assert_false(line_event_kind_read(text_make("\0", 1), &kind));
    assert_true(line_event_kind_read(text_of("X"), &kind));
    assert_int_equal(kind, LINE_LAPSED);
}

/* --- in any order ----------------------------------------------------------------------------- */

struct model {             /* a line as simple as can be */
    int64_t order[EVENTS]; /* who waits, in order of their turns */
    size_t order_count;
    enum place_state states[FANS + 1]; /* PLACE_STATE_COUNT: none */
};

static void model_remove(struct model *model, int64_t who)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->order_count; i++)
        if (model->order[i] != who)
            model->order[kept++] = model->order[i];
    model->order_count = kept;
}

static void step(struct line *line, struct model *model, struct random *chance)
{
    int64_t who = (int64_t)random_below(chance, FANS) + 1;
    enum place_state *known = &model->states[who];
    struct place place;
    switch (random_below(chance, 6)) {
    case 0:
    case 1:
        join(line, who, 0, 0);
        if (*known >= PLACE_BOUGHT) {
            model->order[model->order_count++] = who;
            *known = PLACE_WAITING;
        }
        return;
    case 2:
        if (*known == PLACE_STATE_COUNT)
            return;
        assert_int_equal(line_leave(line, fan(who), at(0), &place), STATUS_OK);
        model_remove(model, who);
        *known = *known < PLACE_BOUGHT ? PLACE_LEFT : *known;
        return;
    case 3: {
        size_t most = random_below(chance, 3);
        assert_int_equal(call(line, most, 0),
                         most < model->order_count ? most : model->order_count);
        for (; most > 0 && model->order_count > 0; most--) {
            model->states[model->order[0]] = PLACE_CALLED;
            model_remove(model, model->order[0]);
        }
        return;
    }
    case 4:
        assert_int_equal(enter(line, who, FANS, 0),
                         *known == PLACE_CALLED || *known == PLACE_ENTERED ? STATUS_OK
                                                                           : STATUS_MISSING);
        *known = *known == PLACE_CALLED ? PLACE_ENTERED : *known;
        return;
    default:
        assert_int_equal(line_bought(line, fan(who), at(0)), STATUS_OK);
        *known = *known == PLACE_ENTERED ? PLACE_BOUGHT : *known;
    }
}

static void it_does_what_a_simple_line_does(void **state)
{
    (void)state;
    static struct model model;
    struct random chance;
    struct place place;
    struct line *line = open_line();
    random_init(&chance, 5);
    model.order_count = 0;
    for (size_t i = 0; i <= FANS; i++)
        model.states[i] = PLACE_STATE_COUNT;
    open_door(line, 0, 0, false);
    for (int i = 0; i < STEPS; i++) {
        step(line, &model, &chance);
        if (i % 20 != 0)
            continue;
        for (size_t ahead = 0; ahead < model.order_count; ahead++)
            assert_int_equal(ahead_of(line, model.order[ahead], &place), ahead);
        uint32_t counts[PLACE_STATE_COUNT + 1] = {0};
        for (size_t who = 1; who <= FANS; who++)
            counts[model.states[who]]++;
        struct line_counts known = counts_of(line);
        assert_int_equal(known.in[PLACE_WAITING], counts[PLACE_WAITING]);
        assert_int_equal(known.in[PLACE_CALLED], counts[PLACE_CALLED]);
        assert_int_equal(known.in[PLACE_ENTERED], counts[PLACE_ENTERED]);
        uint32_t all = 0;
        for (size_t s = 0; s < PLACE_STATE_COUNT; s++)
            all += known.in[s];
        assert_int_equal(all, known.joined);
    }
    line_destroy(line);
}

/* --- of one adapter --------------------------------------------------------------------------- */

static void a_hundred_thousand_places_take_at_most_32_bytes_each(void **state)
{
    (void)state;
    enum { CROWD = 100000 };
    struct line *line = open_line();
    for (int64_t who = 1; who <= CROWD / 2; who++)
        join(line, who, 0, 0);
    uint32_t *sequences = calloc(CROWD, sizeof *sequences);
    size_t count;
    assert_non_null(sequences);
    assert_int_equal(line_hall(line, 0, sequences, CROWD, &count), STATUS_OK);
    assert_int_equal(line_draw(line, 0, sequences, count, start), STATUS_OK);
    free(sequences);
    for (int64_t who = CROWD / 2 + 1; who <= CROWD; who++)
        join(line, who, 0, 0);
    printf("a line in the process: %.1f bytes a place at %d places\n",
           (double)line_memory_bytes(line) / CROWD, CROWD);
    assert_true(line_memory_bytes(line) <= 32U * CROWD);
    line_destroy(line);
}

/* Redis counts; the limit comes with the call. */
/* What somebody else has written into the line made last. */
static void set_count(struct redis *redis, const char *name, int64_t number)
{
    char tag[32], words[24];
    struct arena *arena = arena_create(4096, 65536);
    struct redis_reply reply;
    assert_non_null(arena);
    snprintf(tag, sizeof tag, "{line:%lld}", (long long)next_option - 1);
    snprintf(words, sizeof words, "%lld", (long long)number);
    struct text set[] = {text_of("HSET"), redis_key(redis, arena, tag, text_of(":counts")),
                         text_of(name), text_of(words)};
    assert_int_equal(redis_ask(redis, arena, set, 4, &reply), STATUS_OK);
    arena_destroy(arena);
}

static void a_line_in_redis_gives_no_number_beyond_the_last(void **state)
{
    struct line *line = open_line();
    struct place place;
    bool is_new;
    set_count(*state, "joined", WAITING_PLACES_MAX - 1);
    assert_int_equal(join(line, 1, 0, 0).sequence, WAITING_PLACES_MAX);
    assert_int_equal(line_join(line, fan(2), 0, at(0), &place, &is_new), STATUS_FULL);
    assert_int_equal(join(line, 1, 0, 0).sequence, WAITING_PLACES_MAX);
    line_destroy(line);
}

/* Each arrival is reckoned with by itself. */
static void no_more_fans_have_come_than_can_have_a_place(void **state)
{
    struct line *line = open_line();
    struct line_counts counts;
    set_count(*state, "arrived", WAITING_PLACES_MAX + 1);
    assert_int_equal(line_counts(line, &counts), STATUS_INVALID);
    line_destroy(line);
}

/* Or whoever comes first would get the number of somebody who was there before. */
static void a_line_that_was_lost_takes_nobody_until_it_is_read_back(void **state)
{
    struct redis *redis = *state;
    struct line *line = open_line();
    struct line_event events[4];
    struct place place;
    size_t count;
    bool is_new;
    open_door(line, 0, 0, false);
    join(line, 1, 0, 0);
    join(line, 2, 0, 0);
    assert_int_equal(line_journal(line, events, 4, &count), STATUS_OK);
    assert_int_equal(line_forget(line, 3), STATUS_OK); /* so many are durable */
    redis_lose_everything(redis);
    assert_int_equal(line_join(line, fan(3), 0, at(1), &place, &is_new), STATUS_BUSY);
    assert_int_equal(enter(line, 1, 9, 1), STATUS_BUSY);
    assert_int_equal(line_begin(line, 3), STATUS_OK);
    open_door(line, 0, 0, false);
    assert_int_equal(line_restore(line, &events[1], 1, start), STATUS_OK);
    assert_int_equal(line_join(line, fan(3), 0, at(1), &place, &is_new), STATUS_BUSY);
    assert_int_equal(line_restore(line, &events[2], 1, start), STATUS_OK);
    assert_int_equal(line_complete(line), STATUS_OK);
    assert_int_equal(line_begin(line, 3), STATUS_OK); /* another node, a little later */
    assert_int_equal(join(line, 3, 0, 1).sequence, 3);
    assert_int_equal(join(line, 2, 0, 1).sequence, 2);
    line_destroy(line);
}

static int run(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_the_order_of_arrival),
        cmocka_unit_test(leaving_moves_everybody_behind_up_by_one),
        cmocka_unit_test(the_hall_gets_its_turns_as_they_are_drawn),
        cmocka_unit_test(members_go_first_and_the_others_stay_in_the_hall),
        cmocka_unit_test(fans_come_in_when_called_and_while_there_is_room),
        cmocka_unit_test(silence_and_lateness_end_a_place),
        cmocka_unit_test(a_clock_that_is_set_makes_nobody_silent),
        cmocka_unit_test(a_hold_prolongs_the_place_and_not_the_entry),
        cmocka_unit_test(places_a_fan_had_before_are_counted),
        cmocka_unit_test(a_line_is_what_its_events_say),
        cmocka_unit_test(the_journal_keeps_what_is_not_durable_yet),
        cmocka_unit_test(events_that_no_line_could_have_had_are_refused),
        cmocka_unit_test(it_does_what_a_simple_line_does),
    };
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest memory[] = {
        cmocka_unit_test(a_hundred_thousand_places_take_at_most_32_bytes_each),
        cmocka_unit_test(a_letter_that_is_no_event_is_none),
    };
    maker = line_memory_maker();
    next_option = 1;
    int failed = run("in this process");
    failed += cmocka_run_group_tests_name("its memory", memory, NULL, NULL);

    const char *url = redis_url_or_skip();
    if (!url)
        return failed ? failed : SERVER_EXIT_WITHOUT;
    char why[REDIS_WHY_BYTES];
    struct redis *client;
    must(redis_open(&(struct redis_settings){.url = text_of(url)}, why, &client) == STATUS_OK);
    maker = line_redis_open(client);
    must(maker);
    next_option = 1;
    failed += run("on Redis");
    const struct CMUnitTest alone[] = {
        cmocka_unit_test_prestate(a_line_in_redis_gives_no_number_beyond_the_last, client),
        cmocka_unit_test_prestate(no_more_fans_have_come_than_can_have_a_place, client),
        cmocka_unit_test_prestate(a_line_that_was_lost_takes_nobody_until_it_is_read_back, client),
    };
    failed += cmocka_run_group_tests_name("on Redis alone", alone, NULL, NULL);
    line_redis_close(maker);
    redis_close(client);
    return failed;
}
