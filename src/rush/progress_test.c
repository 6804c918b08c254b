/* progress_test.c — what people see of a night, in a terminal and in a log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rush/progress.h"

static const struct progress_view middle = {
    .elapsed_ms = 3250,
    .seat_count = 5000,
    .sold = 2500,
    .held = 500,
    .fans_served = 1700,
    .answers = 40000,
    .refusals = 12000,
    .reserve_p99_us = 12340,
    .connections_up = 512,
    .connection_count = 513,
};

static size_t count_of(const char *words, char wanted)
{
    size_t count = 0;
    for (; *words; words++)
        count += *words == wanted;
    return count;
}

static void the_bar_shows_sold_held_and_free_seats(void **state)
{
    (void)state;
    char words[PROGRESS_BYTES];
    progress_write_block(&middle, 9000, words);
    assert_non_null(strstr(words, "[#########################+++++....................]"));
    assert_non_null(strstr(words, "2500 sold, 500 held of 5000"));
    assert_non_null(strstr(words, "12.3 ms (p99)"));
    assert_int_equal(count_of(words, '\n'), PROGRESS_LINES);
}

static void the_bar_is_full_only_when_everything_is_sold(void **state)
{
    (void)state;
    struct progress_view view = middle;
    char words[PROGRESS_BYTES];
    view.sold = 4999;
    view.held = 0;
    progress_write_block(&view, 0, words);
    assert_non_null(strstr(words, "#.]"));
    view.sold = 5000;
    progress_write_block(&view, 0, words);
    assert_non_null(strstr(words, "##]"));
}

/* What is shown of 25 moments, 100 ms apart. */
static void play(bool terminal, char **out_words)
{
    size_t size = 0;
    FILE *file = open_memstream(out_words, &size);
    assert_non_null(file);
    struct progress progress;
    progress_init(&progress, file, terminal);
    struct progress_view view = middle;
    for (int64_t i = 1; i <= 25; i++) {
        view.elapsed_ms = i * 100;
        view.answers = (uint64_t)i * 1000;
        progress_show(&progress, &view, i == 25);
    }
    fclose(file);
}

static void a_log_gets_a_line_a_second_and_no_control_characters(void **state)
{
    (void)state;
    char *words = NULL;
    play(false, &words);
    assert_int_equal(count_of(words, '\n'), 3);
    assert_null(strchr(words, '\033'));
    assert_non_null(strstr(words, "10000 answers/s"));
    free(words);
}

static void a_terminal_gets_one_block_drawn_again(void **state)
{
    (void)state;
    char *words = NULL;
    play(true, &words);
    assert_int_equal(count_of(words, '\n'), 25 * PROGRESS_LINES);
    assert_int_equal(count_of(words, '\033'), 25 * PROGRESS_LINES + 24);
    free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bar_shows_sold_held_and_free_seats),
        cmocka_unit_test(the_bar_is_full_only_when_everything_is_sold),
        cmocka_unit_test(a_log_gets_a_line_a_second_and_no_control_characters),
        cmocka_unit_test(a_terminal_gets_one_block_drawn_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
