/*
 * conditional.h — what a client already has, and what it believes to change (RFC 9110 §13.1).
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef API_CONDITIONAL_H
#define API_CONDITIONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Whether one of the entity tags in an If-None-Match header is `tag` (without quotes), in the
   identity coding or, with "-gzip" behind it, compressed. */
bool conditional_matches(struct text if_none_match, struct text tag);

/*
 * The versions that lead the entity tags of an If-Match header ("3-1234…", also with "-gzip" behind
 * it): at most `most` of them; what is no such tag is left out, weak ones too, as §13.1.1 has it.
 * False: it is "*", which any version matches.
 */
bool conditional_versions(struct text if_match, size_t most, int64_t *out_versions,
                          size_t *out_count);

#endif
