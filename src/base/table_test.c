/* table_test.c — a map against a plain array that cannot be wrong. */
#include "base/table.h"

#include <setjmp.h>
#include <stdarg.h>

#include "base/hash.h"
#include "base/random.h"

#include <cmocka.h>

static void what_is_set_is_found_replaced_and_removed(void **state)
{
    (void)state;
    struct table table;
    uint32_t value = 0;
    table_init(&table, 100);
    assert_false(table_get(&table, 7, &value));
    table_remove(&table, 7);
    assert_int_equal(table_set(&table, 7, 1), STATUS_OK);
    assert_int_equal(table_set(&table, 7, 2), STATUS_OK);
    assert_int_equal(table.entry_count, 1);
    assert_true(table_get(&table, 7, &value));
    assert_int_equal(value, 2);
    assert_false(table_get(&table, 8, &value));
    table_remove(&table, 7);
    assert_false(table_get(&table, 7, &value));
    assert_int_equal(table.entry_count, 0);
    table_deinit(&table);
    table_deinit(&table); /* again is harmless */
}

static void a_full_table_refuses_one_more_and_still_replaces(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, 3);
    for (uint64_t key = 1; key <= 3; key++)
        assert_int_equal(table_set(&table, key, (uint32_t)key), STATUS_OK);
    assert_int_equal(table_set(&table, 4, 4), STATUS_FULL);
    assert_int_equal(table_set(&table, 2, 20), STATUS_OK);
    table_remove(&table, 1);
    assert_int_equal(table_set(&table, 4, 4), STATUS_OK);
    uint32_t value;
    assert_true(table_get(&table, 2, &value) && value == 20);
    table_deinit(&table);
}

static void a_cleared_table_is_empty_and_of_use(void **state)
{
    (void)state;
    struct table table;
    uint32_t value;
    table_init(&table, 1000);
    table_clear(&table);
    for (int64_t id = 1; id <= 1000; id++)
        assert_int_equal(table_set(&table, hash_id(id), (uint32_t)id), STATUS_OK);
    table_clear(&table);
    for (int64_t id = 1; id <= 1000; id++)
        assert_false(table_get(&table, hash_id(id), &value));
    assert_int_equal(table_set(&table, hash_id(5), 5), STATUS_OK);
    assert_true(table_get(&table, hash_id(5), &value) && value == 5);
    table_deinit(&table);
}

enum { KEYS = 300, STEPS = 200000 };

/* Few different low bits, so that runs are long, wrap around and have holes torn into them. */
static uint64_t crowded_key(size_t index)
{
    return (uint64_t)(index + 1) << 32 | (index % 5 == 0 ? 0xFFFFFFFFu : (uint32_t)(index % 7));
}

static void any_order_of_setting_and_removing_leaves_what_it_should(void **state)
{
    (void)state;
    static uint32_t expected[KEYS]; /* 0: not there */
    struct table table;
    struct random random;
    table_init(&table, KEYS);
    random_init(&random, 31);
    for (uint32_t step = 1; step <= STEPS; step++) {
        size_t index = random_below(&random, KEYS);
        if (random_below(&random, 2) == 0) {
            assert_int_equal(table_set(&table, crowded_key(index), step), STATUS_OK);
            expected[index] = step;
        } else {
            table_remove(&table, crowded_key(index));
            expected[index] = 0;
        }
        index = random_below(&random, KEYS);
        uint32_t value = 0;
        assert_int_equal(table_get(&table, crowded_key(index), &value), expected[index] != 0);
        assert_int_equal(value, expected[index]);
    }
    size_t count = 0;
    for (size_t i = 0; i < KEYS; i++) {
        uint32_t value = 0;
        (void)table_get(&table, crowded_key(i), &value);
        assert_int_equal(value, expected[i]);
        count += expected[i] != 0;
    }
    assert_int_equal(table.entry_count, count);
    assert_true(table.place_count <= 1024);
    table_deinit(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_set_is_found_replaced_and_removed),
        cmocka_unit_test(a_full_table_refuses_one_more_and_still_replaces),
        cmocka_unit_test(a_cleared_table_is_empty_and_of_use),
        cmocka_unit_test(any_order_of_setting_and_removing_leaves_what_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
