/* catalog_rows.c — an array that doubles, in an arena. */
#include "catalog/catalog_rows.h"

enum { FIRST_CAPACITY = 8 };

enum status gather_begin(struct gathering *gathering, struct store_connection *reader,
                         struct arena *arena, const struct sql *sql, const struct sql_value *values,
                         size_t value_count)
{
    *gathering = (struct gathering){.arena = arena};
    return store_query(reader, sql, values, value_count, &gathering->rows);
}

static bool grow(struct gathering *gathering, void **array, size_t item_bytes)
{
    size_t capacity = gathering->capacity > 0 ? 2 * gathering->capacity : FIRST_CAPACITY;
    void *grown = arena_take_zeroed(gathering->arena, capacity * item_bytes);
    if (!grown) {
        gathering->short_of_memory = true;
        return false;
    }
    if (gathering->count > 0)
        memcpy(grown, *array, gathering->count * item_bytes);
    gathering->capacity = capacity;
    *array = grown;
    return true;
}

bool gather_next(struct gathering *gathering, void **array, size_t item_bytes)
{
    if (gathering->short_of_memory || !rows_next(&gathering->rows))
        return false;
    if (gathering->count == gathering->capacity && !grow(gathering, array, item_bytes))
        return false;
    gathering->count++;
    return true;
}

enum status gather_end(struct gathering *gathering)
{
    enum status status = rows_end(&gathering->rows);
    return status == STATUS_OK && gathering->short_of_memory ? STATUS_NO_MEMORY : status;
}

struct text gather_text(struct gathering *gathering, int column)
{
    struct text copy = arena_copy(gathering->arena, rows_text(&gathering->rows, column));
    if (!copy.bytes)
        gathering->short_of_memory = true;
    return copy;
}
