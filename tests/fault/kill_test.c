/*
 * kill_test.c — an opening night whose server is killed in the middle, again and again.
 *
 * The server is started again on the same port and folder, and rush, which goes on asking, must
 * find everything it was ever told.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/rush_night.h"

static void strike(struct rush_night *night, int signal)
{
    server_process_signal(night->server, signal);
    int code = server_process_wait(night->server);
    assert_int_equal(code, signal == SIGKILL ? 128 + SIGKILL : 0);
    server_process_destroy(night->server);
    rush_night_start_server(night);
}

static void kill_it(struct rush_night *night)
{
    strike(night, SIGKILL);
}

static void stop_it(struct rush_night *night)
{
    strike(night, SIGTERM);
}

static void play(const struct rush_blow *blows, size_t blow_count)
{
    struct rush_night night = {.store = NULL};
    rush_night_play(&night, blows, blow_count, NULL);
}
#define PLAY(blows) play(blows, sizeof(blows) / sizeof(blows)[0])

/* --- stories ---------------------------------------------------------------------------------- */

static void a_night_without_a_blow_sells_every_seat(void **state)
{
    (void)state;
    play(NULL, 0);
}

static void a_kill_at_the_first_acknowledgement_loses_nothing(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {{1, kill_it}};
    PLAY(blows);
}

static void kills_all_through_the_night_lose_nothing(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {
        {120, kill_it}, {121, kill_it}, {450, kill_it}, {800, kill_it}, {1000, kill_it},
    };
    PLAY(blows);
}

static void kills_and_a_faulty_gateway_together_lose_nothing(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {{100, kill_it}, {600, kill_it}, {900, stop_it}};
    struct rush_night night = {.gateway_faults = "5%"};
    rush_night_play(&night, blows, sizeof blows / sizeof blows[0], NULL);
}

static void an_orderly_stop_in_the_middle_loses_nothing(void **state)
{
    (void)state;
    static const struct rush_blow blows[] = {{300, stop_it}, {700, stop_it}};
    PLAY(blows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_night_without_a_blow_sells_every_seat),
        cmocka_unit_test(a_kill_at_the_first_acknowledgement_loses_nothing),
        cmocka_unit_test(kills_all_through_the_night_lose_nothing),
        cmocka_unit_test(kills_and_a_faulty_gateway_together_lose_nothing),
        cmocka_unit_test(an_orderly_stop_in_the_middle_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
