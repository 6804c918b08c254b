/*
 * store_adapter.h — the inner side of the port: what an adapter supplies and what it is given.
 *
 * Included by store.c, migrate.c and the adapters; callers of a store include store.h.
 *
 * Thread   begin … rollback, tidy: the writer's, under `writer_lock`. connect, disconnect and
 *          everything that takes a reader or a session: the thread that uses it.
 * Memory   An adapter embeds `struct store` and `struct store_connection` as first members of its
 *          own.
 *
 * What all adapters share — the queue, the group, who hears what, the writer thread, the counts
 * — is in store.c, so an adapter is a handful of statements and one transaction at a time.
 */
#ifndef STORE_STORE_ADAPTER_H
#define STORE_STORE_ADAPTER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/mailbox.h"
#include "store/embedded.h"
#include "store/migrate.h"
#include "store/store.h"

enum {
    STORE_WHY_BYTES = 256,
    ANY_ROWS = -1, /* store_enqueue(): however many change */
};

struct store_connection {
    struct store *store;
    char why[STORE_WHY_BYTES]; /* the last failure in words */
    bool hurried;              /* store_reader_hurry() */
};

struct store {
    const struct store_ops *ops;
    struct store_connection *writer;
    struct mailbox mailbox;

    /* Held while the writer connection is in use. It is not a way to share the connection: it lets
       an adapter look at it when, and only when, the writer rests; nobody waits for it. */
    pthread_mutex_t writer_lock;
    pthread_t thread;
    bool started;
    bool refuses; /* the latest transaction could not begin */

    struct breaker *breaker; /* around every call to a server; NULL: none */
    _Atomic uint64_t commit_count, commit_failure_count, job_count, commit_us_total;
};

struct store_session { /* an adapter with connections of its own for it embeds this */
    struct store *store;
    struct store_connection *reader; /* what store_session_reader() gives */
};

struct store_ops {
    const char *name;
    bool remote; /* behind a network */

    /* --- connections: a reader of its own */
    enum status (*connect)(struct store *store, struct store_connection **out_reader);
    void (*disconnect)(struct store_connection *reader);

    /* --- statements, as in store.h */
    enum status (*run)(struct store_connection *connection, const struct sql *sql,
                       const struct sql_value *values, size_t value_count, int64_t *out_changed);
    /* May put it off; `row_count` rows must change, unless it is ANY_ROWS. */
    enum status (*enqueue)(struct store_connection *connection, const struct sql *sql,
                           const struct sql_value *values, size_t value_count, int64_t row_count);
    enum status (*query)(struct store_connection *connection, const struct sql *sql,
                         const struct sql_value *values, size_t value_count, struct rows *out_rows);
    bool (*next)(struct rows *rows);
    int64_t (*column_int)(const struct rows *rows, int column);
    struct text (*column_text)(const struct rows *rows, int column);
    bool (*column_null)(const struct rows *rows, int column);
    void (*end)(struct rows *rows);
    enum status (*script)(struct store_connection *connection, const char *words);

    /* --- the writer's transaction */
    enum status (*begin)(struct store_connection *writer); /* waits a bounded time for outsiders */
    enum status (*begin_looking)(struct store_connection *writer); /* one moment, nothing written */
    bool (*in_transaction)(struct store_connection *writer);
    /* IO and the like: nothing was kept, now or after a crash. UNKNOWN: nobody can tell yet.
       Whatever it answers, no transaction is open afterwards. */
    enum status (*commit)(struct store_connection *writer);
    void (*rollback)(struct store_connection *writer);
    enum status (*mark)(struct store_connection *writer); /* never more than one at a time */
    enum status (*forget_mark)(struct store_connection *writer);
    enum status (*undo_to_mark)(struct store_connection *writer); /* and forgets it */
    /* What was put off is done now. A failure fails the job it is of. */
    enum status (*settle)(struct store_connection *writer);
    enum status (*claim)(struct store_connection *writer, int64_t *out_era);

    /* --- a reader's snapshot */
    enum status (*snapshot_begin)(struct store_connection *reader);
    void (*snapshot_end)(struct store_connection *reader);

    /* --- sessions; the store_writer_session_… below where there is one writer */
    enum status (*session_open)(struct store *store, struct store_session **out_session);
    enum status (*session_run)(struct store_session *session, struct store_job *job);
    void (*session_close)(struct store_session *session);

    enum status (*outside_version)(struct store_connection *reader, int64_t *out_version);

    /* Looks for damage in the database itself; words into `why` of the connection. */
    enum status (*check)(struct store_connection *reader, bool *out_sound);

    /* --- life */
    const struct embedded_file *(*migrations)(enum schema schema);
    enum status (*start)(struct store *store); /* the adapter's own threads, if any */
    void (*tidy)(struct store *store);         /* house-keeping, after a group was answered */
    void (*destroy)(struct store *store);      /* closes the writer, frees the store */
};

/* The shared part of a new store; the adapter then sets `writer`. */
void store_init(struct store *store, const struct store_ops *ops);
void store_deinit(struct store *store);

/* Sessions of a database with one writer: it runs their jobs, and they share its commits. */
enum status store_writer_session_open(struct store *store, struct store_session **out_session);
enum status store_writer_session_run(struct store_session *session, struct store_job *job);
void store_writer_session_close(struct store_session *session);

/* Writes `why`, for adapters. */
void store_explain(struct store_connection *connection, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
