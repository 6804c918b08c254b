/* layout_csv_test.c — tables become the layouts they describe, or name every line that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/layout_csv.h"
#include "catalog/layout_document.h"
#include "catalog/numbering.h"

struct trial {
    struct arena *arena;
    struct complaints complaints;
    struct layout_document document;
};

static int open_trial(void **state)
{
    static struct trial trial;
    trial = (struct trial){.arena = arena_create(65536, 32 << 20)};
    complaints_init(&trial.complaints, trial.arena);
    *state = &trial;
    return trial.arena ? 0 : -1;
}

static int close_trial(void **state)
{
    struct trial *trial = *state;
    arena_destroy(trial->arena);
    return 0;
}

static void read_table(struct trial *trial, const char *words)
{
    struct layout_csv csv;
    assert_int_equal(layout_csv_read(text_of(words), trial->arena, &csv, &trial->complaints),
                     STATUS_OK);
    size_t about_the_table = trial->complaints.count;
    if (csv.record_count == 0)
        return;
    struct json_in_fault fault;
    struct json_in *body = json_in_open(buffer_text(&csv.json), &fault);
    assert_non_null(body);
    assert_int_equal(layout_document_read(body, trial->arena, &trial->document, &trial->complaints),
                     STATUS_OK);
    json_in_close(body);
    layout_csv_name_lines(&csv, &trial->complaints, about_the_table);
}

static void assert_number(const struct trial *trial, uint32_t row, uint32_t seat,
                          const char *expected)
{
    const struct layout_document_row *at = &trial->document.rows[row];
    assert_true(text_equal(at->seats[seat].number, text_of(expected)));
}

static void a_table_is_a_layout(void **state)
{
    struct trial *trial = *state;
    read_table(trial,
               "row,section,sectionKo,grade,price,seats,first,step,number,accessible,blocked\r\n"
               "1,F1,1구역,VIP,165000,3,,,,,\r\n"
               "2,F1,,VIP,,4,101,-2,,,\r\n"
               "2,F1,,,165000,,,,W1,true,\r\n"
               "2,F1,,,,2,,,,,true\r\n"
               "가,\"F2, left\",,R,99000,2,Z,,,,\r\n"
               "standing,STAND,,R,88000,500,,,,,\r\n");
    assert_int_equal(trial->complaints.count, 0);
    const struct layout *layout = trial->document.layout;
    assert_int_equal(layout->section_count, 3);
    assert_int_equal(layout->row_count, 4);
    assert_int_equal(layout->seat_count, 3 + 7 + 2 + 500);
    assert_true(text_equal(trial->document.sections[0].name_ko, text_of("1구역")));
    assert_true(text_equal(trial->document.sections[1].name, text_of("F2, left")));
    assert_number(trial, 0, 2, "3");
    assert_number(trial, 1, 0, "101");
    assert_number(trial, 1, 3, "95");
    assert_number(trial, 1, 4, "W1");
    assert_number(trial, 1, 5, "93"); /* goes on where the run ended */
    assert_number(trial, 2, 1, "AA");
    assert_number(trial, 3, 499, "500");
    assert_true(trial->document.rows[1].seats[4].accessible);
    assert_true(trial->document.rows[1].seats[6].blocked);
}

static void a_table_says_where_the_stage_is(void **state)
{
    struct trial *trial = *state;
    read_table(trial, "section,grade,price,row,seats,x,y,stageX,stageY,stageWidth,stageHeight\n"
                      "F1,VIP,165000,1,20,0,4,-10,-6,20,6\n"
                      "F1,,,2,20,,,,,,\n"
                      "F2,R,99000,1,20,0,30,-10,,,6\n");
    assert_int_equal(trial->complaints.count, 0);
    const struct layout *layout = trial->document.layout;
    assert_true(layout->rows[0].y - layout->stage_y == 10);
    assert_true(layout->stage_width == 20 && layout->stage_height == 6);
}

static void a_stage_that_is_half_there_or_in_two_places_is_named(void **state)
{
    struct trial *trial = *state;
    read_table(trial, "section,grade,price,row,seats,stageX,stageY,stageWidth\n"
                      "F1,VIP,165000,1,20,0,-6,20\n"
                      "F1,,,2,20,5,,\n");
    assert_int_equal(trial->complaints.count, 2);
    assert_string_equal(trial->complaints.first->field, "line 3, stageX");
    assert_string_equal(trial->complaints.first->next->field, "line 2, stage");
}

