/*
 * store_contract_test.c — what every store promises (src/store/store.h), asked of every adapter.
 *
 * An adapter enters by one row in the table below. Most stories run without the writer thread, so
 * that a group is exactly what was submitted before store_turn().
 */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "limits.h"
#include "store/store_sqlite.h"

/* --- adapters --------------------------------------------------------------------------------- */

struct adapter {
    const char *name;
    enum status (*open)(const char *folder, struct store **out_store);
    const char *table; /* the dialect's words for a table of each kind of value */
};

static enum status open_sqlite(const char *folder, struct store **out_store)
{
    char path[512];
    char why[STORE_SQLITE_WHY_BYTES];
    snprintf(path, sizeof path, "%s/contract.db", folder);
    struct store_sqlite_settings settings = {.path = path, .create = true, .busy_timeout_ms = 1};
    return store_sqlite_open(&settings, why, out_store);
}

static const struct adapter adapters[] = {
    {"sqlite", open_sqlite,
     "CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT, bytes BLOB) STRICT;"},
};

static const struct adapter *adapter;

/* --- a store of its own for each story -------------------------------------------------------- */

struct house {
    char folder[64];
    struct store *store;
    struct store_connection *reader;
};

/* Writes `row_count` notes from `id` on, then answers `answer`. */
struct note {
    struct store_job job;
    int64_t id;
    int row_count;
    enum status answer;
    enum status heard;
    int heard_as; /* 1: the first of all */
};

static int heard_count;

static const struct sql insert_note = {"INSERT INTO note (id, words) VALUES ($1, $2)"};

static enum status write_notes(struct store_job *job, struct store_connection *connection)
{
    struct note *note = container_of(job, struct note, job);
    for (int i = 0; i < note->row_count; i++) {
        const struct sql_value values[] = {sql_int(note->id + i), sql_words("a note")};
        enum status status = store_run(connection, &insert_note, values, 2, NULL);
        if (status != STATUS_OK)
            return status;
    }
    return note->answer;
}

static void on_noted(struct store_job *job, enum status status)
{
    struct note *note = container_of(job, struct note, job);
    note->heard = status;
    note->heard_as = ++heard_count;
}

static struct note note_of(int64_t id, enum status answer)
{
    return (struct note){.job = {.work = write_notes, .on_done = on_noted},
                         .id = id,
                         .row_count = 1,
                         .answer = answer,
                         .heard = STATUS_UNKNOWN};
}

static enum status make_table(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, adapter->table);
}

static int open_house(void **state)
{
    static struct house house;
    memset(&house, 0, sizeof house);
    snprintf(house.folder, sizeof house.folder, "/tmp/store-contract-XXXXXX");
    assert_non_null(mkdtemp(house.folder));
    assert_int_equal(adapter->open(house.folder, &house.store), STATUS_OK);
    struct store_job job = {.work = make_table};
    assert_int_equal(store_submit_and_wait(house.store, &job), STATUS_OK);
    assert_int_equal(store_reader_open(house.store, &house.reader), STATUS_OK);
    heard_count = 0;
    *state = &house;
    return 0;
}

static void leave_house(struct house *house)
{
    store_reader_close(house->reader);
    store_close(house->store);
    house->reader = NULL;
    house->store = NULL;
}

static int close_house(void **state)
{
    struct house *house = *state;
    leave_house(house);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", house->folder);
    return system(command);
}

