/*
 * artist_migration_test.c — migration 0002 on a database of the first shape: the artist a plain
 * string. On every kind of database, with one outcome.
 *
 * A row is a concert as an operator once typed it, and whom it must have on its bill afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/log.h"
#include "catalog/carried.h"
#include "catalog/names.h"
#include "store/migrate.h"
#include "support/databases.h"

/* --- a database of its own for each story ----------------------------------------------------- */

enum { ARENA_BYTES = 1 << 20 };

struct house {
    struct database *database;
    struct store *store;
    struct store_connection *reader;
    struct arena *arena;
};

static const int64_t house_now_ms = INT64_C(1795500000000); /* a day in November 2026 */

static enum database_kind kind;

static const struct embedded_file *all_shapes(void)
{
    static const struct embedded_file *const shapes[DATABASE_KIND_COUNT] = {
        [DATABASE_SQLITE] = schema_sqlite, [DATABASE_POSTGRES] = schema_postgres};
    return shapes[kind];
}

static struct house *house_open_at(const struct embedded_file *files)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    house->database = database_make(kind);
    assert_int_equal(database_open(house->database, 0, &house->store), STATUS_OK);
    struct migrate_report report;
    assert_int_equal(store_migrate_files(house->store, files, house_now_ms, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    house->arena = arena_create(64 * 1024, ARENA_BYTES);
    assert_non_null(house->arena);
    return house;
}

static void house_close(struct house *house)
{
    arena_destroy(house->arena);
    store_reader_close(house->reader);
    store_close(house->store);
    database_remove(house->database);
    free(house);
}

struct house_step {
    struct store_job job;
    const struct sql *sql;
    const struct sql_value *values;
    size_t value_count;
};

static enum status house_work(struct store_job *job, struct store_connection *connection)
{
    struct house_step *step = container_of(job, struct house_step, job);
    return store_run(connection, step->sql, step->values, step->value_count, NULL);
}

static void house_run(struct house *house, const struct sql *sql, const struct sql_value *values,
                      size_t value_count)
{
    struct house_step step = {
        .job = {.work = house_work}, .sql = sql, .values = values, .value_count = value_count};
    assert_int_equal(store_submit_and_wait(house->store, &step.job), STATUS_OK);
}

static int64_t house_count(struct house *house, const struct sql *sql)
{
    int64_t count = -1;
    assert_int_equal(store_query_int(house->reader, sql, NULL, 0, &count), STATUS_OK);
    return count;
}

/* --- what operators once typed ---------------------------------------------------------------- */

struct carried {
    const char *words; /* what stood in concert.artist */
    const char *bill;  /* names afterwards, in order, joined by " + " */
};

static const struct carried story[] = {
    {"IU", "IU"},
    {"아이유", "IU"},
    {" iu ", "IU"},
    {"I U", "IU"},
    {"이지은", "IU"},
    {"BTS(방탄소년단)", "BTS"},
    {"방탄소년단 (BTS)", "BTS"},
    {"bts", "BTS"},
    {"BTS（방탄소년단）", "BTS"},
    {"BTS()", "BTS"},
    {"\xC2\xA0Red\t Velvet\xE3\x80\x80", "Red Velvet"},
    {"(G)I-DLE", "i-dle"},
    {"(G)I-DLE((여자)아이들)", "i-dle"},
    {"SEVENTEEN (BTS)", "SEVENTEEN + BTS"},
    {"IU(앙코르)", "IU"},
    {"정국(BTS)", "BTS"},
    {"정국", "정국"},
    {"", ""},
    {"   ", ""},
    {"\xE3\x80\x80\t", ""},
    {"푸른  밤", "Blue Night"},
    {"Blue Night(푸른 밤)", "Blue Night"},
    {"BLUE NIGHT", "Blue Night"},
    {"Unknown, but Loud", "Unknown, but Loud"},
    {"()", "()"},
    {"100% _Real\\", "100% _Real\\"},
    {"O'Hara", "O'Hara"},
};
enum { STORY_COUNT = sizeof story / sizeof story[0] };

static const struct embedded_file *first_shape(void)
{
    static struct embedded_file files[2];
    files[0] = all_shapes()[0];
    return files;
}

static struct house *open_earlier(void)
{
    static const struct sql insert = {
        "INSERT INTO concert (id, title, title_ko, artist) VALUES ($1, $2, $2, $3)"};
    struct house *house = house_open_at(first_shape());
    for (size_t i = 0; i < STORY_COUNT; i++) {
        struct sql_value values[] = {sql_int((int64_t)i + 1), sql_words("a night"),
                                     sql_words(story[i].words)};
        house_run(house, &insert, values, 3);
    }
    return house;
}

static struct house *open_carried(void)
{
    struct house *house = open_earlier();
    struct migrate_report report;
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, house_now_ms, &report), STATUS_OK);
    return house;
}

