/* fan_test.c — evenings of single fans: what they hear, and where it leads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rush/fan.h"

static struct hall hall;
static struct random chance;

static int set_up(void **state)
{
    (void)state;
    random_init(&chance, 1);
    return hall_init(&hall, 1, 100) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hall_deinit(&hall);
    return 0;
}

static const struct answer held = {
    .status = 201, .state = ANSWER_HOLD, .id = 7, .amount_won = 1000, .seat_count = 1};
static const struct answer other_held = {
    .status = 201, .state = ANSWER_HOLD, .id = 8, .amount_won = 1000, .seat_count = 1};
static const struct answer paid = {.status = 201, .state = ANSWER_CAPTURED, .id = 70};
static const struct answer other_paid = {.status = 201, .state = ANSWER_CAPTURED, .id = 71};
static const struct answer cancelled = {.status = 200, .state = ANSWER_CANCELLED, .id = 7};
static const struct answer taken = {.status = 409, .code = ANSWER_SEAT_TAKEN};
static const struct answer sold_out = {.status = 409, .code = ANSWER_SOLD_OUT};
static const struct answer lapsed = {.status = 410, .code = ANSWER_HOLD_EXPIRED};
static const struct answer declined = {.status = 402, .code = ANSWER_PAYMENT_DECLINED};
static const struct answer reused = {.status = 422, .code = ANSWER_IDEMPOTENCY_KEY_REUSED};
static const struct answer limited = {.status = 403, .code = ANSWER_LIMIT_EXCEEDED};

struct beat {
    const struct answer *answer;
    enum fan_news news;
    enum fan_step then;
};

static void tell_story(struct fan *fan, const struct beat *story, size_t count)
{
    fan->wanted = fan->wanted ? fan->wanted : 1;
    fan_choose(fan, &hall, &chance);
    for (size_t i = 0; i < count; i++) {
        bool moved = false;
        if (fan->step == FAN_CHOOSING)
            fan_choose(fan, &hall, &chance);
        assert_int_equal(fan_hear(fan, story[i].answer, &moved), story[i].news);
        assert_int_equal(fan->step, story[i].then);
    }
}
#define TELL(fan, story) tell_story(fan, story, sizeof(story) / sizeof(story)[0])

static void a_simple_fan_reserves_and_pays(void **state)
{
    (void)state;
    struct fan fan = {0};
    static const struct beat story[] = {
        {&held, FAN_NEWS_HELD, FAN_PAYING},
        {&paid, FAN_NEWS_PAID, FAN_SERVED},
    };
    TELL(&fan, story);
    assert_int_equal(fan_presses(&fan), 0);
}

static void a_taken_seat_means_choosing_again_with_a_new_key(void **state)
{
    (void)state;
    struct fan fan = {0};
    static const struct beat story[] = {
        {&taken, FAN_NEWS_REFUSED, FAN_CHOOSING},
        {&taken, FAN_NEWS_REFUSED, FAN_CHOOSING},
        {&held, FAN_NEWS_HELD, FAN_PAYING},
    };
    TELL(&fan, story);
    assert_int_equal(fan.reserve_no, 3);
}

static void a_lapsed_hold_means_choosing_again(void **state)
{
    (void)state;
    struct fan fan = {0};
    static const struct beat story[] = {
        {&held, FAN_NEWS_HELD, FAN_PAYING},
        {&lapsed, FAN_NEWS_REFUSED, FAN_CHOOSING},
        {&other_held, FAN_NEWS_HELD, FAN_PAYING},
        {&paid, FAN_NEWS_PAID, FAN_SERVED},
    };
    TELL(&fan, story);
}

static void every_habit_has_its_place_in_the_evening(void **state)
{
    (void)state;
    struct fan fan = {.repeats = true, .bends = true, .declines = true};
    static const struct beat story[] = {
        {&held, FAN_NEWS_HELD, FAN_REPEATING},      {&held, FAN_NEWS_SAME_AGAIN, FAN_BENDING},
        {&reused, FAN_NEWS_REFUSED, FAN_DECLINING}, {&declined, FAN_NEWS_REFUSED, FAN_PAYING},
        {&paid, FAN_NEWS_PAID, FAN_REPAYING},       {&paid, FAN_NEWS_SAME_AGAIN, FAN_SERVED},
    };
    TELL(&fan, story);
    assert_int_equal(fan.reserve_no, 1);
    assert_int_equal(fan.pay_no, 2);
}

static void some_leave_without_paying(void **state)
{
    (void)state;
    struct fan fan = {.cancels = true};
    static const struct beat giving_back[] = {
        {&held, FAN_NEWS_HELD, FAN_CANCELLING},
        {&cancelled, FAN_NEWS_CANCELLED, FAN_LEFT},
    };
    TELL(&fan, giving_back);

    struct fan silent = {.never_pays = true};
    static const struct beat walking_off[] = {{&held, FAN_NEWS_HELD, FAN_LEFT}};
    TELL(&silent, walking_off);

    struct fan late = {.cancels = true};
    static const struct beat too_late[] = {
        {&held, FAN_NEWS_HELD, FAN_CANCELLING},
        {&lapsed, FAN_NEWS_REFUSED, FAN_LEFT},
    };
    TELL(&late, too_late);
}

static void two_clicks_are_one_reservation_and_one_payment(void **state)
{
    (void)state;
    struct fan fan = {.double_clicks = true};
    static const struct beat story[] = {
        {&held, FAN_NEWS_HELD, FAN_RESERVING},
        {&held, FAN_NEWS_SAME_AGAIN, FAN_PAYING},
        {&paid, FAN_NEWS_PAID, FAN_PAYING},
        {&paid, FAN_NEWS_SAME_AGAIN, FAN_SERVED},
    };
    TELL(&fan, story);

    struct fan lucky = {.double_clicks = true};
    static const struct beat second_wins[] = {
        {&taken, FAN_NEWS_REFUSED, FAN_RESERVING},
        {&held, FAN_NEWS_HELD, FAN_PAYING},
    };
    TELL(&lucky, second_wins);

    struct fan unlucky = {.double_clicks = true};
    static const struct beat both_lose[] = {
        {&taken, FAN_NEWS_REFUSED, FAN_RESERVING},
        {&taken, FAN_NEWS_REFUSED, FAN_CHOOSING},
    };
    TELL(&unlucky, both_lose);
}

static void a_key_that_acts_twice_is_wrong(void **state)
{
    (void)state;
    struct fan clicker = {.double_clicks = true};
    static const struct beat two_holds[] = {
        {&held, FAN_NEWS_HELD, FAN_RESERVING},
        {&other_held, FAN_NEWS_WRONG, FAN_PAYING},
    };
    TELL(&clicker, two_holds);

    struct fan repeater = {.repeats = true};
    static const struct beat again[] = {
        {&held, FAN_NEWS_HELD, FAN_REPEATING},
        {&other_held, FAN_NEWS_WRONG, FAN_PAYING},
        {&paid, FAN_NEWS_PAID, FAN_REPAYING},
        {&other_paid, FAN_NEWS_WRONG, FAN_SERVED},
    };
    TELL(&repeater, again);

    struct fan bender = {.bends = true};
    static const struct beat bent[] = {
        {&held, FAN_NEWS_HELD, FAN_BENDING},
        {&other_held, FAN_NEWS_WRONG, FAN_PAYING},
    };
    TELL(&bender, bent);
}

static void an_answer_out_of_place_is_wrong(void **state)
{
    (void)state;
    struct fan first = {0};
    static const struct beat limit[] = {{&limited, FAN_NEWS_WRONG, FAN_LEFT}};
    TELL(&first, limit);

    struct fan second = {.declines = true};
    static const struct beat approved[] = {
        {&held, FAN_NEWS_HELD, FAN_DECLINING},
        {&paid, FAN_NEWS_WRONG, FAN_LEFT},
    };
    TELL(&second, approved);

    struct fan third = {0};
    static const struct beat refused[] = {
        {&held, FAN_NEWS_HELD, FAN_PAYING},
        {&declined, FAN_NEWS_WRONG, FAN_LEFT},
    };
    TELL(&third, refused);
}

static void a_payment_that_was_cut_short_is_made_again_under_a_new_key(void **state)
{
    (void)state;
    struct fan fan = {.wanted = 1, .gateway_outcome = "never"};
    bool moved = false;
    fan_choose(&fan, &hall, &chance);
    assert_int_equal(fan_hear(&fan, &held, &moved), FAN_NEWS_HELD);
    fan_doubt(&fan); /* no answer came */
    assert_int_equal(fan_hear(&fan, &declined, &moved), FAN_NEWS_REFUSED);
    assert_int_equal(fan.step, FAN_PAYING);
    assert_string_equal(fan.gateway_outcome, "approve");
    assert_int_equal(fan.pay_no, 2);
    assert_int_equal(fan_hear(&fan, &paid, &moved), FAN_NEWS_PAID);
    assert_int_equal(fan.step, FAN_SERVED);
}

