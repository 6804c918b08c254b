/*
 * store_sqlite_keeper.c — keeps the write-ahead log short without anybody waiting for it.
 *
 * A commit only appends to the log; a checkpoint carries pages from the log into the database file,
 * with an fsync of its own. SQLite's habit of doing that inside the commit that crosses a border
 * would make the fans of that turn wait for it. Here a thread with a connection of its own does it
 * instead:
 *
 *     the log reaches SQLITE_LOG_PAGES_MAX:
 *         the keeper copies what is there, beside the writer, and again what came meanwhile
 *     little is left:
 *         the writer copies that, and the next commit begins at the start of the log again
 *
 * The second step is needed because a log can start over only at a moment when all of it is copied,
 * and under a steady load the keeper never meets that moment. It comes after the answers of a group
 * went out. Copying seldom is copying less: a page written by twenty turns is copied once.
 *
 * At SQLITE_LOG_PAGES_HARD_MAX the writer waits for the keeper: a disk that cannot follow slows the
 * sale down instead of filling up.
 *
 * A reader that keeps an old snapshot (an audit beside a running server) puts the new start off:
 * then the log grows until the reader is done, and the writer asks again every KEEPER_STEP_PAGES.
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
    LOG_PAGES_LONG = 2 * SQLITE_LOG_PAGES_MAX, /* then the writer copies, much or little */
    RESET_WAIT_MS = 20, /* for readers to finish their row; then we try again later */
};

static void note_copied(struct keeper *keeper, int copied_pages)
{
    pthread_mutex_lock(&keeper->lock);
    keeper->copied_pages = copied_pages;
    pthread_mutex_unlock(&keeper->lock);
}

static int on_commit(void *argument, struct sqlite3 *database, const char *name, int log_pages)
{
    (void)database;
    (void)name;
    struct keeper *keeper = argument;
    if (log_pages < keeper->log_pages) { /* the log began anew */
        keeper->next_pages = SQLITE_LOG_PAGES_MAX;
        note_copied(keeper, 0);
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

static void rest(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    keeper->busy = false;
    pthread_cond_signal(&keeper->rested);
    pthread_mutex_unlock(&keeper->lock);
}

static void *keep(void *argument)
{
    struct keeper *keeper = argument;
    struct list letters;
    list_init(&letters);
    while (mailbox_wait(&keeper->mailbox, &letters, 1) > 0) {
        list_pop_front(&letters);
        note_copied(keeper, copy_pages(keeper->connection, SQLITE_CHECKPOINT_PASSIVE));
        rest(keeper);
    }
    return NULL;
}

static void call_keeper(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    keeper->busy = true;
    pthread_mutex_unlock(&keeper->lock);
    bool was_empty;
    bool put = mailbox_put(&keeper->mailbox, &keeper->letter, &was_empty);
    must(put); /* it was not busy, so the mailbox is empty */
}

/* False while the keeper works. Waits for it when the log must not grow any more. */
static bool keeper_rests(struct keeper *keeper, int *out_copied_pages)
{
    pthread_mutex_lock(&keeper->lock);
    while (keeper->busy && keeper->log_pages >= SQLITE_LOG_PAGES_HARD_MAX)
        pthread_cond_wait(&keeper->rested, &keeper->lock);
    bool rests = !keeper->busy;
    *out_copied_pages = keeper->copied_pages;
    pthread_mutex_unlock(&keeper->lock);
    return rests;
}

static void reset_log(struct sqlite_connection *writer)
{
    sqlite3_busy_timeout(writer->database, RESET_WAIT_MS);
    copy_pages(writer, SQLITE_CHECKPOINT_RESTART);
    sqlite3_busy_timeout(writer->database, writer->busy_timeout_ms);
}

void keeper_tidy(struct keeper *keeper, struct sqlite_connection *writer)
{
    int copied_pages = 0;
    if (keeper->log_pages < keeper->next_pages || !keeper_rests(keeper, &copied_pages))
        return;
    bool much_left = keeper->log_pages - copied_pages > LITTLE_PAGES;
    if (keeper->started && much_left && keeper->log_pages < LOG_PAGES_LONG) {
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
    int failed =
        pthread_mutex_init(&keeper->lock, NULL) || pthread_cond_init(&keeper->rested, NULL);
    must(!failed);
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
    pthread_mutex_destroy(&keeper->lock);
    pthread_cond_destroy(&keeper->rested);
}
