/*
 * migrate_command_test.c — a database from the days when an artist was a string: what `ticketrush
 * migrate` says of it before, and does then. The strings themselves: artist_migration_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/migrate.h"
#include "store/store_sqlite.h"
#include "support/server_process.h"

static char folder[TEMPORARY_PATH_BYTES];

static enum status write_strings(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection,
                        "INSERT INTO concert (id, title, title_ko, artist) VALUES"
                        " (1, 'a', 'a', 'IU'), (2, 'b', 'b', ' iu '), (3, 'c', 'c', '아이유'),"
                        " (4, 'd', 'd', 'BTS(방탄소년단)'), (5, 'e', 'e', ''),"
                        " (6, 'f', 'f', 'Nobody Knows'), (7, 'g', 'g', '  ')");
}

static int make_earlier_database(void **state)
{
    (void)state;
    const struct embedded_file first_shape[] = {schema_sqlite[0], {0}};
    char path[TEMPORARY_PATH_BYTES + 16], why[STORE_SQLITE_WHY_BYTES];
    struct store *store;
    struct migrate_report report;
    struct store_job job = {.work = write_strings};
    temporary_folder_make(folder);
    snprintf(path, sizeof path, "%s/core.db", folder);
    const struct store_sqlite_settings settings = {
        .path = path, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF, .create = true};
    assert_int_equal(store_sqlite_open(&settings, why, &store), STATUS_OK);
    assert_int_equal(store_migrate_files(store, first_shape, 1, &report), STATUS_OK);
    assert_int_equal(store_submit_and_wait(store, &job), STATUS_OK);
    store_close(store);
    return 0;
}

static int remove_database(void **state)
{
    (void)state;
    temporary_folder_remove(folder);
    return 0;
}

/* To be freed. */
static struct outcome *migrate(const char *option)
{
    char data[TEMPORARY_PATH_BYTES + 32];
    snprintf(data, sizeof data, "TICKETRUSH_DATA=%s", folder);
    const char *const arguments[] = {"migrate", option, NULL};
    const char *const environment[] = {data, NULL};
    struct outcome *outcome = run_binary(folder, arguments, environment, NULL);
    if (outcome->exit_code != 0)
        fail_msg("%s", outcome->errors);
    return outcome;
}

static void a_dry_run_tells_of_every_string_and_can_be_asked_for_again(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\"IU\" -> IU",
        "\" iu \" -> IU",
        "\"아이유\" -> IU",
        "\"BTS(방탄소년단)\" -> BTS",
        "unknown      1 x \"Nobody Knows\" -> Nobody Knows",
        "nobody       1 x \"  \"\n",
        "7 concerts, 6 of them with such a string: 3 artists, 1 of them unknown",
        "Nothing was changed.",
    };
    struct outcome *first = migrate("--dry-run"), *second = migrate("--dry-run");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!strstr(first->output, lines[i]))
            fail_msg("`%s` is not in:\n%s", lines[i], first->output);
    assert_string_equal(first->output, second->output);
    free(first);
    free(second);
}

static void it_is_done_once_and_the_words_can_still_be_read(void **state)
{
    (void)state;
    struct outcome *done = migrate(NULL), *again = migrate(NULL), *told = migrate("--dry-run");
    assert_string_equal(done->output, again->output);
    assert_non_null(strstr(told->output, "\"BTS(방탄소년단)\" -> BTS"));
    assert_non_null(strstr(told->output, "0 migrations would be applied"));
    free(done);
    free(again);
    free(told);
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, make_earlier_database, remove_database)
    const struct CMUnitTest tests[] = {
        STORY(a_dry_run_tells_of_every_string_and_can_be_asked_for_again),
        STORY(it_is_done_once_and_the_words_can_still_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
