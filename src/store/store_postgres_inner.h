/*
 * store_postgres_inner.h — what the files of the PostgreSQL adapter share, and nobody else.
 *
 *     store_postgres.c            the database: opening it, the writer's transactions, readers
 *     store_postgres_connect.c    one connection: opening it, losing it, finding it again
 *     store_postgres_exchange.c   one way there and back: what is sent, what is answered
 *     store_postgres_statement.c  prepared statements, values, running them
 *     store_postgres_gather.c     rows that were put off, sent as one statement
 *     store_postgres_rows.c       what a query answers
 *     store_postgres_session.c    sessions
 *
 * Thread   A connection belongs to one thread at a time.
 * Memory   A connection owns the names of its statements, at most STORE_STATEMENTS_MAX, and its
 *          gatherers.
 */
#ifndef STORE_STORE_POSTGRES_INNER_H
#define STORE_STORE_POSTGRES_INNER_H

#include <assert.h>
#include <libpq-fe.h>

#include "base/random.h"
#include "guard/breaker.h"
#include "limits.h"
#include "store/store_adapter.h"
#include "store/store_postgres.h"

/* --- statements ------------------------------------------------------------------------------- */

enum { POSTGRES_STATEMENT_SLOTS = 2 * STORE_STATEMENTS_MAX };
static_assert((POSTGRES_STATEMENT_SLOTS & (POSTGRES_STATEMENT_SLOTS - 1)) == 0,
              "slots are found with a mask");

struct postgres_statement {
    const void *key;                /* its name: the address of its wording; NULL: a free slot */
    bool prepared;                  /* on this connection */
    bool takes_int[SQL_VALUES_MAX]; /* prepared so: then the value goes as eight bytes */
    uint8_t value_count;
};

/* --- what is under way ------------------------------------------------------------------------ */

enum postgres_pending_kind {
    POSTGRES_PREPARE,
    POSTGRES_CONTROL, /* BEGIN, SAVEPOINT and the like */
    POSTGRES_PUT_OFF, /* nobody looks at its result */
    POSTGRES_AWAITED, /* somebody does; the last of an exchange */
    POSTGRES_SYNC,
};

struct postgres_pending {
    enum postgres_pending_kind kind;
    struct postgres_statement *statement; /* POSTGRES_PREPARE */
    int64_t row_count;                    /* POSTGRES_PUT_OFF: that must change, or ANY_ROWS */
};

/* --- rows that were put off ------------------------------------------------------------------- */

struct postgres_column { /* in the form of a binary array, without its head */
    enum sql_type type;  /* SQL_NULL: no other value has come yet */
    bool has_null;
    char *bytes;
    size_t size, capacity;
};

struct postgres_gatherer {
    const struct sql *sql; /* NULL: free */
    size_t value_count, row_count;
    int64_t rows_expected; /* to change, or ANY_ROWS */
    struct postgres_column column[SQL_VALUES_MAX];
};

/* --- a connection ----------------------------------------------------------------------------- */

enum postgres_role { POSTGRES_WRITER, POSTGRES_READER, POSTGRES_SESSION };

struct postgres_connection {
    struct store_connection base;
    enum postgres_role role;
    PGconn *raw; /* NULL: there is no connection */

    /* Finding it again. */
    struct random random;
    int64_t try_again_at_ms, pause_ms; /* monotonic */
    bool told;                         /* that it was lost */

    bool calling; /* a call has entered the breaker */
    struct breaker_call call;

    bool in_job;         /* from our BEGIN to our COMMIT or ROLLBACK */
    bool in_transaction; /* and the server is in it, too */
    bool wrote;          /* something, in this transaction */
    enum status failed;  /* of this transaction: nothing but undoing is of use any more */
    bool begins;         /* the writer: nothing but its lock is waited for */
    bool in_snapshot;    /* the reader */

    struct postgres_pending pending[POSTGRES_PENDING_MAX];
    size_t pending_count;
    bool damaged;         /* the latest refusal said that the database is */
    PGresult *awaited;    /* of the exchange that ended last */
    bool awaited_refused; /* the awaited statement itself was refused, not one before it */

    struct postgres_statement statement[POSTGRES_STATEMENT_SLOTS];
    size_t statement_count;
    char *copies; /* texts, terminated for libpq */
    size_t copies_size, copies_capacity;

    struct postgres_gatherer gatherer[POSTGRES_GATHERERS_MAX];
    size_t gathered_bytes;
};

struct postgres_store {
    struct store base;
    char *url;
    int busy_timeout_ms;
    int64_t process; /* a number of our own: our row of store_writer */
    int64_t turn;    /* the writer's latest, in that row */
    int64_t claim;   /* grows with each; 0: not ours */
    int64_t claims;
};

static inline struct postgres_store *postgres_store_of(struct store *store)
{
    return (struct postgres_store *)store;
}

static inline struct postgres_connection *postgres_of(struct store_connection *connection)
{
    return (struct postgres_connection *)connection;
}

