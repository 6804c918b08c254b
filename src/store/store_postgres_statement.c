/*
 * store_postgres_statement.c — prepared statements, their values, running them.
 *
 * A statement is known by the address of its wording and prepared once a connection, in the same
 * exchange in which it is used for the first time. Whole numbers are declared as bigint and go as
 * eight bytes; the type of every other value is left to the server, which knows the column it is
 * meant for, and it goes as text. So a value has one type at each of its places in a statement.
 *
 * In PostgreSQL a statement that is refused spoils its whole transaction, while store_run()
 * promises that a job can go on. So the writer puts a savepoint before a statement that changes
 * something, in the same exchange, and goes back to it. What was put off has none: its failure
 * fails the job.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/must.h"
#include "store/store_postgres_inner.h"

enum { OID_ANY = 0, OID_BYTES = 17, OID_BIGINT = 20, NAME_BYTES = 24 };

/* --- preparing -------------------------------------------------------------------------------- */

static struct postgres_statement *find_slot(struct postgres_connection *connection, const void *key)
{
    size_t at = (size_t)hash_id((int64_t)(uintptr_t)key) & (POSTGRES_STATEMENT_SLOTS - 1);
    while (connection->statement[at].key && connection->statement[at].key != key)
        at = (at + 1) & (POSTGRES_STATEMENT_SLOTS - 1); /* ends: half of the slots stay free */
    return &connection->statement[at];
}

static void name_of(const struct postgres_connection *connection,
                    const struct postgres_statement *statement, char out_name[NAME_BYTES])
{
    snprintf(out_name, NAME_BYTES, "s%td", statement - connection->statement);
}

/* The types of a statement are those of the values it meets first. */
static enum status prepare(struct postgres_connection *connection, const void *key,
                           const char *words, const Oid *types, size_t type_count,
                           struct postgres_statement **out_statement)
{
    struct postgres_statement *statement = find_slot(connection, key);
    *out_statement = statement;
    if (statement->prepared)
        return STATUS_OK;
    if (!statement->key && connection->statement_count == STORE_STATEMENTS_MAX) {
        store_explain(&connection->base, "more than %d statements", STORE_STATEMENTS_MAX);
        return STATUS_FULL;
    }
    if (!statement->key)
        connection->statement_count++;
    *statement = (struct postgres_statement){
        .key = key, .prepared = true, .value_count = (uint8_t)type_count};
    for (size_t i = 0; i < type_count; i++)
        statement->takes_int[i] = types[i] == OID_BIGINT;

    char name[NAME_BYTES];
    name_of(connection, statement, name);
    if (!PQsendPrepare(connection->raw, name, words, (int)type_count, types))
        return postgres_lose(connection, PQerrorMessage(connection->raw));
    postgres_expect(connection,
                    (struct postgres_pending){.kind = POSTGRES_PREPARE, .statement = statement});
    return STATUS_OK;
}

static enum status execute(struct postgres_connection *connection,
                           const struct postgres_statement *statement,
                           const struct postgres_arrays *arrays, struct postgres_pending pending)
{
    char name[NAME_BYTES];
    name_of(connection, statement, name);
    if (!PQsendQueryPrepared(connection->raw, name, arrays->count, arrays->values, arrays->sizes,
                             arrays->formats, 0))
        return postgres_lose(connection, PQerrorMessage(connection->raw));
    postgres_expect(connection, pending);
    return STATUS_OK;
}

/* --- values ----------------------------------------------------------------------------------- */

struct wire { /* values as libpq wants them */
    const char *values[SQL_VALUES_MAX];
    int sizes[SQL_VALUES_MAX];
    int formats[SQL_VALUES_MAX]; /* 1: bytes as they are */
    int64_t numbers[SQL_VALUES_MAX];
};

static enum status reserve_copies(struct postgres_connection *connection,
                                  const struct sql_value *values, size_t value_count)
{
    enum { NUMBER_BYTES = 24 };
    size_t size = 0;
    for (size_t i = 0; i < value_count; i++)
        size += values[i].type == SQL_TEXT ? values[i].text.size + 1 : NUMBER_BYTES;
    connection->copies_size = 0;
    if (size <= connection->copies_capacity)
        return STATUS_OK;
    char *copies = realloc(connection->copies, size);
    if (!copies)
        return STATUS_NO_MEMORY;
    connection->copies = copies;
    connection->copies_capacity = size;
    return STATUS_OK;
}

