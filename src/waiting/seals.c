/*
 * seals.c — libsodium seals, account/token_keys.h keeps the keys.
 *
 * Each key of the folder is a secret of 32 bytes. What is made of it is told apart by a word, so
 * that no use of a key can be mistaken for another:
 *
 *     HMAC key of passes     HMAC-SHA-256(secret, "pass")
 *     seed of the receipts   HMAC-SHA-256(secret, "receipt")
 *     key of their nonces    HMAC-SHA-256(secret, "nonce")
 */
#include "waiting/seals.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "account/token_keys.h"
#include "base/json_in.h"
#include "base/must.h"

enum {
    PASS_PAYLOAD_BYTES = 33, /* kind, option, fan, number, expiry */
    NUMBER_BYTES = 8,
    NONCE_BYTES = 16,
    BITS_PER_BYTE = 8,
    PAYLOAD_BASE64_BYTES = 64,
    MAC_BASE64_BYTES = 64,
};

static const char pass_form[] = "TRE1.";
static const char receipt_form[] = "TRR1.";

struct seal {
    char kid[TOKEN_KID_BYTES_MAX + 1];
    unsigned char pass_key[crypto_auth_hmacsha256_KEYBYTES];
    unsigned char nonce_key[crypto_auth_hmacsha256_KEYBYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
};

struct seals {
    struct seal seal[TOKEN_KEYS_MAX]; /* newest first */
    size_t count;
};

static_assert(TOKEN_SECRET_BYTES == crypto_auth_hmacsha256_KEYBYTES, "a secret is a key");
static_assert(crypto_auth_hmacsha256_BYTES == crypto_sign_SEEDBYTES, "a hash is a seed");
static_assert((int)RECEIPT_KEY_BYTES == crypto_sign_PUBLICKEYBYTES, "Ed25519");
static_assert((int)SEAL_SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519");

/* --- the keys --------------------------------------------------------------------------------- */

static void derive(const struct token_key *key, const char *word,
                   unsigned char out[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256(out, (const unsigned char *)word, strlen(word), key->secret);
}

static void make_seal(struct seal *seal, const struct token_key *key)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    memcpy(seal->kid, key->kid, sizeof seal->kid);
    derive(key, "pass", seal->pass_key);
    derive(key, "nonce", seal->nonce_key);
    derive(key, "receipt", seed);
    int failed = crypto_sign_seed_keypair(seal->public_key, seal->secret_key, seed);
    must(!failed);
    sodium_memzero(seed, sizeof seed);
}

enum status seals_open(const char *folder, char out_why[256], struct seals **out_seals)
{
    struct token_keys keys;
    int ready = sodium_init();
    must(ready >= 0);
    enum status status = token_keys_load(folder, out_why, &keys);
    if (status != STATUS_OK)
        return status;
    struct seals *seals = calloc(1, sizeof *seals);
    if (seals) {
        for (size_t i = 0; i < keys.count; i++)
            make_seal(&seals->seal[i], &keys.key[i]);
        seals->count = keys.count;
        *out_seals = seals;
    }
    token_keys_wipe(&keys);
    return seals ? STATUS_OK : STATUS_NO_MEMORY;
}

void seals_close(struct seals *seals)
{
    if (!seals)
        return;
    sodium_memzero(seals, sizeof *seals);
    free(seals);
}

const char *seals_newest(const struct seals *seals)
{
    return seals->seal[0].kid;
}

static const struct seal *find(const struct seals *seals, struct text kid)
{
    for (size_t i = 0; i < seals->count; i++)
        if (text_equal(text_of(seals->seal[i].kid), kid))
            return &seals->seal[i];
    return NULL;
}

/* --- base64url -------------------------------------------------------------------------------- */

static bool decode(struct text words, unsigned char *out, size_t bytes)
{
    size_t size;
    return sodium_base642bin(out, bytes, words.bytes, words.size, NULL, &size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           size == bytes;
}

static void encode(const unsigned char *bytes, size_t size, char *out, size_t out_bytes)
{
    must(sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING) <= out_bytes);
    sodium_bin2base64(out, out_bytes, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* --- passes ----------------------------------------------------------------------------------- */

static void put_number(unsigned char *out, int64_t number)
{
    for (size_t i = 0; i < NUMBER_BYTES; i++)
        out[i] = (unsigned char)((uint64_t)number >> (BITS_PER_BYTE * (NUMBER_BYTES - 1 - i)));
}

static int64_t take_number(const unsigned char *bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < NUMBER_BYTES; i++)
        number = number << BITS_PER_BYTE | bytes[i];
    return (int64_t)number;
}

static void pack(const struct pass *pass, unsigned char out[PASS_PAYLOAD_BYTES])
{
    out[0] = (unsigned char)pass->kind;
    put_number(out + 1, pass->option.value);
    put_number(out + 1 + NUMBER_BYTES, pass->fan.value);
    put_number(out + 1 + 2 * NUMBER_BYTES, pass->number);
    put_number(out + 1 + 3 * NUMBER_BYTES, pass->expires_at_ms);
}

void pass_write(const struct seals *seals, const struct pass *pass, char out_text[PASS_TEXT_BYTES])
{
    const struct seal *seal = &seals->seal[0];
    unsigned char payload[PASS_PAYLOAD_BYTES], mac[crypto_auth_hmacsha256_BYTES];
    char payload_words[PAYLOAD_BASE64_BYTES], mac_words[MAC_BASE64_BYTES];
    pack(pass, payload);
    crypto_auth_hmacsha256(mac, payload, sizeof payload, seal->pass_key);
    encode(payload, sizeof payload, payload_words, sizeof payload_words);
    encode(mac, sizeof mac, mac_words, sizeof mac_words);
    int size = snprintf(out_text, PASS_TEXT_BYTES, "%s%s.%s.%s", pass_form, seal->kid,
                        payload_words, mac_words);
    must(size > 0 && size < PASS_TEXT_BYTES);
}

bool pass_read(const struct seals *seals, struct text text, enum pass_kind kind,
               struct pass *out_pass)
{
    struct text form = text_of(pass_form);
    if (text.size > WAITING_PASS_BYTES_MAX || !text_starts(text, form))
        return false;
    struct text payload_words, mac_words;
    struct text rest = text_make(text.bytes + form.size, text.size - form.size);
    const struct seal *seal = find(seals, text_cut(rest, '.', &rest));
    payload_words = text_cut(rest, '.', &mac_words);
    unsigned char payload[PASS_PAYLOAD_BYTES], mac[crypto_auth_hmacsha256_BYTES];
    if (!seal || !decode(payload_words, payload, sizeof payload) ||
        !decode(mac_words, mac, sizeof mac) ||
        crypto_auth_hmacsha256_verify(mac, payload, sizeof payload, seal->pass_key) != 0 ||
        payload[0] != (unsigned char)kind)
        return false;
    *out_pass = (struct pass){.kind = kind,
                              .option = {take_number(payload + 1)},
                              .fan = {take_number(payload + 1 + NUMBER_BYTES)},
                              .number = take_number(payload + 1 + 2 * NUMBER_BYTES),
                              .expires_at_ms = take_number(payload + 1 + 3 * NUMBER_BYTES)};
    return true;
}

/* --- receipts --------------------------------------------------------------------------------- */

bool receipt_public_key(const struct seals *seals, const char *kid,
                        unsigned char out_key[RECEIPT_KEY_BYTES])
{
    const struct seal *seal = find(seals, text_of(kid));
    if (seal)
        memcpy(out_key, seal->public_key, RECEIPT_KEY_BYTES);
    return seal != NULL;
}

/* The same receipt has the same words at any time: the nonce follows from them. */
static size_t write_payload(const struct seal *seal, const struct receipt *receipt,
                            char out[RECEIPT_PAYLOAD_BYTES])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char nonce[2 * NONCE_BYTES + 1];
    int size = snprintf(
        out, RECEIPT_PAYLOAD_BYTES, "{\"o\":%" PRId64 ",\"f\":%" PRId64 ",\"s\":%u,\"d\":%u",
        receipt->option.value, receipt->fan.value, receipt->sequence, receipt->door);
    must(size > 0);
    crypto_auth_hmacsha256(mac, (const unsigned char *)out, (unsigned long long)size,
                           seal->nonce_key);
    sodium_bin2hex(nonce, sizeof nonce, mac, NONCE_BYTES);
    size += snprintf(out + size, RECEIPT_PAYLOAD_BYTES - (size_t)size, ",\"n\":\"%s\"}", nonce);
    must(size < RECEIPT_PAYLOAD_BYTES);
    return (size_t)size;
}

static void tag_of(const char *payload, size_t size, unsigned char out_tag[RECEIPT_TAG_BYTES])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)payload, size);
    memcpy(out_tag, hash, RECEIPT_TAG_BYTES);
}

