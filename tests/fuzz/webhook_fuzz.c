/* webhook_fuzz.c — deliveries of the payment gateway: unsigned bytes, and signed ones. */
#include <sodium.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "payment/webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char sent_at[] = "1970-01-01T00:00:01Z";
static const char secret[] = "fuzz";

static void sign(const uint8_t *bytes, size_t size, char out_header[128])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, bytes, size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)":", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)sent_at, strlen(sent_at));
    crypto_auth_hmacsha256_final(&state, mac);
    memcpy(out_header, "v1:", 4);
    sodium_bin2base64(out_header + 3, 125, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
}

/* The first half as the header too, so that headers are fuzzed as well. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct webhook webhook;
    char header[128];
    struct text body = text_make((const char *)bytes, size);
    struct webhook_delivery delivery = {.body = body,
                                        .signature = text_make(body.bytes, size / 2),
                                        .sent_at = text_of(sent_at),
                                        .id = text_make(body.bytes, size / 2)};
    must(webhook_read(&delivery, text_of(secret), 1000, &webhook) == WEBHOOK_FORGED);
    sign(bytes, size, header);
    delivery.signature = text_of(header);
    if (webhook_read(&delivery, text_of(secret), 1000, &webhook) != WEBHOOK_GOOD)
        return 0;
    must(webhook.order_id[0] != '\0' && strlen(webhook.order_id) < WEBHOOK_WORD_BYTES);
    must(webhook.delivery[0] != '\0' && strlen(webhook.said) > 0);
    return 0;
}
