/* keys_test.c — what the engine remembers of idempotency keys, and what it may forget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "booking/keys.h"

static const struct fan_id mina = {1}, joon = {2};

static void a_key_is_known_by_its_fan_and_its_hash(void **state)
{
    (void)state;
    struct keys keys;
    struct key_act act;
    keys_init(&keys, 100);
    keys_remember(&keys, mina, 11, (struct key_act){{7}, 70});
    assert_true(keys_find(&keys, mina, 11, &act));
    assert_int_equal(act.reservation.value, 7);
    assert_int_equal(act.request_hash, 70);
    assert_false(keys_find(&keys, joon, 11, &act));
    assert_false(keys_find(&keys, mina, 12, &act));
    keys_deinit(&keys);
}

static void the_oldest_key_makes_room_for_the_newest(void **state)
{
    (void)state;
    struct keys keys;
    struct key_act act;
    keys_init(&keys, 1000);
    for (int i = 0; i < 2500; i++)
        keys_remember(&keys, mina, i, (struct key_act){{i + 1}, i});
    for (int i = 0; i < 2500; i++)
        assert_int_equal(keys_find(&keys, mina, i, &act), i >= 1500);
    keys_deinit(&keys);
}

static void clearing_forgets_everything(void **state)
{
    (void)state;
    struct keys keys;
    struct key_act act;
    keys_init(&keys, 10);
    keys_remember(&keys, mina, 1, (struct key_act){{1}, 1});
    keys_clear(&keys);
    assert_false(keys_find(&keys, mina, 1, &act));
    keys_remember(&keys, mina, 1, (struct key_act){{2}, 2});
    assert_true(keys_find(&keys, mina, 1, &act));
    assert_int_equal(act.reservation.value, 2);
    keys_deinit(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_known_by_its_fan_and_its_hash),
        cmocka_unit_test(the_oldest_key_makes_room_for_the_newest),
        cmocka_unit_test(clearing_forgets_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
