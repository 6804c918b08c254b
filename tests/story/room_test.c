/* room_test.c — who gets a place in a room, how often, and until when. Time is a number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/server_process.h"
#include "waiting/line_memory.h"
#include "waiting/room.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

static const struct fan_id mina = {1}, joon = {2};

struct stage {
    char folder[TEMPORARY_PATH_BYTES];
    struct seals *seals;
    struct room *room;
    struct line_time now;
    int64_t solved_at_ms; /* the challenge that comes with a join; 0: none */
};

static int open_stage(void **state)
{
    static struct stage stage;
    char why[256];
    stage = (struct stage){.now = {.wall_ms = INT64_C(1000) * HOUR_MS}};
    temporary_folder_make(stage.folder);
    assert_int_equal(seals_open(stage.folder, why, &stage.seals), STATUS_OK);
    struct room_row row = {.option = {7}, .terms = admission_usual_terms()};
    snprintf(row.kid, sizeof row.kid, "%s", seals_newest(stage.seals));
    struct line *line;
    struct line_maker *maker = line_memory_maker();
    assert_int_equal(maker->make(maker, row.option, &line), STATUS_OK);
    stage.room = room_create(&row, stage.seals, line, stage.now);
    assert_non_null(stage.room);
    *state = &stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;
    room_destroy(stage->room);
    seals_close(stage->seals);
    temporary_folder_remove(stage->folder);
    return 0;
}

static void pass(struct stage *stage, int64_t ms)
{
    stage->now.wall_ms += ms;
    stage->now.steady_ms += ms;
}

static struct waiting_ask ask(struct stage *stage, enum waiting_kind kind, struct fan_id fan)
{
    struct waiting_ask ask = {.kind = kind,
                              .option = stage->room->option,
                              .fan = fan,
                              .challenge_set_at_ms = stage->solved_at_ms,
                              .challenge_bits = 20};
    room_decide(stage->room, &ask, 0, stage->now);
    return ask;
}

static void must_hear(struct stage *stage, enum waiting_kind kind, struct fan_id fan,
                      enum waiting_verdict verdict)
{
    assert_int_equal(ask(stage, kind, fan).verdict, verdict);
}

/* --- joining again ---------------------------------------------------------------------------- */

static void who_gives_up_place_after_place_waits_ever_longer(void **state)
{
    struct stage *stage = *state;
    static const int64_t waits_ms[] = {0, 0, 30000, 60000, 120000, 240000, 480000, 960000, 960000};
    must_hear(stage, WAITING_JOIN, mina, WAITING_NEW);
    for (size_t i = 0; i < sizeof waits_ms / sizeof waits_ms[0]; i++) {
        must_hear(stage, WAITING_JOIN, mina, WAITING_HERE);
        must_hear(stage, WAITING_LEAVE, mina, WAITING_HERE);
        if (waits_ms[i] > 0) {
            struct waiting_ask refused = ask(stage, WAITING_JOIN, mina);
            assert_int_equal(refused.verdict, WAITING_TOO_SOON);
            assert_int_equal(refused.retry_after_ms, waits_ms[i]);
            pass(stage, waits_ms[i] - 1);
            must_hear(stage, WAITING_JOIN, mina, WAITING_TOO_SOON);
            must_hear(stage, WAITING_JOIN, joon, i == 2 ? WAITING_NEW : WAITING_HERE);
            pass(stage, 1);
        }
        must_hear(stage, WAITING_JOIN, mina, WAITING_NEW);
    }
}

static void a_clock_that_is_set_back_keeps_nobody_out(void **state)
{
    struct stage *stage = *state;
    for (int i = 0; i <= WAITING_REJOINS_FREE; i++) {
        must_hear(stage, WAITING_JOIN, mina, WAITING_NEW);
        must_hear(stage, WAITING_LEAVE, mina, WAITING_HERE);
    }
    must_hear(stage, WAITING_JOIN, mina, WAITING_TOO_SOON);
    stage->now.wall_ms -= HOUR_MS;
    must_hear(stage, WAITING_JOIN, mina, WAITING_NEW);
}

/* --- proof of work ---------------------------------------------------------------------------- */

static void a_challenge_is_good_for_one_place(void **state)
{
    struct stage *stage = *state;
    stage->room->admission.terms.challenge_bits = 20;
    must_hear(stage, WAITING_JOIN, mina, WAITING_CHALLENGE);
    stage->solved_at_ms = stage->now.wall_ms;
    must_hear(stage, WAITING_JOIN, mina, WAITING_NEW);
    pass(stage, 5000);
    must_hear(stage, WAITING_LEAVE, mina, WAITING_HERE);
    must_hear(stage, WAITING_JOIN, mina, WAITING_CHALLENGE); /* the same again */
    pass(stage, 2000);
    stage->solved_at_ms = stage->now.wall_ms;
    must_hear(stage, WAITING_JOIN, mina, WAITING_NEW);
    stage->room->admission.terms.challenge_bits = 21; /* the operator asks for more */
    must_hear(stage, WAITING_JOIN, mina, WAITING_HERE);
    must_hear(stage, WAITING_JOIN, joon, WAITING_CHALLENGE);
}

/* --- the last number -------------------------------------------------------------------------- */

static void a_line_that_has_given_all_its_numbers_says_so(void **state)
{
    struct stage *stage = *state;
    struct place place;
    bool is_new;
    for (int64_t fan = 1; fan <= WAITING_PLACES_MAX; fan++) {
        assert_int_equal(
            line_join(stage->room->line, (struct fan_id){fan}, 0, stage->now, &place, &is_new),
            STATUS_OK);
        if (fan % 4096 == 0)
            assert_int_equal(line_forget(stage->room->line, fan), STATUS_OK);
    }
    assert_int_equal(place.sequence, WAITING_PLACES_MAX);
    must_hear(stage, WAITING_JOIN, (struct fan_id){WAITING_PLACES_MAX + 1}, WAITING_FULL);
    must_hear(stage, WAITING_JOIN, (struct fan_id){WAITING_PLACES_MAX}, WAITING_HERE);
    must_hear(stage, WAITING_LEAVE, mina, WAITING_HERE);
    must_hear(stage, WAITING_JOIN, mina, WAITING_FULL); /* a number is never given twice */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)
        STORY(who_gives_up_place_after_place_waits_ever_longer),
        STORY(a_clock_that_is_set_back_keeps_nobody_out),
        STORY(a_challenge_is_good_for_one_place),
        STORY(a_line_that_has_given_all_its_numbers_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
