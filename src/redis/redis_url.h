/*
 * redis_url.h — where a Redis server is, and how one enters there; pure.
 *
 * Thread   Any.
 * Memory   The address owns copies of all its parts.
 * Secrets  The password stands in the struct and nowhere else; a fault's words never quote the URL.
 */
#ifndef REDIS_REDIS_URL_H
#define REDIS_REDIS_URL_H

#include "base/status.h"
#include "base/text.h"
#include "limits.h"

enum { REDIS_HOST_BYTES = 256 };

struct redis_address {
    char host[REDIS_HOST_BYTES];
    uint16_t port;
    int64_t database;
    char user[REDIS_PASSWORD_BYTES_MAX + 1];     /* "": the server's default user */
    char password[REDIS_PASSWORD_BYTES_MAX + 1]; /* "": none */
    char prefix[REDIS_PREFIX_BYTES_MAX + 1];
};

/* False and a sentence when it is ill-formed. */
bool redis_url_read(struct text url, struct redis_address *out_address, const char **out_why);

#endif
