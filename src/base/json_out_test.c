/* json_out_test.c — what we write is JSON, whatever we were given. */
#include "base/json_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_in.h"
#include "base/random.h"

#include <cmocka.h>

struct page {
    struct arena *arena;
    struct buffer buffer;
    struct json_out out;
};

static int open_page(void **state)
{
    static struct page page;
    page.arena = arena_create(4096, 1 << 20);
    buffer_init(&page.buffer, page.arena, 16);
    page.out = json_out_to(&page.buffer);
    *state = &page;
    return 0;
}

static int close_page(void **state)
{
    arena_destroy(((struct page *)*state)->arena);
    return 0;
}

static void assert_page(struct page *page, const char *expected)
{
    struct text text = arena_copy(page->arena, buffer_text(&page->buffer));
    assert_false(page->buffer.failed);
    assert_string_equal(text.bytes, expected);
}

static void commas_stand_between_and_nowhere_else(void **state)
{
    struct page *page = *state;
    struct json_out *out = &page->out;
    json_out_object(out);
    json_out_int_field(out, "id", -7);
    json_out_key(out, "seats");
    json_out_array(out);
    json_out_int(out, 1);
    json_out_int(out, 2);
    json_out_array(out);
    json_out_array_end(out);
    json_out_object(out);
    json_out_object_end(out);
    json_out_array_end(out);
    json_out_bool_field(out, "good", true);
    json_out_key(out, "none");
    json_out_null(out);
    json_out_time_field(out, "at", 0);
    json_out_words_field(out, "name", "x");
    json_out_raw(out, text_of("\"raw\":[1]"));
    json_out_object_end(out);
    assert_page(page, "{\"id\":-7,\"seats\":[1,2,[],{}],\"good\":true,\"none\":null,"
                      "\"at\":\"1970-01-01T00:00:00.000Z\",\"name\":\"x\",\"raw\":[1]}");
}

static void what_must_be_escaped_is_escaped(void **state)
{
    struct page *page = *state;
    json_out_text(&page->out, text_make("a\"b\\c\nd\re\tf\0g\x1F\x7F/", 16));
    assert_page(page, "\"a\\\"b\\\\c\\nd\\re\\tf\\u0000g\\u001f\x7F/\"");
}

static void korean_goes_through_untouched(void **state)
{
    struct page *page = *state;
    json_out_words(&page->out, "아이유 💜");
    assert_page(page, "\"아이유 💜\"");
}

static void broken_utf8_is_repaired_and_the_rest_kept(void **state)
{
    struct page *page = *state;
    json_out_array(&page->out);
    json_out_words(&page->out, "a\xFF"
                               "b");
    json_out_words(&page->out, "민\xEB\xAF");
    json_out_words(&page->out, "\xED\xA0\x80");
    json_out_words(&page->out, "\xC0\"\n");
    json_out_array_end(&page->out);
    assert_page(page, "[\"a\xEF\xBF\xBD"
                      "b\",\"민\xEF\xBF\xBD\xEF\xBF\xBD\","
                      "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\",\"\xEF\xBF\xBD\\\"\\n\"]");
}

static void numbers_are_json_numbers(void **state)
{
    struct page *page = *state;
    json_out_array(&page->out);
    json_out_double(&page->out, 0);
    json_out_double(&page->out, -1.5);
    json_out_double(&page->out, 1234.5678);
    json_out_double(&page->out, 1e300);
    json_out_double(&page->out, 1.0 / 3);
    json_out_int(&page->out, INT64_MIN);
    json_out_array_end(&page->out);
    assert_page(page, "[0,-1.5,1234.57,1e+300,0.333333,-9223372036854775808]");
}

/* Random bytes in, and a reader that accepts no ill-formed JSON reads them back. */
static void random_bytes_always_make_valid_json(void **state)
{
    struct page *page = *state;
    struct random random;
    random_init(&random, 99);
    for (int round = 0; round < 5000; round++) {
        char bytes[40];
        size_t size = random_below(&random, sizeof bytes);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)(random_below(&random, 3) == 0 ? random_below(&random, 256)
                                                            : 0xE0 + random_below(&random, 32));
        for (size_t i = 0; i < size; i++) /* a NUL is escaped, and refused by the reader */
            bytes[i] = bytes[i] ? bytes[i] : ' ';
        arena_reset(page->arena);
        buffer_init(&page->buffer, page->arena, 16);
        page->out = json_out_to(&page->buffer);
        json_out_text(&page->out, text_make(bytes, size));
        struct json_in_fault fault;
        struct json_in *back = json_in_open(buffer_text(&page->buffer), &fault);
        if (!back)
            fail_msg("%s", fault.words);
        struct text text;
        assert_int_equal(json_in_as_text(back, 0, 1000, &text), JSON_IN_OK);
        if (text_is_utf8(text_make(bytes, size)))
            assert_true(text_equal(text, text_make(bytes, size)));
        json_in_close(back);
    }
}

int main(void)
{
#define story(name) cmocka_unit_test_setup_teardown(name, open_page, close_page)
    const struct CMUnitTest tests[] = {
        story(commas_stand_between_and_nowhere_else),
        story(what_must_be_escaped_is_escaped),
        story(korean_goes_through_untouched),
        story(broken_utf8_is_repaired_and_the_rest_kept),
        story(numbers_are_json_numbers),
        story(random_bytes_always_make_valid_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
