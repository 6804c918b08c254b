/*
 * artist_migration_test.c — migration 0002 on a database of the first shape: the artist a plain
 * string.
 *
 * A row is a concert as an operator once typed it, and whom it must have on its bill afterwards.
 */
#include "catalog/test_house.h"

#include "catalog/names.h"

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
    files[0] = schema_sqlite[0];
    return files;
}

static struct house *open_carried(void)
{
    static const struct sql insert = {
        "INSERT INTO concert (id, title, title_ko, artist) VALUES ($1, $2, $2, $3)"};
    struct house *house = house_open_at(first_shape());
    for (size_t i = 0; i < STORY_COUNT; i++) {
        struct sql_value values[] = {sql_int((int64_t)i + 1), sql_words("a night"),
                                     sql_words(story[i].words)};
        house_run(house, &insert, values, 3);
    }
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
        "SELECT count(*) FROM pragma_table_info('concert') WHERE name = 'artist'"};
    static const struct sql left_over = {
        "SELECT count(*) FROM sqlite_master WHERE name LIKE 'carry%'"};
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
    struct house *house = house_open();
    assert_int_equal(house_count(house, &artists), 0);
    assert_int_equal(house_count(house, &agencies), 0);
    house_close(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_finds_its_artist),
        cmocka_unit_test(no_row_and_no_word_is_lost),
        cmocka_unit_test(unknown_artists_are_under_no_agency_and_known_ones_under_theirs),
        cmocka_unit_test(the_server_makes_the_keys_that_the_migration_made),
        cmocka_unit_test(an_empty_database_gets_the_tables_and_nobody_in_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
