/*
 * store_sqlite.c — the file: opening it, transactions, readers.
 *
 * One connection writes, under the care of store.c; every reader has a connection of its own that
 * cannot write. The write-ahead log lets both go on at once: a reader sees the last commit before
 * it began.
 *
 * When a commit fails, "nothing was kept" must stay true even if the process dies now. SQLite
 * forgets a failed transaction in memory, but the log may already hold it whole, up to its commit
 * mark, with only the fsync missing; a restart would then find it and believe it. So the writer at
 * once commits a change of no meaning, which takes the same place in the log and voids what stood
 * there. Only where that fails too, the outcome is STATUS_UNKNOWN. A write that failed (a full
 * disk) needs none of this: the mark comes last, so it never got there.
 *
 * Nothing in the file is trusted: whatever it holds ends in a status and words, never in must().
 */
#include "store/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "store/store_sqlite_inner.h"

enum {
    APPLICATION_ID = 0x54525348, /* "TRSH": how we know a file of ours */
};

struct sqlite_store {
    struct store base;
    struct keeper keeper;
    char path[SQLITE_PATH_BYTES_MAX];
    char *vfs;
    int busy_timeout_ms;
    enum store_sqlite_synchronous synchronous;
    _Atomic int64_t outside_version; /* as the writer saw it last */
};

static struct sqlite_store *sqlite_store_of(struct store *store)
{
    return (struct sqlite_store *)store;
}

/* --- connections ------------------------------------------------------------------------------ */

static void close_connection(struct sqlite_connection *connection)
{
    if (!connection)
        return;
    sqlite_forget_statements(connection);
    sqlite3_close(connection->database);
    free(connection);
}

/* *out_connection is written on failure too, for its words; NULL only when memory is short. */
static enum status open_connection(struct sqlite_store *lite, bool writes,
                                   struct sqlite_connection **out_connection)
{
    struct sqlite_connection *connection = calloc(1, sizeof *connection);
    *out_connection = connection;
    if (!connection)
        return STATUS_NO_MEMORY;
    connection->base.store = &lite->base;
    connection->writes = writes;
    connection->busy_timeout_ms = lite->busy_timeout_ms;

    /* Readers too: on a connection opened for reading only, integrity_check passes over CHECKs. */
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(lite->path, &connection->database, flags, lite->vfs);
    if (code != SQLITE_OK)
        return sqlite_fail(connection, code);
    sqlite3_busy_timeout(connection->database, lite->busy_timeout_ms);

    char pragmas[320];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA synchronous = %s; PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY; PRAGMA "
             "foreign_keys = ON;"
             "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = %s;",
             lite->synchronous == STORE_SQLITE_SYNCHRONOUS_FULL ? "FULL" : "OFF",
             writes ? SQLITE_WRITER_CACHE_KIB : SQLITE_READER_CACHE_KIB, writes ? "OFF" : "ON");
    return sqlite_script(&connection->base, pragmas);
}

static enum status sqlite_connect(struct store *store, struct store_connection **out_reader)
{
    struct sqlite_connection *connection;
    enum status status = open_connection(sqlite_store_of(store), false, &connection);
    if (status != STATUS_OK) {
        close_connection(connection);
        return status;
    }
    *out_reader = &connection->base;
    return STATUS_OK;
}

static void sqlite_disconnect(struct store_connection *reader)
{
    close_connection(sqlite_connection_of(reader));
}

/* --- transactions ----------------------------------------------------------------------------- */

static int64_t read_int(struct sqlite_connection *connection, const char *words, int64_t otherwise)
{
    sqlite3_stmt *prepared = NULL;
    int64_t number = otherwise;
    if (sqlite3_prepare_v2(connection->database, words, -1, &prepared, NULL) == SQLITE_OK &&
        sqlite3_step(prepared) == SQLITE_ROW)
        number = sqlite3_column_int64(prepared, 0);
    sqlite3_finalize(prepared);
    return number;
}

/* SQLite counts the commits of other connections here, and leaves out the connection's own. */
static void look_outside(struct store *store)
{
    int64_t version = read_int(sqlite_connection_of(store->writer), "PRAGMA data_version", 0);
    atomic_store_explicit(&sqlite_store_of(store)->outside_version, version, memory_order_release);
}

static enum status begin(struct store_connection *writer)
{
    static const struct sql words = {"BEGIN IMMEDIATE"};
    return sqlite_do(sqlite_connection_of(writer), &words);
}