static void every_line_that_is_wrong_is_named(void **state)
{
    static const char *const fields[] = {
        "line 3, seats", "line 4, accessible", "line 5",
        "line 6",        "line 7, grade",      "line 8, first",
        "line 2, price", "line 9, number",     "line 10, section",
    };
    struct trial *trial = *state;
    read_table(trial, "section,grade,price,row,seats,first,number,accessible\n"
                      "A,VIP,dear,1,10,,,\n"
                      "A,,,2,many,,,\n"
                      "A,,,3,5,,,perhaps\n"
                      "A,,,4\n"
                      "A,,,5,6\",,,\n"
                      "A,R,,6,7,,,\n"
                      "A,,,7,7,-1,,\n"
                      "B,R,99000,1,,,this-number-is-too-long,\n"
                      "A,VIP,99000,9,1,,,\n");
    size_t count = 0;
    for (const struct complaint *at = trial->complaints.first; at; at = at->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
            known |= strcmp(at->field, fields[i]) == 0;
        if (!known && strncmp(at->field, "line ", 5) == 0)
            known = strstr(at->field, ", seats") || strstr(at->field, ", rows");
        if (!known)
            fail_msg("%s: %s", at->field, at->detail);
        count++;
    }
    assert_true(count >= sizeof fields / sizeof fields[0]);
}

static void a_table_without_its_columns_is_none(void **state)
{
    struct trial *trial = *state;
    read_table(trial, "section,price,colour,price\nA,1,red,2\n");
    assert_int_equal(trial->complaints.count, 5); /* two are odd, three are missing */
    assert_string_equal(trial->complaints.first->field, "line 1, column 3");
}

static void words_that_are_no_table_are_refused(void **state)
{
    struct trial *trial = *state;
    read_table(trial, "");
    assert_int_equal(trial->complaints.count, 1);
    read_table(trial, "\xFF\xFE");
    assert_int_equal(trial->complaints.count, 2);
    static const char cut[] = "section,grade,price,row,seats\nA\0B,R,1,1,5\n";
    struct layout_csv csv;
    assert_int_equal(
        layout_csv_read(text_make(cut, sizeof cut - 1), trial->arena, &csv, &trial->complaints),
        STATUS_OK);
    assert_int_equal(csv.record_count, 0);
    assert_int_equal(trial->complaints.count, 3);
}

static void seats_are_numbered_in_many_ways(void **state)
{
    static const struct {
        const char *first;
        int64_t step, seat;
        const char *number;
    } rows[] = {
        {"1", 1, 0, "1"},   {"101", 2, 3, "107"}, {"20", -1, 19, "1"}, {"A", 1, 25, "Z"},
        {"A", 1, 26, "AA"}, {"AZ", 1, 1, "BA"},   {"ZZ", 1, 1, "AAA"}, {"Z", -1, 25, "A"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct numbering numbering;
        char words[LAYOUT_LABEL_BYTES_MAX];
        assert_true(numbering_read(text_of(rows[i].first), &numbering));
        numbering.step = rows[i].step;
        assert_true(numbering_fits(&numbering, rows[i].seat + 1));
        numbering_write(&numbering, rows[i].seat, words);
        assert_string_equal(words, rows[i].number);
    }
    struct numbering numbering;
    assert_false(numbering_read(text_of("a"), &numbering));
    assert_false(numbering_read(text_of("-1"), &numbering));
    assert_false(numbering_read(text_of("ABCDE"), &numbering));
    assert_true(numbering_read(text_of("3"), &numbering));
    numbering.step = -1;
    assert_false(numbering_fits(&numbering, 5));
}

int main(void)
{
#define TRIAL(name) cmocka_unit_test_setup_teardown(name, open_trial, close_trial)
    const struct CMUnitTest tests[] = {
        TRIAL(a_table_is_a_layout),
        TRIAL(a_table_says_where_the_stage_is),
        TRIAL(a_stage_that_is_half_there_or_in_two_places_is_named),
        TRIAL(every_line_that_is_wrong_is_named),
        TRIAL(a_table_without_its_columns_is_none),
        TRIAL(words_that_are_no_table_are_refused),
        TRIAL(seats_are_numbered_in_many_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
