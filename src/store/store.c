/*
 * store.c — what all adapters share: the queue, the group, and who hears what.
 *
 * A group is everything that waited when the writer came back, at most STORE_GROUP_MAX jobs:
 *
 *     take ──▶ begin ──▶ work, work, work ──▶ commit ──▶ on_done, on_done, on_done ──▶ tidy
 *
 * The next group gathers while this one commits, so nothing waits for company: alone a job pays for
 * one commit, in a crowd everyone shares it.
 *
 * Promises, true for every group:
 *
 *   1. A job whose work() failed leaves nothing behind, and its neighbours lose nothing.
 *   2. A job hears STATUS_OK only after the commit that carries it.
 *   3. on_done comes once a job, in the order of submission.
 *
 * Promise 1 costs a mark (a savepoint) a job, and a mark makes the database copy every page it
 * touches. So a job gets one only when something stands before it that must not be lost: the first
 * job that succeeds never has one, and in the rush the whole group is one booking turn.
 */
#include "store/store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "limits.h"
#include "store/store_adapter.h"

/* --- statements ------------------------------------------------------------------------------- */

enum status store_run(struct store_connection *connection, const struct sql *sql,
                      const struct sql_value *values, size_t value_count, int64_t *out_changed)
{
    must(value_count <= SQL_VALUES_MAX);
    return connection->store->ops->run(connection, sql, values, value_count, out_changed);
}

enum status store_enqueue(struct store_connection *connection, const struct sql *sql,
                          const struct sql_value *values, size_t value_count)
{
    must(value_count <= SQL_VALUES_MAX);
    return connection->store->ops->enqueue(connection, sql, values, value_count, ANY_ROWS);
}

enum status store_enqueue_one(struct store_connection *connection, const struct sql *sql,
                              const struct sql_value *values, size_t value_count)
{
    must(value_count <= SQL_VALUES_MAX);
    return connection->store->ops->enqueue(connection, sql, values, value_count, 1);
}

bool store_is_remote(const struct store_connection *connection)
{
    return connection->store->ops->remote;
}

enum status store_query(struct store_connection *connection, const struct sql *sql,
                        const struct sql_value *values, size_t value_count, struct rows *out_rows)
{
    must(value_count <= SQL_VALUES_MAX);
    *out_rows = (struct rows){.connection = connection};
    out_rows->status =
        connection->store->ops->query(connection, sql, values, value_count, out_rows);
    return out_rows->status;
}

bool rows_next(struct rows *rows)
{
    if (!rows->statement)
        return false;
    if (rows->connection->store->ops->next(rows))
        return true;
    rows->connection->store->ops->end(rows);
    rows->statement = NULL;
    return false;
}

int64_t rows_int(const struct rows *rows, int column)
{
    must(rows->statement);
    return rows->connection->store->ops->column_int(rows, column);
}

struct text rows_text(const struct rows *rows, int column)
{
    must(rows->statement);
    return rows->connection->store->ops->column_text(rows, column);
}

bool rows_null(const struct rows *rows, int column)
{
    must(rows->statement);
    return rows->connection->store->ops->column_null(rows, column);
}

enum status rows_end(struct rows *rows)
{
    if (rows->statement)
        rows->connection->store->ops->end(rows);
    rows->statement = NULL;
    return rows->status;
}