static enum status sqlite_begin(struct store_connection *writer)
{
    enum status status = begin(writer);
    if (status == STATUS_OK)
        look_outside(writer->store);
    return status;
}

/* The log's readers wait for no writer. */
static enum status sqlite_begin_looking(struct store_connection *writer)
{
    static const struct sql words = {"BEGIN"};
    enum status status = sqlite_do(sqlite_connection_of(writer), &words);
    if (status == STATUS_OK)
        look_outside(writer->store);
    return status;
}

/* Everything is done at once. */
static enum status sqlite_settle(struct store_connection *writer)
{
    (void)writer;
    return STATUS_OK;
}

/* The lock of the data folder says so, before the file is opened. */
static enum status sqlite_claim(struct store_connection *writer, int64_t *out_era)
{
    (void)writer;
    *out_era = 1;
    return STATUS_OK;
}

static bool sqlite_in_transaction(struct store_connection *writer)
{
    return !sqlite3_get_autocommit(sqlite_connection_of(writer)->database);
}

static void sqlite_rollback(struct store_connection *writer)
{
    if (sqlite_in_transaction(writer))
        sqlite3_exec(sqlite_connection_of(writer)->database, "ROLLBACK", NULL, NULL, NULL);
}

static enum status do_commit(struct store_connection *writer)
{
    static const struct sql words = {"COMMIT"};
    return sqlite_do(sqlite_connection_of(writer), &words);
}

/* Could the log hold the commit mark although the commit failed? */
static bool may_stand_in_log(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_CONSTRAINT: /* a deferred one */
        return false;
    default:
        return code != SQLITE_IOERR_WRITE;
    }
}

static enum status void_in_log(struct store_connection *writer)
{
    static const struct sql words = {
        "PRAGMA user_version = 1"}; /* writes a page, changes nothing */
    enum status status = begin(writer);
    if (status == STATUS_OK)
        status = sqlite_do(sqlite_connection_of(writer), &words);
    if (status == STATUS_OK)
        status = do_commit(writer);
    sqlite_rollback(writer);
    return status;
}

static enum status sqlite_commit(struct store_connection *writer)
{
    enum status status = do_commit(writer);
    if (status == STATUS_OK)
        return STATUS_OK;
    int code = sqlite3_extended_errcode(sqlite_connection_of(writer)->database);
    char why[STORE_WHY_BYTES];
    memcpy(why, writer->why, sizeof why);
    sqlite_rollback(writer);
    if (may_stand_in_log(code) && void_in_log(writer) != STATUS_OK)
        status = STATUS_UNKNOWN;
    memcpy(writer->why, why, sizeof why);
    return status;
}

static enum status sqlite_mark(struct store_connection *writer)
{
    static const struct sql words = {"SAVEPOINT job"};
    return sqlite_do(sqlite_connection_of(writer), &words);
}

static enum status sqlite_forget_mark(struct store_connection *writer)
{
    static const struct sql words = {"RELEASE job"};
    return sqlite_do(sqlite_connection_of(writer), &words);
}

static enum status sqlite_undo_to_mark(struct store_connection *writer)
{
    static const struct sql words = {"ROLLBACK TO job"};
    enum status status = sqlite_do(sqlite_connection_of(writer), &words);
    return status == STATUS_OK ? sqlite_forget_mark(writer) : status;
}

/* --- reading ---------------------------------------------------------------------------------- */

/*
 * Only the writer connection can tell an outsider's commit from ours: a reader sees both as
 * "somebody wrote". While the writer works, its last look is of this very group; while it rests, we
 * look for it.
 */
static enum status sqlite_outside_version(struct store_connection *reader, int64_t *out_version)
{
    struct store *store = reader->store;
    if (pthread_mutex_trylock(&store->writer_lock) == 0) {
        look_outside(store);
        pthread_mutex_unlock(&store->writer_lock);
    }
    *out_version =
        atomic_load_explicit(&sqlite_store_of(store)->outside_version, memory_order_acquire);
    return STATUS_OK;
}

static void sqlite_snapshot_end(struct store_connection *reader)
{
    sqlite_rollback(reader);
}

static enum status sqlite_snapshot_begin(struct store_connection *reader)
{
    static const struct sql begin = {"BEGIN"};
    static const struct sql look = {"SELECT 1 FROM sqlite_schema LIMIT 1"}; /* takes the snapshot */
    struct sqlite_connection *connection = sqlite_connection_of(reader);
    must(!sqlite_in_transaction(reader));
    enum status status = sqlite_do(connection, &begin);
    if (status == STATUS_OK)
        status = sqlite_do(connection, &look);
    if (status != STATUS_OK)
        sqlite_rollback(reader);
    return status;
}

