/*
 * verify_test.c — a log is sound, and whoever changes a byte of it is found out.
 *
 * The log is made here, from an evening of a line: twelve in the hall, a draw, calls, late ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "waiting/line_memory.h"
#include "waiting/room.h"
#include "waiting/verify.h"

enum { FILE_BYTES = 16384, LINES = 64, EVENTS = 256 };

static char folder[] = "/tmp/verify-test-XXXXXX";
static struct seals *seals;
static struct room *room;
static char file[FILE_BYTES];
static size_t file_size;
static struct line_event scratch[EVENTS];
static struct room_entry entries[EVENTS];

static struct line_time at(int64_t ms)
{
    return (struct line_time){1000000 + ms, 1000000 + ms};
}

/* --- the evening ------------------------------------------------------------------------------ */

static void add(const char *bytes, size_t size)
{
    assert_true(file_size + size + 1 < FILE_BYTES);
    memcpy(file + file_size, bytes, size);
    file_size += size;
    file[file_size++] = '\n';
}

static void write_events(int64_t ms)
{
    size_t count = room_entries(room, seals, scratch, entries, EVENTS);
    for (size_t i = 0; i < count; i++) {
        char words[CHAIN_LINE_BYTES], line[CHAIN_LINE_BYTES];
        size_t size = chain_write_event(&entries[i].chained, words);
        size = chain_write_line(text_make(words, size), &entries[i].after, line);
        add(line, size);
        room_kept(room, &entries[i], at(ms));
        assert_int_equal(line_forget(room->line, entries[i].after.number), STATUS_OK);
    }
}

static void write_head(void)
{
    char words[CHAIN_LINE_BYTES * 2];
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    size_t size = chain_write_head(&room->chain, words);
    assert_true(seals_sign(seals, room->row.kid, text_make(words, size), signature));
    words[size++] = ' ';
    for (size_t i = 0; i < sizeof signature; i++, size += 2)
        snprintf(words + size, sizeof words - size, "%02x", signature[i]);
    add(words, size);
}

static void join(int64_t fan, int64_t ms)
{
    struct place place;
    bool is_new;
    assert_int_equal(line_join(room->line, (struct fan_id){fan}, 0, at(ms), &place, &is_new),
                     STATUS_OK);
}

static void spend_an_evening(void)
{
    struct place place;
    bool is_new;
    size_t count;
    int entered = 0;
    for (int64_t fan = 101; fan <= 112; fan++)
        join(fan, fan);
    assert_int_equal(line_leave(room->line, (struct fan_id){105}, at(200), &place), STATUS_OK);
    write_events(200);
    room->sale.doors[0] = (struct room_door){1, INT64_MAX};
    room_proceed(room, 0, at(300));
    write_events(300);
    join(113, 400);
    join(105, 410);
    assert_int_equal(line_call(room->line, 5, 9999, at(500), &count), STATUS_OK);
    write_events(500);
    for (int64_t fan = 101; fan <= 112; fan++)
        entered += line_enter(room->line, (struct fan_id){fan}, 3, 9999, at(600), &place,
                              &is_new) == STATUS_OK;
    assert_int_equal(entered, 3);
    write_events(600);
    assert_int_equal(line_call(room->line, 9, 9999, at(700), &count), STATUS_OK);
    write_events(700);
    write_head();
}

static int set_up(void **state)
{
    (void)state;
    char why[256], header[CHAIN_HEADER_BYTES];
    struct line *line;
    struct room_row row = {.option = {7}, .terms = admission_usual_terms()};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(seals_open(folder, why, &seals), STATUS_OK);
    memset(row.secret, 7, sizeof row.secret);
    snprintf(row.kid, sizeof row.kid, "%s", seals_newest(seals));
    struct line_maker *maker = line_memory_maker();
    assert_int_equal(maker->make(maker, row.option, &line), STATUS_OK);
    room = room_create(&row, seals, line, at(0));
    assert_non_null(room);
    room->leads = true;
    add(header, chain_write_header(&room->header, header));
    spend_an_evening();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[64];
    room_destroy(room);
    seals_close(seals);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* --- what a stranger finds -------------------------------------------------------------------- */

static struct verify_report verify(const char *bytes, size_t size, const char *receipt)
{
    struct verify_report report;
    assert_int_equal(verify_log(text_make(bytes, size), text_of(receipt), &report), STATUS_OK);
    return report;
}

static void the_log_of_an_evening_is_sound(void **state)
{
    (void)state;
    struct verify_report report = verify(file, file_size, NULL);
    if (!report.good)
        fail_msg("line %zu: %s", report.line_number, report.words);
    assert_int_equal(report.option.value, 7);
    assert_int_equal(report.counts.joined, 14);
    assert_int_equal(report.draw_count, 1);
    assert_int_equal(report.counts.entered, 3);
}

static void a_byte_that_was_changed_is_found(void **state)
{
    (void)state;
    char *copy = malloc(file_size);
    assert_non_null(copy);
    memcpy(copy, file, file_size);
    for (size_t i = 0; i < file_size; i++) {
        copy[i] = (char)(file[i] ^ 1);
        struct verify_report report = verify(copy, file_size, NULL);
        assert_false(report.good);
        assert_true(strlen(report.words) > 0);
        copy[i] = file[i];
    }
    free(copy);
}

static size_t split(struct text lines[LINES])
{
    size_t count = 0;
    struct text rest = text_make(file, file_size);
    while (!text_empty(rest))
        lines[count++] = text_cut(rest, '\n', &rest);
    return count;
}

static struct verify_report verify_lines(const struct text *lines, size_t count)
{
    static char bytes[FILE_BYTES];
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + size, lines[i].bytes, lines[i].size);
        size += lines[i].size;
        bytes[size++] = '\n';
    }
    return verify(bytes, size, NULL);
}

