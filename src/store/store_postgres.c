/*
 * store_postgres.c — the database: opening it, the writer's transactions, readers.
 *
 * One connection writes, under the care of store.c; every reader has a connection of its own that
 * cannot write. A transaction of the writer begins by taking an advisory lock that it holds to its
 * end: so the jobs of all processes come one after the other, as they do on SQLite, and what a job
 * has looked at stays so until it has written. Nobody is kept from reading, nor sessions from
 * writing; a job that only looks takes no lock, so that a process which looks on cannot keep the
 * one that sells waiting.
 *
 * A group is two exchanges with the server: BEGIN with the lock; then all rows that were put off
 * and COMMIT.
 *
 * When the connection is lost after COMMIT was sent, nobody knows what became of it. So a
 * transaction that writes also writes its number into our row of `store_writer`, and afterwards
 * that row tells. It is read under the same lock: if the old connection's transaction still goes
 * on, on a server that has not noticed yet, the lock waits for its end. A transaction id with
 * pg_xact_status() would need no row, but after a crash of the server the same id can be another
 * transaction's.
 *
 * The same rows tell a process when others have written.
 *
 * Nothing that the server says is trusted: whatever it is ends in a status and words, never in
 * must().
 */
#include "store/store_postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "store/store_postgres_inner.h"

/* Advisory locks have two numbers: "TRSH", and what it is for. */
#define LOCK_WRITING "1414680392, 1"
#define LOCK_CLAIM "1414680392, 2"

enum { DAY_MS = 24 * 3600 * 1000, RESOLVE_LOOK_MS = 20 };

/* --- readers ---------------------------------------------------------------------------------- */

static enum status postgres_reader_open(struct store *store, struct store_connection **out_reader)
{
    struct postgres_connection *reader = postgres_connection_create(store, POSTGRES_READER);
    if (!reader)
        return STATUS_NO_MEMORY;
    enum status status = postgres_connect(reader);
    if (status != STATUS_OK) {
        postgres_connection_destroy(reader);
        return status;
    }
    *out_reader = &reader->base;
    return STATUS_OK;
}

static void postgres_reader_close(struct store_connection *reader)
{
    postgres_connection_destroy(postgres_of(reader));
}

static void postgres_snapshot_end(struct store_connection *reader)
{
    postgres_of(reader)->in_snapshot = false;
    postgres_rollback(reader);
}

/* Whoever needs one moment for many questions may ask large ones, unless somebody waits for it. */
static enum status postgres_snapshot_begin(struct store_connection *base)
{
    static const struct sql begin = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
    static const struct sql patience = {
        "SELECT set_config('statement_timeout', $1, true),"
        " set_config('idle_in_transaction_session_timeout', '0', true)"}; /* takes the snapshot */
    struct postgres_connection *reader = postgres_of(base);
    must(!reader->in_job);
    char words[24];
    snprintf(words, sizeof words, "%d", base->hurried ? POSTGRES_READ_MS : POSTGRES_SNAPSHOT_MS);
    const struct sql_value value = sql_words(words);

    enum status status = postgres_begin(reader, &begin);
    if (status == STATUS_OK)
        status = postgres_run(base, &patience, &value, 1, NULL);
    if (status != STATUS_OK)
        postgres_rollback(base);
    reader->in_snapshot = status == STATUS_OK;
    return status;
}

static enum status postgres_outside_version(struct store_connection *reader, int64_t *out_version)
{
    static const struct sql others = {
        "SELECT coalesce(sum(turn), 0) + count(*) FROM store_writer WHERE process <> $1"};
    const struct sql_value process = sql_int(postgres_store_of(reader->store)->process);
    return postgres_ask_int(postgres_of(reader), &others, &process, 1, out_version);
}

/* --- looking for damage ----------------------------------------------------------------------- */

#define OUR_TABLES                                                                                 \
    " pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"

/* Asks for each of our indexes whether it has what its table has, with the server's own means. */
static const struct sql check_indexes = {
    "SELECT count(bt_index_check(i.indexrelid, true)::text) FROM pg_index i JOIN pg_class x"
    " ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'"
    " WHERE i.indrelid IN (SELECT c.oid FROM" OUR_TABLES ")"};

/* Without them, reading everything at least finds pages that cannot be read. */
static const struct sql read_everything = {
    "DO $$ DECLARE name regclass; BEGIN FOR name IN SELECT c.oid::regclass FROM" OUR_TABLES
    " LOOP EXECUTE format('SELECT count(*) FROM %s', name); END LOOP; END $$"};

