/*
 * shelf.h — a bounded place for things that are found by a hash; what was not asked for longest
 * goes first.
 *
 * Thread   One thread at a time: a loop's.
 * Memory   The shelf owns its own table only. A book is the first member of what it stands for; it
 *          is handed to `on_drop` when it has to go, and that function gives its memory back.
 * Limits   bytes_max and books_max, given at creation. A pinned book is never dropped to make room,
 *          so the limits may be passed by what is pinned: whoever pins must be bounded by other
 *          means.
 */
#ifndef API_SHELF_H
#define API_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"
#include "base/list.h"

struct book {
    struct list by_use; /* the shelf's */
    struct book *next;  /* the shelf's: of the same bucket */
    struct hash hash;
    size_t bytes;
    bool pinned;
};

struct shelf;

/* NULL when memory is short. */
struct shelf *shelf_create(size_t bytes_max, size_t books_max, void (*on_drop)(struct book *book));
void shelf_destroy(struct shelf *shelf); /* drops every book; NULL is welcome */

/* NULL when it is not here. What is found counts as just used. */
struct book *shelf_find(struct shelf *shelf, struct hash hash);

/* The hash must not be here yet. Makes room, never by dropping the new book itself. */
void shelf_put(struct shelf *shelf, struct book *book);

/* The book has another size now; makes room, never by dropping this one. */
void shelf_resize(struct shelf *shelf, struct book *book, size_t bytes);

void shelf_drop(struct shelf *shelf, struct book *book);

size_t shelf_bytes(const struct shelf *shelf);
size_t shelf_count(const struct shelf *shelf);

#endif
