/* loop_test.c — what whoever posts to a loop may expect, and whoever waits for its sockets. */
#include "net/loop_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"
#include "limits.h"

enum { NOTES = 3 * LOOP_NOTES_MAX + 1, ROUNDS = 4 };

struct numbered {
    struct loop_note note;
    size_t number;
};

struct stage {
    struct loop loop;
    uv_idle_t listener; /* stands for one: a loop without it would not turn */
    struct numbered numbered[NOTES];
    struct loop_note late, end;
    size_t arrived_count, arrived_before_late, arrived_before_end;
};

static struct stage stage;

static void on_arrive(struct loop_note *note)
{
    assert_int_equal(container_of(note, struct numbered, note)->number, stage.arrived_count);
    stage.arrived_count++;
}

static void on_late(struct loop_note *note)
{
    (void)note;
    stage.arrived_before_late = stage.arrived_count;
}

static void on_end(struct loop_note *note)
{
    (void)note;
    stage.arrived_before_end = stage.arrived_count;
}

static void on_nothing(uv_idle_t *listener)
{
    (void)listener;
}

static void open_loop(void)
{
    assert_int_equal(loop_init(&stage.loop, 0, NULL), STATUS_OK);
    assert_int_equal(uv_idle_init(&stage.loop.uv, &stage.listener), 0);
    assert_int_equal(uv_idle_start(&stage.listener, on_nothing), 0);
}

static void close_loop(void)
{
    uv_close((uv_handle_t *)&stage.listener, NULL);
    loop_deinit(&stage.loop);
}

/* One look at the sockets, and what has arrived by then. */
static void turn_round(void)
{
    (void)uv_run(&stage.loop.uv, UV_RUN_NOWAIT);
}

static int post_a_crowd(void **state)
{
    (void)state;
    memset(&stage, 0, sizeof stage);
    open_loop();
    for (size_t i = 0; i < NOTES; i++) {
        stage.numbered[i] = (struct numbered){.note.on_arrive = on_arrive, .number = i};
        loop_post(&stage.loop, &stage.numbered[i].note);
    }
    return 0;
}

static int leave(void **state)
{
    (void)state;
    close_loop();
    return 0;
}

static void sockets_are_looked_at_between_the_answers_of_a_crowd(void **state)
{
    (void)state;
    for (size_t round = 1; round < ROUNDS; round++) {
        turn_round();
        assert_int_equal(stage.arrived_count, round * LOOP_NOTES_MAX);
    }
    turn_round();
    assert_int_equal(stage.arrived_count, NOTES);
}

static void what_is_posted_while_a_crowd_is_answered_arrives_behind_it(void **state)
{
    (void)state;
    stage.late.on_arrive = on_late;
    turn_round();
    loop_post(&stage.loop, &stage.late);
    for (size_t round = 1; round <= ROUNDS; round++)
        turn_round();
    assert_int_equal(stage.arrived_before_late, NOTES);
}

static void a_burst_ends_when_the_whole_crowd_is_answered(void **state)
{
    (void)state;
    stage.end.on_arrive = on_end;
    loop_at_end(&stage.loop, &stage.end);
    for (size_t round = 1; round <= ROUNDS; round++)
        turn_round();
    assert_int_equal(stage.arrived_before_end, NOTES);
}

static void a_loop_that_ends_delivers_what_is_left(void **state)
{
    (void)state;
    turn_round();
    close_loop();
    assert_int_equal(stage.arrived_count, NOTES);
    open_loop(); /* for leave() */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sockets_are_looked_at_between_the_answers_of_a_crowd,
                                        post_a_crowd, leave),
        cmocka_unit_test_setup_teardown(what_is_posted_while_a_crowd_is_answered_arrives_behind_it,
                                        post_a_crowd, leave),
        cmocka_unit_test_setup_teardown(a_burst_ends_when_the_whole_crowd_is_answered, post_a_crowd,
                                        leave),
        cmocka_unit_test_setup_teardown(a_loop_that_ends_delivers_what_is_left, post_a_crowd,
                                        leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
