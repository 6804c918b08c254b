/* gateway_moods_test.c — the same seed, the same faults; and as many of them as were asked for. */
#include "payment/gateway_moods.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PAYMENTS = 20000 };

static void every_mood_has_a_name_that_means_it(void **state)
{
    (void)state;
    enum gateway_mood read;
    for (int mood = 0; mood < GATEWAY_MOOD_COUNT; mood++) {
        const char *name = gateway_mood_name((enum gateway_mood)mood);
        assert_true(gateway_mood_read(text_of(name), &read));
        assert_int_equal(read, mood);
    }
    assert_false(gateway_mood_read(text_of("Approve"), &read));
    assert_false(gateway_mood_read(text_of(""), &read));
}

static void without_a_share_everything_is_approved(void **state)
{
    (void)state;
    struct gateway_chance none = {.seed = 7};
    for (int64_t id = 1; id <= PAYMENTS; id++) {
        assert_int_equal(gateway_mood_draw(&none, (struct payment_id){id}), GATEWAY_MOOD_APPROVE);
        assert_false(gateway_loses_refund(&none, (struct refund_id){id}));
    }
}

static void shares_are_met_and_every_fault_comes(void **state)
{
    (void)state;
    struct gateway_chance chance = {.faults_of_10000 = 500, .declines_of_10000 = 1000, .seed = 42};
    int counts[GATEWAY_MOOD_COUNT] = {0}, lost_count = 0, fault_count = 0;
    for (int64_t id = 1; id <= PAYMENTS; id++) {
        counts[gateway_mood_draw(&chance, (struct payment_id){id})]++;
        lost_count += gateway_loses_refund(&chance, (struct refund_id){id});
    }
    for (int mood = GATEWAY_MOOD_STALL; mood < GATEWAY_MOOD_COUNT; mood++) {
        assert_true(counts[mood] > 0);
        fault_count += counts[mood];
    }
    assert_in_range(counts[GATEWAY_MOOD_DECLINE], PAYMENTS / 12, PAYMENTS / 8);
    assert_in_range(fault_count, PAYMENTS / 25, PAYMENTS / 18); /* 5% of nine in ten */
    assert_in_range(lost_count, PAYMENTS / 22, PAYMENTS / 18);
}

static void a_seed_decides_it_and_another_seed_otherwise(void **state)
{
    (void)state;
    struct gateway_chance one = {.faults_of_10000 = 5000, .seed = 1}, same = one, other = one;
    other.seed = 2;
    int differing = 0;
    for (int64_t id = PAYMENTS; id >= 1; id--) { /* in whatever order they come */
        struct payment_id payment = {id};
        assert_int_equal(gateway_mood_draw(&one, payment), gateway_mood_draw(&same, payment));
        differing += gateway_mood_draw(&one, payment) != gateway_mood_draw(&other, payment);
    }
    assert_true(differing > PAYMENTS / 4);
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(every_mood_has_a_name_that_means_it),
        cmocka_unit_test(without_a_share_everything_is_approved),
        cmocka_unit_test(shares_are_met_and_every_fault_comes),
        cmocka_unit_test(a_seed_decides_it_and_another_seed_otherwise),
    };
    return cmocka_run_group_tests_name("gateway moods", stories, NULL, NULL);
}
