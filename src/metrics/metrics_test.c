/* metrics_test.c — what Prometheus reads must be what was counted, and well-formed to the last
   line. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "metrics/exposition.h"
#include "metrics/histogram.h"
#include "metrics/metrics.h"

static const struct metrics_route routes[] = {
    {"GET", "/api/concerts"},
    {"POST", "/api/reservations"},
};
static const char *const verdicts[] = {"done", "seat_taken"};

static void read_fixed(struct metrics_source *source, struct metrics_readings *out_readings)
{
    (void)source;
    out_readings->connections_open = 7;
    out_readings->store_commit_us = 1500000;
    static const char *const states[] = {"closed", "open", "half-open"};
    out_readings->breakers[0] = (struct metrics_breaker){
        .name = "gateway", .states = states, .state = 1, .failed = 9, .refused = 4, .opened = 2};
    out_readings->breaker_count = 1;
    out_readings->cache = (struct metrics_cache){.verdicts = {"hit", "miss"}, .lookups = {17, 5}};
}
static struct metrics_source fixed = {read_fixed};

static struct metrics *make(size_t loop_count)
{
    static struct metrics_settings settings;
    settings = (struct metrics_settings){.loop_count = loop_count,
                                         .routes = routes,
                                         .route_count = 2,
                                         .verdicts = verdicts,
                                         .verdict_count = 2,
                                         .source = &fixed,
                                         .start_wall_ms = 1000};
    struct metrics *metrics = metrics_create(&settings);
    assert_non_null(metrics);
    return metrics;
}

static struct text write_out(struct metrics *metrics, struct arena *arena)
{
    struct buffer out;
    buffer_init(&out, arena, 1024);
    metrics_write(metrics, &out);
    buffer_add_char(&out, '\0');
    assert_false(out.failed);
    return text_make(out.bytes, out.size - 1);
}

static struct arena *make_arena(void)
{
    struct arena *arena = arena_create(4096, 1 << 20);
    assert_non_null(arena);
    return arena;
}

static void assert_line(struct text page, const char *line)
{
    struct text rest = page;
    while (!text_empty(rest))
        if (text_equal(text_cut(rest, '\n', &rest), text_of(line)))
            return;
    fail_msg("no line `%s` in\n%s", line, page.bytes);
}

/* --- a small reader of the format ------------------------------------------------------------- */

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.bytes[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return name.size > 0;
}

/* `name="value",…`: the closing quote is one without a backslash before it. */
static bool are_labels(struct text labels)
{
    while (!text_empty(labels)) {
        struct text rest;
        if (!is_name(text_cut(labels, '=', &rest)) || rest.size < 2 || rest.bytes[0] != '"')
            return false;
        size_t end = 1;
        while (end < rest.size && rest.bytes[end] != '"')
            end += rest.bytes[end] == '\\' ? 2 : 1;
        if (end >= rest.size)
            return false;
        bool more = end + 1 < rest.size;
        if (more && rest.bytes[end + 1] != ',')
            return false;
        size_t taken = more ? end + 2 : end + 1;
        labels = text_make(rest.bytes + taken, rest.size - taken);
    }
    return true;
}

static bool is_number(struct text number)
{
    char copy[64];
    char *end;
    if (number.size == 0 || number.size >= sizeof copy)
        return false;
    memcpy(copy, number.bytes, number.size);
    copy[number.size] = '\0';
    double value = strtod(copy, &end);
    return *end == '\0' && isfinite(value);
}

/* The family's name is what the last TYPE line said; histograms add _bucket, _sum or _count. */
static bool is_sample(struct text line, struct text family)
{
    size_t name_size = 0;
    while (name_size < line.size && line.bytes[name_size] != '{' && line.bytes[name_size] != ' ')
        name_size++;
    struct text name = text_make(line.bytes, name_size);
    struct text rest = text_make(line.bytes + name_size, line.size - name_size);
    if (!is_name(name) || !text_starts(name, family) || text_empty(rest))
        return false;
    if (rest.bytes[0] == '{') {
        const char *close = memrchr(rest.bytes, '}', rest.size);
        if (!close || !are_labels(text_make(rest.bytes + 1, (size_t)(close - rest.bytes) - 1)))
            return false;
        rest = text_make(close + 1, rest.size - (size_t)(close - rest.bytes) - 1);
    }
    return rest.size > 1 && rest.bytes[0] == ' ' &&
           is_number(text_make(rest.bytes + 1, rest.size - 1));
}

