/*
 * strategies_test.c — what every strategy that looks at the rows owes its fans, on every database:
 * one seat is sold once, limits and keys hold in parallel, and what follows a hold works.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "support/strategy_house.h"

struct mechanism_name {
    const char *strategy, *lock;
};

static const struct mechanism_name guarded[] = {
    {"v1", "mutex"}, {"v2", "optimistic"}, {"v2", "pessimistic"}, {"v3", ""}};

static enum database_kind database_kind;
static struct database *database; /* each story has a sale of its own in it */
static const struct mechanism_name *named;

static struct strategy_house *open_house(void)
{
    return strategy_house_open(&(struct strategy_house_settings){.kind = database_kind,
                                                                 .database = database,
                                                                 .strategy = named->strategy,
                                                                 .lock = named->lock});
}

static size_t count_verdicts(const struct fan_press *presses, size_t count,
                             enum booking_verdict verdict)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += presses[i].ask.verdict == verdict;
    return found;
}

static void press_all(struct fan_press *presses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fan_press(&presses[i]);
    fan_wait(presses, count);
}

/* --- crowds ----------------------------------------------------------------------------------- */

enum { FANS = 30 };

static void thirty_fans_want_one_seat_and_one_gets_it(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press presses[FANS];
    for (int i = 0; i < FANS; i++)
        fan_wants(&presses[i], house, 100 + i, 7, 1, "key");
    press_all(presses, FANS);
    assert_int_equal(count_verdicts(presses, FANS, BOOKING_DONE), 1);
    assert_int_equal(count_verdicts(presses, FANS, BOOKING_SEAT_TAKEN), FANS - 1);
    assert_int_equal(strategy_house_seat(house, 7), SEAT_HELD);
    assert_true(strategy_house_is_clean(house));
    strategy_house_close(house);
}

static void wishes_that_overlap_are_granted_whole_or_not_at_all(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press presses[FANS];
    for (uint32_t i = 0; i < FANS; i++)
        fan_wants(&presses[i], house, 100 + i, i % 10, 3, "key");
    press_all(presses, FANS);
    size_t won = count_verdicts(presses, FANS, BOOKING_DONE);
    assert_in_range(won, 1, 4); /* twelve seats in threes */
    assert_int_equal(count_verdicts(presses, FANS, BOOKING_SEAT_TAKEN) + won, FANS);
    static const struct sql live = {
        "SELECT count(*) FROM reservation_seat s JOIN reservation r ON r.id = s.reservation_id"
        " WHERE s.live <> 0 AND r.option_id = (SELECT max(option_id) FROM sale)"};
    assert_int_equal(strategy_house_count(house, &live), 3 * won);
    assert_true(strategy_house_is_clean(house));
    strategy_house_close(house);
}

static void the_best_seats_go_to_everybody_who_asks_while_there_are_some(void **state)
{
    (void)state;
    enum { PAIRS = HOUSE_SEATS / 2 };
    struct strategy_house *house = open_house();
    struct fan_press presses[PAIRS];
    for (int i = 0; i < PAIRS; i++)
        fan_wants_best(&presses[i], house, 100 + i, 2, "key");
    press_all(presses, PAIRS);
    size_t won = count_verdicts(presses, PAIRS, BOOKING_DONE);
    size_t busy = count_verdicts(presses, PAIRS, BOOKING_FAILED); /* others were faster each time */
    size_t apart = count_verdicts(presses, PAIRS, BOOKING_SEAT_TAKEN); /* single ones were left */
    assert_int_equal(won + busy + apart, PAIRS);
    assert_true(won >= PAIRS / 2);
    assert_true(strategy_house_is_clean(house));
    strategy_house_close(house);
}

static void a_fan_with_many_hands_gets_no_more_than_the_limit(void **state)
{
    (void)state;
    enum { HANDS = 12 };
    struct strategy_house *house = open_house();
    struct fan_press presses[HANDS];
    char key[16];
    for (uint32_t i = 0; i < HANDS; i++) {
        snprintf(key, sizeof key, "key-%u", i);
        fan_wants(&presses[i], house, 5, i * 2, 1, key);
    }
    press_all(presses, HANDS);
    assert_int_equal(count_verdicts(presses, HANDS, BOOKING_DONE), HOUSE_MAX_PER_FAN);
    assert_int_equal(count_verdicts(presses, HANDS, BOOKING_LIMIT_EXCEEDED),
                     HANDS - HOUSE_MAX_PER_FAN);
    assert_true(strategy_house_is_clean(house));
    strategy_house_close(house);
}

