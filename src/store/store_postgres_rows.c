/*
 * store_postgres_rows.c — what a query answers.
 *
 * All rows are in memory before the first is read: so a connection can be asked again while rows of
 * it are being read. Values come as text, whatever their type, and are parsed here. A server that
 * answers other columns than were asked for, or letters for a number, is not believed: the value
 * reads as nothing and rows_end() says STATUS_INVALID.
 */
#include <math.h>
#include <stdlib.h>

#include "base/must.h"
#include "store/store_postgres_inner.h"

enum { OID_BOOL = 16, OID_BYTES = 17, DECODED_PLACES = 8 };

struct reading {
    PGresult *result;
    int row, row_count; /* row: -1 before the first */
    bool odd;           /* something was not as it should be */
    /* Bytes come as hexadecimal digits. */
    struct decoded {
        int column;
        unsigned char *bytes;
        size_t size;
    } decoded[DECODED_PLACES];
    size_t decoded_count;
};

static struct reading *reading_of(const struct rows *rows)
{
    return rows->statement;
}

enum status postgres_rows_take(PGresult *result, struct rows *out_rows)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading) {
        PQclear(result);
        return STATUS_NO_MEMORY;
    }
    *reading = (struct reading){.result = result, .row = -1, .row_count = PQntuples(result)};
    out_rows->statement = reading;
    return STATUS_OK;
}

static void drop_decoded(struct reading *reading)
{
    for (size_t i = 0; i < reading->decoded_count; i++)
        PQfreemem(reading->decoded[i].bytes);
    reading->decoded_count = 0;
}

bool postgres_next(struct rows *rows)
{
    struct reading *reading = reading_of(rows);
    drop_decoded(reading);
    return ++reading->row < reading->row_count;
}

void postgres_end_rows(struct rows *rows)
{
    struct reading *reading = reading_of(rows);
    drop_decoded(reading);
    if (reading->odd && rows->status == STATUS_OK) {
        store_explain(rows->connection, "the server answers something else than was asked for");
        rows->status = STATUS_INVALID;
    }
    PQclear(reading->result);
    free(reading);
}

/* --- values ----------------------------------------------------------------------------------- */

bool postgres_column_null(const struct rows *rows, int column)
{
    struct reading *reading = reading_of(rows);
    must(column >= 0);
    must(reading->row >= 0);
    if (column >= PQnfields(reading->result)) {
        reading->odd = true;
        return true;
    }
    return PQgetisnull(reading->result, reading->row, column);
}

static struct text words_of(const struct reading *reading, int column)
{
    return text_make(PQgetvalue(reading->result, reading->row, column),
                     (size_t)PQgetlength(reading->result, reading->row, column));
}

/* A sum is a numeric, an average or a coordinate has a point: SQLite would cut it off, too. */
static bool read_real(struct text words, int64_t *out_number)
{
    char *end;
    double number = strtod(words.bytes, &end); /* libpq ends every value with a zero */
    if (words.size == 0 || end != words.bytes + words.size || !(fabs(number) < 9e18))
        return false;
    *out_number = (int64_t)number;
    return true;
}

int64_t postgres_column_int(const struct rows *rows, int column)
{
    struct reading *reading = reading_of(rows);
    int64_t number = 0;
    if (postgres_column_null(rows, column))
        return 0;
    struct text words = words_of(reading, column);
    if (PQftype(reading->result, column) == OID_BOOL)
        return words.size == 1 && words.bytes[0] == 't';
    if (!text_to_int64(words, &number) && !read_real(words, &number))
        reading->odd = true;
    return number;
}

static struct text decode(struct reading *reading, int column)
{
    for (size_t i = 0; i < reading->decoded_count; i++)
        if (reading->decoded[i].column == column)
            return text_make((const char *)reading->decoded[i].bytes, reading->decoded[i].size);

    struct decoded decoded = {.column = column};
    const char *digits = PQgetvalue(reading->result, reading->row, column);
    if (reading->decoded_count < DECODED_PLACES)
        decoded.bytes = PQunescapeBytea((const unsigned char *)digits, &decoded.size);
    if (!decoded.bytes) {
        reading->odd = true;
        return text_of("");
    }
    reading->decoded[reading->decoded_count++] = decoded;
    return text_make((const char *)decoded.bytes, decoded.size);
}

struct text postgres_column_text(const struct rows *rows, int column)
{
    struct reading *reading = reading_of(rows);
    if (postgres_column_null(rows, column))
        return text_make(NULL, 0);
    return PQftype(reading->result, column) == OID_BYTES ? decode(reading, column)
                                                         : words_of(reading, column);
}
