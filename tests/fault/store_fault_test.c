/*
 * store_fault_test.c — the disk fills up, does not sync, or loses its power at any step.
 *
 * What is asked each time: whoever heard STATUS_OK finds the row again, whoever heard a failure
 * does not, nothing is half there, the database is sound, and the store works again once the disk
 * does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "store/store_sqlite.h"
#include "support/fault_vfs.h"

static char folder[64];
static char path[96];
static struct store *store;
static struct store_connection *reader;

enum { ROWS_PER_JOB = 3 };

static const struct sql insert_row = {"INSERT INTO row (job, part, words) VALUES ($1, $2, $3)"};

/* Writes ROWS_PER_JOB rows of one job. */
struct writing {
    struct store_job job;
    int64_t id;
    enum status heard;
    bool heard_alive; /* before the power went: a dead process hears nothing */
};

static enum status write_rows(struct store_job *job, struct store_connection *connection)
{
    struct writing *writing = container_of(job, struct writing, job);
    for (int part = 0; part < ROWS_PER_JOB; part++) {
        static char words[1500]; /* three rows need more than one page */
        memset(words, 'a' + part, sizeof words);
        const struct sql_value values[] = {sql_int(writing->id), sql_int(part),
                                           sql_text(text_make(words, sizeof words))};
        enum status status = store_run(connection, &insert_row, values, 3, NULL);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static void on_written(struct store_job *job, enum status status)
{
    struct writing *writing = container_of(job, struct writing, job);
    writing->heard = status;
    writing->heard_alive = !fault_vfs_crashed();
}

static struct writing writing_of(int64_t id)
{
    return (struct writing){
        .job = {.work = write_rows, .on_done = on_written}, .id = id, .heard = STATUS_UNKNOWN};
}

static enum status make_table(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "CREATE TABLE IF NOT EXISTS row (job INTEGER, part INTEGER,"
                                    " words TEXT, PRIMARY KEY (job, part)) STRICT");
}

static enum status open_store(void)
{
    char why[STORE_SQLITE_WHY_BYTES];
    struct store_sqlite_settings settings = {.path = path, .vfs = FAULT_VFS_NAME, .create = true};
    return store_sqlite_open(&settings, why, &store);
}

static void enter(void)
{
    assert_int_equal(open_store(), STATUS_OK);
    assert_int_equal(store_reader_open(store, &reader), STATUS_OK);
}

static void leave(void)
{
    store_reader_close(reader);
    store_close(store);
    reader = NULL;
    store = NULL;
}

static int open_house(void **state)
{
    (void)state;
    fault_vfs_register();
    fault_vfs_mend();
    snprintf(folder, sizeof folder, "/tmp/store-fault-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/core.db", folder);
    enter();
    struct store_job job = {.work = make_table};
    assert_int_equal(store_submit_and_wait(store, &job), STATUS_OK);
    return 0;
}

static void remove_house(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static int close_house(void **state)
{
    (void)state;
    fault_vfs_mend();
    leave();
    fault_vfs_power_off(0);
    remove_house();
    return 0;
}

static int64_t rows_of(int64_t id)
{
    static const struct sql count = {"SELECT count(*) FROM row WHERE job = $1"};
    int64_t number = -1;
    struct sql_value value = sql_int(id);
    assert_int_equal(store_query_int(reader, &count, &value, 1, &number), STATUS_OK);
    return number;
}

static void assert_sound(void)
{
    bool sound = false;
    assert_int_equal(store_check(reader, &sound), STATUS_OK);
    assert_true(sound);
}

static void write_one(struct writing *writing)
{
    assert_int_equal(store_submit(store, &writing->job), STATUS_OK);
    assert_int_equal(store_turn(store), 1);
}

static void assert_works_again(int64_t id)
{
    struct writing writing = writing_of(id);
    write_one(&writing);
    assert_int_equal(writing.heard, STATUS_OK);
    assert_int_equal(rows_of(id), ROWS_PER_JOB);
    assert_sound();
}

/* As after kill -9: what was written stays, synced or not. */
static void kill_and_reenter(void)
{
    fault_vfs_crash_at(1); /* closing must not tidy anything up */
    leave();
    fault_vfs_mend();
    enter();
}

static void pull_the_plug_and_reenter(uint64_t seed)
{
    fault_vfs_crash_at(1);
    leave();
    fault_vfs_power_off(seed);
    enter();
}

/* --- a disk that says no ---------------------------------------------------------------------- */

static void a_full_disk_is_an_error_to_everybody_of_the_group(void **state)
{
    (void)state;
    struct writing before = writing_of(1), first = writing_of(2), second = writing_of(3);
    write_one(&before);
    fault_vfs_fill_after(0);
    assert_int_equal(store_submit(store, &first.job), STATUS_OK);
    assert_int_equal(store_submit(store, &second.job), STATUS_OK);
    assert_int_equal(store_turn(store), 2);
    assert_int_equal(first.heard, STATUS_IO);
    assert_int_equal(second.heard, STATUS_IO);
    assert_int_equal(store_counts(store).commit_failure_count, 1);
    assert_int_equal(rows_of(1), ROWS_PER_JOB);
    assert_int_equal(rows_of(2), 0);

    fault_vfs_mend();
    assert_works_again(4);
    kill_and_reenter();
    assert_int_equal(rows_of(2) + rows_of(3), 0);
    assert_int_equal(rows_of(4), ROWS_PER_JOB);
}

/* The disk fills up after the first sectors of a commit, after some more, … until it all fits. */
static void a_disk_may_fill_anywhere_in_a_commit(void **state)
{
    (void)state;
    enum status heard = STATUS_IO;
    int64_t id = 1;
    for (int64_t left_bytes = 0; heard != STATUS_OK; left_bytes += 512, id++) {
        struct writing writing = writing_of(id);
        fault_vfs_fill_after(left_bytes);
        write_one(&writing);
        heard = writing.heard;
        assert_true(heard == STATUS_OK || heard == STATUS_IO);
        assert_int_equal(rows_of(id), heard == STATUS_OK ? ROWS_PER_JOB : 0);
        fault_vfs_mend();
    }
    assert_true(id > 20); /* a commit is several pages */
    assert_works_again(id);
    kill_and_reenter();
    assert_int_equal(rows_of(1), 0);
    assert_int_equal(rows_of(id), ROWS_PER_JOB);
    assert_sound();
}

static enum status write_more_than_the_cache_holds(struct store_job *job,
                                                   struct store_connection *connection)
{
    struct writing *writing = container_of(job, struct writing, job);
    for (int i = 0; i < 10; i++) {
        struct writing part = writing_of(writing->id + i);
        enum status status = write_rows(&part.job, connection);
        if (status != STATUS_OK)
            return status;
    }
    static const struct sql grow = {"INSERT INTO row SELECT job + 10 * (SELECT max(job) FROM row),"
                                    " part, words FROM row"};
    enum status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < 10; i++)
        status = store_run(connection, &grow, NULL, 0, NULL);
    return status;
}

static void a_full_disk_in_the_middle_of_the_work_takes_the_whole_group(void **state)
{
    (void)state;
    struct writing small = writing_of(500), large = writing_of(1);
    large.job.work = write_more_than_the_cache_holds;
    fault_vfs_fill_after(0);
    assert_int_equal(store_submit(store, &small.job), STATUS_OK);
    assert_int_equal(store_submit(store, &large.job), STATUS_OK);
    assert_int_equal(store_turn(store), 2);
    assert_int_equal(small.heard, STATUS_IO);
    assert_int_equal(large.heard, STATUS_IO);
    assert_int_equal(rows_of(500), 0);
    fault_vfs_mend();
    assert_works_again(500);
}

/* --- another process writes ------------------------------------------------------------------- */

static enum status write_much_and_give_up(struct store_job *job,
                                          struct store_connection *connection)
{
    enum status status = write_more_than_the_cache_holds(job, connection);
    return status == STATUS_OK ? STATUS_CONFLICT : status;
}

static int64_t count_rows(void)
{
    static const struct sql count = {"SELECT count(*) FROM row"};
    int64_t number = -1;
    assert_int_equal(store_query_int(reader, &count, NULL, 0, &number), STATUS_OK);
    return number;
}

/* Both write so much that SQLite lets pages go to the log before the commit, in the same places. */
static void what_was_undone_never_covers_what_another_process_wrote(void **state)
{
    (void)state;
    struct writing undone = writing_of(1), theirs = writing_of(1), ours = writing_of(700);
    leave(); /* with an empty log, undoing reads nothing that would let the bytes go in time */
    enter();
    undone.job.work = write_much_and_give_up;
    write_one(&undone);
    assert_int_equal(undone.heard, STATUS_CONFLICT);

    struct store *our_store = store;
    assert_int_equal(open_store(), STATUS_OK); /* the other process */
    theirs.job.work = write_more_than_the_cache_holds;
    write_one(&theirs);
    assert_int_equal(theirs.heard, STATUS_OK);
    store_close(store);
    store = our_store;
    int64_t row_count = count_rows();
    assert_true(row_count > 10 * ROWS_PER_JOB);

    write_one(&ours);
    assert_int_equal(ours.heard, STATUS_OK);
    kill_and_reenter();
    assert_int_equal(count_rows(), row_count + ROWS_PER_JOB);
    assert_sound();
}

/* --- a disk that does not sync ---------------------------------------------------------------- */

static void a_failed_sync_is_an_error_that_even_a_kill_does_not_turn_into_a_row(void **state)
{
    (void)state;
    struct writing writing = writing_of(1);
    fault_vfs_fail_syncs(1);
    write_one(&writing);
    assert_int_equal(writing.heard, STATUS_IO);
    assert_int_equal(rows_of(1), 0);
    kill_and_reenter(); /* the log is read again */
    assert_int_equal(rows_of(1), 0);
    assert_works_again(2);
}

static void while_no_sync_works_the_outcome_is_unknown(void **state)
{
    (void)state;
    struct writing writing = writing_of(1);
    fault_vfs_fail_syncs(-1);
    write_one(&writing);
    assert_int_equal(writing.heard, STATUS_UNKNOWN);
    kill_and_reenter(); /* now it may be there, but only whole */
    int64_t rows = rows_of(1);
    assert_true(rows == 0 || rows == ROWS_PER_JOB);
    assert_works_again(2);
}

static void once_syncs_work_again_the_unknown_is_settled(void **state)
{
    (void)state;
    struct writing writing = writing_of(1);
    fault_vfs_fail_syncs(-1);
    write_one(&writing);
    assert_int_equal(writing.heard, STATUS_UNKNOWN);
    fault_vfs_mend();
    assert_int_equal(rows_of(1), 0);
    assert_works_again(2);
    kill_and_reenter();
    assert_int_equal(rows_of(1), 0); /* as it was seen, so it stays */
    assert_int_equal(rows_of(2), ROWS_PER_JOB);
    assert_sound();
}

/* --- the power goes --------------------------------------------------------------------------- */

enum { NIGHT_JOBS = 12 };

/* A night: jobs alone and in pairs, and a restart in the middle, which copies the log back. */
static void play_night(struct writing writing[NIGHT_JOBS])
{
    for (int i = 0; i < NIGHT_JOBS; i++)
        writing[i] = writing_of(i + 1);
    for (int i = 0; i < NIGHT_JOBS; i++) {
        if (i == NIGHT_JOBS / 2) {
            leave();
            if (open_store() != STATUS_OK)
                return; /* there is no power */
        }
        assert_int_equal(store_submit(store, &writing[i].job), STATUS_OK);
        if (i % 3 != 0)
            store_turn(store);
    }
    store_turn(store);
}

static void assert_night_kept(const struct writing writing[NIGHT_JOBS])
{
    assert_sound();
    for (int i = 0; i < NIGHT_JOBS; i++) {
        int64_t rows = rows_of(i + 1);
        assert_true(rows == 0 || rows == ROWS_PER_JOB);
        if (writing[i].heard_alive && writing[i].heard == STATUS_OK)
            assert_int_equal(rows, ROWS_PER_JOB);
        if (writing[i].heard_alive && writing[i].heard == STATUS_IO)
            assert_int_equal(rows, 0);
    }
}

/* Returns false when the night was over before the step came. */
static bool lose_power_at(uint64_t step, uint64_t seed)
{
    struct writing writing[NIGHT_JOBS];
    void *state = NULL;
    open_house(&state);
    fault_vfs_mend();
    fault_vfs_crash_at(step);
    play_night(writing);
    bool crashed = fault_vfs_crashed();
    fault_vfs_crash_at(1);
    leave();
    fault_vfs_power_off(seed);
    enter();
    assert_night_kept(writing);
    assert_works_again(1000);
    close_house(&state);
    return crashed;
}

static void what_was_promised_survives_a_power_cut_at_any_step(void **state)
{
    (void)state;
    close_house(state);
    for (uint64_t seed = 0; seed < 3; seed++)
        for (uint64_t step = 1; lose_power_at(step, seed * (step + 1)); step++)
            continue;
    open_house(state);
}

static void the_power_may_go_twice(void **state)
{
    (void)state;
    struct writing first = writing_of(1), second = writing_of(2);
    write_one(&first);
    pull_the_plug_and_reenter(0);
    write_one(&second);
    pull_the_plug_and_reenter(7);
    assert_int_equal(rows_of(1), ROWS_PER_JOB);
    assert_int_equal(rows_of(2), ROWS_PER_JOB);
    assert_works_again(3);
}

int main(void)
{
    log_set_level(LOG_OFF);
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest stories[] = {
        STORY(a_full_disk_is_an_error_to_everybody_of_the_group),
        STORY(a_disk_may_fill_anywhere_in_a_commit),
        STORY(a_full_disk_in_the_middle_of_the_work_takes_the_whole_group),
        STORY(what_was_undone_never_covers_what_another_process_wrote),
        STORY(a_failed_sync_is_an_error_that_even_a_kill_does_not_turn_into_a_row),
        STORY(while_no_sync_works_the_outcome_is_unknown),
        STORY(once_syncs_work_again_the_unknown_is_settled),
        STORY(what_was_promised_survives_a_power_cut_at_any_step),
        STORY(the_power_may_go_twice),
    };
    return cmocka_run_group_tests_name("store faults", stories, NULL, NULL);
}
