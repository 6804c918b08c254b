/* row_reader.c — the loop that every list of rows goes through. */
#include "store/row_reader.h"

#include "base/must.h"

enum status row_reader_page(struct store_connection *connection, const struct sql *sql,
                            const struct sql_value *values, size_t value_count,
                            struct row_reader *reader, size_t most)
{
    must(reader->read);
    struct rows rows;
    reader->count = 0;
    enum status status = store_query(connection, sql, values, value_count, &rows);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK && reader->count < most && rows_next(&rows)) {
        status = reader->read(reader, &rows);
        reader->count += status == STATUS_OK;
    }
    enum status ended = rows_end(&rows);
    return status == STATUS_OK ? ended : status;
}

enum status row_reader_one(struct store_connection *connection, const struct sql *sql,
                           const struct sql_value *values, size_t value_count,
                           struct row_reader *reader)
{
    enum status status = row_reader_page(connection, sql, values, value_count, reader, 1);
    return status == STATUS_OK && reader->count == 0 ? STATUS_MISSING : status;
}
