/* shelf.c — buckets to find by, a list in the order of use to drop by. */
#include "api/shelf.h"

#include <stdlib.h>

#include "base/container.h"
#include "base/must.h"

enum { BUCKET_COUNT = 4096 }; /* a power of two */

struct shelf {
    size_t bytes, bytes_max, count, books_max;
    void (*on_drop)(struct book *book);
    struct list by_use; /* longest unused first */
    struct book *buckets[BUCKET_COUNT];
};

struct shelf *shelf_create(size_t bytes_max, size_t books_max, void (*on_drop)(struct book *book))
{
    must(books_max > 0);
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (!shelf)
        return NULL;
    shelf->bytes_max = bytes_max;
    shelf->books_max = books_max;
    shelf->on_drop = on_drop;
    list_init(&shelf->by_use);
    return shelf;
}

static struct book **bucket_of(struct shelf *shelf, struct hash hash)
{
    return &shelf->buckets[hash.low & (BUCKET_COUNT - 1)];
}

void shelf_drop(struct shelf *shelf, struct book *book)
{
    struct book **link = bucket_of(shelf, book->hash);
    while (*link != book) {
        must(*link);
        link = &(*link)->next;
    }
    *link = book->next;
    list_remove(&book->by_use);
    shelf->bytes -= book->bytes;
    shelf->count--;
    shelf->on_drop(book);
}

void shelf_destroy(struct shelf *shelf)
{
    if (!shelf)
        return;
    while (!list_empty(&shelf->by_use))
        shelf_drop(shelf, container_of(list_first(&shelf->by_use), struct book, by_use));
    must(shelf->bytes == 0);
    free(shelf);
}

struct book *shelf_find(struct shelf *shelf, struct hash hash)
{
    for (struct book *book = *bucket_of(shelf, hash); book; book = book->next) {
        if (!hash_equal(book->hash, hash))
            continue;
        list_remove(&book->by_use);
        list_push_back(&shelf->by_use, &book->by_use);
        return book;
    }
    return NULL;
}

static bool too_full(const struct shelf *shelf)
{
    return shelf->bytes > shelf->bytes_max || shelf->count > shelf->books_max;
}

static void make_room(struct shelf *shelf, const struct book *except)
{
    struct list *link = shelf->by_use.next;
    while (too_full(shelf) && link != &shelf->by_use) {
        struct book *book = container_of(link, struct book, by_use);
        link = link->next;
        if (book != except && !book->pinned)
            shelf_drop(shelf, book);
    }
}

void shelf_put(struct shelf *shelf, struct book *book)
{
    must(!shelf_find(shelf, book->hash));
    struct book **bucket = bucket_of(shelf, book->hash);
    book->next = *bucket;
    *bucket = book;
    list_push_back(&shelf->by_use, &book->by_use);
    shelf->bytes += book->bytes;
    shelf->count++;
    make_room(shelf, book);
}

void shelf_resize(struct shelf *shelf, struct book *book, size_t bytes)
{
    shelf->bytes += bytes - book->bytes; /* unsigned: a smaller size wraps back */
    book->bytes = bytes;
    make_room(shelf, book);
}

size_t shelf_bytes(const struct shelf *shelf)
{
    return shelf->bytes;
}

size_t shelf_count(const struct shelf *shelf)
{
    return shelf->count;
}
