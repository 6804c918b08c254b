/* accept_test.c — who takes what, in every spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "net/accept.h"

#include <cmocka.h>

struct header {
    const char *words;
    bool answer;
};

static void a_form_goes_only_to_those_who_take_it(void **state)
{
    (void)state;
    static const struct header headers[] = {
        {"gzip", true},
        {"gzip, deflate, br", true},
        {"br;q=1.0, GZIP;q=0.5", true},
        {"*", true},
        {"gzip;q=0", false},
        {"gzip;q=0.000, *", false},
        {"identity", false},
        {"", false},
        {"*;q=0", false},
        {"xgzip", false},
        {"br, gzip ; q=0.001", true},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        assert_int_equal(accept_takes(text_of(headers[i].words), "gzip"), headers[i].answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_goes_only_to_those_who_take_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
