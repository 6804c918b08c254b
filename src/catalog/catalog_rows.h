/*
 * catalog_rows.h — rows into structs: what the readers of this folder share.
 *
 * Thread   The reader's.
 * Memory   The arena's. When it is full, `short_of_memory` stays true and the struct is of no use:
 *          callers ask once, at the end.
 */
#ifndef CATALOG_CATALOG_ROWS_H
#define CATALOG_CATALOG_ROWS_H

#include "base/arena.h"
#include "store/store.h"

struct gathering { /* the rows of one query, on their way into an array */
    struct rows rows;
    struct arena *arena;
    size_t count, capacity;
    bool short_of_memory;
};

MUST_USE enum status gather_begin(struct gathering *gathering, struct store_connection *reader,
                                  struct arena *arena, const struct sql *sql,
                                  const struct sql_value *values, size_t value_count);

/* The next row has a place in *array (grown when needed) at index count - 1; false after the last
   row. */
bool gather_next(struct gathering *gathering, void **array, size_t item_bytes);

MUST_USE enum status gather_end(struct gathering *gathering);

/* A column, copied. */
struct text gather_text(struct gathering *gathering, int column);

static inline int64_t gather_int(const struct gathering *gathering, int column)
{
    return rows_int(&gathering->rows, column);
}

#endif