/* libpq wants a text to end with a zero, and PostgreSQL takes none inside. */
static enum status copy_text(struct postgres_connection *connection, struct text text,
                             const char **out_copy)
{
    if (text.size > 0 && memchr(text.bytes, '\0', text.size)) {
        store_explain(&connection->base, "a text has a zero byte");
        return STATUS_INVALID;
    }
    char *copy = connection->copies + connection->copies_size;
    if (text.size > 0)
        memcpy(copy, text.bytes, text.size);
    copy[text.size] = '\0';
    connection->copies_size += text.size + 1;
    *out_copy = copy;
    return STATUS_OK;
}

static enum status convert(struct postgres_connection *connection,
                           const struct postgres_statement *statement, size_t i,
                           const struct sql_value *value, struct wire *wire)
{
    char digits[24];
    switch (value->type) {
    case SQL_NULL:
        wire->values[i] = NULL;
        return STATUS_OK;
    case SQL_INT:
        if (!statement->takes_int[i]) { /* a NULL or a text was here first */
            int size = snprintf(digits, sizeof digits, "%lld", (long long)value->number);
            return copy_text(connection, text_make(digits, (size_t)size), &wire->values[i]);
        }
        wire->numbers[i] = (int64_t)htobe64((uint64_t)value->number);
        wire->values[i] = (const char *)&wire->numbers[i];
        wire->sizes[i] = sizeof wire->numbers[i];
        wire->formats[i] = 1;
        return STATUS_OK;
    case SQL_TEXT:
        return copy_text(connection, value->text, &wire->values[i]);
    case SQL_BLOB:
        wire->values[i] = value->text.bytes ? value->text.bytes : "";
        wire->sizes[i] = (int)value->text.size;
        wire->formats[i] = 1;
        return STATUS_OK;
    }
    return STATUS_INVALID;
}

static Oid oid_of(const struct sql_value *value)
{
    switch (value->type) {
    case SQL_INT:
        return OID_BIGINT;
    case SQL_BLOB:
        return OID_BYTES;
    case SQL_NULL:
    case SQL_TEXT:
        return OID_ANY;
    }
    return OID_ANY;
}

enum status postgres_send(struct postgres_connection *connection, const struct sql *sql,
                          const struct sql_value *values, size_t value_count,
                          struct postgres_pending pending)
{
    Oid types[SQL_VALUES_MAX];
    struct wire wire = {.formats = {0}};
    struct postgres_statement *statement;
    for (size_t i = 0; i < value_count; i++)
        types[i] = oid_of(&values[i]);

    enum status status = postgres_make_room(connection, 2);
    if (status == STATUS_OK)
        status = reserve_copies(connection, values, value_count);
    if (status == STATUS_OK)
        status = prepare(connection, sql, sql->postgres ? sql->postgres : sql->words, types,
                         value_count, &statement);
    if (status != STATUS_OK)
        return status;
    must(value_count == statement->value_count);
    for (size_t i = 0; status == STATUS_OK && i < value_count; i++)
        status = convert(connection, statement, i, &values[i], &wire);
    if (status != STATUS_OK)
        return status;
    struct postgres_arrays arrays = {wire.values, wire.sizes, wire.formats, (int)value_count};
    return execute(connection, statement, &arrays, pending);
}

enum status postgres_control(struct postgres_connection *connection, const struct sql *sql)
{
    return postgres_send(connection, sql, NULL, 0,
                         (struct postgres_pending){.kind = POSTGRES_CONTROL});
}

/* The types of arrays stand in the wording. */
enum status postgres_send_arrays(struct postgres_connection *connection, const struct sql *sql,
                                 const struct postgres_arrays *arrays, int64_t row_count)
{
    static const Oid any[SQL_VALUES_MAX]; /* OID_ANY */
    struct postgres_statement *statement;
    enum status status = postgres_make_room(connection, 2);
    if (status == STATUS_OK)
        status = prepare(connection, &sql->postgres_rows, sql->postgres_rows, any,
                         (size_t)arrays->count, &statement);
    if (status != STATUS_OK)
        return status;
    return execute(connection, statement, arrays,
                   (struct postgres_pending){.kind = POSTGRES_PUT_OFF, .row_count = row_count});
}

/* --- running ---------------------------------------------------------------------------------- */

static const struct sql set_point = {"SAVEPOINT run"};
static const struct sql forget_point = {"RELEASE SAVEPOINT run"};
static const struct sql back_to_point = {"ROLLBACK TO SAVEPOINT run"};

/* Ready for a statement: connected, and what it stands in can still succeed. */
static enum status start(struct postgres_connection *connection)
{
    if (connection->in_transaction)
        return connection->failed == STATUS_OK ? postgres_send_gathered(connection)
                                               : connection->failed;
    if (!connection->in_job && connection->role != POSTGRES_WRITER)
        return postgres_connect(connection);
    store_explain(&connection->base, "the transaction is gone");
    return STATUS_IO;
}