static void a_line_removed_or_two_exchanged_is_named(void **state)
{
    (void)state;
    struct text lines[LINES], changed[LINES];
    size_t count = split(lines);
    for (size_t gone = 1; gone < count; gone++) {
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
            if (i != gone)
                changed[kept++] = lines[i];
        struct verify_report report = verify_lines(changed, kept);
        assert_false(report.good);
        if (gone + 1 < count)
            assert_int_equal(report.line_number, gone + 1);
    }
    for (size_t first = 1; first + 1 < count; first++) {
        memcpy(changed, lines, sizeof lines);
        changed[first] = lines[first + 1];
        changed[first + 1] = lines[first];
        struct verify_report report = verify_lines(changed, count);
        assert_false(report.good);
        assert_in_range(report.line_number, first + 1, first + 2);
    }
}

/* A server that cheats signs its own log: the hashes are right, the order is not. */
static void a_cheat_with_good_hashes_is_still_a_cheat(void **state)
{
    (void)state;
    struct text lines[LINES] = {0};
    static char forged[LINES][CHAIN_LINE_BYTES];
    size_t count = split(lines), call = 0;
    struct chain chain;
    chain_begin(&chain, lines[0]);
    for (size_t i = 1; i + 1 < count; i++) {
        struct chain_event event;
        struct text words = {0}, hash = {0};
        char bytes[CHAIN_LINE_BYTES];
        assert_true(chain_read_event(lines[i], &event, &words, &hash));
        if (event.event.kind == LINE_CALLED && call++ == 0)
            event.event.sequence = 13; /* the late friend goes first */
        size_t size = chain_write_event(&event, bytes);
        chain_add(&chain, text_make(bytes, size));
        lines[i] =
            text_make(forged[i], chain_write_line(text_make(bytes, size), &chain, forged[i]));
    }
    struct verify_report report = verify_lines(lines, count);
    assert_false(report.good);
    assert_non_null(strstr(report.words, "place 13 was called while"));
}

static void a_receipt_finds_its_place_and_no_other(void **state)
{
    (void)state;
    char text[RECEIPT_TEXT_BYTES];
    struct receipt receipt = {{7}, {103}, 3, 0};
    assert_true(receipt_write(seals, room->row.kid, &receipt, text));
    struct verify_report report = verify(file, file_size, text);
    assert_true(report.good);
    assert_true(report.has_place);
    assert_int_equal(report.joined_at_ms, at(103).wall_ms);
    receipt.fan.value = 104; /* another fan's number */
    assert_true(receipt_write(seals, room->row.kid, &receipt, text));
    report = verify(file, file_size, text);
    assert_false(report.good);
    assert_non_null(strstr(report.words, "another receipt"));
    receipt = (struct receipt){{7}, {103}, 99, 0};
    assert_true(receipt_write(seals, room->row.kid, &receipt, text));
    report = verify(file, file_size, text);
    assert_false(report.good);
    report = verify(file, file_size, "TRR1.x.y");
    assert_false(report.good);
    assert_int_equal(report.line_number, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_of_an_evening_is_sound),
        cmocka_unit_test(a_byte_that_was_changed_is_found),
        cmocka_unit_test(a_line_removed_or_two_exchanged_is_named),
        cmocka_unit_test(a_cheat_with_good_hashes_is_still_a_cheat),
        cmocka_unit_test(a_receipt_finds_its_place_and_no_other),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
