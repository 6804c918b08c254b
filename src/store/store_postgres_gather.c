/*
 * store_postgres_gather.c — rows that were put off, sent as one statement.
 *
 * A server spends most of an insert's time on being asked: reading the message, starting the plan,
 * answering. An insert with a wording for many rows (`unnest` of an array for each value) is asked
 * once for thousands. Rows of up to POSTGRES_GATHERERS_MAX such inserts gather side by side; any
 * other statement sends them first, so that the order among them is all that may change.
 *
 * A column gathers in the binary form of an array: after a head of 20 bytes, each element is its
 * size and its bytes, -1 for NULL.
 */
#include <endian.h>
#include <stdlib.h>

#include "base/must.h"
#include "store/store_postgres_inner.h"

enum {
    HEAD_BYTES = 20,
    COLUMN_FIRST_BYTES = 4096,
    ELEMENT_BIGINT = 20,
    ELEMENT_TEXT = 25,
    ELEMENT_BYTES = 17,
};

/* --- a column --------------------------------------------------------------------------------- */

static void put_word(char *at, int32_t number)
{
    uint32_t word = htobe32((uint32_t)number);
    memcpy(at, &word, sizeof word);
}

static char *extend(struct postgres_column *column, size_t size)
{
    if (column->size + size > column->capacity) {
        size_t capacity = column->capacity ? 2 * column->capacity : COLUMN_FIRST_BYTES;
        while (capacity < column->size + size)
            capacity *= 2;
        char *bytes = realloc(column->bytes, capacity);
        if (!bytes)
            return NULL;
        column->bytes = bytes;
        column->capacity = capacity;
    }
    char *at = column->bytes + column->size;
    column->size += size;
    return at;
}

static bool add_value(struct postgres_column *column, const struct sql_value *value)
{
    bool number = value->type == SQL_INT;
    size_t size = number ? sizeof value->number : value->text.size;
    if (value->type == SQL_NULL)
        size = 0;
    char *at = extend(column, sizeof(int32_t) + size);
    if (!at)
        return false;
    if (value->type == SQL_NULL) {
        put_word(at, -1);
        column->has_null = true;
        return true;
    }
    column->type = value->type;
    put_word(at, (int32_t)size);
    uint64_t big_endian = htobe64((uint64_t)value->number);
    if (size > 0)
        memcpy(at + sizeof(int32_t), number ? (const char *)&big_endian : value->text.bytes, size);
    return true;
}

static int32_t element_of(const struct postgres_column *column)
{
    switch (column->type) {
    case SQL_INT:
        return ELEMENT_BIGINT;
    case SQL_BLOB:
        return ELEMENT_BYTES;
    case SQL_NULL:
    case SQL_TEXT:
        return ELEMENT_TEXT;
    }
    return ELEMENT_TEXT;
}

static void write_head(struct postgres_column *column, size_t row_count)
{
    put_word(column->bytes, 1); /* dimensions */
    put_word(column->bytes + 4, column->has_null);
    put_word(column->bytes + 8, element_of(column));
    put_word(column->bytes + 12, (int32_t)row_count);
    put_word(column->bytes + 16, 1); /* the first index */
}

/* Nothing but NULL has no type in binary; written as text it fits any. */
static bool write_nulls(struct postgres_column *column, size_t row_count)
{
    static const char element[] = "NULL,";
    column->size = 0;
    bool room = extend(column, 1) != NULL;
    for (size_t i = 0; room && i < row_count; i++) {
        char *at = extend(column, strlen(element));
        room = at != NULL;
        if (room)
            memcpy(at, element, strlen(element));
    }
    room = room && extend(column, 1);
    if (!room)
        return false;
    column->bytes[0] = '{';
    column->bytes[column->size - 2] = '}'; /* in place of the last comma */
    column->bytes[column->size - 1] = '\0';
    return true;
}

/* --- a gatherer ------------------------------------------------------------------------------- */

static void drop(struct postgres_gatherer *gatherer)
{
    for (size_t i = 0; i < gatherer->value_count; i++) {
        gatherer->column[i].size = 0;
        gatherer->column[i].type = SQL_NULL;
        gatherer->column[i].has_null = false;
    }
    gatherer->sql = NULL;
    gatherer->row_count = 0;
}

