/*
 * store.h — the port through which decisions become durable, and are read back.
 *
 * A store is one database. It has one writer, which takes everything that waits, runs it in one
 * transaction and makes it durable with one commit, and any number of readers, which never wait for
 * it.
 *
 * Thread   store_submit() from any thread. A job's work() and on_done() run on the writer thread
 *          (on the caller of store_turn() where no writer thread was started). A connection is used
 *          by one thread at a time.
 * Memory   A job belongs to the store from submit until its on_done(); on_done() may free it.
 *          Texts of a row are good until the next rows_next() or rows_end().
 * Promise  After on_done(STATUS_OK), what the job wrote survives a crash. Any other status but
 *          STATUS_UNKNOWN means that nothing of it was kept. on_done() comes exactly once a job, in
 *          the order of submission, and never from inside store_submit().
 * Limits   STORE_JOBS_MAX wait, STORE_GROUP_MAX share a commit, SQL_VALUES_MAX values a statement.
 *
 * SQL is written once for all databases: placeholders $1, $2, …, integers of 64 bits, texts in
 * UTF-8, times as milliseconds since 1970 UTC. Where a database cannot be asked in these words, or
 * has far better ones, the statement has a second wording beside the first. A statement is a
 * `static const struct sql`; each connection prepares it once and knows it by its address.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"
#include "base/text.h"

struct store;
struct store_connection;

/* --- statements ------------------------------------------------------------------------------- */

/* `words` serve every database that has no wording of its own here; NULL: none is needed. */
struct sql {
    const char *words;
    const char *postgres;
    const char *postgres_rows; /* of an insert: many rows at once, each value an array of them */
};

enum sql_type { SQL_NULL, SQL_INT, SQL_TEXT, SQL_BLOB };

struct sql_value {
    enum sql_type type;
    int64_t number;   /* SQL_INT */
    struct text text; /* SQL_TEXT, SQL_BLOB: borrowed for the call */
};

static inline struct sql_value sql_int(int64_t number)
{
    return (struct sql_value){.type = SQL_INT, .number = number};
}

static inline struct sql_value sql_text(struct text text)
{
    return (struct sql_value){.type = SQL_TEXT, .text = text};
}

static inline struct sql_value sql_words(const char *terminated)
{
    return sql_text(text_of(terminated));
}

static inline struct sql_value sql_blob(struct text bytes)
{
    return (struct sql_value){.type = SQL_BLOB, .text = bytes};
}

static inline struct sql_value sql_null(void)
{
    return (struct sql_value){.type = SQL_NULL};
}

/*
 * INSERT, UPDATE, DELETE. *out_changed (may be NULL) gets the number of rows.
 * STATUS_CONFLICT when a constraint refuses it; the transaction can go on.
 */
MUST_USE enum status store_run(struct store_connection *connection, const struct sql *sql,
                               const struct sql_value *values, size_t value_count,
                               int64_t *out_changed);

/*
 * In a job: the same, when nobody looks at the result. The database may be told later, together
 * with what else was put off, so that a crowd of rows costs one way there and back instead of one
 * each. What was put off is done in order, before the next store_run() or store_query() of this
 * connection and before the commit; only inserts with a wording for many rows may change places
 * among themselves. A failure shows here or there, and fails the job: it cannot go on.
 */
MUST_USE enum status store_enqueue(struct store_connection *connection, const struct sql *sql,
                                   const struct sql_value *values, size_t value_count);

/* Likewise; STATUS_CONFLICT unless exactly one row changes. */
MUST_USE enum status store_enqueue_one(struct store_connection *connection, const struct sql *sql,
                                       const struct sql_value *values, size_t value_count);

/* True where asking costs a way over the network, so that one question about many is better than
   many questions. */
bool store_is_remote(const struct store_connection *connection);

/* Rows of a query. Always ends with rows_end(), which tells whether all of them came. */
struct rows {
    struct store_connection *connection;
    void *statement; /* the adapter's */
    enum status status;
};

MUST_USE enum status store_query(struct store_connection *connection, const struct sql *sql,
                                 const struct sql_value *values, size_t value_count,
                                 struct rows *out_rows);
bool rows_next(struct rows *rows);
int64_t rows_int(const struct rows *rows, int column);      /* NULL reads as 0 */
struct text rows_text(const struct rows *rows, int column); /* NULL reads as an empty text */
bool rows_null(const struct rows *rows, int column);
MUST_USE enum status rows_end(struct rows *rows);

/* One integer of one row: STATUS_MISSING when there is no row. */
MUST_USE enum status store_query_int(struct store_connection *connection, const struct sql *sql,
                                     const struct sql_value *values, size_t value_count,
                                     int64_t *out_number);

/* In a job: several statements without values, ended by ';', for migrations and tests. */
MUST_USE enum status store_script(struct store_connection *connection, const char *words);