static void assert_well_formed(struct text page)
{
    struct text family = {0};
    assert_true(page.size > 0 && page.bytes[page.size - 1] == '\n');
    while (!text_empty(page)) {
        struct text line = text_cut(page, '\n', &page);
        if (text_starts(line, text_of("# TYPE "))) {
            struct text type;
            family = text_cut(text_make(line.bytes + 7, line.size - 7), ' ', &type);
            assert_false(text_empty(type));
        } else if (!text_starts(line, text_of("# HELP ")) && !is_sample(line, family)) {
            fail_msg("ill-formed: %.*s", (int)line.size, line.bytes);
        }
    }
}

/* --- stories ---------------------------------------------------------------------------------- */

static void every_line_follows_the_format(void **state)
{
    (void)state;
    size_t verdict_counts[] = {3, 1};
    struct metrics *metrics = make(2);
    struct arena *arena = make_arena();
    metrics_observe_answer(metrics, 0, 0, 200, 90);
    metrics_observe_answer(metrics, 1, 1, 299, 20000000);
    metrics_observe_turn(metrics, &(struct metrics_turn){.ask_count = 4,
                                                         .verdicts = verdict_counts,
                                                         .decide_us = 10,
                                                         .commit_us = 1800});
    assert_well_formed(write_out(metrics, arena));
    arena_destroy(arena);
    metrics_destroy(metrics);
}

static void answers_of_all_loops_are_added_up(void **state)
{
    (void)state;
    struct metrics *metrics = make(2);
    struct arena *arena = make_arena();
    metrics_observe_answer(metrics, 0, 1, 201, 100);
    metrics_observe_answer(metrics, 1, 1, 201, 101);
    metrics_observe_answer(metrics, 1, 1, 409, 50);
    struct text page = write_out(metrics, arena);
    assert_line(page, "ticketrush_http_requests_total{route=\"/api/reservations\",method=\"POST\","
                      "status=\"201\"} 2");
    assert_line(page, "ticketrush_http_requests_total{route=\"/api/reservations\",method=\"POST\","
                      "status=\"409\"} 1");
    arena_destroy(arena);
    metrics_destroy(metrics);
}

static void a_duration_on_a_bound_falls_below_it_and_buckets_accumulate(void **state)
{
    (void)state;
    struct metrics *metrics = make(1);
    struct arena *arena = make_arena();
    metrics_observe_answer(metrics, 0, 0, 200, 100);
    metrics_observe_answer(metrics, 0, 0, 200, 101);
    metrics_observe_answer(metrics, 0, 0, 200, 99000000);
    struct text page = write_out(metrics, arena);
#define DURATION "ticketrush_http_request_duration_seconds"
#define ROUTE "{route=\"/api/concerts\",method=\"GET\""
    assert_line(page, DURATION "_bucket" ROUTE ",le=\"0.0001\"} 1");
    assert_line(page, DURATION "_bucket" ROUTE ",le=\"0.00025\"} 2");
    assert_line(page, DURATION "_bucket" ROUTE ",le=\"10\"} 2");
    assert_line(page, DURATION "_bucket" ROUTE ",le=\"+Inf\"} 3");
    assert_line(page, DURATION "_sum" ROUTE "} 99.000201");
    assert_line(page, DURATION "_count" ROUTE "} 3");
    arena_destroy(arena);
    metrics_destroy(metrics);
}

static void what_no_route_knows_is_one_series(void **state)
{
    (void)state;
    struct metrics *metrics = make(1);
    struct arena *arena = make_arena();
    metrics_observe_answer(metrics, 0, 2, 404, 10);
    metrics_observe_answer(metrics, 0, 9999, 404, 10);
    metrics_observe_answer(metrics, 0, 9999, 418, 10);
    struct text page = write_out(metrics, arena);
    assert_line(page, "ticketrush_http_requests_total{route=\"other\",method=\"other\","
                      "status=\"404\"} 2");
    assert_line(page, "ticketrush_http_requests_total{route=\"other\",method=\"other\","
                      "status=\"other\"} 1");
    arena_destroy(arena);
    metrics_destroy(metrics);
}

static void shelves_of_all_loops_are_added_up(void **state)
{
    (void)state;
    struct metrics *metrics = make(2);
    struct arena *arena = make_arena();
    metrics_observe_shelf(metrics, 0, 0, 1000, 3);
    metrics_observe_shelf(metrics, 0, 0, 1200, 4);
    metrics_observe_shelf(metrics, 1, 0, 500, 1);
    metrics_observe_shelf(metrics, 1, 1, 500, 1);
    struct text page = write_out(metrics, arena);
    assert_line(page, "ticketrush_cache_lookups_total{level=\"shelf\",result=\"hit\"} 3");
    assert_line(page, "ticketrush_cache_lookups_total{level=\"shelf\",result=\"miss\"} 1");
    assert_line(page, "ticketrush_cache_lookups_total{level=\"shared\",result=\"hit\"} 17");
    assert_line(page, "ticketrush_cache_bytes{level=\"shelf\"} 1700");
    assert_line(page, "ticketrush_cache_entries{level=\"shelf\"} 5");
    arena_destroy(arena);
    metrics_destroy(metrics);
}

