/*
 * disk_test.c — the disk of a running server fills up, and has room again.
 *
 * The kernel plays the full disk: no file of the server may grow beyond a limit that is set and
 * lifted from outside (prlimit). What the store does when a write or an fsync fails is told byte
 * by byte in store_fault_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "support/test_sale.h"

static void limit_files(struct test_sale *sale, rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    int failed = prlimit(server_process_pid(sale->server), RLIMIT_FSIZE, &limit, NULL);
    assert_int_equal(failed, 0);
}

static struct http_reply press(struct test_sale *sale, int seat, const char *key)
{
    char body[128];
    snprintf(body, sizeof body, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)sale->option,
             (long long)sale->first_seat + seat);
    return http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                            .path = "/api/reservations",
                                                            .token = sale->mina,
                                                            .idempotency_key = key,
                                                            .json = body});
}

static void a_full_disk_is_answered_with_503_and_harms_nothing(void **state)
{
    (void)state;
    struct test_sale *sale = test_sale_open(NULL);
    struct http_reply reply = press(sale, 0, "before");
    assert_int_equal(reply.status, 201);
    char before[TEST_FINGERPRINT_BYTES], after[TEST_FINGERPRINT_BYTES];
    test_sale_fingerprint(sale, before);

    limit_files(sale, 1);
    for (int i = 0; i < 3; i++) {
        reply = press(sale, 1, "meanwhile");
        assert_int_equal(reply.status, 503);
        assert_non_null(http_reply_field(&reply, "retry-after").bytes);
    }
    reply = http_client_ask(sale->client, &(struct http_ask){.path = "/healthz"});
    assert_int_equal(reply.status, 200);
    reply = http_client_ask(sale->client,
                            &(struct http_ask){.path = "/api/reservations", .token = sale->mina});
    assert_int_equal(reply.status, 200); /* reading goes on */
    test_sale_fingerprint(sale, after);
    assert_string_equal(before, after);

    limit_files(sale, RLIM_INFINITY);
    reply = press(sale, 1, "meanwhile"); /* the same request again, as it was told */
    assert_int_equal(reply.status, 201);
    reply = press(sale, 0, "another");
    assert_int_equal(reply.status, 409); /* the first hold has been remembered */
    test_sale_audit(sale);
    test_sale_close(sale);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_answered_with_503_and_harms_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