bool receipt_tag(const struct seals *seals, const char *kid, const struct receipt *receipt,
                 unsigned char out_tag[RECEIPT_TAG_BYTES])
{
    const struct seal *seal = find(seals, text_of(kid));
    char payload[RECEIPT_PAYLOAD_BYTES];
    if (!seal)
        return false;
    size_t size = write_payload(seal, receipt, payload);
    tag_of(payload, size, out_tag);
    return true;
}

bool receipt_write(const struct seals *seals, const char *kid, const struct receipt *receipt,
                   char out_text[RECEIPT_TEXT_BYTES])
{
    const struct seal *seal = find(seals, text_of(kid));
    char payload[RECEIPT_PAYLOAD_BYTES], payload_words[2 * RECEIPT_PAYLOAD_BYTES];
    unsigned char signature[crypto_sign_BYTES];
    char signature_words[2 * crypto_sign_BYTES];
    if (!seal)
        return false;
    size_t size = write_payload(seal, receipt, payload);
    encode((const unsigned char *)payload, size, payload_words, sizeof payload_words);
    int failed = crypto_sign_detached(signature, NULL, (const unsigned char *)payload_words,
                                      strlen(payload_words), seal->secret_key);
    must(!failed);
    encode(signature, sizeof signature, signature_words, sizeof signature_words);
    int text_size = snprintf(out_text, RECEIPT_TEXT_BYTES, "%s%s.%s", receipt_form, payload_words,
                             signature_words);
    must(text_size > 0 && text_size < RECEIPT_TEXT_BYTES);
    return true;
}

