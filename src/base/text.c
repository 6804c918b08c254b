/* text.c — small questions about runs of bytes. */
#include "base/text.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(struct text a, struct text b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.bytes[i]) != lower(b.bytes[i]))
            return false;
    return true;
}

bool text_starts(struct text text, struct text with)
{
    return text.size >= with.size && text_equal(text_make(text.bytes, with.size), with);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text text)
{
    while (text.size > 0 && is_space(text.bytes[0])) {
        text.bytes++;
        text.size--;
    }
    while (text.size > 0 && is_space(text.bytes[text.size - 1]))
        text.size--;
    return text;
}

struct text text_cut(struct text text, char separator, struct text *rest)
{
    const char *found = text.size > 0 ? memchr(text.bytes, separator, text.size) : NULL;
    if (!found) {
        *rest = text_make(NULL, 0);
        return text;
    }
    size_t head_size = (size_t)(found - text.bytes);
    *rest = text_make(found + 1, text.size - head_size - 1);
    return text_make(text.bytes, head_size);
}

bool text_among(struct text text, const char *const *words, size_t word_count, size_t *out_index)
{
    for (size_t i = 0; i < word_count; i++) {
        if (text_equal(text, text_of(words[i]))) {
            *out_index = i;
            return true;
        }
    }
    return false;
}

bool text_to_int64(struct text text, int64_t *out_value)
{
    bool negative = text.size > 0 && text.bytes[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == text.size)
        return false;

    int64_t value = 0;
    for (; i < text.size; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        int64_t digit = text.bytes[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *out_value = value;
    return true;
}

bool text_to_share(struct text text, int64_t *out_of_10000)
{
    if (text.size < 2 || text.bytes[0] == '-' || text.bytes[text.size - 1] != '%')
        return false;
    struct text fraction;
    struct text whole = text_cut(text_make(text.bytes, text.size - 1), '.', &fraction);
    int64_t per_cent = 0, hundredths = 0;
    if (!text_to_int64(whole, &per_cent) || per_cent > 100 || fraction.size > 2)
        return false;
    if (fraction.size > 0 && (!text_to_int64(fraction, &hundredths) || hundredths < 0))
        return false;
    if (fraction.size == 1)
        hundredths *= 10;
    *out_of_10000 = per_cent * 100 + hundredths;
    return *out_of_10000 <= 10000;
}

/* The length of the well-formed sequence at `s`, or 0 (Unicode 15, table 3-7). */
static size_t sequence_size(const unsigned char *s, size_t left)
{
    unsigned char first = s[0];
    if (first < 0x80)
        return 1;
    size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || size > left)
        return 0;
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

bool text_is_visible(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.bytes[i] <= ' ' || text.bytes[i] > '~')
            return false;
    return true;
}

bool text_is_utf8(struct text text)
{
    const unsigned char *s = (const unsigned char *)text.bytes;
    for (size_t i = 0; i < text.size;) {
        size_t size = sequence_size(s + i, text.size - i);
        if (size == 0)
            return false;
        i += size;
    }
    return true;
}

size_t text_code_points(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        if (((unsigned char)text.bytes[i] & 0xC0) != 0x80)
            count++;
    return count;
}
