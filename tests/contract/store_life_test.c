/*
 * store_life_test.c — what every store promises (src/store/store.h) to two processes, to many
 * threads, and to one who is killed.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "support/store_notes.h"

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

    struct store *outsider = open_outsider(house);
    struct note theirs = note_of(2, STATUS_OK);
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
    struct store *outsider = open_outsider(house);
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

static enum status looked = STATUS_UNKNOWN;

static enum status look_once(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    assert_int_equal(count_notes(connection), 1);
    return STATUS_OK;
}

static void on_looked(struct store_job *job, enum status status)
{
    (void)job;
    looked = status;
}

static enum status count_and_let_the_other_write(struct store_job *job,
                                                 struct store_connection *connection)
{
    int64_t before = count_notes(connection);
    store_turn(container_of(job, struct intrusion, job)->other);
    assert_int_equal(count_notes(connection), before); /* one moment */
    return STATUS_OK;
}

static void who_only_looks_keeps_nobody_waiting_and_waits_for_nobody(void **state)
{
    struct house *house = *state;
    struct store *outsider = open_outsider(house);
    struct note ours = note_of(1, STATUS_OK);
    submit(house->store, &ours);
    struct intrusion look = {.job = {.work = count_and_let_the_other_write, .looks = true},
                             .other = house->store};
    assert_int_equal(store_submit_and_wait(outsider, &look.job), STATUS_OK);
    assert_int_equal(ours.heard, STATUS_OK);

    struct store_job inner = {.work = look_once, .on_done = on_looked, .looks = true};
    struct intrusion writing = {.job = {.work = let_the_other_try}, .other = house->store};
    assert_int_equal(store_submit(house->store, &inner), STATUS_OK);
    assert_int_equal(store_submit_and_wait(outsider, &writing.job), STATUS_OK);
    assert_int_equal(looked, STATUS_OK);
    store_close(outsider);
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
    if (database_open(house->database, 0, &store) != STATUS_OK)
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

static int run(enum database_kind kind)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, notes_open, notes_close)
    const struct CMUnitTest stories[] = {
        STORY(only_an_outsider_changes_the_outside_version),
        STORY(an_outsider_that_writes_too_long_is_busy_and_no_more),
        STORY(who_only_looks_keeps_nobody_waiting_and_waits_for_nobody),
        STORY(many_threads_write_and_each_hears_of_its_own),
        STORY(closing_finishes_what_waits),
        STORY(what_was_promised_survives_a_kill),
    };
    notes_use(kind);
    return cmocka_run_group_tests_name(database_kind_name(kind), stories, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(run);
}