static void one_key_pressed_many_times_at_once_acts_once(void **state)
{
    (void)state;
    enum { TIMES = 12 };
    struct strategy_house *house = open_house();
    struct fan_press presses[TIMES];
    for (int i = 0; i < TIMES; i++)
        fan_wants(&presses[i], house, 5, 3, 2, "the same");
    press_all(presses, TIMES);
    assert_int_equal(count_verdicts(presses, TIMES, BOOKING_DONE), 1);
    assert_int_equal(count_verdicts(presses, TIMES, BOOKING_REPEATED), TIMES - 1);
    for (int i = 1; i < TIMES; i++)
        assert_int_equal(presses[i].ask.reservation.value, presses[0].ask.reservation.value);
    struct fan_press other;
    fan_wants(&other, house, 5, 9, 1, "the same");
    assert_int_equal(fan_hears(&other), BOOKING_KEY_REUSED);
    strategy_house_close(house);
}

/* --- rules ------------------------------------------------------------------------------------ */

#define OF_THIS_SALE " WHERE option_id = (SELECT max(option_id) FROM sale);"

static void the_rules_are_the_engines(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press press;
    fan_wants(&press, house, 1, HOUSE_SEATS, 1, "beyond");
    assert_int_equal(fan_hears(&press), BOOKING_NO_SUCH_SEAT);
    fan_wants(&press, house, 1, 0, 5, "too many");
    assert_int_equal(fan_hears(&press), BOOKING_LIMIT_EXCEEDED);
    fan_wants_best(&press, house, 1, SEATS_PER_RESERVATION_MAX, "more than a row has");
    assert_int_equal(fan_hears(&press), BOOKING_LIMIT_EXCEEDED);
    fan_wants(&press, house, 1, 0, 1, "elsewhere");
    press.ask.strategy = named->strategy[1] - '0' == 2 ? 3 : 2;
    assert_int_equal(fan_hears(&press), BOOKING_STRATEGY_MISMATCH);
    fan_wants(&press, house, 1, 0, 1, "no sale");
    press.ask.option.value += 1000;
    assert_int_equal(fan_hears(&press), BOOKING_NO_SALE);

    strategy_house_do(house, "UPDATE sale SET status = 'PAUSED'" OF_THIS_SALE);
    fan_wants(&press, house, 1, 0, 1, "paused");
    assert_int_equal(fan_hears(&press), BOOKING_PAUSED);
    strategy_house_do(
        house, "UPDATE sale SET status = 'ACTIVE', opens_at_ms = closes_at_ms - 1" OF_THIS_SALE);
    fan_wants(&press, house, 1, 0, 1, "early");
    assert_int_equal(fan_hears(&press), BOOKING_NOT_OPEN_YET);
    strategy_house_do(house, "UPDATE sale SET opens_at_ms = 1, closes_at_ms = 2" OF_THIS_SALE);
    fan_wants(&press, house, 1, 0, 1, "late");
    assert_int_equal(fan_hears(&press), BOOKING_CLOSED);
    strategy_house_do(house, "UPDATE sale SET closes_at_ms = 4000000000000" OF_THIS_SALE);
    strategy_house_do(house, "UPDATE seat SET blocked = 1" OF_THIS_SALE);
    fan_wants(&press, house, 1, 0, 1, "blocked");
    assert_int_equal(fan_hears(&press), BOOKING_SEAT_TAKEN);
    assert_int_equal(press.ask.choice.seat_count, 1);
    strategy_house_close(house);
}

/* --- what follows ----------------------------------------------------------------------------- */

static void a_hold_given_back_is_free_at_once(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press mina, joon;
    fan_wants(&mina, house, 1, 4, 2, "key");
    assert_int_equal(fan_hears(&mina), BOOKING_DONE);
    assert_int_equal(strategy_house_seat(house, 5), SEAT_HELD);
    fan_wants(&joon, house, 2, 5, 1, "first");
    assert_int_equal(fan_hears(&joon), BOOKING_SEAT_TAKEN);
    assert_int_equal(fan_asks(house, &joon, BOOKING_CANCEL), BOOKING_NOT_LIVE);
    assert_int_equal(fan_asks(house, &mina, BOOKING_CANCEL), BOOKING_DONE);
    assert_int_equal(strategy_house_seat(house, 5), SEAT_AVAILABLE);
    assert_int_equal(fan_asks(house, &mina, BOOKING_CANCEL), BOOKING_NOT_LIVE);
    fan_wants(&joon, house, 2, 5, 1, "second");
    assert_int_equal(fan_hears(&joon), BOOKING_DONE);
    assert_true(strategy_house_is_clean(house));
    strategy_house_close(house);
}

