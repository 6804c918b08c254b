/* databases.c — a row for each kind in the table below, and a way to make an empty one. */
#include "support/databases.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"
#include "store/store_postgres.h"
#include "store/store_sqlite.h"
#include "support/server_postgres.h"

enum { PATH_BYTES = TEMPORARY_PATH_BYTES + 32 };

struct database {
    enum database_kind kind;
    char folder[TEMPORARY_PATH_BYTES]; /* SQLite's */
    char setting[SERVER_ADDRESS_BYTES + 32];
    char url[SERVER_ADDRESS_BYTES]; /* PostgreSQL's */
};

/* --- SQLite ----------------------------------------------------------------------------------- */

static bool sqlite_is_here(void)
{
    return true;
}

static void make_sqlite(struct database *database)
{
    temporary_folder_make(database->folder);
    snprintf(database->setting, sizeof database->setting, "TICKETRUSH_STORE=sqlite");
}

static void remove_sqlite(struct database *database)
{
    temporary_folder_remove(database->folder);
}

static enum status open_sqlite(const struct database *database, int busy_timeout_ms,
                               struct store **out_store)
{
    char path[PATH_BYTES], why[STORE_SQLITE_WHY_BYTES];
    snprintf(path, sizeof path, "%s/test.db", database->folder);
    struct store_sqlite_settings settings = {
        .path = path, .create = true, .busy_timeout_ms = busy_timeout_ms};
    return store_sqlite_open(&settings, why, out_store);
}

/* --- PostgreSQL ------------------------------------------------------------------------------- */

static bool postgres_is_here(void)
{
    return postgres_url_or_skip() != NULL;
}

static void make_postgres(struct database *database)
{
    postgres_database_make(postgres_url_or_skip(), database->url);
    snprintf(database->setting, sizeof database->setting, "TICKETRUSH_STORE=%s", database->url);
}

static void remove_postgres(struct database *database)
{
    postgres_database_drop(database->url);
}

static enum status open_postgres(const struct database *database, int busy_timeout_ms,
                                 struct store **out_store)
{
    char why[STORE_POSTGRES_WHY_BYTES] = "";
    struct store_postgres_settings settings = {
        .url = database->url, .create = true, .busy_timeout_ms = busy_timeout_ms};
    enum status status = store_postgres_open(&settings, why, out_store);
    if (status != STATUS_OK)
        fprintf(stderr, "%s\n", why);
    return status;
}

/* --- all of them ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    bool (*is_here)(void); /* false: it has said so */
    void (*make)(struct database *database);
    void (*remove)(struct database *database);
    enum status (*open)(const struct database *database, int busy_timeout_ms,
                        struct store **out_store);
} kinds[DATABASE_KIND_COUNT] = {
    [DATABASE_SQLITE] = {"sqlite", sqlite_is_here, make_sqlite, remove_sqlite, open_sqlite},
    [DATABASE_POSTGRES] = {"postgres", postgres_is_here, make_postgres, remove_postgres,
                           open_postgres},
};

const char *database_kind_name(enum database_kind kind)
{
    return kinds[kind].name;
}

int databases_each(int (*run)(enum database_kind kind))
{
    int failed = 0;
    bool all = true;
    for (int kind = 0; kind < DATABASE_KIND_COUNT; kind++) {
        bool here = kinds[kind].is_here();
        all = all && here;
        if (here)
            failed += run((enum database_kind)kind);
    }
    return failed || all ? failed : SERVER_EXIT_WITHOUT;
}

struct database *database_make(enum database_kind kind)
{
    struct database *database = calloc(1, sizeof *database);
    must(database);
    database->kind = kind;
    kinds[kind].make(database);
    return database;
}

void database_remove(struct database *database)
{
    if (!database)
        return;
    kinds[database->kind].remove(database);
    free(database);
}

const char *database_setting(const struct database *database)
{
    return database->setting;
}

enum status database_open(const struct database *database, int busy_timeout_ms,
                          struct store **out_store)
{
    return kinds[database->kind].open(database, busy_timeout_ms, out_store);
}
