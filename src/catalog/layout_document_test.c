/* layout_document_test.c — what becomes of a layout that an operator sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/must.h"
#include "catalog/layout_document.h"
#include "catalog/sale_document.h"

struct trial {
    struct arena *arena;
    struct json_in *json;
    struct complaints complaints;
    struct layout_document document;
};

static int open_trial(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);
    trial->arena = arena_create(1 << 20, 32 << 20);
    must(trial->arena);
    complaints_init(&trial->complaints, trial->arena);
    *state = trial;
    return 0;
}

static int close_trial(void **state)
{
    struct trial *trial = *state;
    json_in_close(trial->json);
    arena_destroy(trial->arena);
    free(trial);
    return 0;
}

static const struct layout *read_layout(struct trial *trial, const char *json)
{
    struct json_in_fault fault;
    json_in_close(trial->json);
    complaints_init(&trial->complaints, trial->arena);
    trial->json = json_in_open(text_of(json), &fault);
    assert_non_null(trial->json);
    assert_int_equal(
        layout_document_read(trial->json, trial->arena, &trial->document, &trial->complaints),
        STATUS_OK);
    return trial->document.layout;
}

static void assert_complaint(const struct trial *trial, const char *field)
{
    for (const struct complaint *at = trial->complaints.first; at; at = at->next)
        if (text_equal(text_of(at->field), text_of(field)))
            return;
    fail_msg("nobody complains about %s", field);
}

#define ROW(seats) "{\"row\":\"1\",\"seats\":" seats "}"
#define SECTION(name, more, rows)                                                                  \
    "{\"name\":\"" name "\",\"grade\":\"R\",\"price\":9000" more ",\"rows\":[" rows "]}"

static void seats_are_a_count_or_a_list(void **state)
{
    struct trial *trial = *state;
    const struct layout *layout =
        read_layout(trial, "{\"sections\":[" SECTION("A", "", ROW("3")) "," SECTION(
                               "B", ",\"nameKo\":\"나\"",
                               ROW("[{\"number\":7},{\"number\":\"8a\",\"blocked\":true}]")) "]}");
    assert_int_equal(trial->complaints.count, 0);
    assert_int_equal(layout->seat_count, 5);
    assert_null(trial->document.rows[0].seats);
    assert_true(text_equal(trial->document.rows[1].seats[0].number, text_of("7")));
    assert_true(trial->document.rows[1].seats[1].blocked);
    assert_false(trial->document.rows[1].seats[1].accessible);
    assert_true(text_equal(trial->document.sections[0].name_ko, text_of("A")));
    assert_true(text_equal(trial->document.sections[1].name_ko, text_of("나")));
}

static void sections_without_a_place_stand_side_by_side_before_the_stage(void **state)
{
    struct trial *trial = *state;
    const struct layout *layout =
        read_layout(trial, "{\"sections\":[" SECTION("A", "", ROW("20")) "," SECTION(
                               "B", "", ROW("20")) "," SECTION("C", "", ROW("50")) "]}");
    assert_int_equal(trial->complaints.count, 0);
    double stage_end = layout->stage_y + layout->stage_height;
    assert_true(layout->rows[0].y > stage_end);
    assert_true(layout->rows[0].y == layout->rows[1].y);
    assert_true(layout->rows[1].x >= layout->rows[0].x + 20);
    assert_true(layout->rows[2].y > layout->rows[1].y);
    for (uint32_t i = 0; i < layout->row_count; i++) {
        assert_true(layout->rows[i].x >= 0);
        assert_true(layout->rows[i].x + layout->rows[i].seat_count <= layout->width);
    }
}

static void sections_stand_where_the_document_puts_them(void **state)
{
    struct trial *trial = *state;
    const struct layout *layout = read_layout(
        trial, "{\"stage\":{\"x\":-5,\"y\":-4,\"width\":10,\"height\":4},\"sections\":[" SECTION(
                   "A", ",\"x\":0,\"y\":10",
                   ROW("11")) "," SECTION("B", ",\"x\":20,\"y\":10,\"angle\":0", ROW("11")) "]}");
    assert_int_equal(trial->complaints.count, 0);
    double middle = layout->stage_x + 5;
    assert_float_equal(layout->rows[0].x + 5, middle, 0.001);
    assert_float_equal(layout->rows[1].x, middle + 20, 0.001);
    assert_float_equal(layout->rows[1].dy, -1, 0.001);
    read_layout(trial, "{\"sections\":[" SECTION("A", ",\"x\":0,\"y\":10",
                                                 ROW("11")) "," SECTION("B", "", ROW("11")) "]}");
    assert_complaint(trial, "sections[1].x");
}

static void limits_are_complained_about_where_they_are_passed(void **state)
{
    struct trial *trial = *state;
    read_layout(trial, "{\"sections\":[" SECTION("A", "", ROW("100000")) "," SECTION(
                           "B", "", ROW("1")) "," SECTION("C", "", ROW("1")) "]}");
    assert_int_equal(trial->complaints.count, 1);
    assert_complaint(trial, "sections[1].rows[0].seats");
    read_layout(trial, "{\"sections\":[" SECTION("A", "", ROW("100001")) "]}");
    assert_complaint(trial, "sections[0].rows[0].seats");
    read_layout(trial, "{\"sections\":[" SECTION(
                           "0123456789012345678901234567890123456789012345678901234567890123x", "",
                           "{\"row\":\"12345678901234567\",\"seats\":1}") "]}");
    assert_complaint(trial, "sections[0].name");
    assert_complaint(trial, "sections[0].rows[0].row");
}

static void complaints_beyond_the_limit_are_counted(void **state)
{
    struct trial *trial = *state;
    size_t kept = 0;
    for (int i = 0; i < COMPLAINTS_MAX + 5; i++)
        complaints_add(&trial->complaints, "No.", "at[%d]", i);
    for (const struct complaint *at = trial->complaints.first; at; at = at->next)
        kept++;
    assert_int_equal(kept, COMPLAINTS_MAX);
    assert_int_equal(trial->complaints.count, COMPLAINTS_MAX + 5);
}

static void a_sale_has_a_lock_only_where_its_strategy_has_one(void **state)
{
    static const struct {
        const char *strategy, *lock;
        bool good;
    } rows[] = {
        {"v1", "\"mutex\"", true},       {"v1", "\"optimistic\"", false},
        {"v2", "\"pessimistic\"", true}, {"v2", "null", true},
        {"v3", "\"none\"", false},       {"v5", "null", true},
        {"v5", "\"mutex\"", false},      {"v6", "null", false},
    };
    struct trial *trial = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char json[256];
        snprintf(json, sizeof json,
                 "{\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"2026-01-02T00:00:00Z\","
                 "\"strategy\":\"%s\",\"lock\":%s,\"holdSeconds\":60,\"maxPerFan\":4}",
                 rows[i].strategy, rows[i].lock);
        struct json_in_fault fault;
        struct json_in *body = json_in_open(text_of(json), &fault);
        struct sale_document sale = {0};
        complaints_init(&trial->complaints, trial->arena);
        sale_document_read(body, &sale, &trial->complaints);
        json_in_close(body);
        assert_int_equal(trial->complaints.count == 0, rows[i].good);
    }
}

int main(void)
{
#define TRIAL(name) cmocka_unit_test_setup_teardown(name, open_trial, close_trial)
    const struct CMUnitTest tests[] = {
        TRIAL(seats_are_a_count_or_a_list),
        TRIAL(sections_without_a_place_stand_side_by_side_before_the_stage),
        TRIAL(sections_stand_where_the_document_puts_them),
        TRIAL(limits_are_complained_about_where_they_are_passed),
        TRIAL(complaints_beyond_the_limit_are_counted),
        TRIAL(a_sale_has_a_lock_only_where_its_strategy_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