static enum status postgres_check(struct store_connection *reader, bool *out_sound)
{
    static const struct sql broken = {
        "SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid IN"
        " (SELECT c.oid FROM" OUR_TABLES ")"};
    static const struct sql tools = {"SELECT count(*) FROM pg_proc WHERE oid = "
                                     "to_regprocedure('bt_index_check(regclass,boolean)')"
                                     " AND has_function_privilege(oid, 'EXECUTE')"};
    struct postgres_connection *connection = postgres_of(reader);
    int64_t broken_count, tool_count;
    enum status status = postgres_ask_int(connection, &broken, NULL, 0, &broken_count);
    if (status == STATUS_OK)
        status = postgres_ask_int(connection, &tools, NULL, 0, &tool_count);
    if (status == STATUS_OK)
        status =
            postgres_run(reader, tool_count > 0 ? &check_indexes : &read_everything, NULL, 0, NULL);
    if (status == STATUS_OK && broken_count > 0)
        store_explain(reader, "%lld indexes are not valid", (long long)broken_count);
    *out_sound = status == STATUS_OK && broken_count == 0;
    return connection->damaged ? STATUS_OK : status;
}

/* --- transactions ----------------------------------------------------------------------------- */

bool postgres_in_transaction(struct store_connection *base)
{
    return postgres_of(base)->in_transaction;
}

enum status postgres_begin(struct postgres_connection *connection, const struct sql *words)
{
    enum status status = postgres_connect(connection);
    if (status != STATUS_OK)
        return status;
    connection->in_job = true;
    connection->in_transaction = true;
    connection->wrote = false;
    connection->failed = STATUS_OK;
    return postgres_control(connection, words);
}

static void forget_transaction(struct postgres_connection *connection)
{
    connection->in_job = false;
    connection->in_transaction = false;
    connection->wrote = false;
    connection->failed = STATUS_OK;
    postgres_drop_gathered(connection);
}

void postgres_rollback(struct store_connection *base)
{
    static const struct sql words = {"ROLLBACK"};
    struct postgres_connection *connection = postgres_of(base);
    char why[STORE_WHY_BYTES];
    memcpy(why, base->why, sizeof why);
    enum status status = STATUS_OK;
    if (connection->raw && connection->pending_count > 0)
        status = postgres_settle(connection); /* a refusal in there must not hide our words */
    if (connection->raw && postgres_control(connection, &words) == STATUS_OK)
        status = postgres_settle(connection);
    if (status != STATUS_OK && connection->raw)
        postgres_lose(connection, base->why); /* in what state it is nobody knows */
    forget_transaction(connection);
    memcpy(base->why, why, sizeof why);
}

enum status postgres_end(struct postgres_connection *connection)
{
    static const struct sql words = {"COMMIT"};
    bool wrote = connection->wrote;
    enum status status = connection->failed;
    if (status == STATUS_OK)
        status = postgres_send_gathered(connection);
    if (status == STATUS_OK)
        status = postgres_send(connection, &words, NULL, 0,
                               (struct postgres_pending){.kind = POSTGRES_AWAITED});
    if (status == STATUS_OK) {
        status = postgres_settle(connection);
        if (status == STATUS_IO && !connection->raw && wrote)
            status = STATUS_UNKNOWN;
    }
    bool rolled_back =
        status == STATUS_OK && strcmp(PQcmdStatus(connection->awaited), "COMMIT") != 0;
    if (rolled_back) {
        store_explain(&connection->base, "the server rolled the transaction back");
        status = STATUS_IO;
    }
    if (status == STATUS_OK || !connection->raw)
        forget_transaction(connection);
    else
        postgres_rollback(&connection->base);
    return status;
}

/* --- the writer's ----------------------------------------------------------------------------- */

/* To begin takes no longer than the lock may: a server that says nothing by then hangs. */
static enum status settle_begin(struct postgres_connection *writer, enum status status)
{
    writer->begins = true;
    if (status == STATUS_OK)
        status = postgres_settle(writer);
    writer->begins = false;
    if (status != STATUS_OK)
        postgres_rollback(&writer->base);
    return status;
}

static enum status begin_writing(struct postgres_connection *writer)
{
    static const struct sql begin = {"BEGIN"};
    static const struct sql wait_for_turn = {"SELECT pg_advisory_xact_lock(" LOCK_WRITING ")"};
    enum status status = postgres_begin(writer, &begin);
    if (status == STATUS_OK)
        status = postgres_control(writer, &wait_for_turn);
    return settle_begin(writer, status);
}

