/*
 * carried.h — what became of the strings that once were artists (migration 0002), for people.
 *
 * Thread   The connection's.
 * Memory   A page of words at a time; nothing lasting.
 * Promise  Every string is listed once, with the concerts that bear it: whoever adds the counts up
 *          gets `string_count`, so nothing is left out.
 */
#ifndef CATALOG_CARRIED_H
#define CATALOG_CARRIED_H

#include <stdbool.h>

#include "store/store.h"

struct carried_string {
    struct text words;     /* to the letter */
    int64_t concert_count; /* that bear it */
    const char *bill;      /* "IU (EDAM Entertainment) + 정국 (no agency)"; "" for nobody */
    bool known;            /* all of the bill are well-known artists, and there is one */
};

struct carried_totals {
    int64_t concert_count;
    int64_t string_count;  /* concerts that had one; all others had an empty artist */
    int64_t artist_count;  /* on their bills */
    int64_t unknown_count; /* of those, under no agency */
    int64_t nobody_count;  /* strings that name nobody: white space */
};

struct carried_listener {
    void (*hear)(struct carried_listener *listener, const struct carried_string *string);
};

/* On a database with migration 0002, be it only rehearsed. In the order of the strings. */
MUST_USE enum status carried_read(struct store_connection *connection,
                                  struct carried_listener *listener,
                                  struct carried_totals *out_totals);

#endif
