/*
 * store_session_test.c — what every store promises those who write through sessions of their own
 * (src/store/store.h), asked of every adapter.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "support/databases.h"

/* --- a store of its own for each story -------------------------------------------------------- */

/* The words for a table of numbers. */
static const char *const tables[DATABASE_KIND_COUNT] = {
    [DATABASE_SQLITE] = "CREATE TABLE note (id INTEGER PRIMARY KEY, number INTEGER) STRICT;",
    [DATABASE_POSTGRES] = "CREATE TABLE note (id BIGINT PRIMARY KEY, number BIGINT);",
};

static enum database_kind kind;

struct house {
    struct database *database;
    struct store *store;
};

struct note { /* writes `row_count` rows from `id` on, then answers `answer` */
    struct store_job job;
    int64_t id;
    int row_count;
    enum status answer;
};

static const struct sql insert_note = {"INSERT INTO note (id, number) VALUES ($1, 0)"};

static enum status make_table(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, tables[kind]);
}

static enum status write_notes(struct store_job *job, struct store_connection *connection)
{
    struct note *note = container_of(job, struct note, job);
    for (int i = 0; i < note->row_count; i++) {
        const struct sql_value id = sql_int(note->id + i);
        enum status status = store_run(connection, &insert_note, &id, 1, NULL);
        if (status != STATUS_OK)
            return status;
    }
    return note->answer;
}

static struct note note_of(int64_t id, enum status answer)
{
    return (struct note){.job = {.work = write_notes}, .id = id, .row_count = 1, .answer = answer};
}

static int open_house(void **state)
{
    static struct house house;
    house.database = database_make(kind);
    assert_int_equal(database_open(house.database, 0, &house.store), STATUS_OK);
    struct store_job job = {.work = make_table};
    assert_int_equal(store_submit_and_wait(house.store, &job), STATUS_OK);
    assert_int_equal(store_start(house.store), STATUS_OK);
    *state = &house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    store_close(house->store);
    database_remove(house->database);
    return 0;
}

static struct store_session *open_session(struct house *house)
{
    struct store_session *session = NULL;
    assert_int_equal(store_session_open(house->store, &session), STATUS_OK);
    return session;
}