static void reenter_house(struct house *house)
{
    assert_int_equal(adapter->open(house->folder, &house->store), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
}

static int64_t count_notes(struct store_connection *reader)
{
    static const struct sql count = {"SELECT count(*) FROM note"};
    int64_t number = -1;
    assert_int_equal(store_query_int(reader, &count, NULL, 0, &number), STATUS_OK);
    return number;
}

static bool has_note(struct store_connection *reader, int64_t id)
{
    static const struct sql find = {"SELECT count(*) FROM note WHERE id = $1"};
    int64_t number = -1;
    struct sql_value value = sql_int(id);
    assert_int_equal(store_query_int(reader, &find, &value, 1, &number), STATUS_OK);
    return number == 1;
}

static void submit(struct store *store, struct note *note)
{
    assert_int_equal(store_submit(store, &note->job), STATUS_OK);
}

/* --- groups ----------------------------------------------------------------------------------- */

static void all_that_waits_shares_one_commit(void **state)
{
    struct house *house = *state;
    struct note note[5];
    uint64_t commits_before = store_counts(house->store).commit_count;
    for (int i = 0; i < 5; i++) {
        note[i] = note_of(i + 1, STATUS_OK);
        submit(house->store, &note[i]);
    }
    assert_int_equal(store_counts(house->store).waiting_count, 5);
    assert_int_equal(store_turn(house->store), 5);
    assert_int_equal(store_counts(house->store).commit_count, commits_before + 1);
    assert_int_equal(store_counts(house->store).waiting_count, 0);
    assert_int_equal(store_turn(house->store), 0);
    assert_int_equal(count_notes(house->reader), 5);
}

static void jobs_hear_in_the_order_they_came(void **state)
{
    struct house *house = *state;
    struct note note[4];
    for (int i = 0; i < 4; i++) {
        note[i] = note_of(i + 1, i == 2 ? STATUS_INVALID : STATUS_OK);
        submit(house->store, &note[i]);
    }
    assert_int_equal(store_turn(house->store), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(note[i].heard_as, i + 1);
        assert_int_equal(note[i].heard, i == 2 ? STATUS_INVALID : STATUS_OK);
    }
}

static void a_group_has_a_maximum(void **state)
{
    struct house *house = *state;
    static struct note note[STORE_GROUP_MAX + 1];
    for (int i = 0; i <= STORE_GROUP_MAX; i++) {
        note[i] = note_of(i + 1, STATUS_OK);
        submit(house->store, &note[i]);
    }
    assert_int_equal(store_turn(house->store), STORE_GROUP_MAX);
    assert_int_equal(store_turn(house->store), 1);
}

/* Rows: which of four jobs fail. */
static void a_job_that_fails_takes_nobody_with_it(void **state)
{
    struct house *house = *state;
    static const bool fails[][4] = {
        {true, false, false, false}, {false, true, false, false}, {false, false, false, true},
        {true, true, false, true},   {true, false, true, false},
    };
    int64_t id = 1;
    for (size_t row = 0; row < sizeof fails / sizeof fails[0]; row++) {
        struct note note[4];
        for (int i = 0; i < 4; i++) {
            note[i] = note_of(id + 10 * i, fails[row][i] ? STATUS_CONFLICT : STATUS_OK);
            note[i].row_count = 3;
            submit(house->store, &note[i]);
        }
        assert_int_equal(store_turn(house->store), 4);
        for (int i = 0; i < 4; i++)
            for (int k = 0; k < 3; k++)
                assert_int_equal(has_note(house->reader, id + 10 * i + k), !fails[row][i]);
        id += 100;
    }
}

static void a_group_of_failures_commits_nothing(void **state)
{
    struct house *house = *state;
    struct note first = note_of(1, STATUS_INVALID);
    struct note second = note_of(2, STATUS_INVALID);
    uint64_t commits_before = store_counts(house->store).commit_count;
    submit(house->store, &first);
    submit(house->store, &second);
    assert_int_equal(store_turn(house->store), 2);
    assert_int_equal(store_counts(house->store).commit_count, commits_before);
    assert_int_equal(count_notes(house->reader), 0);
}

static enum status write_twice_the_same(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    const struct sql_value values[] = {sql_int(7), sql_words("seven")};
    assert_int_equal(store_run(connection, &insert_note, values, 2, NULL), STATUS_OK);
    assert_int_equal(store_run(connection, &insert_note, values, 2, NULL), STATUS_CONFLICT);
    assert_true(strlen(store_why(connection)) > 0);
    const struct sql_value other[] = {sql_int(8), sql_words("eight")};
    return store_run(connection, &insert_note, other, 2, NULL);
}

static void a_refused_row_is_a_conflict_and_the_job_goes_on(void **state)
{
    struct house *house = *state;
    struct store_job job = {.work = write_twice_the_same};
    assert_int_equal(store_submit_and_wait(house->store, &job), STATUS_OK);
    assert_int_equal(count_notes(house->reader), 2);
}

static void a_full_queue_says_so(void **state)
{
    struct house *house = *state;
    struct note *note = calloc(STORE_JOBS_MAX + 1, sizeof *note);
    assert_non_null(note);
    for (int i = 0; i <= STORE_JOBS_MAX; i++)
        note[i] = note_of(i + 1, STATUS_OK);
    for (int i = 0; i < STORE_JOBS_MAX; i++)
        submit(house->store, &note[i]);
    assert_int_equal(store_submit(house->store, &note[STORE_JOBS_MAX].job), STATUS_FULL);
    while (store_turn(house->store) > 0)
        continue;
    assert_int_equal(count_notes(house->reader), STORE_JOBS_MAX);
    free(note);
}

/* --- values ----------------------------------------------------------------------------------- */

/* 63 bits and the sign, every kind of text, bytes with a zero inside. */
static const int64_t ids[] = {0, 1, -1, INT64_C(1) << 53, INT64_MAX, INT64_MIN};
static const struct text words[] = {
    {"plain", 5},
    {"아이유 콘서트", sizeof "아이유 콘서트" - 1},
    {"\xF0\x9F\x8E\xA4 'quoted' $1 ?1 ; --", sizeof "\xF0\x9F\x8E\xA4 'quoted' $1 ?1 ; --" - 1},
    {"", 0},
    {NULL, 0},
    {"line\nbreak\ttab", sizeof "line\nbreak\ttab" - 1},
};
static const struct text bytes = {"\0\1\2\xff\0tail", 9};

static enum status write_values(struct store_job *job, struct store_connection *connection)
{
    static const struct sql insert = {"INSERT INTO note (bytes, id, words) VALUES ($3, $1, $2)"};
    (void)job;
    for (int i = 0; i < 6; i++) {
        const struct sql_value values[] = {sql_int(ids[i]), sql_text(words[i]), sql_blob(bytes)};
        int64_t changed = 0;
        enum status status = store_run(connection, &insert, values, 3, &changed);
        if (status != STATUS_OK)
            return status;
        assert_int_equal(changed, 1);
    }
    return STATUS_OK;
}

static void values_come_back_as_they_went_in(void **state)
{
    struct house *house = *state;
    static const struct sql read = {"SELECT words, bytes, id FROM note WHERE id = $1"};
    struct store_job job = {.work = write_values};
    assert_int_equal(store_submit_and_wait(house->store, &job), STATUS_OK);
    for (int i = 0; i < 6; i++) {
        struct rows rows;
        struct sql_value id = sql_int(ids[i]);
        assert_int_equal(store_query(house->reader, &read, &id, 1, &rows), STATUS_OK);
        assert_true(rows_next(&rows));
        assert_true(text_equal(rows_text(&rows, 0), words[i]));
        assert_false(rows_null(&rows, 0)); /* an empty text is a text */
        assert_true(text_equal(rows_text(&rows, 1), bytes));
        assert_true(rows_int(&rows, 2) == ids[i]);
        assert_false(rows_next(&rows));
        assert_false(rows_next(&rows)); /* asking again starts nothing anew */
        assert_int_equal(rows_end(&rows), STATUS_OK);
    }
}

static enum status write_nulls(struct store_job *job, struct store_connection *connection)
{
    static const struct sql insert = {"INSERT INTO note (id, words, bytes) VALUES ($1, $2, $2)"};
    (void)job;
    const struct sql_value values[] = {sql_int(1), sql_null()};
    return store_run(connection, &insert, values, 2, NULL);
}

static void a_null_reads_as_nothing(void **state)
{
    struct house *house = *state;
    static const struct sql read = {"SELECT words, bytes FROM note"};
    struct store_job job = {.work = write_nulls};
    assert_int_equal(store_submit_and_wait(house->store, &job), STATUS_OK);
    struct rows rows;
    assert_int_equal(store_query(house->reader, &read, NULL, 0, &rows), STATUS_OK);
    assert_true(rows_next(&rows));
    assert_true(rows_null(&rows, 0));
    assert_true(text_empty(rows_text(&rows, 0)));
    assert_true(text_empty(rows_text(&rows, 1)));
    assert_int_equal(rows_int(&rows, 0), 0);
    assert_int_equal(rows_end(&rows), STATUS_OK); /* rows left unread are no harm */
}

static void a_query_keeps_its_values_after_the_call(void **state)
{
    struct house *house = *state;
    static const struct sql read = {"SELECT id FROM note WHERE words = $1 ORDER BY id"};
    struct note note = note_of(1, STATUS_OK);
    note.row_count = 3;
    submit(house->store, &note);
    store_turn(house->store);

    char asked[] = "a note";
    struct sql_value value = sql_words(asked);
    struct rows rows;
    assert_int_equal(store_query(house->reader, &read, &value, 1, &rows), STATUS_OK);
    memset(asked, 'x', sizeof asked - 1);
    int count = 0;
    while (rows_next(&rows))
        count++;
    assert_int_equal(rows_end(&rows), STATUS_OK);
    assert_int_equal(count, 3);
}

static void no_row_is_missing(void **state)
{
    struct house *house = *state;
    static const struct sql read = {"SELECT id FROM note WHERE id = 1"};
    int64_t number = 0;
    assert_int_equal(store_query_int(house->reader, &read, NULL, 0, &number), STATUS_MISSING);
}

static void unknown_words_end_in_a_clear_error(void **state)
{
    struct house *house = *state;
    static const struct sql no_table = {"SELECT 1 FROM nowhere"};
    static const struct sql no_sql = {"CHOOSE A SEAT"};
    struct rows rows;
    assert_int_equal(store_query(house->reader, &no_table, NULL, 0, &rows), STATUS_INVALID);
    assert_non_null(strstr(store_why(house->reader), "nowhere"));
    assert_int_equal(rows_end(&rows), STATUS_INVALID);
    assert_int_equal(store_query(house->reader, &no_sql, NULL, 0, &rows), STATUS_INVALID);
    assert_non_null(strstr(store_why(house->reader), "CHOOSE"));
    assert_int_equal(count_notes(house->reader), 0); /* and the connection still works */
}

static void too_many_statements_are_an_answer(void **state)
{
    struct house *house = *state;
    static struct sql many[STORE_STATEMENTS_MAX + 1];
    int64_t number = 0;
    enum status status = STATUS_OK;
    for (int i = 0; i <= STORE_STATEMENTS_MAX && status == STATUS_OK; i++) {
        many[i].words = "SELECT 1";
        status = store_query_int(house->reader, &many[i], NULL, 0, &number);
    }
    assert_int_equal(status, STATUS_FULL);
    assert_int_equal(store_query_int(house->reader, &many[0], NULL, 0, &number), STATUS_OK);
}

/* --- readers ---------------------------------------------------------------------------------- */

struct peek {
    struct store_job job;
    struct store_connection *reader;
    int64_t seen;
};

/* The reader is asked in the middle of the writer's transaction, on the writer's own thread: if it
   waited for the writer, it would wait for ever. */
static enum status write_and_peek(struct store_job *job, struct store_connection *connection)
{
    struct peek *peek = container_of(job, struct peek, job);
    const struct sql_value values[] = {sql_int(1), sql_words("unseen")};
    enum status status = store_run(connection, &insert_note, values, 2, NULL);
    peek->seen = count_notes(peek->reader);
    return status;
}

static void readers_see_what_is_committed_and_never_wait(void **state)
{
    struct house *house = *state;
    struct peek peek = {.job = {.work = write_and_peek}, .reader = house->reader, .seen = -1};
    assert_int_equal(store_submit_and_wait(house->store, &peek.job), STATUS_OK);
    assert_int_equal(peek.seen, 0);
    assert_int_equal(count_notes(house->reader), 1);
}

static void a_snapshot_stands_still(void **state)
{
    struct house *house = *state;
    struct note before = note_of(1, STATUS_OK);
    struct note after = note_of(2, STATUS_OK);
    submit(house->store, &before);
    store_turn(house->store);

    assert_int_equal(store_snapshot_begin(house->reader), STATUS_OK);
    submit(house->store, &after);
    store_turn(house->store);
    assert_int_equal(after.heard, STATUS_OK);
    assert_int_equal(count_notes(house->reader), 1);
    store_snapshot_end(house->reader);
    assert_int_equal(count_notes(house->reader), 2);
}

static void a_reader_cannot_write(void **state)
{
    struct house *house = *state;
    const struct sql_value values[] = {sql_int(1), sql_words("no")};
    assert_int_not_equal(store_run(house->reader, &insert_note, values, 2, NULL), STATUS_OK);
    assert_int_equal(count_notes(house->reader), 0);
}

static void a_sound_database_is_told_to_be_sound(void **state)
{
    struct house *house = *state;
    bool sound = false;
    assert_int_equal(store_check(house->reader, &sound), STATUS_OK);
    assert_true(sound);
}

/* --- two processes ---------------------------------------------------------------------------- */

static void only_an_outsider_changes_the_outside_version(void **state)
{
    struct house *house = *state;
    int64_t first, second, third;
    struct note ours = note_of(1, STATUS_OK);
    assert_int_equal(store_outside_version(house->reader, &first), STATUS_OK);
    submit(house->store, &ours);
    store_turn(house->store);
    assert_int_equal(store_outside_version(house->reader, &second), STATUS_OK);
    assert_true(first == second);

    struct store *outsider;
    struct note theirs = note_of(2, STATUS_OK);
    assert_int_equal(adapter->open(house->folder, &outsider), STATUS_OK);
    submit(outsider, &theirs);
    store_turn(outsider);
    store_close(outsider);
    assert_int_equal(theirs.heard, STATUS_OK);
    assert_int_equal(store_outside_version(house->reader, &third), STATUS_OK);
    assert_true(second != third);
    assert_int_equal(count_notes(house->reader), 2);
}

struct intrusion {
    struct store_job job;
    struct store *other;
};

static enum status let_the_other_try(struct store_job *job, struct store_connection *connection)
{
    (void)connection;
    store_turn(container_of(job, struct intrusion, job)->other);
    return STATUS_OK;
}

static void an_outsider_that_writes_too_long_is_busy_and_no_more(void **state)
{
    struct house *house = *state;
    struct store *outsider;
    assert_int_equal(adapter->open(house->folder, &outsider), STATUS_OK);
    struct note first = note_of(1, STATUS_OK);
    struct note second = note_of(2, STATUS_OK);
    submit(house->store, &first);
    submit(house->store, &second);
    struct intrusion intrusion = {.job = {.work = let_the_other_try}, .other = house->store};
    assert_int_equal(store_submit_and_wait(outsider, &intrusion.job), STATUS_OK);
    assert_int_equal(first.heard, STATUS_BUSY);
    assert_int_equal(second.heard, STATUS_BUSY);
    store_close(outsider);

    struct note again = note_of(1, STATUS_OK);
    submit(house->store, &again);
    store_turn(house->store);
    assert_int_equal(again.heard, STATUS_OK);
}

/* --- threads ---------------------------------------------------------------------------------- */

enum { CROWD = 8, EACH = 200 };

struct fan {
    pthread_t thread;
    struct store *store;
    int64_t first_id;
    int heard_ok;
};

static void *write_one_by_one(void *argument)
{
    struct fan *fan = argument;
    for (int i = 0; i < EACH; i++) {
        struct note note = note_of(fan->first_id + i, STATUS_OK);
        note.job.on_done = NULL; /* the writer's thread would count with us */
        if (store_submit_and_wait(fan->store, &note.job) == STATUS_OK)
            fan->heard_ok++;
    }
    return NULL;
}

static void many_threads_write_and_each_hears_of_its_own(void **state)
{
    struct house *house = *state;
    struct fan fan[CROWD];
    assert_int_equal(store_start(house->store), STATUS_OK);
    for (int i = 0; i < CROWD; i++) {
        fan[i] = (struct fan){.store = house->store, .first_id = 1 + i * EACH};
        assert_int_equal(pthread_create(&fan[i].thread, NULL, write_one_by_one, &fan[i]), 0);
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_join(fan[i].thread, NULL);
        assert_int_equal(fan[i].heard_ok, EACH);
    }
    assert_int_equal(count_notes(house->reader), CROWD * EACH);
    struct store_counts counts = store_counts(house->store);
    assert_true(counts.job_count >= CROWD * EACH);
    assert_true(counts.commit_count <= counts.job_count);
}

static void closing_finishes_what_waits(void **state)
{
    struct house *house = *state;
    static struct note note[1000];
    store_reader_close(house->reader);
    house->reader = NULL;
    assert_int_equal(store_start(house->store), STATUS_OK);
    for (int i = 0; i < 1000; i++) {
        note[i] = note_of(i + 1, STATUS_OK);
        submit(house->store, &note[i]);
    }
    leave_house(house);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(note[i].heard, STATUS_OK);
    reenter_house(house);
    assert_int_equal(count_notes(house->reader), 1000);
}

/* --- the process dies ------------------------------------------------------------------------- */

static int tell_file;

static void on_noted_tell(struct store_job *job, enum status status)
{
    struct note *note = container_of(job, struct note, job);
    if (status == STATUS_OK && write(tell_file, &note->id, sizeof note->id) < 0)
        _exit(1);
}

/* Writes pairs until it is killed, and tells each pair that was promised. */
static _Noreturn void write_until_killed(const struct house *house, int file)
{
    struct store *store;
    tell_file = file;
    if (adapter->open(house->folder, &store) != STATUS_OK)
        _exit(1);
    for (int64_t id = 2;; id += 2) {
        struct note note = note_of(id, STATUS_OK);
        note.row_count = 2;
        note.job.on_done = on_noted_tell;
        if (store_submit_and_wait(store, &note.job) != STATUS_OK)
            _exit(1);
    }
}

/* Reads what was promised, kills after `pair_count`, reads the rest; returns the last promise. */
static int64_t kill_after(pid_t child, int file, int pair_count)
{
    int64_t id = 0, last_id = 0;
    int count = 0;
    while (read(file, &id, sizeof id) == (ssize_t)sizeof id) {
        last_id = id;
        if (++count == pair_count)
            kill(child, SIGKILL);
    }
    waitpid(child, NULL, 0);
    close(file);
    assert_true(count >= pair_count);
    return last_id;
}

static void what_was_promised_survives_a_kill(void **state)
{
    struct house *house = *state;
    static const struct sql halves = {
        "SELECT count(*) FROM note a WHERE NOT EXISTS"
        " (SELECT 1 FROM note b WHERE b.id = a.id + 1 - 2 * (a.id % 2))"};
    leave_house(house);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        write_until_killed(house, ends[1]);
    }
    close(ends[1]);
    int64_t last_id = kill_after(child, ends[0], 20);

    reenter_house(house);
    for (int64_t id = 2; id <= last_id + 1; id++)
        assert_true(has_note(house->reader, id));
    int64_t half_count = -1;
    assert_int_equal(store_query_int(house->reader, &halves, NULL, 0, &half_count), STATUS_OK);
    assert_int_equal(half_count, 0); /* what nobody was promised is whole or not there */
}

