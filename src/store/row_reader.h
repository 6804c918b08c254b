/*
 * row_reader.h — rows of a query as values of whoever asks: one of them, or a page.
 *
 * The caller embeds the reader in a struct of its own, beside the place for the values, and says
 * how a row becomes a value. Asking, ending and counting are done here, once.
 *
 * Thread   As the connection's.
 * Memory   None of its own; a row's texts live only while it is read.
 */
#ifndef STORE_ROW_READER_H
#define STORE_ROW_READER_H

#include "store/store.h"

struct row_reader {
    /* Row number `count`, from 0 on. Any status but OK ends the reading with it. */
    enum status (*read)(struct row_reader *reader, const struct rows *rows);
    size_t count; /* rows that have been read */
};

/* At most `most` rows; fewer, and there are no more. */
MUST_USE enum status row_reader_page(struct store_connection *connection, const struct sql *sql,
                                     const struct sql_value *values, size_t value_count,
                                     struct row_reader *reader, size_t most);

/* The first row; STATUS_MISSING when there is none. */
MUST_USE enum status row_reader_one(struct store_connection *connection, const struct sql *sql,
                                    const struct sql_value *values, size_t value_count,
                                    struct row_reader *reader);

#endif
