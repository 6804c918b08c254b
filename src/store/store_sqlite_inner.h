/*
 * store_sqlite_inner.h — what the files of the SQLite adapter share; nobody else includes it.
 *
 *     store_sqlite.c            the file: opening it, transactions, readers
 *     store_sqlite_statement.c  prepared statements, values, rows
 *     store_sqlite_gather.c     makes few large writes of a commit's many small ones
 *     store_sqlite_keeper.c     keeps the write-ahead log short
 *
 * Thread   A connection belongs to one thread at a time; the keeper says for itself.
 * Memory   A connection owns its prepared statements, at most STORE_STATEMENTS_MAX.
 */
#ifndef STORE_STORE_SQLITE_INNER_H
#define STORE_STORE_SQLITE_INNER_H

#include <assert.h>

#include "limits.h"
#include "store/store_adapter.h"
#include "store/store_sqlite.h"

struct sqlite3;
struct sqlite3_stmt;

/* --- statements ------------------------------------------------------------------------------- */

enum { STATEMENT_SLOTS = 2 * STORE_STATEMENTS_MAX };
static_assert((STATEMENT_SLOTS & (STATEMENT_SLOTS - 1)) == 0, "slots are found with a mask");

struct sqlite_statement {
    const struct sql *sql; /* its name; NULL: a free slot */
    struct sqlite3_stmt *prepared;
    uint8_t parameter_count;
    uint8_t value_of[SQL_VALUES_MAX]; /* parameter → index of the value it takes */
    uint8_t value_count;
    bool in_use; /* rows are being read */
};

struct sqlite_connection {
    struct store_connection base;
    struct sqlite3 *database;
    int busy_timeout_ms;
    bool writes; /* then every statement stands in a transaction */
    size_t statement_count;
    struct sqlite_statement statement[STATEMENT_SLOTS];
};

struct sqlite_connection *sqlite_connection_of(struct store_connection *connection);

/* Writes `why` from what SQLite says and answers the status that stands for the code. */
enum status sqlite_fail(struct sqlite_connection *connection, int code);

enum status sqlite_run(struct store_connection *base, const struct sql *sql,
                       const struct sql_value *values, size_t value_count, int64_t *out_changed);
enum status sqlite_enqueue(struct store_connection *base, const struct sql *sql,
                           const struct sql_value *values, size_t value_count, int64_t row_count);
enum status sqlite_query(struct store_connection *base, const struct sql *sql,
                         const struct sql_value *values, size_t value_count, struct rows *out_rows);
bool sqlite_next(struct rows *rows);
int64_t sqlite_column_int(const struct rows *rows, int column);
struct text sqlite_column_text(const struct rows *rows, int column);
bool sqlite_column_null(const struct rows *rows, int column);
void sqlite_end(struct rows *rows);
enum status sqlite_script(struct store_connection *base, const char *words);

/* One statement of the adapter's own, without values and rows, in or out of a transaction. */
enum status sqlite_do(struct sqlite_connection *connection, const struct sql *sql);

void sqlite_forget_statements(struct sqlite_connection *connection);

/* --- gathering -------------------------------------------------------------------------------- */

/* Once the writer's log is open; only with synchronous=FULL. Ends with the connection. */
enum status sqlite_gather_writes(struct sqlite_connection *writer);

/* --- the keeper ------------------------------------------------------------------------------- */

struct keeper {
    struct sqlite_connection *connection; /* its own; NULL: no thread, the writer does it */
    struct mailbox mailbox;
    struct list letter; /* "the log has grown" */
    pthread_t thread;
    bool started;

    pthread_mutex_t lock; /* of the two below; held for a few instructions */
    pthread_cond_t rested;
    bool busy;        /* the letter is on its way, or being worked on */
    int copied_pages; /* of the log, by its latest round */

    /* The writer's. */
    int log_pages;  /* in the log after the latest commit */
    int next_pages; /* at this length there is something to do */
};

void keeper_init(struct keeper *keeper);
void keeper_deinit(struct keeper *keeper); /* ends its thread */
enum status keeper_start(struct keeper *keeper, struct sqlite_connection *connection);

/* On the writer's thread, while nobody waits for an answer. */
void keeper_tidy(struct keeper *keeper, struct sqlite_connection *writer);

/* Registers the keeper's count of log pages with the writer connection. */
void keeper_watch(struct keeper *keeper, struct sqlite_connection *writer);

#endif
