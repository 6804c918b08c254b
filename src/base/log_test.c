/* log_test.c — every line is one JSON object, whole, and never longer than the limit. */
#include "base/log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json_in.h"
#include "limits.h"

#include <cmocka.h>

struct reader { /* standard error, caught in a file */
    FILE *file;
    int saved;
};

static int catch_stderr(void **state)
{
    struct reader *reader = calloc(1, sizeof *reader);
    reader->file = tmpfile();
    reader->saved = dup(STDERR_FILENO);
    dup2(fileno(reader->file), STDERR_FILENO);
    *state = reader;
    return 0;
}

static void release_stderr(struct reader *reader)
{
    if (reader->saved < 0)
        return;
    dup2(reader->saved, STDERR_FILENO);
    close(reader->saved);
    reader->saved = -1;
    rewind(reader->file);
}

static int drop_reader(void **state)
{
    struct reader *reader = *state;
    release_stderr(reader);
    fclose(reader->file);
    free(reader);
    log_set_level(LOG_INFO);
    return 0;
}

/* The next line as JSON; NULL after the last one. */
static struct json_in *next_line(struct reader *reader)
{
    static char line[8 * LOG_LINE_BYTES_MAX];
    release_stderr(reader);
    if (!fgets(line, sizeof line, reader->file))
        return NULL;
    size_t size = strlen(line);
    assert_true(size <= LOG_LINE_BYTES_MAX);
    assert_int_equal(line[size - 1], '\n');
    struct json_in_fault fault;
    struct json_in *json = json_in_open(text_make(line, size - 1), &fault);
    if (!json)
        fail_msg("%s in %s", fault.words, line);
    return json;
}

static bool has_text(const struct json_in *line, const char *key, const char *expected)
{
    struct text text;
    return json_in_read_text(line, key, 0, 10000, &text) == JSON_IN_OK &&
           text_equal(text, text_of(expected));
}

static bool is_cut(const struct json_in *line)
{
    bool cut = false;
    return json_in_read_bool(line, "cut", &cut) == JSON_IN_OK && cut;
}

static void a_line_says_when_how_bad_and_what(void **state)
{
    log_warn("seat \"7\" gone", log_words("who", "민아\n"), log_int("seat", -7));
    struct json_in *line = next_line(*state);
    assert_true(has_text(line, "level", "warn"));
    assert_true(has_text(line, "event", "seat \"7\" gone"));
    assert_true(has_text(line, "who", "민아\n"));
    int64_t seat;
    assert_int_equal(json_in_read_int(line, "seat", -10, 10, &seat), JSON_IN_OK);
    assert_int_equal(seat, -7);
    struct text time;
    assert_int_equal(json_in_read_text(line, "time", 24, 24, &time), JSON_IN_OK);
    assert_false(is_cut(line));
    json_in_close(line);
    assert_null(next_line(*state));
}

static void lines_below_the_level_are_dropped(void **state)
{
    log_debug("unheard", log_int("n", 1));
    log_set_level(LOG_ERROR);
    log_warn("unheard", log_int("n", 2));
    log_error("heard", log_int("n", 3));
    log_set_level(LOG_OFF);
    log_error("unheard", log_int("n", 4));
    log_set_level(LOG_DEBUG);
    log_write(LOG_DEBUG, "heard too", NULL);
    struct json_in *line = next_line(*state);
    assert_true(has_text(line, "event", "heard"));
    json_in_close(line);
    line = next_line(*state);
    assert_true(has_text(line, "event", "heard too"));
    json_in_close(line);
    assert_null(next_line(*state));
}

/* Whatever comes in from outside, with the size at every border. */
static void a_field_too_long_is_cut_and_the_line_still_comes(void **state)
{
    static char bytes[3 * LOG_LINE_BYTES_MAX];
    static const char fills[] = {'a', '\x01', '"', '\xFF'};
    int lines = 0;
    for (size_t fill = 0; fill < sizeof fills; fill++) {
        memset(bytes, fills[fill], sizeof bytes);
        for (size_t size = 0; size <= sizeof bytes; size += 61, lines++)
            log_info("long", log_int("first", 1), log_text("long", text_make(bytes, size)),
                     log_int("last", 2));
    }
    int cut = 0;
    for (int i = 0; i < lines; i++) {
        struct json_in *line = next_line(*state);
        assert_non_null(line);
        int64_t number;
        assert_int_equal(json_in_read_int(line, "first", 1, 1, &number), JSON_IN_OK);
        bool whole = json_in_read_int(line, "last", 2, 2, &number) == JSON_IN_OK;
        assert_true(whole != is_cut(line));
        cut += !whole;
        json_in_close(line);
    }
    assert_null(next_line(*state));
    assert_in_range(cut, 1, lines - 1);
}

static void levels_have_words(void **state)
{
    (void)state;
    enum log_level level;
    assert_true(log_level_from_text(text_of("debug"), &level) && level == LOG_DEBUG);
    assert_true(log_level_from_text(text_of("off"), &level) && level == LOG_OFF);
    assert_false(log_level_from_text(text_of("INFO"), &level));
    assert_false(log_level_from_text(text_make(NULL, 0), &level));
}

enum { THREADS = 4, LINES = 500 };

static void *write_lines(void *argument)
{
    for (int i = 0; i < LINES; i++)
        log_info("from a thread", log_words("who", argument), log_int("n", i));
    return NULL;
}

static void lines_of_many_threads_never_mix(void **state)
{
    static char names[THREADS][400];
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        memset(names[i], 'a' + i, sizeof names[i] - 1);
        assert_int_equal(pthread_create(&thread[i], NULL, write_lines, names[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    int count = 0;
    for (struct json_in *line; (line = next_line(*state)); count++)
        json_in_close(line);
    assert_int_equal(count, THREADS * LINES);
}

int main(void)
{
#define story(name) cmocka_unit_test_setup_teardown(name, catch_stderr, drop_reader)
    const struct CMUnitTest tests[] = {
        story(a_line_says_when_how_bad_and_what),
        story(lines_below_the_level_are_dropped),
        story(a_field_too_long_is_cut_and_the_line_still_comes),
        story(levels_have_words),
        story(lines_of_many_threads_never_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