static void read_bill(struct house *house, int64_t concert_id, char *out_bill, size_t size)
{
    static const struct sql select = {
        "SELECT a.name FROM concert_artist b JOIN artist a ON a.id = b.artist_id "
        "WHERE b.concert_id = $1 ORDER BY b.position"};
    struct sql_value id = sql_int(concert_id);
    struct rows rows;
    assert_int_equal(store_query(house->reader, &select, &id, 1, &rows), STATUS_OK);
    out_bill[0] = '\0';
    while (rows_next(&rows)) {
        struct text name = rows_text(&rows, 0);
        size_t used = strlen(out_bill);
        snprintf(out_bill + used, size - used, "%s%.*s", used > 0 ? " + " : "", (int)name.size,
                 name.bytes);
    }
    assert_int_equal(rows_end(&rows), STATUS_OK);
}

static void every_string_finds_its_artist(void **state)
{
    (void)state;
    struct house *house = open_carried();
    for (size_t i = 0; i < STORY_COUNT; i++) {
        char bill[256];
        read_bill(house, (int64_t)i + 1, bill, sizeof bill);
        if (strcmp(bill, story[i].bill) != 0)
            fail_msg("\"%s\" became \"%s\", not \"%s\"", story[i].words, bill, story[i].bill);
    }
    house_close(house);
}

static void no_row_and_no_word_is_lost(void **state)
{
    (void)state;
    static const struct sql concerts = {"SELECT count(*) FROM concert"};
    static const struct sql words = {"SELECT count(*) FROM earlier_artist"};
    static const struct sql column = {
        "SELECT count(*) FROM pragma_table_info('concert') WHERE name = 'artist'",
        .postgres = "SELECT count(*) FROM information_schema.columns"
                    " WHERE table_name = 'concert' AND column_name = 'artist'"};
    static const struct sql left_over = {
        "SELECT count(*) FROM sqlite_master WHERE name LIKE 'carry%'",
        .postgres = "SELECT count(*) FROM pg_class WHERE relname LIKE 'carry%'"};
    struct house *house = open_carried();
    assert_int_equal(house_count(house, &concerts), STORY_COUNT);
    assert_int_equal(house_count(house, &words), STORY_COUNT - 1); /* all but the empty one */
    assert_int_equal(house_count(house, &column), 0);
    assert_int_equal(house_count(house, &left_over), 0);
    house_close(house);
}

static void unknown_artists_are_under_no_agency_and_known_ones_under_theirs(void **state)
{
    (void)state;
    static const struct sql unknown = {"SELECT count(*) FROM artist WHERE agency_id IS NULL"};
    static const struct sql edam = {
        "SELECT count(*) FROM artist a JOIN agency g ON g.id = a.agency_id "
        "WHERE a.name = 'IU' AND a.name_ko = '아이유' AND g.name = 'EDAM Entertainment'"};
    static const struct sql both_names = {
        "SELECT count(*) FROM artist WHERE name = 'Blue Night' AND name_ko = '푸른 밤'"};
    struct house *house = open_carried();
    assert_int_equal(house_count(house, &unknown), 6);
    assert_int_equal(house_count(house, &edam), 1);
    assert_int_equal(house_count(house, &both_names), 1);
    house_close(house);
}

static void the_server_makes_the_keys_that_the_migration_made(void **state)
{
    (void)state;
    static const struct sql find = {"SELECT artist_id FROM artist_alias WHERE alias = $1"};
    struct house *house = open_carried();
    for (size_t i = 0; i < STORY_COUNT; i++) {
        if (strchr(story[i].words, '(') || strstr(story[i].words, "（"))
            continue; /* two names */
        struct sql_value key = sql_text(name_key(house->arena, text_of(story[i].words)));
        int64_t artist_id;
        enum status expected = story[i].bill[0] ? STATUS_OK : STATUS_MISSING;
        assert_int_equal(store_query_int(house->reader, &find, &key, 1, &artist_id), expected);
    }
    house_close(house);
}

