/*
 * store_contract_test.c — what every store promises (src/store/store.h), asked of every adapter:
 * groups, statements, values, readers. The other half is in store_life_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "limits.h"
#include "support/store_notes.h"

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

/* --- what is put off -------------------------------------------------------------------------- */

static const struct sql insert_many = {
    "INSERT INTO note (id, words) VALUES ($1, $2)",
    .postgres_rows = "INSERT INTO note (id, words) SELECT * FROM unnest($1::bigint[], $2::text[])"};
static const struct sql rename_note = {"UPDATE note SET words = $2 WHERE id = $1"};

enum { PUT_OFF_COUNT = 5000 };

static enum status put_off_many(struct store_job *job, struct store_connection *connection)
{
    static const struct sql count = {"SELECT count(*) FROM note"};
    (void)job;
    for (int64_t id = 1; id <= PUT_OFF_COUNT; id++) {
        const struct sql_value values[] = {sql_int(id), id % 3 ? sql_words("many") : sql_null()};
        assert_int_equal(store_enqueue(connection, &insert_many, values, 2), STATUS_OK);
        if (id % 1000 == 0) {
            const struct sql_value renamed[] = {sql_int(id), sql_words("renamed")};
            assert_int_equal(store_enqueue_one(connection, &rename_note, renamed, 2), STATUS_OK);
        }
    }
    int64_t seen = -1;
    assert_int_equal(store_query_int(connection, &count, NULL, 0, &seen), STATUS_OK);
    assert_int_equal(seen, PUT_OFF_COUNT);
    const struct sql_value last[] = {sql_int(PUT_OFF_COUNT + 1), sql_words("last")};
    return store_enqueue(connection, &insert_many, last, 2);
}

static void what_is_put_off_is_done_in_order_before_anybody_looks(void **state)
{
    struct house *house = *state;
    static const struct sql renamed = {"SELECT count(*) FROM note WHERE words = 'renamed'"};
    static const struct sql empty = {"SELECT count(*) FROM note WHERE words IS NULL"};
    struct store_job job = {.work = put_off_many};
    int64_t number = -1;
    assert_int_equal(store_submit_and_wait(house->store, &job), STATUS_OK);
    assert_int_equal(count_notes(house->reader), PUT_OFF_COUNT + 1);
    assert_int_equal(store_query_int(house->reader, &renamed, NULL, 0, &number), STATUS_OK);
    assert_int_equal(number, 5);
    assert_int_equal(store_query_int(house->reader, &empty, NULL, 0, &number), STATUS_OK);
    assert_int_equal(number, 1665); /* 1,666 less the renamed 3,000 */
}

static enum status put_off_a_conflict(struct store_job *job, struct store_connection *connection)
{
    struct note *note = container_of(job, struct note, job);
    for (int i = 0; i < 2; i++) {
        const struct sql_value values[] = {sql_int(note->id), sql_words("twice")};
        enum status status = store_enqueue(connection, &insert_many, values, 2);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status put_off_a_change_of_nothing(struct store_job *job,
                                               struct store_connection *connection)
{
    (void)job;
    const struct sql_value values[] = {sql_int(404), sql_words("nobody")};
    return store_enqueue_one(connection, &rename_note, values, 2);
}

static void what_fails_after_it_was_put_off_fails_its_job_alone(void **state)
{
    struct house *house = *state;
    struct note note[5];
    for (int i = 0; i < 5; i++)
        note[i] = note_of(i + 1, STATUS_OK);
    note[1].job.work = put_off_a_conflict;
    note[3].job.work = put_off_a_change_of_nothing;
    for (int i = 0; i < 5; i++)
        submit(house->store, &note[i]);
    assert_int_equal(store_turn(house->store), 5);
    for (int i = 0; i < 5; i++) {
        bool failed = i == 1 || i == 3;
        assert_int_equal(note[i].heard, failed ? STATUS_CONFLICT : STATUS_OK);
        assert_int_equal(has_note(house->reader, i + 1), !failed);
    }
    struct note alone = note_of(10, STATUS_OK);
    alone.job.work = put_off_a_conflict;
    submit(house->store, &alone);
    store_turn(house->store);
    assert_int_equal(alone.heard, STATUS_CONFLICT);
    assert_int_equal(count_notes(house->reader), 3);
}

/* --- a queue ---------------------------------------------------------------------------------- */

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
    static const struct sql insert = {"INSERT INTO note (id, words, bytes) VALUES ($1, $2, $3)"};
    (void)job;
    const struct sql_value values[] = {sql_int(1), sql_null(), sql_null()};
    return store_run(connection, &insert, values, 3, NULL);
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

static int run(enum database_kind kind)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, notes_open, notes_close)
    const struct CMUnitTest stories[] = {
        STORY(all_that_waits_shares_one_commit),
        STORY(jobs_hear_in_the_order_they_came),
        STORY(a_group_has_a_maximum),
        STORY(a_job_that_fails_takes_nobody_with_it),
        STORY(a_group_of_failures_commits_nothing),
        STORY(a_refused_row_is_a_conflict_and_the_job_goes_on),
        STORY(what_is_put_off_is_done_in_order_before_anybody_looks),
        STORY(what_fails_after_it_was_put_off_fails_its_job_alone),
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
    };
    notes_use(kind);
    return cmocka_run_group_tests_name(database_kind_name(kind), stories, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(run);
}
