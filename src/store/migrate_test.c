/* migrate_test.c — a database comes to the shape this program knows, or is left as it was. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"

#define FILE_OF(name, words)                                                                       \
    {                                                                                              \
        name, (const unsigned char *)(words), sizeof(words) - 1                                    \
    }

static const struct embedded_file first_two[] = {
    FILE_OF("0001_hall.sql",
            "CREATE TABLE hall (id INTEGER PRIMARY KEY); INSERT INTO hall VALUES (1);"),
    FILE_OF("0002_name.sql",
            "ALTER TABLE hall ADD COLUMN name TEXT; UPDATE hall SET name = 'KSPO';"),
    {0},
};
static const struct embedded_file all_three[] = {
    FILE_OF("0001_hall.sql",
            "CREATE TABLE hall (id INTEGER PRIMARY KEY); INSERT INTO hall VALUES (1);"),
    FILE_OF("0002_name.sql",
            "ALTER TABLE hall ADD COLUMN name TEXT; UPDATE hall SET name = 'KSPO';"),
    FILE_OF("0003_more.sql", "INSERT INTO hall VALUES (2, 'Gocheok');"),
    {0},
};
static const struct embedded_file second_changed[] = {
    FILE_OF("0001_hall.sql",
            "CREATE TABLE hall (id INTEGER PRIMARY KEY); INSERT INTO hall VALUES (1);"),
    FILE_OF("0002_name.sql", "ALTER TABLE hall ADD COLUMN title TEXT;"),
    {0},
};
static const struct embedded_file second_broken[] = {
    FILE_OF("0001_hall.sql",
            "CREATE TABLE hall (id INTEGER PRIMARY KEY); INSERT INTO hall VALUES (1);"),
    FILE_OF("0002_half.sql", "INSERT INTO hall VALUES (2); INSERT INTO nowhere VALUES (3);"),
    {0},
};

struct house {
    char folder[64];
    char path[96];
    struct store *store;
    struct migrate_report report;
};

static struct store *open_store(const struct house *house)
{
    char why[STORE_SQLITE_WHY_BYTES];
    struct store *store = NULL;
    struct store_sqlite_settings settings = {.path = house->path, .create = true};
    assert_int_equal(store_sqlite_open(&settings, why, &store), STATUS_OK);
    return store;
}

static int open_house(void **state)
{
    static struct house house;
    memset(&house, 0, sizeof house);
    snprintf(house.folder, sizeof house.folder, "/tmp/migrate-test-XXXXXX");
    assert_non_null(mkdtemp(house.folder));
    snprintf(house.path, sizeof house.path, "%s/core.db", house.folder);
    house.store = open_store(&house);
    *state = &house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    store_close(house->store);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", house->folder);
    return system(command);
}

static enum status migrate(struct house *house, const struct embedded_file *files)
{
    return store_migrate_files(house->store, files, 1000, &house->report);
}

static int64_t read_number(struct house *house, const struct sql *sql)
{
    struct store_connection *reader;
    int64_t number = -1;
    assert_int_equal(store_reader_open(house->store, &reader), STATUS_OK);
    assert_int_equal(store_query_int(reader, sql, NULL, 0, &number), STATUS_OK);
    store_reader_close(reader);
    return number;
}

static const struct sql count_halls = {"SELECT count(*) FROM hall"};
static const struct sql count_recorded = {"SELECT count(*) FROM schema_migration"};

static void a_second_run_does_nothing(void **state)
{
    struct house *house = *state;
    assert_int_equal(migrate(house, first_two), STATUS_OK);
    assert_int_equal(house->report.applied_count, 2);
    assert_int_equal(house->report.newest, 2);
    assert_int_equal(migrate(house, first_two), STATUS_OK);
    assert_int_equal(house->report.applied_count, 0);
    assert_int_equal(house->report.newest, 2);
    assert_int_equal(read_number(house, &count_halls), 1);
}

static void only_the_missing_ones_are_applied(void **state)
{
    struct house *house = *state;
    assert_int_equal(migrate(house, first_two), STATUS_OK);
    assert_int_equal(migrate(house, all_three), STATUS_OK);
    assert_int_equal(house->report.applied_count, 1);
    assert_int_equal(read_number(house, &count_halls), 2);
    assert_int_equal(read_number(house, &count_recorded), 3);
}

static void a_changed_migration_is_refused(void **state)
{
    struct house *house = *state;
    assert_int_equal(migrate(house, first_two), STATUS_OK);
    assert_int_equal(migrate(house, second_changed), STATUS_INVALID);
    assert_non_null(strstr(house->report.why, "checksum"));
    assert_non_null(strstr(house->report.why, "number 2"));
}

static void a_newer_database_is_refused(void **state)
{
    struct house *house = *state;
    assert_int_equal(migrate(house, all_three), STATUS_OK);
    assert_int_equal(migrate(house, first_two), STATUS_INVALID);
    assert_non_null(strstr(house->report.why, "newer"));
}

static enum status forget_the_first(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "DELETE FROM schema_migration WHERE number = 1");
}

static void a_gap_is_refused(void **state)
{
    struct house *house = *state;
    struct store_job job = {.work = forget_the_first};
    assert_int_equal(migrate(house, first_two), STATUS_OK);
    assert_int_equal(store_submit_and_wait(house->store, &job), STATUS_OK);
    assert_int_equal(migrate(house, first_two), STATUS_INVALID);
    assert_non_null(strstr(house->report.why, "gap"));
}

static void a_migration_that_breaks_leaves_nothing_half_done(void **state)
{
    struct house *house = *state;
    assert_int_equal(migrate(house, second_broken), STATUS_INVALID);
    assert_non_null(strstr(house->report.why, "0002_half.sql"));
    assert_non_null(strstr(house->report.why, "nowhere"));
    assert_int_equal(house->report.applied_count, 1);
    assert_int_equal(read_number(house, &count_halls), 1);
    assert_int_equal(migrate(house, first_two), STATUS_OK); /* mended, it goes on from there */
    assert_int_equal(house->report.applied_count, 1);
}