static bool only_reads(const struct sql *sql)
{
    return strncmp(sql->postgres ? sql->postgres : sql->words, "SELECT ", strlen("SELECT ")) == 0;
}

static enum status go_back(struct postgres_connection *connection, enum status why_status)
{
    char why[STORE_WHY_BYTES];
    memcpy(why, connection->base.why, sizeof why);
    connection->failed = STATUS_OK;
    enum status status = postgres_control(connection, &back_to_point);
    if (status == STATUS_OK)
        status = postgres_control(connection, &forget_point);
    if (status == STATUS_OK)
        status = postgres_settle(connection);
    if (status != STATUS_OK)
        return status;
    memcpy(connection->base.why, why, sizeof why);
    return why_status;
}

/* Sends one, waits, and leaves its result in `awaited`. */
static enum status ask(struct postgres_connection *connection, const struct sql *sql,
                       const struct sql_value *values, size_t value_count)
{
    enum status status = start(connection);
    if (status != STATUS_OK)
        return status;
    bool saves =
        connection->in_transaction && connection->role == POSTGRES_WRITER && !only_reads(sql);
    if (saves)
        status = postgres_control(connection, &set_point);
    if (status == STATUS_OK)
        status = postgres_send(connection, sql, values, value_count,
                               (struct postgres_pending){.kind = POSTGRES_AWAITED});
    if (status == STATUS_OK && saves)
        status = postgres_control(connection, &forget_point);
    connection->wrote = connection->wrote || !only_reads(sql);
    if (status != STATUS_OK)
        return status;
    status = postgres_settle(connection);
    if (status != STATUS_OK && saves && connection->raw && connection->awaited_refused)
        return go_back(connection, status);
    return status;
}

enum status postgres_run(struct store_connection *base, const struct sql *sql,
                         const struct sql_value *values, size_t value_count, int64_t *out_changed)
{
    struct postgres_connection *connection = postgres_of(base);
    enum status status = ask(connection, sql, values, value_count);
    if (status != STATUS_OK || !out_changed)
        return status;
    if (!text_to_int64(text_of(PQcmdTuples(connection->awaited)), out_changed))
        *out_changed = 0; /* a statement that changes no rows: CREATE TABLE */
    return STATUS_OK;
}

enum status postgres_enqueue(struct store_connection *base, const struct sql *sql,
                             const struct sql_value *values, size_t value_count, int64_t row_count)
{
    struct postgres_connection *connection = postgres_of(base);
    if (sql->postgres_rows && connection->in_transaction && connection->failed == STATUS_OK) {
        connection->wrote = true;
        return postgres_gather(connection, sql, values, value_count, row_count);
    }
    enum status status = start(connection);
    if (status != STATUS_OK)
        return status;
    connection->wrote = true;
    return postgres_send(
        connection, sql, values, value_count,
        (struct postgres_pending){.kind = POSTGRES_PUT_OFF, .row_count = row_count});
}

enum status postgres_query(struct store_connection *base, const struct sql *sql,
                           const struct sql_value *values, size_t value_count,
                           struct rows *out_rows)
{
    struct postgres_connection *connection = postgres_of(base);
    enum status status = ask(connection, sql, values, value_count);
    if (status != STATUS_OK)
        return status;
    PGresult *result = connection->awaited;
    connection->awaited = NULL;
    return postgres_rows_take(result, out_rows);
}

enum status postgres_ask_int(struct postgres_connection *connection, const struct sql *sql,
                             const struct sql_value *values, size_t value_count,
                             int64_t *out_number)
{
    enum status status = store_query_int(&connection->base, sql, values, value_count, out_number);
    if (status != STATUS_MISSING)
        return status;
    *out_number = 0;
    return STATUS_OK;
}

/* Several statements in one go need the simple protocol, which a pipeline does not have. */
enum status postgres_script(struct store_connection *base, const char *words)
{
    struct postgres_connection *connection = postgres_of(base);
    enum status status = start(connection);
    if (status == STATUS_OK && connection->pending_count > 0)
        status = postgres_settle(connection);
    if (status != STATUS_OK)
        return status;
    connection->wrote = true;
    if (!PQexitPipelineMode(connection->raw))
        return postgres_lose(connection, PQerrorMessage(connection->raw));
    status = postgres_simple(connection, words, POSTGRES_SCRIPT_MS + POSTGRES_GRACE_MS);
    if (connection->raw && !PQenterPipelineMode(connection->raw))
        return postgres_lose(connection, PQerrorMessage(connection->raw));
    if (status != STATUS_OK && connection->in_transaction)
        connection->failed = status;
    return status;
}