static int64_t count_notes(struct store_session *session)
{
    static const struct sql count = {"SELECT count(*) FROM note"};
    int64_t number = -1;
    assert_int_equal(store_query_int(store_session_reader(session), &count, NULL, 0, &number),
                     STATUS_OK);
    return number;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_session_keeps_all_of_its_work_or_none(void **state)
{
    struct store_session *session = open_session(*state);
    struct note kept = note_of(1, STATUS_OK);
    struct note undone = note_of(10, STATUS_BUSY);
    undone.row_count = 3;
    assert_int_equal(store_session_run(session, &kept.job), STATUS_OK);
    assert_int_equal(store_session_run(session, &undone.job), STATUS_BUSY);
    assert_int_equal(count_notes(session), 1);
    store_session_close(session);
}

static void a_session_goes_on_after_a_failure(void **state)
{
    struct store_session *session = open_session(*state);
    struct note first = note_of(1, STATUS_OK);
    struct note twice = note_of(1, STATUS_OK);
    struct note next = note_of(2, STATUS_OK);
    assert_int_equal(store_session_run(session, &first.job), STATUS_OK);
    assert_int_equal(store_session_run(session, &twice.job), STATUS_CONFLICT);
    assert_int_equal(store_session_run(session, &next.job), STATUS_OK);
    assert_int_equal(count_notes(session), 2);
    store_session_close(session);
}

static void a_session_reads_what_it_has_just_written(void **state)
{
    struct store_session *session = open_session(*state);
    for (int64_t id = 1; id <= 3; id++) {
        struct note note = note_of(id, STATUS_OK);
        assert_int_equal(store_session_run(session, &note.job), STATUS_OK);
        assert_int_equal(count_notes(session), id);
    }
    store_session_close(session);
}

enum { THREADS = 4, ROUNDS = 25 };

struct counter { /* a thread that adds one to a number, again and again */
    struct store_job job;
    struct house *house;
    pthread_t thread;
};

static enum status add_one(struct store_job *job, struct store_connection *connection)
{
    static const struct sql add = {"UPDATE note SET number = number + 1 WHERE id = 1"};
    (void)job;
    return store_run(connection, &add, NULL, 0, NULL);
}

static void *count_up(void *argument)
{
    struct counter *counter = argument;
    struct store_session *session = open_session(counter->house);
    for (int round = 0; round < ROUNDS;) {
        enum status status = store_session_run(session, &counter->job);
        assert_true(status == STATUS_OK || status == STATUS_BUSY);
        round += status == STATUS_OK;
    }
    store_session_close(session);
    return NULL;
}

static void sessions_lose_none_of_each_others_writes(void **state)
{
    static const struct sql read = {"SELECT number FROM note WHERE id = 1"};
    struct store_session *session = open_session(*state);
    struct note first = note_of(1, STATUS_OK);
    assert_int_equal(store_session_run(session, &first.job), STATUS_OK);
    struct counter counters[THREADS];
    for (int i = 0; i < THREADS; i++) {
        counters[i] = (struct counter){.job = {.work = add_one}, .house = *state};
        assert_int_equal(pthread_create(&counters[i].thread, NULL, count_up, &counters[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(counters[i].thread, NULL);
    int64_t number = 0;
    assert_int_equal(store_query_int(store_session_reader(session), &read, NULL, 0, &number),
                     STATUS_OK);
    assert_int_equal(number, THREADS * ROUNDS);
    store_session_close(session);
}

/* Two threads that each hold what the other wants next: only where sessions run side by side. */
struct grip {
    struct store_job job;
    struct house *house;
    pthread_t thread;
    pthread_barrier_t *both;
    int64_t first_id, then_id;
    enum status heard;
};

static enum status grip_both(struct store_job *job, struct store_connection *connection)
{
    static const struct sql add = {"UPDATE note SET number = number + 1 WHERE id = $1"};
    struct grip *grip = container_of(job, struct grip, job);
    const struct sql_value first = sql_int(grip->first_id), then = sql_int(grip->then_id);
    enum status status = store_run(connection, &add, &first, 1, NULL);
    pthread_barrier_wait(grip->both);
    return status == STATUS_OK ? store_run(connection, &add, &then, 1, NULL) : status;
}

static void *run_grip(void *argument)
{
    struct grip *grip = argument;
    struct store_session *session = open_session(grip->house);
    grip->heard = store_session_run(session, &grip->job);
    store_session_close(session);
    return NULL;
}

static void of_two_that_wait_for_each_other_one_is_told_to_come_again(void **state)
{
    if (kind == DATABASE_SQLITE) /* whole transactions come one after the other */
        return;
    struct store_session *session = open_session(*state);
    struct note rows = note_of(1, STATUS_OK);
    pthread_barrier_t both;
    rows.row_count = 2;
    assert_int_equal(store_session_run(session, &rows.job), STATUS_OK);
    store_session_close(session);
    assert_int_equal(pthread_barrier_init(&both, NULL, 2), 0);
    struct grip grips[2];
    for (int i = 0; i < 2; i++) {
        grips[i] = (struct grip){.job = {.work = grip_both},
                                 .house = *state,
                                 .both = &both,
                                 .first_id = 1 + i,
                                 .then_id = 2 - i};
        assert_int_equal(pthread_create(&grips[i].thread, NULL, run_grip, &grips[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(grips[i].thread, NULL);
    pthread_barrier_destroy(&both);
    assert_true((grips[0].heard == STATUS_OK && grips[1].heard == STATUS_BUSY) ||
                (grips[0].heard == STATUS_BUSY && grips[1].heard == STATUS_OK));
}

static int run(enum database_kind used)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest stories[] = {
        STORY(a_session_keeps_all_of_its_work_or_none),
        STORY(a_session_goes_on_after_a_failure),
        STORY(a_session_reads_what_it_has_just_written),
        STORY(sessions_lose_none_of_each_others_writes),
        STORY(of_two_that_wait_for_each_other_one_is_told_to_come_again),
    };
    kind = used;
    return cmocka_run_group_tests_name(database_kind_name(used), stories, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(run);
}
