/*
 * store_sqlite_statement.c — prepared statements, their values and their rows.
 *
 * A statement is known by the address of its `struct sql`: a look-up is one hash of a pointer and,
 * nearly always, one comparison. It is prepared once a connection; SQLite prepares it anew by
 * itself when the schema changes. SQLite calls `$7` a name and numbers names as they appear, so the
 * numbers are read back once, at preparing, into `value_of`.
 *
 * Values of store_run() are bound without a copy, because the statement is over when the call
 * returns. A query goes on after its call, so its texts are copied.
 */
#include <sqlite3.h>

#include "base/hash.h"
#include "base/must.h"
#include "store/store_sqlite_inner.h"

struct sqlite_connection *sqlite_connection_of(struct store_connection *connection)
{
    return (struct sqlite_connection *)connection;
}

static enum status status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return STATUS_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_BUSY;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_ERROR: /* words that are not SQL, a table that is not there */
    case SQLITE_NOTADB:
    case SQLITE_TOOBIG:
        return STATUS_INVALID;
    default:
        return STATUS_IO;
    }
}

enum status sqlite_fail(struct sqlite_connection *connection, int code)
{
    store_explain(
        &connection->base, "%s (SQLite code %d)",
        connection->database ? sqlite3_errmsg(connection->database) : sqlite3_errstr(code), code);
    return status_of(code);
}

/* --- preparing -------------------------------------------------------------------------------- */

static struct sqlite_statement *find_slot(struct sqlite_connection *connection,
                                          const struct sql *sql)
{
    size_t at = (size_t)hash_id((int64_t)(uintptr_t)sql) & (STATEMENT_SLOTS - 1);
    while (connection->statement[at].sql && connection->statement[at].sql != sql)
        at = (at + 1) & (STATEMENT_SLOTS - 1); /* ends: half of the slots stay free */
    return &connection->statement[at];
}

static void number_parameters(struct sqlite_statement *statement)
{
    int count = sqlite3_bind_parameter_count(statement->prepared);
    must(count <= SQL_VALUES_MAX);
    statement->parameter_count = (uint8_t)count;
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_bind_parameter_name(statement->prepared, i + 1);
        int64_t number = 0;
        bool numbered = name && name[0] == '$' && text_to_int64(text_of(name + 1), &number);
        must(numbered);
        must(number >= 1);
        must(number <= SQL_VALUES_MAX);
        statement->value_of[i] = (uint8_t)(number - 1);
        if (number > statement->value_count)
            statement->value_count = (uint8_t)number;
    }
}

static enum status prepare(struct sqlite_connection *connection, const struct sql *sql,
                           struct sqlite_statement **out_statement)
{
    struct sqlite_statement *statement = find_slot(connection, sql);
    if (!statement->sql) {
        if (connection->statement_count == STORE_STATEMENTS_MAX) {
            store_explain(&connection->base, "more than %d statements", STORE_STATEMENTS_MAX);
            return STATUS_FULL;
        }
        struct sqlite3_stmt *prepared = NULL;
        int code = sqlite3_prepare_v3(connection->database, sql->words, -1,
                                      SQLITE_PREPARE_PERSISTENT, &prepared, NULL);
        if (code != SQLITE_OK)
            return sqlite_fail(connection, code);
        must(prepared); /* words without a statement */
        *statement = (struct sqlite_statement){.sql = sql, .prepared = prepared};
        number_parameters(statement);
        connection->statement_count++;
    }
    must(!statement->in_use); /* a query inside its own rows */
    *out_statement = statement;
    return STATUS_OK;
}

void sqlite_forget_statements(struct sqlite_connection *connection)
{
    for (size_t i = 0; i < STATEMENT_SLOTS; i++)
        sqlite3_finalize(connection->statement[i].prepared);
    memset(connection->statement, 0, sizeof connection->statement);
    connection->statement_count = 0;
}

/* --- values ----------------------------------------------------------------------------------- */

static int bind_value(struct sqlite3_stmt *prepared, int parameter, const struct sql_value *value,
                      sqlite3_destructor_type copying)
{
    const char *bytes = value->text.bytes ? value->text.bytes : ""; /* a NULL would bind NULL */
    switch (value->type) {
    case SQL_NULL:
        return sqlite3_bind_null(prepared, parameter);
    case SQL_INT:
        return sqlite3_bind_int64(prepared, parameter, value->number);
    case SQL_TEXT:
        return sqlite3_bind_text64(prepared, parameter, bytes, value->text.size, copying,
                                   SQLITE_UTF8);
    case SQL_BLOB:
        return sqlite3_bind_blob64(prepared, parameter, bytes, value->text.size, copying);
    }
    return SQLITE_MISUSE;
}

static enum status bind_values(struct sqlite_connection *connection,
                               struct sqlite_statement *statement, const struct sql_value *values,
                               size_t value_count, sqlite3_destructor_type copying)
{
    must(value_count == statement->value_count);
    for (int i = 0; i < statement->parameter_count; i++) {
        int code = bind_value(statement->prepared, i + 1, &values[statement->value_of[i]], copying);
        if (code != SQLITE_OK)
            return sqlite_fail(connection, code);
    }
    return STATUS_OK;
}