static bool read_payload(struct text payload, struct receipt *out)
{
    struct json_in_fault fault;
    struct json_in *document = json_in_open(payload, &fault);
    int64_t sequence = 0, door = 0;
    bool good = document && json_in_is_object(document) &&
                json_in_read_int(document, "o", 1, ID_MAX, &out->option.value) == JSON_IN_OK &&
                json_in_read_int(document, "f", 1, ID_MAX, &out->fan.value) == JSON_IN_OK &&
                json_in_read_int(document, "s", 1, WAITING_PLACES_MAX, &sequence) == JSON_IN_OK &&
                json_in_read_int(document, "d", 0, WAITING_DOORS - 1, &door) == JSON_IN_OK;
    json_in_close(document);
    out->sequence = (uint32_t)sequence;
    out->door = (uint8_t)door;
    return good;
}

bool receipt_check(struct text text, const unsigned char key[RECEIPT_KEY_BYTES],
                   struct receipt *out_receipt, unsigned char out_tag[RECEIPT_TAG_BYTES])
{
    struct text form = text_of(receipt_form);
    if (text.size > WAITING_RECEIPT_BYTES_MAX || !text_starts(text, form))
        return false;
    struct text signature_words;
    struct text payload_words =
        text_cut(text_make(text.bytes + form.size, text.size - form.size), '.', &signature_words);
    unsigned char signature[crypto_sign_BYTES];
    char payload[RECEIPT_PAYLOAD_BYTES];
    size_t size;
    if (!decode(signature_words, signature, sizeof signature) ||
        !seals_is_signed(payload_words, signature, key) ||
        sodium_base642bin((unsigned char *)payload, sizeof payload, payload_words.bytes,
                          payload_words.size, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        !read_payload(text_make(payload, size), out_receipt))
        return false;
    tag_of(payload, size, out_tag);
    return true;
}

bool seals_sign(const struct seals *seals, const char *kid, struct text words,
                unsigned char out_signature[SEAL_SIGNATURE_BYTES])
{
    const struct seal *seal = find(seals, text_of(kid));
    return seal && crypto_sign_detached(out_signature, NULL, (const unsigned char *)words.bytes,
                                        words.size, seal->secret_key) == 0;
}

bool seals_is_signed(struct text words, const unsigned char signature[SEAL_SIGNATURE_BYTES],
                     const unsigned char key[RECEIPT_KEY_BYTES])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)words.bytes, words.size,
                                       key) == 0;
}