void postgres_drop_gathered(struct postgres_connection *connection)
{
    for (size_t i = 0; i < POSTGRES_GATHERERS_MAX; i++)
        drop(&connection->gatherer[i]);
    connection->gathered_bytes = 0;
}

void postgres_gather_deinit(struct postgres_connection *connection)
{
    for (size_t i = 0; i < POSTGRES_GATHERERS_MAX; i++)
        for (size_t k = 0; k < SQL_VALUES_MAX; k++)
            free(connection->gatherer[i].column[k].bytes);
}

static enum status send(struct postgres_connection *connection, struct postgres_gatherer *gatherer)
{
    const char *values[SQL_VALUES_MAX];
    int sizes[SQL_VALUES_MAX], formats[SQL_VALUES_MAX];
    for (size_t i = 0; i < gatherer->value_count; i++) {
        struct postgres_column *column = &gatherer->column[i];
        formats[i] = column->type != SQL_NULL;
        if (formats[i])
            write_head(column, gatherer->row_count);
        else if (!write_nulls(column, gatherer->row_count))
            return STATUS_NO_MEMORY;
        values[i] = column->bytes;
        sizes[i] = (int)column->size;
    }
    struct postgres_arrays arrays = {values, sizes, formats, (int)gatherer->value_count};
    enum status status =
        postgres_send_arrays(connection, gatherer->sql, &arrays, gatherer->rows_expected);
    drop(gatherer);
    return status;
}

enum status postgres_send_gathered(struct postgres_connection *connection)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < POSTGRES_GATHERERS_MAX && status == STATUS_OK; i++)
        if (connection->gatherer[i].sql)
            status = send(connection, &connection->gatherer[i]);
    connection->gathered_bytes = 0;
    return status;
}

static struct postgres_gatherer *find(struct postgres_connection *connection, const struct sql *sql)
{
    for (size_t i = 0; i < POSTGRES_GATHERERS_MAX; i++)
        if (connection->gatherer[i].sql == sql)
            return &connection->gatherer[i];
    return NULL;
}

static bool open_gatherer(struct postgres_gatherer *gatherer, const struct sql *sql,
                          size_t value_count)
{
    gatherer->sql = sql;
    gatherer->value_count = value_count;
    gatherer->rows_expected = 0;
    bool room = true;
    for (size_t i = 0; i < value_count; i++)
        room = room && extend(&gatherer->column[i], HEAD_BYTES);
    if (!room)
        drop(gatherer);
    return room;
}

/* The one for this statement; a new one may send the others away. */
static enum status gatherer_for(struct postgres_connection *connection, const struct sql *sql,
                                size_t value_count, struct postgres_gatherer **out_gatherer)
{
    *out_gatherer = find(connection, sql);
    if (*out_gatherer)
        return STATUS_OK;
    if (!find(connection, NULL)) {
        enum status status = postgres_send_gathered(connection);
        if (status != STATUS_OK)
            return status;
    }
    *out_gatherer = find(connection, NULL);
    must(*out_gatherer);
    return open_gatherer(*out_gatherer, sql, value_count) ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status postgres_gather(struct postgres_connection *connection, const struct sql *sql,
                            const struct sql_value *values, size_t value_count, int64_t row_count)
{
    struct postgres_gatherer *gatherer;
    enum status status = gatherer_for(connection, sql, value_count, &gatherer);
    if (status != STATUS_OK)
        return status;
    must(value_count == gatherer->value_count);
    for (size_t i = 0; i < value_count; i++) {
        must(values[i].type == SQL_NULL || gatherer->column[i].type == SQL_NULL ||
             values[i].type == gatherer->column[i].type); /* a value has one type */
        if (!add_value(&gatherer->column[i], &values[i])) {
            drop(gatherer);
            connection->failed = STATUS_NO_MEMORY;
            return STATUS_NO_MEMORY;
        }
        connection->gathered_bytes += sizeof(int32_t) + values[i].text.size;
    }
    gatherer->row_count++;
    if (row_count == ANY_ROWS || gatherer->rows_expected == ANY_ROWS)
        gatherer->rows_expected = ANY_ROWS;
    else
        gatherer->rows_expected += row_count;
    if (gatherer->row_count < POSTGRES_GATHER_ROWS_MAX &&
        connection->gathered_bytes < POSTGRES_GATHER_BYTES_MAX)
        return STATUS_OK;
    return postgres_send_gathered(connection);
}