static enum status start(struct sqlite_connection *connection, const struct sql *sql,
                         const struct sql_value *values, size_t value_count,
                         sqlite3_destructor_type copying, struct sqlite_statement **out_statement)
{
    if (connection->writes && sqlite3_get_autocommit(connection->database)) {
        store_explain(&connection->base, "the transaction is gone");
        return STATUS_IO;
    }
    struct sqlite_statement *statement = NULL;
    enum status status = prepare(connection, sql, &statement);
    if (status != STATUS_OK)
        return status;
    must(statement != NULL);
    *out_statement = statement;
    return bind_values(connection, statement, values, value_count, copying);
}

/* --- running ---------------------------------------------------------------------------------- */

static enum status step_to_end(struct sqlite_connection *connection,
                               struct sqlite_statement *statement)
{
    int code;
    do
        code = sqlite3_step(statement->prepared);
    while (code == SQLITE_ROW);
    enum status status = code == SQLITE_DONE ? STATUS_OK : sqlite_fail(connection, code);
    sqlite3_reset(statement->prepared);
    return status;
}

enum status sqlite_do(struct sqlite_connection *connection, const struct sql *sql)
{
    struct sqlite_statement *statement;
    enum status status = prepare(connection, sql, &statement);
    return status == STATUS_OK ? step_to_end(connection, statement) : status;
}

enum status sqlite_run(struct store_connection *base, const struct sql *sql,
                       const struct sql_value *values, size_t value_count, int64_t *out_changed)
{
    struct sqlite_connection *connection = sqlite_connection_of(base);
    struct sqlite_statement *statement;
    enum status status = start(connection, sql, values, value_count, SQLITE_STATIC, &statement);
    if (status == STATUS_OK)
        status = step_to_end(connection, statement);
    if (status == STATUS_OK && out_changed)
        *out_changed = sqlite3_changes64(connection->database);
    return status;
}

/* There is no way to save: it is done at once. */
enum status sqlite_enqueue(struct store_connection *base, const struct sql *sql,
                           const struct sql_value *values, size_t value_count, int64_t row_count)
{
    int64_t changed;
    enum status status = sqlite_run(base, sql, values, value_count, &changed);
    if (status == STATUS_OK && row_count != ANY_ROWS && changed != row_count) {
        store_explain(base, "%lld rows changed, not %lld", (long long)changed,
                      (long long)row_count);
        return STATUS_CONFLICT;
    }
    return status;
}

enum status sqlite_script(struct store_connection *base, const char *words)
{
    struct sqlite_connection *connection = sqlite_connection_of(base);
    int code = sqlite3_exec(connection->database, words, NULL, NULL, NULL);
    return code == SQLITE_OK ? STATUS_OK : sqlite_fail(connection, code);
}

/* --- rows ------------------------------------------------------------------------------------- */

enum status sqlite_query(struct store_connection *base, const struct sql *sql,
                         const struct sql_value *values, size_t value_count, struct rows *out_rows)
{
    struct sqlite_connection *connection = sqlite_connection_of(base);
    struct sqlite_statement *statement;
    enum status status = start(connection, sql, values, value_count, SQLITE_TRANSIENT, &statement);
    if (status != STATUS_OK)
        return status;
    statement->in_use = true;
    out_rows->statement = statement;
    return STATUS_OK;
}

bool sqlite_next(struct rows *rows)
{
    struct sqlite_statement *statement = rows->statement;
    int code = sqlite3_step(statement->prepared);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        rows->status = sqlite_fail(sqlite_connection_of(rows->connection), code);
    return code == SQLITE_ROW;
}

static struct sqlite3_stmt *row_of(const struct rows *rows, int column)
{
    const struct sqlite_statement *statement = rows->statement;
    must(column >= 0);
    must(column < sqlite3_data_count(statement->prepared));
    return statement->prepared;
}

int64_t sqlite_column_int(const struct rows *rows, int column)
{
    return sqlite3_column_int64(row_of(rows, column), column);
}

struct text sqlite_column_text(const struct rows *rows, int column)
{
    struct sqlite3_stmt *row = row_of(rows, column);
    const void *bytes = sqlite3_column_type(row, column) == SQLITE_BLOB
                            ? sqlite3_column_blob(row, column)
                            : (const void *)sqlite3_column_text(row, column);
    return text_make(bytes, (size_t)sqlite3_column_bytes(row, column));
}

bool sqlite_column_null(const struct rows *rows, int column)
{
    return sqlite3_column_type(row_of(rows, column), column) == SQLITE_NULL;
}

void sqlite_end(struct rows *rows)
{
    struct sqlite_statement *statement = rows->statement;
    sqlite3_reset(statement->prepared);
    statement->in_use = false;
}