static enum status begin_looking(struct postgres_connection *writer)
{
    static const struct sql begin = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
    return settle_begin(writer, postgres_begin(writer, &begin));
}

/* A connection may turn out to be gone only when it is used: nothing was done on it yet. */
static enum status begin_twice(struct postgres_connection *writer,
                               enum status (*begin)(struct postgres_connection *writer))
{
    bool had_one = writer->raw != NULL;
    enum status status = begin(writer);
    if (status == STATUS_IO && had_one && !writer->raw)
        status = begin(writer);
    return status;
}

static enum status postgres_writer_begin(struct store_connection *base)
{
    return begin_twice(postgres_of(base), begin_writing);
}

static enum status postgres_writer_begin_looking(struct store_connection *base)
{
    return begin_twice(postgres_of(base), begin_looking);
}

/* True when the latest turn that we sent has become durable. */
static enum status read_back(struct postgres_connection *writer, bool *out_kept)
{
    static const struct sql latest = {"SELECT turn FROM store_writer WHERE process = $1"};
    struct postgres_store *store = postgres_store_of(writer->base.store);
    const struct sql_value process = sql_int(store->process);
    int64_t turn;
    enum status status = begin_writing(writer);
    if (status != STATUS_OK)
        return status;
    status = postgres_ask_int(writer, &latest, &process, 1, &turn);
    postgres_rollback(&writer->base);
    if (status == STATUS_OK)
        *out_kept = turn == store->turn;
    return status;
}

static enum status resolve(struct postgres_connection *writer)
{
    int64_t until_ms = clock_monotonic_ms() + POSTGRES_RESOLVE_MS;
    do {
        bool kept;
        if (read_back(writer, &kept) == STATUS_OK) {
            log_info("the outcome of a commit was read back",
                     log_words("kept", kept ? "yes" : "no"));
            return kept ? STATUS_OK : STATUS_IO;
        }
        poll(NULL, 0, RESOLVE_LOOK_MS);
    } while (clock_monotonic_ms() < until_ms);
    return STATUS_UNKNOWN;
}

static enum status postgres_writer_commit(struct store_connection *base)
{
    static const struct sql number = {
        "INSERT INTO store_writer (process, turn, at_ms) VALUES ($1, $2, $3)"
        " ON CONFLICT (process) DO UPDATE SET turn = excluded.turn, at_ms = excluded.at_ms"};
    struct postgres_connection *writer = postgres_of(base);
    struct postgres_store *store = postgres_store_of(base->store);
    if (writer->wrote && writer->failed == STATUS_OK) {
        const struct sql_value values[] = {sql_int(store->process), sql_int(++store->turn),
                                           sql_int(clock_wall_ms())};
        enum status status = postgres_enqueue(base, &number, values, 3, 1);
        if (status != STATUS_OK) {
            postgres_rollback(base);
            return status;
        }
    }
    enum status status = postgres_end(writer);
    return status == STATUS_UNKNOWN ? resolve(writer) : status;
}

static enum status postgres_mark(struct store_connection *writer)
{
    static const struct sql words = {"SAVEPOINT job"};
    return postgres_control(postgres_of(writer), &words);
}

static enum status postgres_forget_mark(struct store_connection *writer)
{
    static const struct sql words = {"RELEASE SAVEPOINT job"};
    return postgres_control(postgres_of(writer), &words);
}

static enum status postgres_undo_to_mark(struct store_connection *base)
{
    static const struct sql words = {"ROLLBACK TO SAVEPOINT job"};
    struct postgres_connection *writer = postgres_of(base);
    enum status status = STATUS_OK;
    postgres_drop_gathered(writer);
    if (writer->pending_count > 0 && postgres_settle(writer) != STATUS_OK && !writer->raw)
        return STATUS_IO;
    writer->failed = STATUS_OK;
    status = postgres_control(writer, &words);
    if (status == STATUS_OK)
        status = postgres_forget_mark(base);
    return status == STATUS_OK ? postgres_settle(writer) : status;
}

static enum status postgres_writer_settle(struct store_connection *base)
{
    struct postgres_connection *writer = postgres_of(base);
    if (!writer->in_transaction || writer->failed != STATUS_OK)
        return writer->in_transaction ? writer->failed : STATUS_IO;
    enum status status = postgres_send_gathered(writer);
    if (status == STATUS_OK && writer->pending_count > 0)
        status = postgres_settle(writer);
    return status;
}