static void whoever_wants_the_best_takes_fewer_when_told_there_are_no_more(void **state)
{
    (void)state;
    struct fan fan = {.best = true, .wanted = 2};
    static const struct beat story[] = {
        {&taken, FAN_NEWS_REFUSED, FAN_CHOOSING},
        {&sold_out, FAN_NEWS_REFUSED, FAN_CHOOSING},
        {&held, FAN_NEWS_HELD, FAN_PAYING},
    };
    TELL(&fan, story);
    assert_int_equal(fan.wanted, 1);
    assert_false(fan.best);
}

static void in_a_full_hall_one_watches_until_something_comes_free(void **state)
{
    (void)state;
    struct hall full;
    assert_int_equal(hall_init(&full, 1, 4), STATUS_OK);
    full.states[0] = 0x55; /* all held */
    hall_refresh(&full);
    struct fan fan = {.wanted = 2};
    fan_choose(&fan, &full, &chance);
    assert_int_equal(fan.step, FAN_WATCHING);
    assert_int_equal(fan.reserve_no, 0);

    full.states[0] = 0x54; /* one came free */
    hall_refresh(&full);
    fan_wake(&fan);
    fan_choose(&fan, &full, &chance);
    assert_int_equal(fan.step, FAN_RESERVING);
    assert_int_equal(fan.seat_count, 1);
    assert_int_equal(fan.seats[0], 0);
    hall_deinit(&full);
}

