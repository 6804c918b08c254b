/* url.c — one pass, only when there is something to undo. */
#include "net/url.h"

static int hexadecimal(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* -1 for an ill-formed escape and for NUL. */
static int escaped(struct text raw, size_t at)
{
    if (raw.size - at < 3)
        return -1;
    int high = hexadecimal(raw.bytes[at + 1]);
    int low = hexadecimal(raw.bytes[at + 2]);
    if (high < 0 || low < 0 || high + low == 0)
        return -1;
    return high * 16 + low;
}

static bool anything_to_undo(struct text raw, enum url_plus plus)
{
    if (raw.size == 0)
        return false;
    return memchr(raw.bytes, '%', raw.size) ||
           (plus == URL_PLUS_IS_SPACE && memchr(raw.bytes, '+', raw.size));
}

bool url_decode(struct text raw, enum url_plus plus, struct arena *arena, struct text *out_text)
{
    if (!anything_to_undo(raw, plus)) {
        *out_text = raw;
        return true;
    }
    char *bytes = arena_take(arena, raw.size);
    if (!bytes)
        return false;

    size_t size = 0;
    for (size_t i = 0; i < raw.size; i++) {
        char c = raw.bytes[i];
        if (c == '%') {
            int value = escaped(raw, i);
            if (value < 0)
                return false;
            c = (char)value;
            i += 2;
        } else if (c == '+' && plus == URL_PLUS_IS_SPACE) {
            c = ' ';
        }
        bytes[size++] = c;
    }
    *out_text = text_make(bytes, size);
    return text_is_utf8(*out_text);
}