/* The lock is the session's: the server drops it with the connection, and nobody can write on a
   connection without it. */
static enum status postgres_claim(struct store_connection *base, int64_t *out_era)
{
    static const struct sql take = {"SELECT CASE WHEN pg_try_advisory_lock(" LOCK_CLAIM
                                    ") THEN 1 ELSE 0 END"};
    struct postgres_store *store = postgres_store_of(base->store);
    if (store->claim == 0) {
        int64_t taken;
        enum status status = postgres_ask_int(postgres_of(base), &take, NULL, 0, &taken);
        if (status != STATUS_OK)
            return status;
        if (taken)
            store->claim = ++store->claims;
    }
    *out_era = store->claim;
    return STATUS_OK;
}

/* --- life ------------------------------------------------------------------------------------- */

static const struct embedded_file *postgres_migrations(enum schema schema)
{
    switch (schema) {
    case SCHEMA_CORE:
        return schema_postgres;
    case SCHEMA_LIVE:
        return schema_postgres_live;
    }
    return NULL;
}

static enum status postgres_start(struct store *store)
{
    (void)store; /* no threads of its own */
    return STATUS_OK;
}

static void postgres_tidy(struct store *store)
{
    (void)store; /* the server looks after itself */
}

static void postgres_destroy(struct store *base)
{
    struct postgres_store *store = postgres_store_of(base);
    if (base->writer)
        postgres_connection_destroy(postgres_of(base->writer));
    store_deinit(base);
    free(store->url);
    free(store);
}

static const struct store_ops postgres_ops = {
    .name = "postgres",
    .remote = true,
    .connect = postgres_reader_open,
    .disconnect = postgres_reader_close,
    .run = postgres_run,
    .enqueue = postgres_enqueue,
    .query = postgres_query,
    .next = postgres_next,
    .column_int = postgres_column_int,
    .column_text = postgres_column_text,
    .column_null = postgres_column_null,
    .end = postgres_end_rows,
    .script = postgres_script,
    .begin = postgres_writer_begin,
    .begin_looking = postgres_writer_begin_looking,
    .in_transaction = postgres_in_transaction,
    .commit = postgres_writer_commit,
    .rollback = postgres_rollback,
    .mark = postgres_mark,
    .forget_mark = postgres_forget_mark,
    .undo_to_mark = postgres_undo_to_mark,
    .settle = postgres_writer_settle,
    .claim = postgres_claim,
    .outside_version = postgres_outside_version,
    .snapshot_begin = postgres_snapshot_begin,
    .snapshot_end = postgres_snapshot_end,
    .session_open = postgres_session_open,
    .session_run = postgres_session_run,
    .session_close = postgres_session_close,
    .check = postgres_check,
    .migrations = postgres_migrations,
    .start = postgres_start,
    .tidy = postgres_tidy,
    .destroy = postgres_destroy,
};

/* --- opening ---------------------------------------------------------------------------------- */

static enum status ask_words(struct postgres_connection *writer, const struct sql *sql,
                             const char *expected, bool *out_equal)
{
    struct rows rows;
    enum status status = store_query(&writer->base, sql, NULL, 0, &rows);
    if (status != STATUS_OK)
        return status;
    *out_equal = rows_next(&rows) && text_equal(rows_text(&rows, 0), text_of(expected));
    return rows_end(&rows);
}

static enum status check_server(struct postgres_connection *writer)
{
    static const struct sql encoding = {"SELECT current_setting('server_encoding')"};
    static const struct sql syncs = {"SELECT current_setting('fsync')"};
    bool unicode, durable;
    enum status status = ask_words(writer, &encoding, "UTF8", &unicode);
    if (status == STATUS_OK)
        status = ask_words(writer, &syncs, "on", &durable);
    if (status != STATUS_OK)
        return status;
    if (!durable)
        log_warn("PostgreSQL runs with fsync off: a power cut may take everything",
                 log_words("setting", "fsync"));
    if (unicode)
        return STATUS_OK;
    store_explain(&writer->base, "its encoding is not UTF8");
    return STATUS_INVALID;
}

