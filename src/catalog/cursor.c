/* cursor.c — "1.KEY.ID" in base64url (RFC 4648 §5) without padding. */
#include "catalog/cursor.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/must.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { WORDS_BYTES = 46 }; /* "1.", two signed 64-bit numbers, a full stop; the end */

void cursor_write(struct cursor cursor, char out[CURSOR_TEXT_BYTES])
{
    char words[WORDS_BYTES];
    int size = snprintf(words, sizeof words, "1.%" PRId64 ".%" PRId64, cursor.key, cursor.id);
    must(size > 0 && size < WORDS_BYTES);

    uint32_t bits = 0, bit_count = 0;
    size_t at = 0;
    for (int i = 0; i < size; i++) {
        bits = bits << 8 | (unsigned char)words[i];
        for (bit_count += 8; bit_count >= 6; bit_count -= 6)
            out[at++] = alphabet[bits >> (bit_count - 6) & 63];
    }
    if (bit_count > 0)
        out[at++] = alphabet[bits << (6 - bit_count) & 63];
    must(at < CURSOR_TEXT_BYTES);
    out[at] = '\0';
}

/* Returns the number of bytes, or 0 when it is not base64url or too long. */
static size_t decode(struct text text, char out_words[WORDS_BYTES])
{
    uint32_t bits = 0, bit_count = 0;
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        const char *found = memchr(alphabet, text.bytes[i], sizeof alphabet - 1);
        if (!found)
            return 0;
        bits = bits << 6 | (uint32_t)(found - alphabet);
        bit_count += 6;
        if (bit_count < 8)
            continue;
        bit_count -= 8;
        if (size == WORDS_BYTES)
            return 0;
        out_words[size++] = (char)(bits >> bit_count & 255);
    }
    return size;
}

bool cursor_read(struct text text, struct cursor *out_cursor)
{
    char words[WORDS_BYTES], again[CURSOR_TEXT_BYTES];
    struct text key, id, rest = text_make(words, decode(text, words));
    struct text version = text_cut(rest, '.', &rest);
    key = text_cut(rest, '.', &id);

    struct cursor cursor;
    if (!text_equal(version, text_of("1")) || !text_to_int64(key, &cursor.key) ||
        !text_to_int64(id, &cursor.id))
        return false;
    cursor_write(cursor, again); /* one spelling only */
    if (!text_equal(text, text_of(again)))
        return false;
    *out_cursor = cursor;
    return true;
}
