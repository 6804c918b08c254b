/* chain.c — writes the log, and reads it from a stranger's file. */
#include "waiting/chain.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "base/must.h"

static const char header_word[] = "TICKETRUSH-LINE";
static const char header_form[] = "1";
static const char head_word[] = "HEAD";

/* --- writing ---------------------------------------------------------------------------------- */

static size_t add_hex(char *out, size_t at, size_t room, const unsigned char *bytes, size_t size)
{
    must(at + 1 + 2 * size < room);
    out[at] = ' ';
    sodium_bin2hex(out + at + 1, room - at - 1, bytes, size);
    return at + 1 + 2 * size;
}

static size_t add_number(char *out, size_t at, size_t room, int64_t number)
{
    int size = snprintf(out + at, room - at, " %" PRId64, number);
    must(size > 0 && at + (size_t)size < room);
    return at + (size_t)size;
}

size_t chain_write_header(const struct chain_header *header, char out[CHAIN_HEADER_BYTES])
{
    int size = snprintf(out, CHAIN_HEADER_BYTES, "%s %s %" PRId64, header_word, header_form,
                        header->option.value);
    must(size > 0);
    size_t at = add_hex(out, (size_t)size, CHAIN_HEADER_BYTES, header->key, sizeof header->key);
    for (size_t door = 0; door < WAITING_DOORS; door++)
        at = add_hex(out, at, CHAIN_HEADER_BYTES, header->commitments[door], SHUFFLE_HASH_BYTES);
    return at;
}

size_t chain_write_event(const struct chain_event *chained, char out[CHAIN_LINE_BYTES])
{
    const struct line_event *event = &chained->event;
    int size = snprintf(out, CHAIN_LINE_BYTES, "%" PRId64 " %c %u %" PRId64, event->number,
                        (char)event->kind, event->sequence, event->at_ms);
    must(size > 0);
    size_t at = (size_t)size;
    switch (event->kind) {
    case LINE_JOINED:
        at = add_hex(out, at, CHAIN_LINE_BYTES, chained->tag, sizeof chained->tag);
        return add_number(out, at, CHAIN_LINE_BYTES, event->door);
    case LINE_OPENED:
        at = add_number(out, at, CHAIN_LINE_BYTES, event->door);
        return add_hex(out, at, CHAIN_LINE_BYTES, chained->seed, sizeof chained->seed);
    case LINE_CALLED:
    case LINE_ENTERED:
    case LINE_KEPT:
        return add_number(out, at, CHAIN_LINE_BYTES, event->until_s);
    case LINE_BOUGHT:
    case LINE_LEFT:
    case LINE_LAPSED:
    case LINE_MISSED:
    case LINE_OVER:
        return at;
    }
    return at;
}

size_t chain_write_head(const struct chain *chain, char out[CHAIN_LINE_BYTES])
{
    int size = snprintf(out, CHAIN_LINE_BYTES, "%s %" PRId64, head_word, chain->number);
    must(size > 0);
    return add_hex(out, (size_t)size, CHAIN_LINE_BYTES, chain->hash, sizeof chain->hash);
}

void chain_digits(const struct chain *chain, char out[CHAIN_SHORT_DIGITS + 1])
{
    sodium_bin2hex(out, CHAIN_SHORT_DIGITS + 1, chain->hash, CHAIN_SHORT_DIGITS / 2);
}

size_t chain_write_line(struct text words, const struct chain *after, char out[CHAIN_LINE_BYTES])
{
    char digits[CHAIN_SHORT_DIGITS + 1];
    chain_digits(after, digits);
    int size = snprintf(out, CHAIN_LINE_BYTES, "%.*s %s", (int)words.size, words.bytes, digits);
    must(size > 0 && size < CHAIN_LINE_BYTES);
    return (size_t)size;
}

/* --- hashing ---------------------------------------------------------------------------------- */

void chain_begin(struct chain *chain, struct text header)
{
    chain->number = 0;
    crypto_hash_sha256(chain->hash, (const unsigned char *)header.bytes, header.size);
}

void chain_add(struct chain *chain, struct text words)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, chain->hash, sizeof chain->hash);
    crypto_hash_sha256_update(&state, (const unsigned char *)words.bytes, words.size);
    crypto_hash_sha256_final(&state, chain->hash);
    chain->number++;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Exactly one writing of a number is taken: what is hashed has no second form. */
