/* night_test.c — what may be typed behind `ticketrush rush`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rush/night.h"

struct attempt {
    const char *name, *value;
    bool accepted;
};

static void each_option_takes_what_it_says_and_nothing_else(void **state)
{
    (void)state;
    static const struct attempt attempts[] = {
        {"--fans", "10000", true},
        {"--fans", "0", false},
        {"--fans", "-3", false},
        {"--fans", "many", false},
        {"--fans", "99999999999", false},
        {"--fans", NULL, false},
        {"--seats-each", "1..2", true},
        {"--seats-each", "2", true},
        {"--seats-each", "2..1", false},
        {"--seats-each", "1.2", false},
        {"--seats-each", "1..", false},
        {"--seats-each", "..2", false},
        {"--seats-each", "1..99", false},
        {"--cancel", "5%", true},
        {"--cancel", "0%", true},
        {"--cancel", "100%", true},
        {"--cancel", "2.25%", true},
        {"--cancel", "5", false},
        {"--cancel", "101%", false},
        {"--cancel", "100.01%", false},
        {"--cancel", "-1%", false},
        {"--cancel", "%", false},
        {"--data", "", false},
        {"--seed", "4294967295", true},
        {"--surprise", "1", false},
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        struct night night;
        char why[NIGHT_WHY_BYTES] = "";
        night_init(&night);
        assert_int_equal(night_set(&night, attempts[i].name, attempts[i].value, why),
                         attempts[i].accepted);
        assert_int_equal(why[0] == '\0', attempts[i].accepted);
    }
}

static void values_arrive_where_they_belong(void **state)
{
    (void)state;
    struct night night;
    char why[NIGHT_WHY_BYTES];
    night_init(&night);
    assert_true(night_set(&night, "--seats-each", "2..4", why));
    assert_true(night_set(&night, "--best", "12.5%", why));
    assert_true(night_set(&night, "--url", "http://localhost:9/", why));
    assert_int_equal(night.seats_each.least, 2);
    assert_int_equal(night.seats_each.most, 4);
    assert_int_equal(night.best.of_10000, 1250);
    assert_string_equal(night.address.host, "127.0.0.1");
    assert_int_equal(night.address.port, 9);
    assert_true(night_set(&night, "--url", "http://[::1]:8081", why));
    assert_string_equal(night.address.host, "::1");
    assert_int_equal(night.address.port, 8081);
    assert_true(night_set(&night, "--url", "http://127.3.2.1", why));
    assert_int_equal(night.address.port, 80);
}

static void nobody_elses_machine_is_rushed(void **state)
{
    (void)state;
    static const char *const others[] = {
        "http://192.0.2.7:8080", "http://example.com",   "https://127.0.0.1", "http://",
        "http://[2001:db8::1]",  "http://0.0.0.0:8080",  "127.0.0.1:8080",    "http://127.0.0.1:0",
        "http://127.0.0.1:x",    "http://127.0.0.1.x:1", "http://:8080",
    };
    struct night night;
    night_init(&night);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char why[NIGHT_WHY_BYTES];
        assert_false(night_set(&night, "--url", others[i], why));
    }
    assert_string_equal(night.address.host, "127.0.0.1");
}

static void a_night_that_contradicts_itself_is_refused(void **state)
{
    (void)state;
    struct night night;
    char why[NIGHT_WHY_BYTES];
    night_init(&night);
    assert_true(night_check(&night, why));
    night.seats_each.most = night.max_per_fan + 1;
    assert_false(night_check(&night, why));
    night.seats_each.most = 2;
    night.cancel.of_10000 = 6000;
    night.never_pay.of_10000 = 6000;
    assert_false(night_check(&night, why));
    night_init(&night);
    night.strategy = "v2";
    assert_true(night_check(&night, why));
    night.lock = "pessimistic";
    assert_true(night_check(&night, why));
    night.lock = "mutex";
    assert_false(night_check(&night, why));
    night.strategy = "v1";
    assert_true(night_check(&night, why));
    night.lock = "none";
    assert_false(night_check(&night, why));
    night.strategy = "v4";
    night.lock = NULL;
    assert_false(night_check(&night, why));
}

static void the_help_knows_every_option(void **state)
{
    (void)state;
    size_t count = 0;
    for (const char *name; (name = night_option_name(count)) != NULL; count++)
        assert_non_null(strstr(night_help, name));
    assert_true(count > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_option_takes_what_it_says_and_nothing_else),
        cmocka_unit_test(values_arrive_where_they_belong),
        cmocka_unit_test(nobody_elses_machine_is_rushed),
        cmocka_unit_test(a_night_that_contradicts_itself_is_refused),
        cmocka_unit_test(the_help_knows_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