static enum status sqlite_check(struct store_connection *reader, bool *out_sound)
{
    static const struct sql words = {"PRAGMA integrity_check(1)"};
    struct rows rows;
    enum status status = store_query(reader, &words, NULL, 0, &rows);
    if (status != STATUS_OK)
        return status;
    struct text verdict = rows_next(&rows) ? rows_text(&rows, 0) : text_of("");
    bool sound = text_equal(verdict, text_of("ok"));
    if (!sound)
        store_explain(reader, "%.*s", (int)verdict.size, verdict.bytes);
    status = rows_end(&rows);
    if (status == STATUS_OK)
        *out_sound = sound;
    return status;
}

/* --- life ------------------------------------------------------------------------------------- */

static const struct embedded_file *sqlite_migrations(enum schema schema)
{
    switch (schema) {
    case SCHEMA_CORE:
        return schema_sqlite;
    case SCHEMA_LIVE:
        return schema_sqlite_live;
    }
    return NULL;
}

static enum status sqlite_start(struct store *store)
{
    struct sqlite_store *lite = sqlite_store_of(store);
    struct sqlite_connection *connection;
    enum status status = open_connection(lite, true, &connection);
    if (status == STATUS_OK)
        status = keeper_start(&lite->keeper, connection);
    if (status != STATUS_OK) {
        close_connection(connection);
        lite->keeper.connection = NULL;
    }
    return status;
}

static void sqlite_tidy(struct store *store)
{
    keeper_tidy(&sqlite_store_of(store)->keeper, sqlite_connection_of(store->writer));
}

static void sqlite_destroy(struct store *store)
{
    struct sqlite_store *lite = sqlite_store_of(store);
    keeper_deinit(&lite->keeper);
    close_connection(lite->keeper.connection);
    if (store->writer)
        close_connection(sqlite_connection_of(store->writer));
    store_deinit(store);
    free(lite->vfs);
    free(lite);
}

static const struct store_ops sqlite_ops = {
    .name = "sqlite",
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .run = sqlite_run,
    .enqueue = sqlite_enqueue,
    .query = sqlite_query,
    .next = sqlite_next,
    .column_int = sqlite_column_int,
    .column_text = sqlite_column_text,
    .column_null = sqlite_column_null,
    .end = sqlite_end,
    .script = sqlite_script,
    .begin = sqlite_begin,
    .begin_looking = sqlite_begin_looking,
    .in_transaction = sqlite_in_transaction,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .mark = sqlite_mark,
    .forget_mark = sqlite_forget_mark,
    .undo_to_mark = sqlite_undo_to_mark,
    .settle = sqlite_settle,
    .claim = sqlite_claim,
    .outside_version = sqlite_outside_version,
    .snapshot_begin = sqlite_snapshot_begin,
    .snapshot_end = sqlite_snapshot_end,
    .session_open = store_writer_session_open,
    .session_run = store_writer_session_run,
    .session_close = store_writer_session_close,
    .check = sqlite_check,
    .migrations = sqlite_migrations,
    .start = sqlite_start,
    .tidy = sqlite_tidy,
    .destroy = sqlite_destroy,
};

/* --- opening ---------------------------------------------------------------------------------- */

static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* a lock around every allocation, for a number */
}

static enum status explain_errno(char out_why[STORE_SQLITE_WHY_BYTES], const char *what,
                                 const char *path)
{
    snprintf(out_why, STORE_SQLITE_WHY_BYTES, "%s %.150s: %s", what, path, strerror(errno));
    return STATUS_IO;
}