/* --- connecting ------------------------------------------------------------------------------- */

struct postgres_connection *postgres_connection_create(struct store *store,
                                                       enum postgres_role role);
void postgres_connection_destroy(struct postgres_connection *connection); /* NULL is welcome */

/* There is a connection, as far as one can tell without asking; opens one when it is time to. */
MUST_USE enum status postgres_connect(struct postgres_connection *connection);

/* Around one exchange. False: the breaker lets nobody through. */
bool postgres_call_begin(struct postgres_connection *connection);
void postgres_call_end(struct postgres_connection *connection, enum breaker_outcome outcome);

/* Gives it up; writes `why`. Always STATUS_IO. */
enum status postgres_lose(struct postgres_connection *connection, const char *why);

/* --- exchanging ------------------------------------------------------------------------------- */

/* Room for `count` more that are pending; exchanges what there is when it is short. */
MUST_USE enum status postgres_make_room(struct postgres_connection *connection, size_t count);
void postgres_expect(struct postgres_connection *connection, struct postgres_pending pending);

/* Sends everything and takes all answers. The first failure, in words too. */
MUST_USE enum status postgres_settle(struct postgres_connection *connection);

/* Several statements without values, outside of the pipeline. */
MUST_USE enum status postgres_simple(struct postgres_connection *connection, const char *words,
                                     int64_t patience_ms);

/* Waits until the socket can be read, or written when `writing`; STATUS_IO when it takes longer. */
MUST_USE enum status postgres_await(struct postgres_connection *connection, bool writing,
                                    int64_t until_ms);

/* The status that stands for what the server refused, and its words. */
enum status postgres_refusal(struct postgres_connection *connection, const PGresult *result);

/* --- statements ------------------------------------------------------------------------------- */

/* Sends one; the pending is what its answer is for. */
MUST_USE enum status postgres_send(struct postgres_connection *connection, const struct sql *sql,
                                   const struct sql_value *values, size_t value_count,
                                   struct postgres_pending pending);

/* A statement of the adapter's own, without values: sent, not waited for. */
MUST_USE enum status postgres_control(struct postgres_connection *connection,
                                      const struct sql *sql);

/* A wording with libpq's own parameters, for gathered rows. */
struct postgres_arrays {
    const char *const *values;
    const int *sizes;
    const int *formats;
    int count;
};
MUST_USE enum status postgres_send_arrays(struct postgres_connection *connection,
                                          const struct sql *sql,
                                          const struct postgres_arrays *arrays, int64_t row_count);

enum status postgres_run(struct store_connection *base, const struct sql *sql,
                         const struct sql_value *values, size_t value_count, int64_t *out_changed);
enum status postgres_enqueue(struct store_connection *base, const struct sql *sql,
                             const struct sql_value *values, size_t value_count, int64_t row_count);
enum status postgres_query(struct store_connection *base, const struct sql *sql,
                           const struct sql_value *values, size_t value_count,
                           struct rows *out_rows);
enum status postgres_script(struct store_connection *base, const char *words);

/* One integer of one row, of the adapter's own; 0 when there is none. */
MUST_USE enum status postgres_ask_int(struct postgres_connection *connection, const struct sql *sql,
                                      const struct sql_value *values, size_t value_count,
                                      int64_t *out_number);

/* --- gathering -------------------------------------------------------------------------------- */

MUST_USE enum status postgres_gather(struct postgres_connection *connection, const struct sql *sql,
                                     const struct sql_value *values, size_t value_count,
                                     int64_t row_count);
MUST_USE enum status postgres_send_gathered(struct postgres_connection *connection);
void postgres_drop_gathered(struct postgres_connection *connection);
void postgres_gather_deinit(struct postgres_connection *connection);

/* --- rows ------------------------------------------------------------------------------------- */

/* Takes the result, also when it fails. */
MUST_USE enum status postgres_rows_take(PGresult *result, struct rows *out_rows);
bool postgres_next(struct rows *rows);
int64_t postgres_column_int(const struct rows *rows, int column);
struct text postgres_column_text(const struct rows *rows, int column);
bool postgres_column_null(const struct rows *rows, int column);
void postgres_end_rows(struct rows *rows);

/* --- transactions ----------------------------------------------------------------------------- */

/* Sends the words that begin one; they are not waited for. */
MUST_USE enum status postgres_begin(struct postgres_connection *connection,
                                    const struct sql *words);

/* Commits in one exchange with what was put off. STATUS_UNKNOWN: the connection was lost on the
   way. In any case no transaction is open afterwards. */
MUST_USE enum status postgres_end(struct postgres_connection *connection);

/* Undoes the transaction, as far as there still is one. */
void postgres_rollback(struct store_connection *base);
bool postgres_in_transaction(struct store_connection *base);

/* --- sessions --------------------------------------------------------------------------------- */

enum status postgres_session_open(struct store *store, struct store_session **out_session);
enum status postgres_session_run(struct store_session *session, struct store_job *job);
void postgres_session_close(struct store_session *session);

#endif
