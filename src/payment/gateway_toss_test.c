/* gateway_toss_test.c — where the secret key may be sent. */
#include "payment/gateway_toss.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guard/breaker.h"

static void only_this_machine_is_spoken_to_without_tls(void **state)
{
    static const struct {
        const char *url;
        enum status status;
    } cases[] = {
        {"https://api.tosspayments.com", STATUS_OK},
        {"http://127.0.0.1", STATUS_OK},
        {"http://127.0.0.1:8081", STATUS_OK},
        {"http://127.0.0.1:8081/v1", STATUS_OK},
        {"http://api.tosspayments.com", STATUS_INVALID},
        {"http://127.0.0.1.example", STATUS_INVALID},
        {"http://127.0.0.1@example", STATUS_INVALID},
        {"http://127.0.0.1:8081@example", STATUS_INVALID},
        {"http://127.0.0.10", STATUS_INVALID},
        {"", STATUS_INVALID},
    };
    struct breakers *breakers = breakers_create();
    (void)state;
    assert_non_null(breakers);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char why[256];
        struct gateway *gateway = NULL;
        const struct gateway_toss_settings settings = {.url = cases[i].url,
                                                       .secret_key = "test_sk",
                                                       .connect_timeout_ms = 1000,
                                                       .total_timeout_ms = 1000,
                                                       .breakers = breakers};
        assert_int_equal(gateway_toss_open(&settings, why, &gateway), cases[i].status);
        if (gateway)
            gateway_destroy(gateway);
    }
    breakers_destroy(breakers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_machine_is_spoken_to_without_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
