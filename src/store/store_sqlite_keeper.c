/*
 * store_sqlite_keeper.c — keeps the write-ahead log short without anybody waiting for it.
 *
 * A commit only appends to the log; a checkpoint carries pages from the log into the database file, with
 * an fsync of its own. SQLite's habit of doing that inside the commit that crosses a border would make
 * the fans of that turn wait for it. Here a thread with a connection of its own does it instead:
 *
 *     log reaches SQLITE_LOG_PAGES_MAX ──▶ the keeper copies what is there, beside the writer, and again
 *                                          what came meanwhile, until little is left
 *     little is left                   ──▶ the writer copies that and has the next commit begin at the
 *                                          start of the log again
 *
 * The second step is needed because a log can start over only at a moment when all of it is copied, and
 * under a steady load the keeper never meets that moment. It comes after the answers of a group went out.
 * Copying seldom is copying less: a page written by twenty turns is copied once.
 *
 * A reader that keeps an old snapshot (an audit beside a running server) puts the new start off: then the
 * log grows until the reader is done, and the writer asks again every KEEPER_STEP_PAGES.
 *
 * Without threads (simulations, the command line) the writer does both steps.
 */
#include <sqlite3.h>

#include "base/log.h"
#include "base/must.h"
#include "store/store_sqlite_inner.h"

enum {
    KEEPER_STEP_PAGES = 4096, /* the log may grow this much before the writer asks again */
    AGAIN_PAGES = 512,        /* and this much before the keeper is asked again */
    LITTLE_PAGES = 3072,      /* the writer copies that many in the time of one commit or two */
    RESET_WAIT_MS = 20,       /* for readers to finish their row; then we try again later */
};

static int on_commit(void *argument, struct sqlite3 *database, const char *name, int log_pages)
{
    (void)database;
    (void)name;
    struct keeper *keeper = argument;
    if (log_pages < keeper->log_pages) { /* the log began anew */
        keeper->next_pages = SQLITE_LOG_PAGES_MAX;
        atomic_store_explicit(&keeper->copied_pages, 0, memory_order_relaxed);
    }
    keeper->log_pages = log_pages;
    return SQLITE_OK;
}

void keeper_watch(struct keeper *keeper, struct sqlite_connection *writer)
{
    sqlite3_wal_hook(writer->database, on_commit, keeper); /* replaces the automatic checkpoint */
}

/* Returns how many pages of the log are in the file now. */
static int copy_pages(struct sqlite_connection *connection, int mode)
{
    int copied_pages = 0;
    int code = sqlite3_wal_checkpoint_v2(connection->database, NULL, mode, NULL, &copied_pages);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) /* busy: somebody else is at it */
        log_warn("the store's log stays long", log_words("why", sqlite3_errstr(code)));
    return copied_pages > 0 ? copied_pages : 0;
}

static void *keep(void *argument)
{
    struct keeper *keeper = argument;
    struct list letters;
    list_init(&letters);
    while (mailbox_wait(&keeper->mailbox, &letters, 1) > 0) {
        list_pop_front(&letters);
        int copied_pages = copy_pages(keeper->connection, SQLITE_CHECKPOINT_PASSIVE);
        atomic_store_explicit(&keeper->copied_pages, copied_pages, memory_order_relaxed);
        atomic_store_explicit(&keeper->busy, false, memory_order_release);
    }
    return NULL;
}

static void call_keeper(struct keeper *keeper)
{
    atomic_store_explicit(&keeper->busy, true, memory_order_relaxed);
    bool was_empty;
    bool put = mailbox_put(&keeper->mailbox, &keeper->letter, &was_empty);
    must(put); /* it was not busy, so the mailbox is empty */
}

static void reset_log(struct sqlite_connection *writer)
{
    sqlite3_busy_timeout(writer->database, RESET_WAIT_MS);
    copy_pages(writer, SQLITE_CHECKPOINT_RESTART);
    sqlite3_busy_timeout(writer->database, writer->busy_timeout_ms);
}

void keeper_tidy(struct keeper *keeper, struct sqlite_connection *writer)
{
    if (atomic_load_explicit(&keeper->busy, memory_order_acquire))
        return;
    if (keeper->log_pages < keeper->next_pages)
        return;
    int copied_pages = atomic_load_explicit(&keeper->copied_pages, memory_order_relaxed);
    bool much_left = keeper->log_pages - copied_pages > LITTLE_PAGES;
    bool too_long = keeper->log_pages >= 2 * SQLITE_LOG_PAGES_MAX;
    if (keeper->started && much_left && !too_long) {
        keeper->next_pages = keeper->log_pages + AGAIN_PAGES;
        call_keeper(keeper);
        return;
    }
    keeper->next_pages = keeper->log_pages + KEEPER_STEP_PAGES; /* in case a reader is in the way */
    reset_log(writer);
}

void keeper_init(struct keeper *keeper)
{
    mailbox_init(&keeper->mailbox, 1);
    list_init(&keeper->letter);
    keeper->next_pages = SQLITE_LOG_PAGES_MAX;
}

enum status keeper_start(struct keeper *keeper, struct sqlite_connection *connection)
{
    keeper->connection = connection;
    if (pthread_create(&keeper->thread, NULL, keep, keeper) != 0)
        return STATUS_NO_MEMORY;
    pthread_setname_np(keeper->thread, "store-keeper");
    keeper->started = true;
    return STATUS_OK;
}

void keeper_deinit(struct keeper *keeper)
{
    mailbox_close(&keeper->mailbox);
    if (keeper->started)
        pthread_join(keeper->thread, NULL);
    mailbox_deinit(&keeper->mailbox);
}
