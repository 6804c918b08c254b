/*
 * url.h — percent-encoding (RFC 3986 §2.1), undone.
 *
 * Thread   One thread at a time; the arena's.
 * Memory   Without an escape the result is the input itself, otherwise it lies in the arena.
 * Failure  False for an ill-formed escape, an encoded NUL, bytes that are not UTF-8 once decoded,
 *          and when the arena is full.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include "base/arena.h"
#include "base/status.h"

enum url_plus {
    URL_PLUS_IS_PLUS,  /* in a path */
    URL_PLUS_IS_SPACE, /* in a query, as forms write it */
};

MUST_USE bool url_decode(struct text raw, enum url_plus plus, struct arena *arena,
                         struct text *out_text);

#endif