/*
 * In a job: what only one process at a time may do on a database, which is to decide from memory
 * what is written. *out_era is above 0 when it is this process, and another number than before when
 * somebody else may have had it in between; 0: another process has it.
 */
MUST_USE enum status store_claim(struct store_connection *connection, int64_t *out_era);

/* What went wrong last on this connection, in words, for the log. */
const char *store_why(const struct store_connection *connection);

/* --- writing ---------------------------------------------------------------------------------- */

struct store_job {
    struct list letter;

    /* Runs its statements inside the group's transaction. A status other than OK undoes this job's
       statements and no other's. */
    enum status (*work)(struct store_job *job, struct store_connection *connection);

    /* The outcome, after the commit. */
    void (*on_done)(struct store_job *job, enum status status);

    /* It reads one moment and writes nothing; alone in its group it waits for no other process that
       writes, and keeps none from writing. */
    bool looks;

    enum status status; /* the store's own, between work and on_done */
};

/* STATUS_FULL when STORE_JOBS_MAX wait; the job then still belongs to the caller. */
MUST_USE enum status store_submit(struct store *store, struct store_job *job);

/* The same, and waits for the outcome: for the command line and for tests, never for a loop.
   Here on_done may be NULL. */
MUST_USE enum status store_submit_and_wait(struct store *store, struct store_job *job);

/* Starts the writer thread; without it, store_turn() does the writing. */
MUST_USE enum status store_start(struct store *store);

/* One group on the calling thread: take, work, commit, on_done. Returns the number of jobs. */
size_t store_turn(struct store *store);

/* --- reading ---------------------------------------------------------------------------------- */

/* A connection of its own for one thread, reading only. */
MUST_USE enum status store_reader_open(struct store *store, struct store_connection **out_reader);
void store_reader_close(struct store_connection *reader); /* NULL is welcome */

/* Fans wait for what this reader reads: a database that says nothing for POSTGRES_READ_MS hangs,
   whatever was asked, and the answer is STATUS_IO. Right after the opening. */
void store_reader_hurry(struct store_connection *reader);

/* Everything read between these two is of one moment. */
MUST_USE enum status store_snapshot_begin(struct store_connection *reader);
void store_snapshot_end(struct store_connection *reader);

/* Looks for damage in the database itself, such as an index that misses a row. Reads all of it.
   What it found first stands in store_why() when *out_sound is false. */
MUST_USE enum status store_check(struct store_connection *reader, bool *out_sound);

/* --- sessions --------------------------------------------------------------------------------- */

/*
 * A session writes beside the store's own writer: for threads that wait for their outcome, and
 * whose transactions the database itself has to keep apart. The engine does not use it.
 *
 * Thread   A session belongs to one thread at a time. Never from a loop, the writer or a job.
 * Promise  store_session_run() runs `work` in a transaction of its own, commits it when `work` says
 *          STATUS_OK and undoes it otherwise. Its answer is what on_done() would hear: after
 *          STATUS_OK what was written survives a crash. on_done itself is NULL.
 * Company  Where the database has one writer (SQLite), whole transactions come one after the other
 *          and share the writer's commits. Elsewhere (PostgreSQL, READ COMMITTED) they run at the
 *          same time as all others and see what is committed, statement by statement.
 * Failure  As a job's. STATUS_BUSY: a deadlock or a lock that did not come in time, nothing was
 *          done, try again. STATUS_CONFLICT from a statement: a constraint, also where another
 *          transaction was faster.
 */
struct store_session;

MUST_USE enum status store_session_open(struct store *store, struct store_session **out_session);
void store_session_close(struct store_session *session); /* NULL is welcome */

MUST_USE enum status store_session_run(struct store_session *session, struct store_job *job);

/* Reads what is committed, outside of every transaction; for the session's thread, between its
   runs. The session closes it. */
struct store_connection *store_session_reader(struct store_session *session);

/* --- life ------------------------------------------------------------------------------------- */

/* Changes whenever somebody outside this process has written (`ticketrush seed` beside a running
   server). Any thread; costs little. */
MUST_USE enum status store_outside_version(struct store_connection *reader, int64_t *out_version);

/* From now on, calls to the database go through this breaker; NULL: through none. Before
   store_start() and before readers; a database without a network has no use for it. */
struct breaker;
bool store_has_server(const struct store *store);
void store_guard(struct store *store, struct breaker *breaker);

/* Numbers for the metrics; any thread. */
struct store_counts {
    uint64_t commit_count, commit_failure_count, job_count;
    uint64_t commit_us_total; /* time inside COMMIT */
    size_t waiting_count;     /* jobs in the queue now */
};
struct store_counts store_counts(struct store *store);

/* The writer finishes what waits; then everything closes. Readers and sessions must be closed
   before. */
void store_close(struct store *store); /* NULL is welcome */

#endif
