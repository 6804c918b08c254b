/*
 * text.h — a run of bytes with a length, usually UTF-8, never owned.
 *
 * Thread   Values; any thread.
 * Memory   Borrowed: a text is good as long as the bytes it points at.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *bytes; /* not terminated; may be NULL when size is 0 */
    size_t size;
};

static inline struct text text_of(const char *terminated)
{
    return (struct text){terminated, terminated ? strlen(terminated) : 0};
}

static inline struct text text_make(const char *bytes, size_t size)
{
    return (struct text){bytes, size};
}

static inline bool text_empty(struct text text)
{
    return text.size == 0;
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

/* ASCII letters compare without case; for header names and the like. */
bool text_equal_nocase(struct text a, struct text b);

bool text_starts(struct text text, struct text with);

/* Without leading and trailing ASCII white space. */
struct text text_trim(struct text text);

/* The part before the first `separator`; *rest becomes the part after it (empty when none). */
struct text text_cut(struct text text, char separator, struct text *rest);

/* Decimal digits only, with an optional '-'; false for anything else and on overflow. */
bool text_to_int64(struct text text, int64_t *out_value);

/* "5%", "2.5%", "0.25%" of 10,000; nothing below 0% or above 100%. */
bool text_to_share(struct text text, int64_t *out_of_10000);

/* Is it one of these words? *out_index says which. */
bool text_among(struct text text, const char *const *words, size_t word_count, size_t *out_index);

/* Visible ASCII only, and no space: it can be logged, printed and put into a header as it is. */
bool text_is_visible(struct text text);

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(struct text text);

/* Code points in a valid UTF-8 text. */
size_t text_code_points(struct text text);

#endif