int main(void)
{
    log_set_level(LOG_OFF);
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest stories[] = {
        STORY(all_that_waits_shares_one_commit),
        STORY(jobs_hear_in_the_order_they_came),
        STORY(a_group_has_a_maximum),
        STORY(a_job_that_fails_takes_nobody_with_it),
        STORY(a_group_of_failures_commits_nothing),
        STORY(a_refused_row_is_a_conflict_and_the_job_goes_on),
        STORY(a_full_queue_says_so),
        STORY(values_come_back_as_they_went_in),
        STORY(a_null_reads_as_nothing),
        STORY(a_query_keeps_its_values_after_the_call),
        STORY(no_row_is_missing),
        STORY(unknown_words_end_in_a_clear_error),
        STORY(too_many_statements_are_an_answer),
        STORY(readers_see_what_is_committed_and_never_wait),
        STORY(a_snapshot_stands_still),
        STORY(a_reader_cannot_write),
        STORY(a_sound_database_is_told_to_be_sound),
        STORY(only_an_outsider_changes_the_outside_version),
        STORY(an_outsider_that_writes_too_long_is_busy_and_no_more),
        STORY(many_threads_write_and_each_hears_of_its_own),
        STORY(closing_finishes_what_waits),
        STORY(what_was_promised_survives_a_kill),
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof adapters / sizeof adapters[0]; i++) {
        adapter = &adapters[i];
        failed += cmocka_run_group_tests_name(adapter->name, stories, NULL, NULL);
    }
    return failed;
}