static bool read_number(struct text word, int64_t least, int64_t most, int64_t *out)
{
    bool plain = word.size > 0 && word.bytes[0] != '-' && (word.size == 1 || word.bytes[0] != '0');
    return plain && text_to_int64(word, out) && *out >= least && *out <= most;
}

static bool read_hex(struct text word, unsigned char *out, size_t bytes)
{
    if (word.size != 2 * bytes)
        return false;
    for (size_t i = 0; i < word.size; i++)
        if (word.bytes[i] >= 'A' && word.bytes[i] <= 'F')
            return false;
    size_t size;
    return sodium_hex2bin(out, bytes, word.bytes, word.size, NULL, &size, NULL) == 0 &&
           size == bytes;
}

bool chain_read_header(struct text line, struct chain_header *out)
{
    struct text rest = line;
    if (!text_equal(text_cut(rest, ' ', &rest), text_of(header_word)) ||
        !text_equal(text_cut(rest, ' ', &rest), text_of(header_form)) ||
        !read_number(text_cut(rest, ' ', &rest), 1, ID_MAX, &out->option.value) ||
        !read_hex(text_cut(rest, ' ', &rest), out->key, sizeof out->key))
        return false;
    for (size_t door = 0; door < WAITING_DOORS; door++)
        if (!read_hex(text_cut(rest, ' ', &rest), out->commitments[door], SHUFFLE_HASH_BYTES))
            return false;
    return text_empty(rest);
}

static bool read_door(struct text word, uint8_t *out_door)
{
    int64_t door;
    if (!read_number(word, 0, WAITING_DOORS - 1, &door))
        return false;
    *out_door = (uint8_t)door;
    return true;
}

/* What follows by kind; *rest becomes what is behind it. */
static bool read_detail(struct chain_event *out, struct text *rest)
{
    switch (out->event.kind) {
    case LINE_JOINED:
        return read_hex(text_cut(*rest, ' ', rest), out->tag, sizeof out->tag) &&
               read_door(text_cut(*rest, ' ', rest), &out->event.door);
    case LINE_OPENED:
        return read_door(text_cut(*rest, ' ', rest), &out->event.door) &&
               read_hex(text_cut(*rest, ' ', rest), out->seed, sizeof out->seed);
    case LINE_CALLED:
    case LINE_ENTERED:
    case LINE_KEPT:
        return read_number(text_cut(*rest, ' ', rest), 0, UINT32_MAX, &out->event.until_s);
    case LINE_BOUGHT:
    case LINE_LEFT:
    case LINE_LAPSED:
    case LINE_MISSED:
    case LINE_OVER:
        return true;
    }
    return false;
}

bool chain_read_event(struct text line, struct chain_event *out, struct text *out_words,
                      struct text *out_hash)
{
    *out = (struct chain_event){0};
    struct text rest = line;
    int64_t sequence;
    if (!read_number(text_cut(rest, ' ', &rest), 1, ID_MAX, &out->event.number))
        return false;
    if (!line_event_kind_read(text_cut(rest, ' ', &rest), &out->event.kind))
        return false;
    int64_t least = out->event.kind == LINE_OPENED ? 0 : 1;
    int64_t most = out->event.kind == LINE_OPENED ? 0 : WAITING_PLACES_MAX;
    if (!read_number(text_cut(rest, ' ', &rest), least, most, &sequence) ||
        !read_number(text_cut(rest, ' ', &rest), 0, ID_MAX, &out->event.at_ms) ||
        !read_detail(out, &rest))
        return false;
    out->event.sequence = (uint32_t)sequence;
    if (rest.size != CHAIN_SHORT_DIGITS || rest.bytes == line.bytes)
        return false;
    *out_hash = rest;
    *out_words = text_make(line.bytes, line.size - rest.size - 1);
    return true;
}

bool chain_read_head(struct text line, struct chain *out_chain,
                     unsigned char out_signature[SEAL_SIGNATURE_BYTES])
{
    struct text rest = line;
    return text_equal(text_cut(rest, ' ', &rest), text_of(head_word)) &&
           read_number(text_cut(rest, ' ', &rest), 0, ID_MAX, &out_chain->number) &&
           read_hex(text_cut(rest, ' ', &rest), out_chain->hash, sizeof out_chain->hash) &&
           read_hex(rest, out_signature, SEAL_SIGNATURE_BYTES);
}
