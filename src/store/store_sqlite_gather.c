/*
 * store_sqlite_gather.c — turns the thousand small writes of a commit into a few large ones.
 *
 * SQLite writes the log page by page, each with a header of its own: two calls of the system a
 * page, and every one crosses the border between two blocks. For a turn of 1,024 that is a
 * millisecond. Here the writes of the writer's log file are gathered in memory as long as each
 * begins where the last one ended, and reach the system in pieces of SQLITE_GATHER_BYTES_MAX:
 *
 *     write, write, write … ──▶ [gathered] ──▶ one write ──▶ sync
 *
 * This is safe because nobody else looks at those bytes before the sync: SQLite tells readers of a
 * commit only after it, and with synchronous=FULL there is one in every commit. (Without it there
 * is no gathering.) The writer's own reads, and everything else that asks about the file, first let
 * the bytes go. If that fails, whatever was asked fails, and they are forgotten: SQLite gives the
 * transaction up, and its commit mark, which comes last, never got to the log.
 *
 * One thing must never happen: bytes of a transaction that was undone reach the log after the
 * writer's lock is gone, because another process may have committed in that very place. So whatever
 * undoes a transaction forgets what is still gathered, and so does closing.
 *
 * The log file keeps its object and its VFS; only its table of methods is replaced by a copy in
 * which six of them are ours.
 */
#include <sqlite3.h>
#include <stdlib.h>

#include "base/container.h"
#include "store/store_sqlite_inner.h"

struct gather {
    sqlite3_io_methods methods; /* what the file points at: the way from the file back to us */
    const sqlite3_io_methods *real;
    int64_t offset_bytes; /* where the first gathered byte belongs */
    size_t gathered_bytes;
    unsigned char bytes[SQLITE_GATHER_BYTES_MAX];
};

static struct gather *gather_of(sqlite3_file *file)
{
    return container_of(file->pMethods, struct gather, methods);
}

static int let_go(struct gather *gather, sqlite3_file *file)
{
    if (gather->gathered_bytes == 0)
        return SQLITE_OK;
    int size = (int)gather->gathered_bytes;
    gather->gathered_bytes = 0;
    return gather->real->xWrite(file, gather->bytes, size, gather->offset_bytes);
}

static int gather_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset_bytes)
{
    struct gather *gather = gather_of(file);
    int64_t end_bytes = gather->offset_bytes + (int64_t)gather->gathered_bytes;
    bool follows = gather->gathered_bytes > 0 && offset_bytes == end_bytes;
    bool fits = gather->gathered_bytes + (size_t)size <= sizeof gather->bytes;
    if (!follows || !fits) {
        int code = let_go(gather, file);
        if (code != SQLITE_OK)
            return code;
        gather->offset_bytes = offset_bytes;
    }
    if ((size_t)size > sizeof gather->bytes)
        return gather->real->xWrite(file, bytes, size, offset_bytes);
    memcpy(gather->bytes + gather->gathered_bytes, bytes, (size_t)size);
    gather->gathered_bytes += (size_t)size;
    return SQLITE_OK;
}

static int gather_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset_bytes)
{
    int code = let_go(gather_of(file), file);
    return code == SQLITE_OK ? gather_of(file)->real->xRead(file, bytes, size, offset_bytes) : code;
}

static int gather_sync(sqlite3_file *file, int flags)
{
    int code = let_go(gather_of(file), file);
    return code == SQLITE_OK ? gather_of(file)->real->xSync(file, flags) : code;
}

static int gather_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = let_go(gather_of(file), file);
    return code == SQLITE_OK ? gather_of(file)->real->xTruncate(file, size) : code;
}

static int gather_file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    int code = let_go(gather_of(file), file);
    return code == SQLITE_OK ? gather_of(file)->real->xFileSize(file, out_size) : code;
}

static int gather_close(sqlite3_file *file)
{
    struct gather *gather = gather_of(file);
    int code = gather->real->xClose(file);
    free(gather);
    return code;
}

static void on_undone(void *argument)
{
    struct gather *gather = argument;
    gather->gathered_bytes = 0;
}

enum status sqlite_gather_writes(struct sqlite_connection *writer)
{
    enum status status = sqlite_script(&writer->base, "SELECT 1 FROM sqlite_schema"); /* opens it */
    if (status != STATUS_OK)
        return status;
    sqlite3_file *log = NULL;
    int code =
        sqlite3_file_control(writer->database, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&log);
    if (code != SQLITE_OK || !log || !log->pMethods)
        return sqlite_fail(writer, code);
    struct gather *gather = malloc(sizeof *gather);
    if (!gather)
        return STATUS_NO_MEMORY;
    gather->real = log->pMethods;
    gather->gathered_bytes = 0;
    gather->offset_bytes = 0;
    gather->methods = *gather->real;
    gather->methods.xWrite = gather_write;
    gather->methods.xRead = gather_read;
    gather->methods.xSync = gather_sync;
    gather->methods.xTruncate = gather_truncate;
    gather->methods.xFileSize = gather_file_size;
    gather->methods.xClose = gather_close;
    log->pMethods = &gather->methods;
    sqlite3_rollback_hook(writer->database, on_undone, gather);
    return STATUS_OK;
}
