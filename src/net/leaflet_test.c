/* leaflet_test.c — the same news in both ways of saying it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/leaflet_private.h"

static void assert_says(const struct leaflet *leaflet, enum http_stream_kind kind,
                        struct text expected)
{
    struct text bytes = leaflet_bytes(leaflet, kind);
    assert_int_equal(bytes.size, expected.size);
    assert_memory_equal(bytes.bytes, expected.bytes, expected.size);
}

static void assert_event(const struct leaflet_event *event, const char *expected)
{
    struct leaflet *leaflet = leaflet_event(event);
    assert_non_null(leaflet);
    assert_says(leaflet, HTTP_STREAM_EVENTS, text_of(expected));
    leaflet_drop(leaflet);
}

static void an_event_is_said_both_ways(void **state)
{
    (void)state;
    struct leaflet *leaflet = leaflet_event(
        &(struct leaflet_event){.name = "serving", .id = 17, .data = text_of("{\"now\":1}")});
    assert_says(leaflet, HTTP_STREAM_EVENTS,
                text_of("id: 17\nevent: serving\ndata: {\"now\":1}\n\n"));
    assert_says(leaflet, HTTP_STREAM_WEBSOCKET,
                text_of("\x81\x2C{\"event\":\"serving\",\"id\":17,\"data\":{\"now\":1}}"));
    assert_ptr_equal(leaflet_keep(leaflet), leaflet);
    leaflet_drop(leaflet);
    leaflet_drop(leaflet);
    leaflet_drop(NULL);
}

static void no_data_can_break_out_of_its_event(void **state)
{
    (void)state;
    assert_event(&(struct leaflet_event){.name = "a", .data = text_of("1\n\nevent: b")},
                 "event: a\ndata: 1\ndata: \ndata: event: b\n\n");
    assert_event(&(struct leaflet_event){.name = "a", .data = text_of("1\r\n2\r3")},
                 "event: a\ndata: 1\ndata: 2\ndata: 3\n\n");
    assert_event(&(struct leaflet_event){.name = "a", .data = text_of("")}, "event: a\ndata: \n\n");
}

static void the_length_of_a_frame_has_its_shortest_spelling(void **state)
{
    (void)state;
    static const struct {
        size_t size, head_size;
        const char *head;
    } rows[] = {
        {0, 2, "\x81\x00"},
        {125, 2, "\x81\x7D"},
        {126, 4, "\x81\x7E\x00\x7E"},
        {65535, 4, "\x81\x7E\xFF\xFF"},
        {65536, 10, "\x81\x7F\0\0\0\0\0\x01\0\0"},
    };
    char *words = calloc(1, 65536);
    assert_non_null(words);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct leaflet *leaflet = leaflet_words(text_make(words, rows[i].size));
        struct text bytes = leaflet_bytes(leaflet, HTTP_STREAM_WEBSOCKET);
        assert_int_equal(bytes.size, rows[i].head_size + rows[i].size);
        assert_memory_equal(bytes.bytes, rows[i].head, rows[i].head_size);
        assert_int_equal(leaflet_bytes(leaflet, HTTP_STREAM_EVENTS).size, 0);
        leaflet_drop(leaflet);
    }
    free(words);
}

static void what_passes_a_limit_is_not_printed(void **state)
{
    (void)state;
    static const char *const names[] = {"", "two words", "line\nbreak", "a:b",
                                        "a name that has more than 32 bytes"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_null(leaflet_event(&(struct leaflet_event){.name = names[i]}));
    char *words = calloc(1, LEAFLET_BYTES_MAX + 1);
    assert_non_null(words);
    struct leaflet_event event = {.name = "a", .data = text_make(words, LEAFLET_BYTES_MAX)};
    struct leaflet *longest = leaflet_event(&event);
    assert_non_null(longest);
    leaflet_drop(longest);
    event.data.size++;
    assert_null(leaflet_event(&event));
    assert_null(leaflet_words(event.data));
    free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_said_both_ways),
        cmocka_unit_test(no_data_can_break_out_of_its_event),
        cmocka_unit_test(the_length_of_a_frame_has_its_shortest_spelling),
        cmocka_unit_test(what_passes_a_limit_is_not_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