static void a_hold_lapses_unless_it_is_being_paid(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press mina, joon;
    fan_wants(&mina, house, 1, 0, 1, "key");
    fan_wants(&joon, house, 2, 1, 1, "key");
    assert_int_equal(fan_hears(&mina), BOOKING_DONE);
    assert_int_equal(fan_hears(&joon), BOOKING_DONE);
    strategy_house_wait(house, HOUSE_HOLD_SECONDS * 1000 - 5000);
    assert_int_equal(fan_asks(house, &joon, BOOKING_PAY), BOOKING_DONE);
    assert_int_equal(fan_asks(house, &joon, BOOKING_PAY), BOOKING_WRONG_STATE);
    strategy_house_wait(house, 6000);
    assert_int_equal(strategy_house_seat(house, 0), SEAT_AVAILABLE);
    assert_int_equal(strategy_house_seat(house, 1), SEAT_HELD);
    assert_int_equal(fan_asks(house, &mina, BOOKING_CANCEL), BOOKING_NOT_LIVE);
    assert_int_equal(fan_asks(house, &joon, BOOKING_CONFIRM), BOOKING_DONE);
    assert_int_equal(strategy_house_seat(house, 1), SEAT_SOLD);
    strategy_house_wait(house, 60000);
    assert_int_equal(strategy_house_seat(house, 1), SEAT_SOLD);
    assert_int_equal(fan_asks(house, &joon, BOOKING_REFUND), BOOKING_DONE);
    assert_int_equal(strategy_house_seat(house, 1), SEAT_AVAILABLE);
    strategy_house_close(house);
}

static void money_that_came_late_gets_its_seats_if_they_are_free(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press mina, joon, next;
    fan_wants(&mina, house, 1, 0, 1, "key");
    fan_wants(&joon, house, 2, 1, 1, "key");
    assert_int_equal(fan_hears(&mina), BOOKING_DONE);
    assert_int_equal(fan_hears(&joon), BOOKING_DONE);
    strategy_house_wait(house, HOUSE_HOLD_SECONDS * 1000 + 1);
    fan_wants(&next, house, 3, 1, 1, "key");
    assert_int_equal(fan_hears(&next), BOOKING_DONE);
    assert_int_equal(fan_asks(house, &mina, BOOKING_REVIVE), BOOKING_DONE);
    assert_int_equal(fan_asks(house, &joon, BOOKING_REVIVE), BOOKING_SEAT_TAKEN);
    assert_int_equal(strategy_house_seat(house, 0), SEAT_SOLD);
    fan_wants(&next, house, 3, 0, 1, "another");
    assert_int_equal(fan_hears(&next), BOOKING_SEAT_TAKEN);
    strategy_house_close(house);
}

static void money_that_came_late_buys_no_seats_beyond_the_limit(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press late, next;
    fan_wants(&late, house, 1, 0, HOUSE_MAX_PER_FAN, "key");
    assert_int_equal(fan_hears(&late), BOOKING_DONE);
    strategy_house_wait(house, HOUSE_HOLD_SECONDS * 1000 + 1);
    fan_wants(&next, house, 1, 10, 1, "another");
    assert_int_equal(fan_hears(&next), BOOKING_DONE);
    assert_int_equal(fan_asks(house, &late, BOOKING_REVIVE), BOOKING_SEAT_TAKEN);
    assert_int_equal(strategy_house_seat(house, 0), SEAT_AVAILABLE);
    assert_int_equal(fan_asks(house, &next, BOOKING_CANCEL), BOOKING_DONE);
    assert_int_equal(fan_asks(house, &late, BOOKING_REVIVE), BOOKING_DONE);
    strategy_house_close(house);
}

