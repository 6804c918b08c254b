/* webhook_test.c — whose webhook it is, and how old. Time is a number we pass in. */
#include "payment/webhook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/clock.h"

#define SECRET "shared with the gateway"
#define BODY                                                                                       \
    "{\"eventType\":\"PAYMENT_STATUS_CHANGED\",\"createdAt\":\"2026-11-21T12:00:00.000000\","      \
    "\"data\":{\"orderId\":\"TR-7-a\",\"status\":\"DONE\",\"totalAmount\":99000}}"

enum { SIGNATURE_BYTES = 256 };

static const char sent[] = "2026-11-21T12:00:00+09:00";

static int64_t sent_at_ms(void)
{
    int64_t at_ms;
    assert_true(clock_read_iso(text_of(sent), &at_ms));
    return at_ms;
}

static void sign(const char *secret, const char *body, char out[SIGNATURE_BYTES])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char bytes[1024], base64[128];
    crypto_auth_hmacsha256_state state;
    int size = snprintf(bytes, sizeof bytes, "%s:%s", body, sent);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)bytes, (unsigned long long)size);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(base64, sizeof base64, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    snprintf(out, SIGNATURE_BYTES, "v1:%s", base64);
}

static enum webhook_verdict read_one(const char *body, const char *signature, int64_t now_ms,
                                     struct webhook *out_webhook)
{
    struct webhook_delivery delivery = {.body = text_of(body),
                                        .signature = text_of(signature),
                                        .sent_at = text_of(sent),
                                        .id = text_of("delivery-1")};
    return webhook_read(&delivery, text_of(SECRET), now_ms, out_webhook);
}

static void a_genuine_one_names_its_payment(void **state)
{
    (void)state;
    char signature[SIGNATURE_BYTES];
    struct webhook webhook;
    sign(SECRET, BODY, signature);
    assert_int_equal(read_one(BODY, signature, sent_at_ms(), &webhook), WEBHOOK_GOOD);
    assert_string_equal(webhook.order_id, "TR-7-a");
    assert_string_equal(webhook.said, "DONE");
    assert_string_equal(webhook.delivery, "delivery-1");
}

static void one_of_several_signatures_is_enough(void **state)
{
    (void)state;
    char old[SIGNATURE_BYTES], new[SIGNATURE_BYTES], both[2 * SIGNATURE_BYTES];
    struct webhook webhook;
    sign("another secret", BODY, old);
    sign(SECRET, BODY, new);
    snprintf(both, sizeof both, "%s,%s", old, new);
    assert_int_equal(read_one(BODY, both, sent_at_ms(), &webhook), WEBHOOK_GOOD);
    assert_int_equal(read_one(BODY, old, sent_at_ms(), &webhook), WEBHOOK_FORGED);
}

static void a_changed_letter_is_forged(void **state)
{
    (void)state;
    char signature[SIGNATURE_BYTES];
    struct webhook webhook;
    sign(SECRET, BODY, signature);
    char changed[sizeof BODY];
    memcpy(changed, BODY, sizeof BODY);
    changed[sizeof BODY - 4] = '8';
    assert_int_equal(read_one(changed, signature, sent_at_ms(), &webhook), WEBHOOK_FORGED);
    assert_int_equal(read_one(BODY, "", sent_at_ms(), &webhook), WEBHOOK_FORGED);
    assert_int_equal(read_one(BODY, "v1:", sent_at_ms(), &webhook), WEBHOOK_FORGED);
    assert_int_equal(read_one(BODY, "v1:AAAA", sent_at_ms(), &webhook), WEBHOOK_FORGED);
    assert_int_equal(read_one(BODY, ",,,,,", sent_at_ms(), &webhook), WEBHOOK_FORGED);
}

static void an_old_one_and_one_from_the_future_are_stale(void **state)
{
    (void)state;
    char signature[SIGNATURE_BYTES];
    struct webhook webhook;
    sign(SECRET, BODY, signature);
    int64_t at_ms = sent_at_ms();
    assert_int_equal(read_one(BODY, signature, at_ms + WEBHOOK_AGE_MS_MAX, &webhook), WEBHOOK_GOOD);
    assert_int_equal(read_one(BODY, signature, at_ms + WEBHOOK_AGE_MS_MAX + 1, &webhook),
                     WEBHOOK_STALE);
    assert_int_equal(read_one(BODY, signature, at_ms - WEBHOOK_AGE_MS_MAX - 1, &webhook),
                     WEBHOOK_STALE);
}

static void what_is_signed_is_still_looked_at(void **state)
{
    static const struct {
        const char *body;
        enum webhook_verdict verdict;
    } cases[] = {
        {"{\"eventType\":\"payout.changed\",\"data\":{}}", WEBHOOK_OTHER},
        {"{\"eventType\":\"PAYMENT_STATUS_CHANGED\"}", WEBHOOK_GARBAGE},
        {"{\"eventType\":\"PAYMENT_STATUS_CHANGED\",\"data\":{\"orderId\":7}}", WEBHOOK_GARBAGE},
        {"{\"eventType\":\"PAYMENT_STATUS_CHANGED\","
         "\"data\":{\"orderId\":\"TR-7\\u001b[2J\",\"status\":\"DONE\"}}",
         WEBHOOK_GARBAGE},
        {"{\"eventType\":\"PAYMENT_STATUS_CHANGED\","
         "\"data\":{\"orderId\":\"TR-7\",\"status\":\"DONE\\nall is well\"}}",
         WEBHOOK_GARBAGE},
        {"[]", WEBHOOK_GARBAGE},
        {"", WEBHOOK_GARBAGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char signature[SIGNATURE_BYTES];
        struct webhook webhook;
        sign(SECRET, cases[i].body, signature);
        assert_int_equal(read_one(cases[i].body, signature, sent_at_ms(), &webhook),
                         cases[i].verdict);
    }
}

static void one_without_a_signature_is_a_hint_and_no_more(void **state)
{
    (void)state;
    struct webhook webhook;
    struct webhook_delivery delivery = {.body = text_of(BODY)};
    int64_t at_ms = sent_at_ms();
    assert_int_equal(webhook_read(&delivery, text_of(SECRET), at_ms, &webhook), WEBHOOK_UNSIGNED);
    assert_string_equal(webhook.order_id, "TR-7-a");
    assert_int_equal(webhook_read(&delivery, text_of(""), at_ms, &webhook), WEBHOOK_UNSIGNED);
    delivery.body = text_of("{}");
    assert_int_equal(webhook_read(&delivery, text_of(SECRET), at_ms, &webhook), WEBHOOK_GARBAGE);
    delivery = (struct webhook_delivery){.body = text_of(BODY), .signature = text_of("v1:AAAA")};
    assert_int_equal(webhook_read(&delivery, text_of(""), at_ms, &webhook), WEBHOOK_FORGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_genuine_one_names_its_payment),
        cmocka_unit_test(one_of_several_signatures_is_enough),
        cmocka_unit_test(a_changed_letter_is_forged),
        cmocka_unit_test(an_old_one_and_one_from_the_future_are_stale),
        cmocka_unit_test(what_is_signed_is_still_looked_at),
        cmocka_unit_test(one_without_a_signature_is_a_hint_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