static void habits_are_as_common_as_the_night_says(void **state)
{
    (void)state;
    struct night night;
    night_init(&night);
    int cancels = 0, never_pays = 0, best = 0, two = 0;
    for (int i = 0; i < 10000; i++) {
        struct fan fan;
        fan_init(&fan, &night, &chance);
        assert_false(fan.cancels && fan.never_pays);
        assert_in_range(fan.wanted, 1, 2);
        cancels += fan.cancels;
        never_pays += fan.never_pays;
        best += fan.best;
        two += fan.wanted == 2;
    }
    assert_in_range(cancels, 400, 600);
    assert_in_range(never_pays, 400, 600);
    assert_in_range(best, 1800, 2200);
    assert_in_range(two, 4700, 5300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_simple_fan_reserves_and_pays),
        cmocka_unit_test(a_taken_seat_means_choosing_again_with_a_new_key),
        cmocka_unit_test(a_lapsed_hold_means_choosing_again),
        cmocka_unit_test(every_habit_has_its_place_in_the_evening),
        cmocka_unit_test(some_leave_without_paying),
        cmocka_unit_test(two_clicks_are_one_reservation_and_one_payment),
        cmocka_unit_test(a_key_that_acts_twice_is_wrong),
        cmocka_unit_test(an_answer_out_of_place_is_wrong),
        cmocka_unit_test(a_payment_that_was_cut_short_is_made_again_under_a_new_key),
        cmocka_unit_test(whoever_wants_the_best_takes_fewer_when_told_there_are_no_more),
        cmocka_unit_test(in_a_full_hall_one_watches_until_something_comes_free),
        cmocka_unit_test(habits_are_as_common_as_the_night_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