static void turns_tell_their_size_their_commit_and_their_verdicts(void **state)
{
    (void)state;
    size_t verdict_counts[] = {1023, 1};
    struct metrics *metrics = make(1);
    struct arena *arena = make_arena();
    struct metrics_turn turn = {.ask_count = 1024,
                                .lapse_count = 5,
                                .verdicts = verdict_counts,
                                .decide_us = 500000,
                                .commit_us = 2000};
    metrics_observe_turn(metrics, &turn);
    turn.failed = true;
    metrics_observe_turn(metrics, &turn);
    struct text page = write_out(metrics, arena);
    assert_line(page, "ticketrush_engine_turn_asks_bucket{le=\"512\"} 0");
    assert_line(page, "ticketrush_engine_turn_asks_bucket{le=\"1024\"} 2");
    assert_line(page, "ticketrush_engine_turn_asks_sum 2048");
    assert_line(page, "ticketrush_engine_commit_seconds_sum 0.004");
    assert_line(page, "ticketrush_engine_decide_seconds_total 1");
    assert_line(page, "ticketrush_engine_lapsed_total 10");
    assert_line(page, "ticketrush_engine_turn_failures_total 1");
    assert_line(page, "ticketrush_engine_verdicts_total{verdict=\"seat_taken\"} 2");

    struct metrics_summary summary = metrics_summary(metrics);
    assert_int_equal(summary.turn_count, 2);
    assert_int_equal(summary.ask_count, 2048);
    assert_int_equal(summary.commit_us, 4000);
    arena_destroy(arena);
    metrics_destroy(metrics);
}

static void what_others_keep_is_read_anew(void **state)
{
    (void)state;
    struct metrics *metrics = make(1);
    struct arena *arena = make_arena();
    struct text page = write_out(metrics, arena);
    assert_line(page, "# HELP ticketrush_http_connections Connections open now.");
    assert_line(page, "ticketrush_http_connections 7");
    assert_line(page, "ticketrush_store_commit_seconds_total 1.5");
    assert_line(page, "ticketrush_breaker_state{breaker=\"gateway\",state=\"open\"} 1");
    assert_line(page, "ticketrush_breaker_state{breaker=\"gateway\",state=\"closed\"} 0");
    assert_line(page, "ticketrush_breaker_calls_total{breaker=\"gateway\",kind=\"failed\"} 9");
    assert_line(page, "ticketrush_breaker_calls_total{breaker=\"gateway\",kind=\"refused\"} 4");
    assert_line(page, "ticketrush_breaker_opened_total{breaker=\"gateway\"} 2");
    assert_line(page, "process_start_time_seconds 1");
    assert_line(page, "ticketrush_build_info{version=\"" TICKETRUSH_VERSION "\"} 1");
    arena_destroy(arena);
    metrics_destroy(metrics);
}

static void a_label_cannot_break_its_line(void **state)
{
    (void)state;
    struct arena *arena = make_arena();
    struct buffer out;
    buffer_init(&out, arena, 64);
    exposition_family(&out, "f", "gauge", "Help.");
    exposition_start(&out, "f");
    exposition_label(&out, "a", text_of("say \"hi\"\nC:\\x"));
    exposition_label_int(&out, "b", -3);
    exposition_value(&out, 0.5);
    assert_well_formed(buffer_text(&out));
    buffer_add_char(&out, '\0');
    assert_non_null(strstr(out.bytes, "f{a=\"say \\\"hi\\\"\\nC:\\\\x\",b=\"-3\"} 0.5\n"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_follows_the_format),
        cmocka_unit_test(answers_of_all_loops_are_added_up),
        cmocka_unit_test(shelves_of_all_loops_are_added_up),
        cmocka_unit_test(a_duration_on_a_bound_falls_below_it_and_buckets_accumulate),
        cmocka_unit_test(what_no_route_knows_is_one_series),
        cmocka_unit_test(turns_tell_their_size_their_commit_and_their_verdicts),
        cmocka_unit_test(what_others_keep_is_read_anew),
        cmocka_unit_test(a_label_cannot_break_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
