/*
 * conditional.h — what a client already has, and what it can unpack (RFC 9110 §12.5.3, §13.1.2).
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef API_CONDITIONAL_H
#define API_CONDITIONAL_H

#include <stdbool.h>

#include "base/text.h"

/* Whether one of the entity tags in an If-None-Match header is `tag` (without quotes), in the
   identity coding or, with "-gzip" behind it, compressed. */
bool conditional_matches(struct text if_none_match, struct text tag);

/* Whether an Accept-Encoding header lets us send gzip. */
bool conditional_takes_gzip(struct text accept_encoding);

#endif