static enum status make_folder(const char *path, char out_why[STORE_SQLITE_WHY_BYTES])
{
    char folder[SQLITE_PATH_BYTES_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return STATUS_OK;
    *slash = '\0';
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return explain_errno(out_why, "cannot make the folder", folder);
    return STATUS_OK;
}

/*
 * SQLite would make the file readable for everybody, and gives its log the file's permissions. A
 * file that is there is not opened here: closing it again would drop the locks this process has on
 * it.
 */
static enum status make_file(const struct store_sqlite_settings *settings,
                             char out_why[STORE_SQLITE_WHY_BYTES])
{
    if (strlen(settings->path) >= SQLITE_PATH_BYTES_MAX) {
        snprintf(out_why, STORE_SQLITE_WHY_BYTES, "the path of the database is too long");
        return STATUS_INVALID;
    }
    if (access(settings->path, F_OK) == 0)
        return STATUS_OK;
    if (!settings->create) {
        snprintf(out_why, STORE_SQLITE_WHY_BYTES, "there is no database %.200s", settings->path);
        return STATUS_MISSING;
    }
    enum status status = make_folder(settings->path, out_why);
    if (status != STATUS_OK)
        return status;
    int file = open(settings->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno != EEXIST)
        return explain_errno(out_why, "cannot make", settings->path);
    if (file >= 0)
        close(file);
    return STATUS_OK;
}

/* An empty file becomes ours; one of somebody else stays untouched. */
static enum status claim_file(struct sqlite_connection *writer)
{
    enum status status = sqlite_script(&writer->base, "SELECT count(*) FROM sqlite_schema");
    if (status != STATUS_OK)
        return status;
    int64_t owner = read_int(writer, "PRAGMA application_id", 0);
    if (owner == APPLICATION_ID)
        return STATUS_OK;
    if (owner != 0 || read_int(writer, "SELECT count(*) FROM sqlite_schema", 1) != 0) {
        store_explain(&writer->base, "it is a database of another program");
        return STATUS_INVALID;
    }
    char words[64];
    snprintf(words, sizeof words, "PRAGMA application_id = %d", APPLICATION_ID);
    return sqlite_script(&writer->base, words);
}

static enum status use_log(struct sqlite_connection *writer)
{
    sqlite3_stmt *prepared = NULL;
    int code =
        sqlite3_prepare_v2(writer->database, "PRAGMA journal_mode = WAL", -1, &prepared, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(prepared);
    bool set =
        code == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(prepared, 0), "wal") == 0;
    sqlite3_finalize(prepared);
    if (code != SQLITE_ROW)
        return sqlite_fail(writer, code);
    if (!set) {
        store_explain(&writer->base, "its folder cannot hold a write-ahead log (a network disk?)");
        return STATUS_IO;
    }
    return STATUS_OK;
}

static enum status open_writer(struct sqlite_store *lite, char out_why[STORE_SQLITE_WHY_BYTES])
{
    struct sqlite_connection *writer;
    enum status status = open_connection(lite, true, &writer);
    if (!writer)
        return status;
    lite->base.writer = &writer->base;
    if (status == STATUS_OK)
        status = claim_file(writer);
    if (status == STATUS_OK)
        status = use_log(writer);
    if (status == STATUS_OK && lite->synchronous == STORE_SQLITE_SYNCHRONOUS_FULL)
        status = sqlite_gather_writes(writer);
    if (status == STATUS_OK)
        keeper_watch(&lite->keeper, writer);
    else
        snprintf(out_why, STORE_SQLITE_WHY_BYTES, "cannot use %.100s: %.130s", lite->path,
                 writer->base.why);
    return status;
}

static enum status copy_settings(struct sqlite_store *lite,
                                 const struct store_sqlite_settings *settings)
{
    memcpy(lite->path, settings->path, strlen(settings->path) + 1); /* make_file() saw its length */
    lite->busy_timeout_ms =
        settings->busy_timeout_ms > 0 ? settings->busy_timeout_ms : STORE_BUSY_TIMEOUT_MS;
    lite->synchronous = settings->synchronous;
    if (!settings->vfs)
        return STATUS_OK;
    lite->vfs = strdup(settings->vfs);
    return lite->vfs ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status store_sqlite_open(const struct store_sqlite_settings *settings,
                              char out_why[STORE_SQLITE_WHY_BYTES], struct store **out_store)
{
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    pthread_once(&configured, configure_library);

    enum status status = make_file(settings, out_why);
    if (status != STATUS_OK)
        return status;
    snprintf(out_why, STORE_SQLITE_WHY_BYTES, "memory is short");
    struct sqlite_store *lite = calloc(1, sizeof *lite);
    if (!lite)
        return STATUS_NO_MEMORY;
    store_init(&lite->base, &sqlite_ops);
    keeper_init(&lite->keeper);

    status = copy_settings(lite, settings);
    if (status == STATUS_OK)
        status = open_writer(lite, out_why);
    if (status != STATUS_OK)
        goto fail;

    *out_store = &lite->base;
    return STATUS_OK;

fail:
    store_close(&lite->base); /* copes with a half-opened store */
    return status;
}
