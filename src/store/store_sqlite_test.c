/* store_sqlite_test.c — what is particular to a file: whose it is, who reads it, its log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "limits.h"
#include "store/store_sqlite.h"

static char folder[64];
static char path[128];
static char why[STORE_SQLITE_WHY_BYTES];

static int open_house(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/store-sqlite-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/data/core.db", folder);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static enum status open_store(bool create, struct store **out_store)
{
    struct store_sqlite_settings settings = {.path = path, .create = create};
    return store_sqlite_open(&settings, why, out_store);
}

static void write_file(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "r+");
    if (!file)
        file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int permissions_of(const char *of)
{
    struct stat stat_of;
    assert_int_equal(stat(of, &stat_of), 0);
    return (int)(stat_of.st_mode & 0777);
}

static enum status make_table(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)");
}

static void make_store_with_a_table(void)
{
    struct store *store;
    struct store_job job = {.work = make_table};
    assert_int_equal(open_store(true, &store), STATUS_OK);
    assert_int_equal(store_submit_and_wait(store, &job), STATUS_OK);
    store_close(store);
}

static void nobody_else_may_read_the_file(void **state)
{
    (void)state;
    struct store *store;
    struct store_job job = {.work = make_table};
    char name[160];
    umask(022);
    assert_int_equal(open_store(true, &store), STATUS_OK);
    assert_int_equal(store_submit_and_wait(store, &job), STATUS_OK);
    snprintf(name, sizeof name, "%s/data", folder);
    assert_int_equal(permissions_of(name), 0700);
    assert_int_equal(permissions_of(path), 0600);
    snprintf(name, sizeof name, "%s-wal", path);
    assert_int_equal(permissions_of(name), 0600);
    store_close(store);
}

static void a_missing_file_is_missing(void **state)
{
    (void)state;
    struct store *store;
    assert_int_equal(open_store(false, &store), STATUS_MISSING);
    assert_non_null(strstr(why, path));
    assert_int_not_equal(access(path, F_OK), 0);
}

static void a_folder_that_cannot_be_made_is_said(void **state)
{
    (void)state;
    struct store *store;
    snprintf(path, sizeof path, "%s/no/such/core.db", folder);
    assert_int_equal(open_store(true, &store), STATUS_IO);
    assert_non_null(strstr(why, "no/such"));
}

static void what_is_no_database_is_refused(void **state)
{
    (void)state;
    struct store *store;
    snprintf(path, sizeof path, "%s/letter.txt", folder);
    static const char letter[] = "Dear fans, the concert is sold out. With love, the house.";
    write_file(letter, sizeof letter);
    assert_int_equal(open_store(true, &store), STATUS_INVALID);
    assert_non_null(strstr(why, "not a database"));
}

static void a_database_of_another_program_stays_untouched(void **state)
{
    (void)state;
    struct store *store;
    make_store_with_a_table();
    static const char other_owner[] = {0x11, 0x22, 0x33, 0x44};
    char before[100], after[100];
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 68, SEEK_SET), 0); /* the header's application id */
    assert_int_equal(fwrite(other_owner, 1, 4, file), 4);
    rewind(file);
    assert_int_equal(fread(before, 1, sizeof before, file), sizeof before);
    fclose(file);

    assert_int_equal(open_store(true, &store), STATUS_INVALID);
    assert_non_null(strstr(why, "another program"));
    file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(after, 1, sizeof after, file), sizeof after);
    fclose(file);
    assert_memory_equal(before, after, sizeof before);
}

static void a_damaged_file_ends_in_words(void **state)
{
    (void)state;
    struct store *store;
    make_store_with_a_table();
    char garbage[8192];
    memset(garbage, 'x', sizeof garbage);
    memcpy(garbage, "SQLite format 3", 16);
    write_file(garbage, sizeof garbage);
    assert_int_not_equal(open_store(true, &store), STATUS_OK);
    assert_true(strlen(why) > 0);
}

static enum status write_much(struct store_job *job, struct store_connection *connection)
{
    static const struct sql insert = {"INSERT OR REPLACE INTO note (id, words) VALUES ($1, $2)"};
    static char words[3000];
    (void)job;
    memset(words, 'w', sizeof words);
    for (int i = 0; i < 2000; i++) {
        const struct sql_value values[] = {sql_int(i), sql_text(text_make(words, sizeof words))};
        enum status status = store_run(connection, &insert, values, 2, NULL);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static int64_t log_bytes(void)
{
    char name[160];
    struct stat stat_of;
    snprintf(name, sizeof name, "%s-wal", path);
    assert_int_equal(stat(name, &stat_of), 0);
    return (int64_t)stat_of.st_size;
}

static void write_a_long_log(bool threads)
{
    struct store *store;
    char why_not[STORE_SQLITE_WHY_BYTES];
    make_store_with_a_table();
    struct store_sqlite_settings settings = {.path = path,
                                             .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF};
    assert_int_equal(store_sqlite_open(&settings, why_not, &store), STATUS_OK);
    if (threads)
        assert_int_equal(store_start(store), STATUS_OK);
    for (int i = 0; i < 60; i++) { /* 120,000 pages */
        struct store_job job = {.work = write_much};
        assert_int_equal(store_submit_and_wait(store, &job), STATUS_OK);
    }
    assert_true(log_bytes() < INT64_C(4) * SQLITE_LOG_PAGES_MAX * 4096);
    store_close(store);
}

static void the_log_stays_short_without_threads(void **state)
{
    (void)state;
    write_a_long_log(false);
}

static void the_log_stays_short_beside_the_keeper(void **state)
{
    (void)state;
    write_a_long_log(true);
}

int main(void)
{
    log_set_level(LOG_OFF);
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest stories[] = {
        STORY(nobody_else_may_read_the_file),
        STORY(a_missing_file_is_missing),
        STORY(a_folder_that_cannot_be_made_is_said),
        STORY(what_is_no_database_is_refused),
        STORY(a_database_of_another_program_stays_untouched),
        STORY(a_damaged_file_ends_in_words),
        STORY(the_log_stays_short_without_threads),
        STORY(the_log_stays_short_beside_the_keeper),
    };
    return cmocka_run_group_tests_name("store_sqlite", stories, NULL, NULL);
}
