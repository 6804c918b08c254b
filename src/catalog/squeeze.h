/*
 * squeeze.h — gzip (RFC 1952), for answers that are compressed once and sent often; a door in front
 * of zlib.
 *
 * Thread   Any.
 * Memory   The result is the caller's: free().
 */
#ifndef CATALOG_SQUEEZE_H
#define CATALOG_SQUEEZE_H

#include "base/status.h"
#include "base/text.h"

enum squeeze_effort {
    SQUEEZE_QUICK, /* for what will change within seconds: about 10 ns a byte */
    SQUEEZE_HARD,  /* for what stays: five times that, a fifth smaller */
};

/* STATUS_FULL: it would not become smaller. */
MUST_USE enum status squeeze_gzip(struct text plain, enum squeeze_effort effort, char **out_bytes,
                                  size_t *out_size);

#endif