enum status store_query_int(struct store_connection *connection, const struct sql *sql,
                            const struct sql_value *values, size_t value_count, int64_t *out_number)
{
    struct rows rows;
    enum status status = store_query(connection, sql, values, value_count, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    int64_t number = found ? rows_int(&rows, 0) : 0;
    status = rows_end(&rows);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_MISSING;
    *out_number = number;
    return STATUS_OK;
}

enum status store_script(struct store_connection *connection, const char *words)
{
    return connection->store->ops->script(connection, words);
}

enum status store_claim(struct store_connection *connection, int64_t *out_era)
{
    return connection->store->ops->claim(connection, out_era);
}

const char *store_why(const struct store_connection *connection)
{
    return connection->why;
}

void store_explain(struct store_connection *connection, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(connection->why, sizeof connection->why, format, arguments);
    va_end(arguments);
}

/* --- a group ---------------------------------------------------------------------------------- */

struct group {
    struct store *store;
    struct list jobs;
    enum status status; /* of the transaction as a whole: OK while it can still be committed */
    bool looks;         /* all of its jobs do */
    bool begun;         /* a transaction is open */
    bool kept;          /* it holds the changes of some job */
};

static void begin(struct group *group)
{
    struct store *store = group->store;
    group->status =
        group->looks ? store->ops->begin_looking(store->writer) : store->ops->begin(store->writer);
    if (group->status != STATUS_OK) {
        if (!store->refuses) /* once: a crowd knocks thousands of times a second */
            log_error("store cannot begin", log_words("why", store->writer->why));
        store->refuses = true;
        return;
    }
    if (store->refuses)
        log_info("store begins again", log_words("store", store->ops->name));
    store->refuses = false;
    group->begun = true;
}

static void undo_job(struct group *group, bool marked)
{
    const struct store_ops *ops = group->store->ops;
    if (marked) {
        group->status = ops->undo_to_mark(group->store->writer);
        return;
    }
    ops->rollback(group->store->writer); /* nothing stood before it */
    group->begun = false;
}

static void run_job(struct group *group, struct store_job *job)
{
    struct store_connection *writer = group->store->writer;
    const struct store_ops *ops = group->store->ops;

    job->status = STATUS_OK; /* until it says otherwise; then the group's status counts */
    if (group->status == STATUS_OK && !group->begun)
        begin(group);
    bool marked = group->kept;
    if (group->status == STATUS_OK && marked)
        group->status = ops->mark(writer);
    if (group->status != STATUS_OK)
        return;

    job->status = job->work(job, writer);
    bool alone = !marked && job->letter.next == &group->jobs; /* then the commit is soon enough */
    if (job->status == STATUS_OK && !alone)
        job->status = ops->settle(writer);
    if (!ops->in_transaction(writer)) { /* the database gave the whole of it up */
        log_error("store lost a transaction", log_words("why", writer->why));
        group->status = STATUS_IO;
        group->begun = false;
    } else if (job->status != STATUS_OK) {
        undo_job(group, marked);
    } else {
        group->kept = true;
        if (marked)
            group->status = ops->forget_mark(writer);
    }
}

static void end_transaction(struct group *group)
{
    struct store *store = group->store;
    if (!group->begun)
        return;
    if (group->status != STATUS_OK || !group->kept) {
        store->ops->rollback(store->writer);
        return;
    }
    int64_t started_us = clock_monotonic_us();
    group->status = store->ops->commit(store->writer);
    int64_t taken_us = clock_monotonic_us() - started_us;

    atomic_fetch_add_explicit(&store->commit_us_total, (uint64_t)taken_us, memory_order_relaxed);
    if (group->status == STATUS_OK) {
        atomic_fetch_add_explicit(&store->commit_count, 1, memory_order_relaxed);
        return;
    }
    atomic_fetch_add_explicit(&store->commit_failure_count, 1, memory_order_relaxed);
    log_error("store cannot commit", log_words("status", status_name(group->status)),
              log_words("why", store->writer->why));
}

static void answer(struct group *group, size_t job_count)
{
    atomic_fetch_add_explicit(&group->store->job_count, job_count, memory_order_relaxed);
    struct list *letter;
    while ((letter = list_pop_front(&group->jobs))) {
        struct store_job *job = container_of(letter, struct store_job, letter);
        job->on_done(job, job->status == STATUS_OK ? group->status : job->status);
    }
}

static bool all_look(const struct group *group)
{
    for (const struct list *at = group->jobs.next; at != &group->jobs; at = at->next)
        if (!container_of(at, struct store_job, letter)->looks)
            return false;
    return true;
}

static void run_group(struct group *group, size_t job_count)
{
    struct store *store = group->store;
    group->looks = all_look(group);
    pthread_mutex_lock(&store->writer_lock);
    for (struct list *at = group->jobs.next; at != &group->jobs; at = at->next)
        run_job(group, container_of(at, struct store_job, letter));
    end_transaction(group);
    pthread_mutex_unlock(&store->writer_lock);

    answer(group, job_count);

    pthread_mutex_lock(&store->writer_lock);
    store->ops->tidy(store);
    pthread_mutex_unlock(&store->writer_lock);
}

/* --- writing ---------------------------------------------------------------------------------- */

enum status store_submit(struct store *store, struct store_job *job)
{
    must(job->work);
    must(job->on_done);
    bool was_empty;
    return mailbox_put(&store->mailbox, &job->letter, &was_empty) ? STATUS_OK : STATUS_FULL;
}

size_t store_turn(struct store *store)
{
    must(!store->started);
    struct group group = {.store = store, .status = STATUS_OK};
    list_init(&group.jobs);
    size_t job_count = mailbox_take(&store->mailbox, &group.jobs, STORE_GROUP_MAX);
    if (job_count > 0)
        run_group(&group, job_count);
    return job_count;
}

static void *write_until_closed(void *argument)
{
    struct store *store = argument;
    for (;;) {
        struct group group = {.store = store, .status = STATUS_OK};
        list_init(&group.jobs);
        size_t job_count = mailbox_wait(&store->mailbox, &group.jobs, STORE_GROUP_MAX);
        if (job_count == 0)
            return NULL;
        run_group(&group, job_count);
    }
}

enum status store_start(struct store *store)
{
    must(!store->started);
    enum status status = store->ops->start(store);
    if (status != STATUS_OK)
        return status;
    if (pthread_create(&store->thread, NULL, write_until_closed, store) != 0)
        return STATUS_NO_MEMORY;
    pthread_setname_np(store->thread, "store-writer");
    store->started = true;
    return STATUS_OK;
}

/* A job that stands in for another and rings a bell when that one is done. */
struct proxy {
    struct store_job job;
    struct store_job *real;
    pthread_mutex_t lock;
    pthread_cond_t rung;
    bool done;
    enum status status;
};

static enum status work_for_real(struct store_job *job, struct store_connection *connection)
{
    struct proxy *proxy = container_of(job, struct proxy, job);
    return proxy->real->work(proxy->real, connection);
}

static void on_proxy_done(struct store_job *job, enum status status)
{
    struct proxy *proxy = container_of(job, struct proxy, job);
    if (proxy->real->on_done)
        proxy->real->on_done(proxy->real, status);
    pthread_mutex_lock(&proxy->lock);
    proxy->done = true;
    proxy->status = status;
    pthread_cond_signal(&proxy->rung);
    pthread_mutex_unlock(&proxy->lock);
}

enum status store_submit_and_wait(struct store *store, struct store_job *job)
{
    struct proxy proxy = {
        .job = {.work = work_for_real, .on_done = on_proxy_done, .looks = job->looks},
        .real = job,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .rung = PTHREAD_COND_INITIALIZER,
    };
    enum status status = store_submit(store, &proxy.job);
    if (status != STATUS_OK)
        return status;
    while (!store->started && !proxy.done)
        store_turn(store);
    pthread_mutex_lock(&proxy.lock);
    while (!proxy.done)
        pthread_cond_wait(&proxy.rung, &proxy.lock);
    pthread_mutex_unlock(&proxy.lock);
    return proxy.status;
}

/* --- reading ---------------------------------------------------------------------------------- */

enum status store_reader_open(struct store *store, struct store_connection **out_reader)
{
    return store->ops->connect(store, out_reader);
}

void store_reader_close(struct store_connection *reader)
{
    if (reader)
        reader->store->ops->disconnect(reader);
}

void store_reader_hurry(struct store_connection *reader)
{
    reader->hurried = true;
}

enum status store_snapshot_begin(struct store_connection *reader)
{
    return reader->store->ops->snapshot_begin(reader);
}

void store_snapshot_end(struct store_connection *reader)
{
    reader->store->ops->snapshot_end(reader);
}

enum status store_check(struct store_connection *reader, bool *out_sound)
{
    return reader->store->ops->check(reader, out_sound);
}

/* --- sessions --------------------------------------------------------------------------------- */

enum status store_session_open(struct store *store, struct store_session **out_session)
{
    return store->ops->session_open(store, out_session);
}

void store_session_close(struct store_session *session)
{
    if (session)
        session->store->ops->session_close(session);
}

enum status store_session_run(struct store_session *session, struct store_job *job)
{
    must(job->work);
    must(!job->on_done); /* the caller waits: there is nobody to tell */
    return session->store->ops->session_run(session, job);
}

struct store_connection *store_session_reader(struct store_session *session)
{
    return session->reader;
}

enum status store_writer_session_open(struct store *store, struct store_session **out_session)
{
    struct store_session *session = calloc(1, sizeof *session);
    if (!session)
        return STATUS_NO_MEMORY;
    session->store = store;
    enum status status = store_reader_open(store, &session->reader);
    if (status != STATUS_OK) {
        free(session);
        return status;
    }
    *out_session = session;
    return STATUS_OK;
}

enum status store_writer_session_run(struct store_session *session, struct store_job *job)
{
    return store_submit_and_wait(session->store, job);
}

void store_writer_session_close(struct store_session *session)
{
    store_reader_close(session->reader);
    free(session);
}

/* --- life ------------------------------------------------------------------------------------- */

enum status store_outside_version(struct store_connection *reader, int64_t *out_version)
{
    return reader->store->ops->outside_version(reader, out_version);
}

bool store_has_server(const struct store *store)
{
    return store->ops->remote;
}

void store_guard(struct store *store, struct breaker *breaker)
{
    must(!store->started);
    store->breaker = breaker;
}

struct store_counts store_counts(struct store *store)
{
    return (struct store_counts){
        .commit_count = atomic_load_explicit(&store->commit_count, memory_order_relaxed),
        .commit_failure_count =
            atomic_load_explicit(&store->commit_failure_count, memory_order_relaxed),
        .job_count = atomic_load_explicit(&store->job_count, memory_order_relaxed),
        .commit_us_total = atomic_load_explicit(&store->commit_us_total, memory_order_relaxed),
        .waiting_count = mailbox_count(&store->mailbox),
    };
}

void store_init(struct store *store, const struct store_ops *ops)
{
    store->ops = ops;
    mailbox_init(&store->mailbox, STORE_JOBS_MAX);
    int failed = pthread_mutex_init(&store->writer_lock, NULL);
    must(!failed);
}

void store_deinit(struct store *store)
{
    mailbox_deinit(&store->mailbox);
    pthread_mutex_destroy(&store->writer_lock);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    mailbox_close(&store->mailbox);
    if (store->started)
        pthread_join(store->thread, NULL);
    store->started = false;
    while (store_turn(store) > 0)
        continue;
    store->ops->destroy(store);
}