static void *migrate_beside(void *argument)
{
    struct house *house = argument;
    struct store *store = open_store(house);
    struct migrate_report report;
    enum status status = store_migrate_files(store, all_three, 1000, &report);
    store_close(store);
    return status == STATUS_OK ? house : NULL;
}

static void two_at_once_share_the_work(void **state)
{
    struct house *house = *state;
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, migrate_beside, house), 0);
    for (int i = 0; i < 2; i++) {
        void *done = NULL;
        pthread_join(thread[i], &done);
        assert_non_null(done);
    }
    assert_int_equal(read_number(house, &count_recorded), 3);
    assert_int_equal(read_number(house, &count_halls), 2);
}

static void the_schemas_of_the_binary_apply(void **state)
{
    struct house *house = *state;
    static const struct sql look = {"SELECT count(*) FROM reservation_seat"};
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, 1000, &house->report), STATUS_OK);
    assert_int_equal(read_number(house, &look), 0);
    assert_int_equal(store_migrate(house->store, SCHEMA_LIVE, 1000, &house->report),
                     STATUS_INVALID); /* core's file is not live's */
}

int main(void)
{
    log_set_level(LOG_OFF);
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest stories[] = {
        STORY(a_second_run_does_nothing),
        STORY(only_the_missing_ones_are_applied),
        STORY(a_changed_migration_is_refused),
        STORY(a_newer_database_is_refused),
        STORY(a_gap_is_refused),
        STORY(a_migration_that_breaks_leaves_nothing_half_done),
        STORY(two_at_once_share_the_work),
        STORY(the_schemas_of_the_binary_apply),
    };
    return cmocka_run_group_tests_name("migrate", stories, NULL, NULL);
}