static void a_restart_finds_the_board_and_the_lapses_again(void **state)
{
    (void)state;
    struct strategy_house *house = open_house();
    struct fan_press mina;
    fan_wants(&mina, house, 1, 0, 1, "key");
    assert_int_equal(fan_hears(&mina), BOOKING_DONE);
    const struct strategy_house_settings again = {.kind = database_kind,
                                                  .database = database,
                                                  .sale = &house->sale,
                                                  .strategy = named->strategy,
                                                  .lock = named->lock};
    struct strategy_house *second = strategy_house_open(&again);
    assert_int_equal(strategy_house_seat(second, 0), SEAT_HELD);
    strategy_house_wait(second, HOUSE_HOLD_SECONDS * 1000 + 1);
    assert_int_equal(strategy_house_seat(second, 0), SEAT_AVAILABLE);
    strategy_house_close(second);
    assert_true(strategy_house_is_clean(house));
    strategy_house_close(house);
}

/* --- no guard --------------------------------------------------------------------------------- */

struct gate { /* nobody writes before all have looked */
    struct strategies_watcher watcher;
    pthread_mutex_t lock;
    pthread_cond_t opened;
    int looked;
};

static void wait_for_the_others(struct strategies_watcher *watcher, const struct booking_ask *ask)
{
    struct gate *gate = (struct gate *)watcher;
    (void)ask;
    pthread_mutex_lock(&gate->lock);
    if (++gate->looked == FANS)
        pthread_cond_broadcast(&gate->opened);
    while (gate->looked < FANS)
        pthread_cond_wait(&gate->opened, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static const struct audit_finding *find_rule(const struct strategy_house *house, const char *rule)
{
    for (int i = 0; i < house->report.finding_count; i++)
        if (strcmp(house->report.finding[i].rule, rule) == 0)
            return &house->report.finding[i];
    return NULL;
}

static void without_a_guard_thirty_fans_buy_one_seat_and_the_audit_names_them(void **state)
{
    (void)state;
    struct gate gate = {.watcher = {wait_for_the_others},
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .opened = PTHREAD_COND_INITIALIZER};
    struct strategy_house *house =
        strategy_house_open(&(struct strategy_house_settings){.kind = database_kind,
                                                              .strategy = "v1",
                                                              .lock = "none",
                                                              .worker_count = FANS,
                                                              .watcher = &gate.watcher});
    struct fan_press presses[FANS];
    for (int i = 0; i < FANS; i++)
        fan_wants(&presses[i], house, 100 + i, 7, 1, "key");
    press_all(presses, FANS);
    assert_int_equal(count_verdicts(presses, FANS, BOOKING_DONE), FANS);

    assert_false(strategy_house_is_clean(house));
    const struct audit_finding *doubles =
        find_rule(house, "a reservation of a seat that somebody else had before");
    assert_non_null(doubles);
    assert_int_equal(doubles->violation_count, FANS - 1);
    for (int i = 0; i < FANS; i++) { /* all but the first are named */
        int64_t id = presses[i].ask.reservation.value;
        int named_count = 0;
        for (int e = 0; e < FANS - 1; e++)
            named_count += doubles->example[e] == id;
        assert_true(named_count == 1 || (named_count == 0 && id < doubles->example[0]));
    }
    assert_int_equal(fan_asks(house, &presses[0], BOOKING_CANCEL), BOOKING_DONE);
    assert_int_equal(strategy_house_seat(house, 7), SEAT_HELD); /* others have it too */
    strategy_house_close(house);
}

static void whoever_was_slower_looks_again_and_is_counted(void **state)
{
    (void)state;
    struct gate gate = {.watcher = {wait_for_the_others},
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .opened = PTHREAD_COND_INITIALIZER};
    struct strategy_house *house =
        strategy_house_open(&(struct strategy_house_settings){.kind = database_kind,
                                                              .strategy = "v2",
                                                              .lock = "optimistic",
                                                              .worker_count = FANS,
                                                              .watcher = &gate.watcher});
    struct fan_press presses[FANS];
    struct strategies_counts counts;
    uint64_t retries = 0;
    for (int i = 0; i < FANS; i++)
        fan_wants(&presses[i], house, 100 + i, 7, 1, "key");
    press_all(presses, FANS);
    assert_int_equal(count_verdicts(presses, FANS, BOOKING_DONE), 1);
    assert_int_equal(count_verdicts(presses, FANS, BOOKING_SEAT_TAKEN), FANS - 1);
    strategies_counts(house->strategies, &counts);
    for (size_t i = 0; i < sizeof counts.of / sizeof counts.of[0]; i++)
        retries += counts.of[i].retries;
    assert_int_equal(retries, FANS - 1);
    strategy_house_close(house);
}

static void without_the_lab_nothing_is_sold_without_a_guard(void **state)
{
    (void)state;
    struct strategy_house *house = strategy_house_open(&(struct strategy_house_settings){
        .kind = database_kind, .strategy = "v1", .lock = "none", .no_lab = true});
    struct fan_press press;
    fan_wants(&press, house, 1, 0, 1, "key");
    assert_int_equal(fan_hears(&press), BOOKING_LAB_ONLY);
    assert_true(strategy_house_is_clean(house));
    strategy_house_close(house);
}

static void the_mutex_sells_without_the_lab(void **state)
{
    (void)state;
    static const char *const locks[] = {"mutex", ""}; /* "": the sale names none */
    for (int i = 0; i < 2; i++) {
        struct strategy_house *house = strategy_house_open(&(struct strategy_house_settings){
            .kind = database_kind, .strategy = "v1", .lock = locks[i], .no_lab = true});
        struct fan_press press;
        fan_wants(&press, house, 1, 0, 1, "key");
        assert_int_equal(fan_hears(&press), BOOKING_DONE);
        assert_true(strategy_house_is_clean(house));
        strategy_house_close(house);
    }
}

/* Whoever can write to a database or to a Redis can put such a one there. */
static void a_fence_that_none_is_above_refuses_its_seat_and_no_other(void **state)
{
    (void)state;
    struct strategy_house *house = strategy_house_open(
        &(struct strategy_house_settings){.kind = database_kind, .strategy = "v3", .lock = ""});
    struct fan_press mina, joon;
    strategy_house_do(house, "UPDATE seat SET fence = 9007199254740991"
                             " WHERE id = (SELECT min(first_seat_id) FROM concert_option)");
    fan_wants(&mina, house, 1, 0, 1, "key");
    fan_wants(&joon, house, 2, 1, 1, "key");
    assert_int_equal(fan_hears(&mina), BOOKING_FAILED);
    assert_int_equal(fan_hears(&joon), BOOKING_DONE);
    strategy_house_close(house);
}

/* ---------------------------------------------------------------------------------------------- */

static int run(enum database_kind kind)
{
    const struct CMUnitTest crowds[] = {
        cmocka_unit_test(thirty_fans_want_one_seat_and_one_gets_it),
        cmocka_unit_test(wishes_that_overlap_are_granted_whole_or_not_at_all),
        cmocka_unit_test(the_best_seats_go_to_everybody_who_asks_while_there_are_some),
        cmocka_unit_test(a_fan_with_many_hands_gets_no_more_than_the_limit),
        cmocka_unit_test(one_key_pressed_many_times_at_once_acts_once),
        cmocka_unit_test(the_rules_are_the_engines),
        cmocka_unit_test(a_hold_given_back_is_free_at_once),
        cmocka_unit_test(a_restart_finds_the_board_and_the_lapses_again),
        /* From here on there are seats that nobody has paid for: no audit any more. */
        cmocka_unit_test(a_hold_lapses_unless_it_is_being_paid),
        cmocka_unit_test(money_that_came_late_gets_its_seats_if_they_are_free),
        cmocka_unit_test(money_that_came_late_buys_no_seats_beyond_the_limit),
    };
    const struct CMUnitTest unguarded[] = {
        cmocka_unit_test(without_a_guard_thirty_fans_buy_one_seat_and_the_audit_names_them),
        cmocka_unit_test(whoever_was_slower_looks_again_and_is_counted),
        cmocka_unit_test(without_the_lab_nothing_is_sold_without_a_guard),
        cmocka_unit_test(the_mutex_sells_without_the_lab),
        cmocka_unit_test(a_fence_that_none_is_above_refuses_its_seat_and_no_other),
    };
    char name[64];
    int failed = 0;
    database_kind = kind;
    for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++) {
        named = &guarded[i];
        snprintf(name, sizeof name, "%s %s on %s", named->strategy, named->lock,
                 database_kind_name(kind));
        database = database_make(kind);
        failed += cmocka_run_group_tests_name(name, crowds, NULL, NULL);
        database_remove(database);
    }
    snprintf(name, sizeof name, "v1 none on %s", database_kind_name(kind));
    return failed + cmocka_run_group_tests_name(name, unguarded, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(run);
}
