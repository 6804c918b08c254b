/* store_notes.c — one table, and jobs that write into it. */
#include "support/store_notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"

enum { BUSY_TIMEOUT_MS = 1 }; /* nobody is waited for */

/* The words for a table with each kind of value. */
static const char *const tables[DATABASE_KIND_COUNT] = {
    [DATABASE_SQLITE] =
        "CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT, bytes BLOB) STRICT;",
    [DATABASE_POSTGRES] = "CREATE TABLE note (id BIGINT PRIMARY KEY, words TEXT, bytes BYTEA);",
};

static enum database_kind kind;
static int heard_count;

const struct sql insert_note = {"INSERT INTO note (id, words) VALUES ($1, $2)"};

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

struct note note_of(int64_t id, enum status answer)
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
    return store_script(connection, tables[kind]);
}

void notes_use(enum database_kind used)
{
    kind = used;
}

int notes_open(void **state)
{
    static struct house house;
    memset(&house, 0, sizeof house);
    house.database = database_make(kind);
    house.store = open_outsider(&house);
    struct store_job job = {.work = make_table};
    assert_int_equal(store_submit_and_wait(house.store, &job), STATUS_OK);
    assert_int_equal(store_reader_open(house.store, &house.reader), STATUS_OK);
    heard_count = 0;
    *state = &house;
    return 0;
}

void leave_house(struct house *house)
{
    store_reader_close(house->reader);
    store_close(house->store);
    house->reader = NULL;
    house->store = NULL;
}

int notes_close(void **state)
{
    struct house *house = *state;
    leave_house(house);
    database_remove(house->database);
    return 0;
}

void reenter_house(struct house *house)
{
    house->store = open_outsider(house);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
}

struct store *open_outsider(const struct house *house)
{
    struct store *store = NULL;
    assert_int_equal(database_open(house->database, BUSY_TIMEOUT_MS, &store), STATUS_OK);
    return store;
}

int64_t count_notes(struct store_connection *reader)
{
    static const struct sql count = {"SELECT count(*) FROM note"};
    int64_t number = -1;
    assert_int_equal(store_query_int(reader, &count, NULL, 0, &number), STATUS_OK);
    return number;
}

bool has_note(struct store_connection *reader, int64_t id)
{
    static const struct sql find = {"SELECT count(*) FROM note WHERE id = $1"};
    int64_t number = -1;
    struct sql_value value = sql_int(id);
    assert_int_equal(store_query_int(reader, &find, &value, 1, &number), STATUS_OK);
    return number == 1;
}

void submit(struct store *store, struct note *note)
{
    assert_int_equal(store_submit(store, &note->job), STATUS_OK);
}
