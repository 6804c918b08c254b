/*
 * store_sqlite_checks_test.c — migration 0012: what the tables that grow with a sale check, they
 * check without an ephemeral table. The file's own words, run by SQLite itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/embedded.h"

enum { SHAPES_BEFORE = 11 };

static void must_do(sqlite3 *db, const char *words)
{
    char *why = NULL;
    if (sqlite3_exec(db, words, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", words, why);
}

static int64_t count(sqlite3 *db, const char *words)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, words, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* Does SQLite's program for an insert open an ephemeral table? */
static bool fills_a_table(sqlite3 *db, const char *table)
{
    char words[128];
    snprintf(words, sizeof words, "EXPLAIN INSERT INTO %s DEFAULT VALUES", table);
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, words, -1, &statement, NULL), SQLITE_OK);
    bool found = false;
    while (sqlite3_step(statement) == SQLITE_ROW)
        found =
            found || strcmp((const char *)sqlite3_column_text(statement, 1), "OpenEphemeral") == 0;
    sqlite3_finalize(statement);
    return found;
}

static void migrate(sqlite3 *db, int from, int to)
{
    must_do(db, "BEGIN");
    for (int i = from; i < to; i++) {
        char *words = strndup((const char *)schema_sqlite[i].bytes, schema_sqlite[i].size);
        assert_non_null(words);
        must_do(db, words);
        free(words);
    }
    must_do(db, "COMMIT");
}

static sqlite3 *open_shape(int shape_count)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    must_do(db, "PRAGMA foreign_keys = ON");
    migrate(db, 0, shape_count);
    return db;
}

static void no_row_of_a_sale_is_checked_by_way_of_a_table(void **state)
{
    (void)state;
    static const char *const growing[] = {"reservation",  "reservation_seat",    "payment",
                                          "ledger_entry", "reservation_request", "payment_news",
                                          "waiting_event"};
    sqlite3 *db = open_shape(SHAPES_BEFORE);
    assert_true(fills_a_table(db, "reservation")); /* so it would be seen */
    migrate(db, SHAPES_BEFORE, SHAPES_BEFORE + 1);
    for (size_t i = 0; i < sizeof growing / sizeof growing[0]; i++)
        if (fills_a_table(db, growing[i]))
            fail_msg("an insert into %s fills an ephemeral table", growing[i]);
    assert_int_equal(count(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'payment_open'"),
                     1);
    sqlite3_close(db);
}

static void what_was_there_before_is_there_afterwards(void **state)
{
    (void)state;
    sqlite3 *db = open_shape(SHAPES_BEFORE);
    must_do(db, "INSERT INTO reservation VALUES (7, 1, 2, 'CONFIRMED', 9, 10, 11, 12, 13, 14);"
                "INSERT INTO reservation_request VALUES (printf('%044d', 1), 2, 1, 10, 11,"
                " 'SUCCESS', 7, NULL, '', 12);"
                "INSERT INTO payment VALUES (3, 7, 2, 'test', 'UNKNOWN', 9, 'KRW', 'order', 'key',"
                " 'idem', 5, 'why', 6, 7, 8);"
                "INSERT INTO ledger_entry VALUES (1, 3, 'SALES', -9, 12);"
                "INSERT INTO payment_news VALUES (1, 7, 3, 0, 'CAPTURED', 9, 12, NULL);"
                "INSERT INTO waiting_event VALUES (1, 1, 'J', 1, 1, 2, 0, 0, 12, x'01', x'02')");
    static const char *const tables[] = {"reservation",  "reservation_request", "payment",
                                         "ledger_entry", "payment_news",        "waiting_event"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char words[128];
        snprintf(words, sizeof words, "CREATE TEMP TABLE was_%s AS SELECT * FROM %s", tables[i],
                 tables[i]);
        must_do(db, words);
    }
    migrate(db, SHAPES_BEFORE, SHAPES_BEFORE + 1);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char words[256];
        snprintf(words, sizeof words,
                 "SELECT count(*) FROM (SELECT * FROM %s INTERSECT SELECT * FROM was_%s)",
                 tables[i], tables[i]);
        assert_int_equal(count(db, words), 1);
    }
    assert_int_equal(count(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    sqlite3_close(db);
}

/* The same tables, columns, indexes and triggers; only the checks read differently, and the WHERE
 * of one index. */
static void nothing_else_of_the_shape_changes(void **state)
{
    (void)state;
    static const char shape[] =
        "SELECT count(*) || group_concat(o.type || ' ' || o.name || ' ' || o.tbl_name || ' ' ||"
        " CASE o.type WHEN 'table' THEN (SELECT group_concat(c.name || ' ' || c.type || ' ' ||"
        " c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') || ' ' || c.pk)"
        " FROM pragma_table_info(o.name) c) ELSE coalesce(o.sql, '-') END, x'0A')"
        " FROM (SELECT * FROM sqlite_schema WHERE name <> 'payment_open' ORDER BY type, name) o";
    char *texts[2];
    for (int i = 0; i < 2; i++) {
        sqlite3 *db = open_shape(SHAPES_BEFORE + i);
        sqlite3_stmt *statement;
        assert_int_equal(sqlite3_prepare_v2(db, shape, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        texts[i] = strdup((const char *)sqlite3_column_text(statement, 0));
        assert_non_null(texts[i]);
        sqlite3_finalize(statement);
        sqlite3_close(db);
    }
    assert_string_equal(texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}

static void a_word_that_is_none_is_still_refused(void **state)
{
    (void)state;
    static const char payment[] =
        "INSERT INTO payment VALUES (3, 7, 2, 'test', 'PAID', 9, 'KRW', '', '', 'k', 5, '', NULL,"
        " 7, 8)";
    static const char *const wrong[] = {
        "INSERT INTO reservation VALUES (7, 1, 2, 'SOLD', 9, 10, 11, 12, 13, 14)", payment,
        "INSERT INTO ledger_entry VALUES (1, 3, 'CASH', -9, 12)",
        "INSERT INTO payment_news VALUES (1, 7, 3, 0, 'PAID', 9, 12, NULL)",
        "INSERT INTO waiting_event VALUES (1, 1, 'Z', 1, 1, 2, 0, 0, 12, x'01', x'02')"};
    sqlite3 *db = open_shape(SHAPES_BEFORE + 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        sqlite3_exec(db, wrong[i], NULL, NULL, NULL);
        assert_int_equal(sqlite3_extended_errcode(db), SQLITE_CONSTRAINT_CHECK);
    }
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_of_a_sale_is_checked_by_way_of_a_table),
        cmocka_unit_test(what_was_there_before_is_there_afterwards),
        cmocka_unit_test(nothing_else_of_the_shape_changes),
        cmocka_unit_test(a_word_that_is_none_is_still_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