static void an_empty_database_gets_the_tables_and_nobody_in_them(void **state)
{
    (void)state;
    static const struct sql artists = {"SELECT count(*) FROM artist"};
    static const struct sql agencies = {"SELECT count(*) FROM agency"};
    struct house *house = house_open_at(all_shapes());
    assert_int_equal(house_count(house, &artists), 0);
    assert_int_equal(house_count(house, &agencies), 0);
    house_close(house);
}

/* --- told before it is done ------------------------------------------------------------------- */

struct telling {
    struct migrate_rehearsal rehearsal;
    struct carried_listener listener;
    struct carried_totals totals;
    int64_t concert_count, known_count;
    bool heard_iu, heard_unknown;
};

static void hear(struct carried_listener *listener, const struct carried_string *string)
{
    struct telling *telling = container_of(listener, struct telling, listener);
    telling->concert_count += string->concert_count;
    telling->known_count += string->known;
    if (text_equal(string->words, text_of(" iu ")))
        telling->heard_iu = strcmp(string->bill, "IU (EDAM Entertainment)") == 0;
    if (text_equal(string->words, text_of("정국")))
        telling->heard_unknown = !string->known && strcmp(string->bill, "정국 (no agency)") == 0;
}

static enum status tell(struct migrate_rehearsal *rehearsal, struct store_connection *connection)
{
    struct telling *telling = container_of(rehearsal, struct telling, rehearsal);
    return carried_read(connection, &telling->listener, &telling->totals);
}

static struct telling rehearse(struct house *house)
{
    struct telling telling = {.rehearsal = {.look = tell}, .listener = {hear}};
    assert_int_equal(
        store_migrate_rehearse(house->store, SCHEMA_CORE, house_now_ms, &telling.rehearsal),
        STATUS_OK);
    return telling;
}

static void assert_tells_all(const struct telling *telling)
{
    assert_int_equal(telling->totals.concert_count, STORY_COUNT);
    assert_int_equal(telling->totals.string_count, STORY_COUNT - 1); /* one was empty */
    assert_int_equal(telling->concert_count, STORY_COUNT - 1);
    assert_int_equal(telling->totals.unknown_count, 6);
    assert_int_equal(telling->totals.nobody_count, 2);
    assert_true(telling->heard_iu && telling->heard_unknown);
    assert_true(telling->known_count > 0);
}

static void a_rehearsal_tells_everything_and_changes_nothing(void **state)
{
    (void)state;
    static const struct sql migrations = {"SELECT count(*) FROM schema_migration"};
    static const struct sql strings = {"SELECT count(*) FROM concert WHERE artist <> ''"};
    struct house *house = open_earlier();
    for (int i = 0; i < 2; i++) { /* as often as one likes */
        struct telling telling = rehearse(house);
        assert_tells_all(&telling);
        assert_true(telling.rehearsal.report.applied_count > 1);
        assert_int_equal(house_count(house, &migrations), 1);
        assert_int_equal(house_count(house, &strings), STORY_COUNT - 1);
    }
    house_close(house);
}

static void what_was_told_is_what_is_done(void **state)
{
    (void)state;
    struct house *house = open_carried();
    struct telling telling = rehearse(house); /* there is nothing left to do */
    assert_tells_all(&telling);
    assert_int_equal(telling.rehearsal.report.applied_count, 0);
    house_close(house);
}

static int run(enum database_kind used)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_finds_its_artist),
        cmocka_unit_test(no_row_and_no_word_is_lost),
        cmocka_unit_test(unknown_artists_are_under_no_agency_and_known_ones_under_theirs),
        cmocka_unit_test(the_server_makes_the_keys_that_the_migration_made),
        cmocka_unit_test(an_empty_database_gets_the_tables_and_nobody_in_them),
        cmocka_unit_test(a_rehearsal_tells_everything_and_changes_nothing),
        cmocka_unit_test(what_was_told_is_what_is_done),
    };
    kind = used;
    return cmocka_run_group_tests_name(database_kind_name(used), tests, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(run);
}