/* An empty database becomes ours; one of somebody else stays untouched. */
static enum status claim_database(struct postgres_connection *writer, bool create)
{
    static const struct sql ours = {
        "SELECT CASE WHEN to_regclass('store_writer') IS NULL THEN 0 ELSE 1 END"};
    static const struct sql tables = {"SELECT count(*) FROM" OUR_TABLES};
    static const struct sql make = {
        "CREATE TABLE IF NOT EXISTS store_writer (process BIGINT PRIMARY KEY,"
        " turn BIGINT NOT NULL, at_ms BIGINT NOT NULL)"};
    static const struct sql sweep = {"DELETE FROM store_writer WHERE at_ms < $1"};
    int64_t is_ours, table_count;
    enum status status = postgres_ask_int(writer, &ours, NULL, 0, &is_ours);
    if (status == STATUS_OK)
        status = postgres_ask_int(writer, &tables, NULL, 0, &table_count);
    if (status != STATUS_OK)
        return status;
    if (!is_ours && table_count > 0) {
        store_explain(&writer->base, "it is a database of another program");
        return STATUS_INVALID;
    }
    if (!is_ours && !create) {
        store_explain(&writer->base, "there is nothing of ours in it");
        return STATUS_MISSING;
    }
    if (!create)
        return STATUS_OK;
    const struct sql_value long_ago = sql_int(clock_wall_ms() - DAY_MS);
    status = is_ours ? STATUS_OK : postgres_run(&writer->base, &make, NULL, 0, NULL);
    return status == STATUS_OK ? postgres_run(&writer->base, &sweep, &long_ago, 1, NULL) : status;
}

static enum status open_writer(struct postgres_store *store, bool create)
{
    struct postgres_connection *writer = postgres_connection_create(&store->base, POSTGRES_WRITER);
    if (!writer)
        return STATUS_NO_MEMORY;
    store->base.writer = &writer->base;
    enum status status = begin_writing(writer);
    if (status != STATUS_OK)
        return status;
    status = check_server(writer);
    if (status == STATUS_OK)
        status = claim_database(writer, create);
    if (status == STATUS_OK)
        return postgres_end(writer);
    postgres_rollback(&writer->base);
    return status;
}

bool store_postgres_is_url(const char *words)
{
    return text_starts(text_of(words), text_of("postgresql://")) ||
           text_starts(text_of(words), text_of("postgres://"));
}

/* libpq's own words about a URL may repeat all of it. */
static bool is_sound_url(const char *url)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    bool sound = options != NULL;
    PQconninfoFree(options);
    PQfreemem(why);
    return sound && store_postgres_is_url(url);
}

static const char *option(const PQconninfoOption *options, const char *name, const char *otherwise)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, name) == 0 && options->val && options->val[0])
            return options->val;
    return otherwise;
}

void store_postgres_name(const char *url, char out_name[STORE_POSTGRES_NAME_BYTES])
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    if (options)
        snprintf(out_name, STORE_POSTGRES_NAME_BYTES, "postgresql://%.60s@%.60s:%.20s/%.60s",
                 option(options, "user", ""), option(options, "host", "localhost"),
                 option(options, "port", "5432"), option(options, "dbname", ""));
    else
        snprintf(out_name, STORE_POSTGRES_NAME_BYTES, "postgresql://");
    PQconninfoFree(options);
}

static struct postgres_store *create(const struct store_postgres_settings *settings)
{
    struct postgres_store *store = calloc(1, sizeof *store);
    char *url = strdup(settings->url);
    if (!store || !url) {
        free(store);
        free(url);
        return NULL;
    }
    store_init(&store->base, &postgres_ops);
    store->url = url;
    store->busy_timeout_ms =
        settings->busy_timeout_ms ? settings->busy_timeout_ms : STORE_BUSY_TIMEOUT_MS;
    random_secret(&store->process, sizeof store->process);
    store->process &= INT64_MAX;
    return store;
}

enum status store_postgres_open(const struct store_postgres_settings *settings,
                                char out_why[STORE_POSTGRES_WHY_BYTES], struct store **out_store)
{
    if (!is_sound_url(settings->url)) {
        snprintf(out_why, STORE_POSTGRES_WHY_BYTES,
                 "that is no URL such as postgresql://user:password@host:5432/database");
        return STATUS_INVALID;
    }
    struct postgres_store *store = create(settings);
    if (!store) {
        snprintf(out_why, STORE_POSTGRES_WHY_BYTES, "memory is short");
        return STATUS_NO_MEMORY;
    }
    enum status status = open_writer(store, settings->create);
    if (status != STATUS_OK) {
        snprintf(out_why, STORE_POSTGRES_WHY_BYTES, "%.200s",
                 store->base.writer ? store->base.writer->why : "memory is short");
        postgres_destroy(&store->base);
        return status;
    }
    *out_store = &store->base;
    return STATUS_OK;
}
