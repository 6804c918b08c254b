/* webhook.c — first whose it is, then how old, and only then what is in it. */
#include "payment/webhook.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json_in.h"
#include "base/must.h"
#include "payment/refund_store.h"

enum { MAC_BYTES = crypto_auth_hmacsha256_BYTES };

/* --- whose it is ------------------------------------------------------------------------------ */

static void sign(const struct webhook_delivery *delivery, struct text secret,
                 unsigned char out_mac[MAC_BYTES])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.bytes, secret.size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)delivery->body.bytes,
                                  delivery->body.size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)":", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)delivery->sent_at.bytes,
                                  delivery->sent_at.size);
    crypto_auth_hmacsha256_final(&state, out_mac);
    sodium_memzero(&state, sizeof state);
}

static bool is_signature(struct text word, const unsigned char mac[MAC_BYTES])
{
    unsigned char claimed[MAC_BYTES] = {0};
    size_t size = 0;
    word = text_trim(word);
    if (text_starts(word, text_of("v1:")))
        word = text_make(word.bytes + 3, word.size - 3);
    bool readable =
        word.size > 0 && sodium_base642bin(claimed, sizeof claimed, word.bytes, word.size, NULL,
                                           &size, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
    bool same = sodium_memcmp(claimed, mac, MAC_BYTES) == 0;
    return readable && size == MAC_BYTES && same;
}

static bool is_genuine(const struct webhook_delivery *delivery, struct text secret)
{
    unsigned char mac[MAC_BYTES];
    bool fits = false;
    struct text rest = delivery->signature;
    sign(delivery, secret, mac);
    for (int i = 0; i < WEBHOOK_SIGNATURES_MAX && !text_empty(rest); i++)
        fits = is_signature(text_cut(rest, ',', &rest), mac) || fits;
    sodium_memzero(mac, sizeof mac);
    return fits;
}

static bool is_fresh(const struct webhook_delivery *delivery, int64_t now_ms)
{
    int64_t sent_at_ms;
    return clock_read_iso(delivery->sent_at, &sent_at_ms) &&
           llabs(now_ms - sent_at_ms) <= WEBHOOK_AGE_MS_MAX;
}

/* --- what is in it ---------------------------------------------------------------------------- */

/* `ticketrush reconcile` prints them. */
static bool copy_word(const struct json_in *object, const char *key,
                      char out_word[WEBHOOK_WORD_BYTES])
{
    struct text word;
    if (json_in_read_text(object, key, 1, WEBHOOK_WORD_BYTES - 1, &word) != JSON_IN_OK ||
        !text_is_visible(word))
        return false;
    memcpy(out_word, word.bytes, word.size);
    out_word[word.size] = '\0';
    return true;
}

static enum webhook_verdict read_body(const struct json_in *document, struct webhook *webhook)
{
    struct text type;
    const struct json_in *data;
    if (!json_in_is_object(document) ||
        json_in_read_text(document, "eventType", 1, 64, &type) != JSON_IN_OK)
        return WEBHOOK_GARBAGE;
    if (!text_equal(type, text_of("PAYMENT_STATUS_CHANGED")) &&
        !text_equal(type, text_of("CANCEL_STATUS_CHANGED")))
        return WEBHOOK_OTHER;
    if (json_in_read_object(document, "data", &data) != JSON_IN_OK)
        return WEBHOOK_GARBAGE;
    bool good =
        copy_word(data, "orderId", webhook->order_id) && copy_word(data, "status", webhook->said);
    return good ? WEBHOOK_GOOD : WEBHOOK_GARBAGE;
}

/* A delivery without a name is named by its bytes. */
static void name_delivery(const struct webhook_delivery *delivery, struct webhook *webhook)
{
    if (delivery->id.size > 0 && delivery->id.size < WEBHOOK_WORD_BYTES &&
        text_is_visible(delivery->id)) {
        memcpy(webhook->delivery, delivery->id.bytes, delivery->id.size);
        webhook->delivery[delivery->id.size] = '\0';
        return;
    }
    snprintf(webhook->delivery, sizeof webhook->delivery, "body-%016llx",
             (unsigned long long)hash_lasting(delivery->body));
}

enum webhook_verdict webhook_read(const struct webhook_delivery *delivery, struct text secret,
                                  int64_t now_ms, struct webhook *out_webhook)
{
    struct json_in_fault fault;
    bool is_signed = delivery->signature.bytes != NULL;
    if (is_signed && (text_empty(secret) || !is_genuine(delivery, secret)))
        return WEBHOOK_FORGED;
    if (is_signed && !is_fresh(delivery, now_ms))
        return WEBHOOK_STALE;
    struct json_in *document = json_in_open(delivery->body, &fault);
    if (!document)
        return WEBHOOK_GARBAGE;
    struct webhook webhook = {0};
    enum webhook_verdict verdict = read_body(document, &webhook);
    json_in_close(document);
    name_delivery(delivery, &webhook);
    *out_webhook = webhook;
    return verdict == WEBHOOK_GOOD && !is_signed ? WEBHOOK_UNSIGNED : verdict;
}

/* --- keeping it ------------------------------------------------------------------------------- */

static enum status look_whether_it_disagrees(struct store_connection *connection,
                                             const struct webhook *webhook,
                                             struct webhook_kept *kept)
{
    must(webhook != NULL);
    int64_t done, requested;
    bool tells_of_return =
        strcmp(webhook->said, "CANCELED") == 0 || strcmp(webhook->said, "PARTIAL_CANCELED") == 0;
    if (!tells_of_return || kept->payment.state != PAYMENT_CAPTURED)
        return STATUS_OK;
    enum status status = refund_store_sums(connection, kept->payment.id, &done, &requested);
    kept->disagrees = status == STATUS_OK && done + requested == 0;
    return status;
}

enum status webhook_keep(struct store_connection *connection, const char *gateway,
                         const struct webhook *webhook, int64_t now_ms,
                         struct webhook_kept *out_kept)
{
    static const struct sql insert = {
        "INSERT INTO webhook (gateway, delivery, order_id, said, payment_id, received_at_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (gateway, delivery) DO NOTHING"};
    must(webhook->order_id[0] != '\0');
    struct webhook_kept kept = {0};
    enum status status = payment_store_find_order(connection, text_of(gateway),
                                                  text_of(webhook->order_id), &kept.payment);
    kept.matched = status == STATUS_OK;
    if (kept.matched)
        status = look_whether_it_disagrees(connection, webhook, &kept);
    else if (status == STATUS_MISSING)
        status = STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct sql_value values[] = {sql_words(gateway),
                                 sql_words(webhook->delivery),
                                 sql_words(webhook->order_id),
                                 sql_words(webhook->said),
                                 kept.matched ? sql_int(kept.payment.id.value) : sql_null(),
                                 sql_int(now_ms)};
    int64_t changed = 0;
    status = store_run(connection, &insert, values, 6, &changed);
    kept.repeated = changed == 0;
    *out_kept = kept;
    return status;
}

enum status webhook_match(struct store_connection *connection, const struct payment *payment,
                          struct payment_id id)
{
    static const struct sql match = {"UPDATE webhook SET payment_id = $1 WHERE payment_id IS NULL"
                                     " AND order_id = $2 AND gateway = $3"};
    struct sql_value values[] = {sql_int(id.value), sql_words(payment->order_id),
                                 sql_words(payment->gateway)};
    return store_run(connection, &match, values, 3, NULL);
}
