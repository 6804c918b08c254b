/* http_head_test.c — the first lines of an answer, byte by byte. */
#include "net/http_head.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DATE "Date: Sat, 21 Nov 2026 09:30:00 GMT\r\n"
#define ID "0123456789abcdef"
#define OURS DATE "X-Content-Type-Options: nosniff\r\nX-Request-Id: " ID "\r\n"

static void expect_head(const struct http_answer *answer, bool is_http_1_0, bool keep_alive,
                        const char *expected)
{
    static char out[HTTP_ANSWER_HEAD_BYTES_MAX];
    const struct http_head head = {.answer = answer,
                                   .date = text_of(DATE),
                                   .request_id = text_of(ID),
                                   .is_http_1_0 = is_http_1_0,
                                   .keep_alive = keep_alive};
    size_t size = http_head_write(&head, out);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(out, expected, size);
}

static void an_answer_begins_with_its_status_and_our_headers(void **state)
{
    (void)state;
    const struct http_answer answer = {
        .status = 201, .type = text_of("text/plain"), .body = text_of("hello, world")};
    expect_head(&answer, false, true,
                "HTTP/1.1 201 Created\r\n" OURS
                "Content-Type: text/plain\r\nContent-Length: 12\r\n\r\n");
    expect_head(&answer, false, false,
                "HTTP/1.1 201 Created\r\n" OURS
                "Content-Type: text/plain\r\nContent-Length: 12\r\nConnection: close\r\n\r\n");
    expect_head(&answer, true, true,
                "HTTP/1.1 201 Created\r\n" OURS
                "Content-Type: text/plain\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\n");
}

static void what_can_have_no_body_has_no_length(void **state)
{
    (void)state;
    const struct http_answer nothing = {.status = 204};
    const struct http_answer unchanged = {.status = 304};
    const struct http_answer empty = {.status = 200};
    expect_head(&nothing, false, true, "HTTP/1.1 204 No Content\r\n" OURS "\r\n");
    expect_head(&unchanged, false, true, "HTTP/1.1 304 Not Modified\r\n" OURS "\r\n");
    expect_head(&empty, false, true, "HTTP/1.1 200 OK\r\n" OURS "Content-Length: 0\r\n\r\n");
}

static void a_status_without_a_name_is_still_a_status(void **state)
{
    (void)state;
    const struct http_answer answer = {.status = 599};
    expect_head(&answer, false, true, "HTTP/1.1 599 \r\n" OURS "Content-Length: 0\r\n\r\n");
    assert_true(text_equal(http_reason(599), text_of("Error")));
    assert_true(text_equal(http_reason(404), text_of("Not Found")));
}

static void a_field_that_would_break_the_line_is_left_out(void **state)
{
    (void)state;
    const struct http_field fields[] = {
        {text_of("Location"), text_of("/a\r\nSet-Cookie: b")},
        {text_of("Location\n"), text_of("/a")},
        {text_of("Location"), text_make("/a\0b", 4)},
        {text_of("Location"), text_of("/a")},
    };
    const struct http_answer answer = {.status = 302, .fields = fields, .field_count = 4};
    expect_head(&answer, false, true,
                "HTTP/1.1 302 Found\r\n" OURS "Content-Length: 0\r\nLocation: /a\r\n\r\n");
}

static void a_date_is_written_as_http_wants_it(void **state)
{
    (void)state;
    char date[HTTP_DATE_BYTES];
    http_date_write(784111777, date);
    assert_string_equal(date, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    http_date_write(951782400, date);
    assert_string_equal(date, "Date: Tue, 29 Feb 2000 00:00:00 GMT\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_begins_with_its_status_and_our_headers),
        cmocka_unit_test(what_can_have_no_body_has_no_length),
        cmocka_unit_test(a_status_without_a_name_is_still_a_status),
        cmocka_unit_test(a_field_that_would_break_the_line_is_left_out),
        cmocka_unit_test(a_date_is_written_as_http_wants_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
