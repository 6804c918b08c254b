/*
 * http_reader_test.c — what bytes mean, however they are cut. No socket, no clock.
 *
 * Every story is told three times: in one piece, byte by byte, and in two pieces cut at every
 * place. The verdict must be the same.
 */
#include "net/http_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD "GET / HTTP/1.1\r\nHost: h\r\n"
#define POST "POST /post HTTP/1.1\r\nHost: h\r\n"

static void nothing(struct http_app *app, struct http_request *request)
{
    (void)app;
    (void)request;
}

static const struct http_route routes[] = {
    {HTTP_METHOD_GET, "/", nothing, 0},
    {HTTP_METHOD_POST, "/post", nothing, 0},
    {HTTP_METHOD_POST, "/small", nothing, 8},
    {HTTP_METHOD_POST, "/large", nothing, 1024 * 1024},
    {HTTP_METHOD_GET, "/concerts/{id}/options/{option}", nothing, 0},
};

struct reader { /* one request, read from pieces */
    struct arena *arena;
    struct http_router *router;
    struct http_request *request;
    enum http_reading reading;
    size_t taken;
};

static void open_reader(struct reader *reader)
{
    reader->arena = arena_create(HTTP_ARENA_FIRST_BYTES, HTTP_ARENA_BYTES_MAX);
    reader->router = http_router_create(routes, sizeof routes / sizeof routes[0]);
    reader->request = http_request_create(reader->arena, reader->router);
    assert_non_null(reader->request);
    reader->reading = HTTP_READING_MORE;
    reader->taken = 0;
}

static void close_reader(struct reader *reader)
{
    arena_destroy(reader->arena);
    http_router_destroy(reader->router);
}

/* The piece is a copy in a block of its own size, so that reading behind it is noticed. */
static void feed(struct reader *reader, struct text piece)
{
    if (reader->reading != HTTP_READING_MORE || text_empty(piece))
        return;
    char *copy = malloc(piece.size);
    assert_non_null(copy);
    memcpy(copy, piece.bytes, piece.size);
    size_t taken = 0;
    reader->reading = http_request_read(reader->request, text_make(copy, piece.size), &taken);
    reader->taken += taken;
    if (reader->reading == HTTP_READING_MORE)
        assert_int_equal(taken, piece.size);
    free(copy);
}

static void feed_cut(struct reader *reader, struct text bytes, size_t first)
{
    feed(reader, text_make(bytes.bytes, first));
    feed(reader, text_make(bytes.bytes + first, bytes.size - first));
}

static void feed_by_bytes(struct reader *reader, struct text bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        feed(reader, text_make(bytes.bytes + i, 1));
}

typedef void check(const struct reader *reader, const void *expected);

static void tell(struct text bytes, check *checks, const void *expected)
{
    for (size_t cut = 0; cut <= bytes.size; cut++) {
        struct reader reader;
        open_reader(&reader);
        if (cut == bytes.size)
            feed_by_bytes(&reader, bytes);
        else
            feed_cut(&reader, bytes, cut);
        checks(&reader, expected);
        close_reader(&reader);
    }
}

/* --- refusals --------------------------------------------------------------------------------- */

struct fault {
    const char *bytes;
    int status; /* 0: no fault */
};

static void check_status(const struct reader *reader, const void *expected)
{
    const struct fault *fault = expected;
    if (reader->request->refusal.status != fault->status)
        print_message("%s\n", fault->bytes);
    assert_int_equal(reader->reading,
                     fault->status == 0 ? HTTP_READING_WHOLE : HTTP_READING_REFUSED);
    assert_int_equal(reader->request->refusal.status, fault->status);
}

static void tell_faults(const struct fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tell(text_of(faults[i].bytes), check_status, &faults[i]);
}

#define TELL_FAULTS(faults) tell_faults(faults, sizeof faults / sizeof faults[0])

static void what_is_not_http_is_refused(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {"\x16\x03\x01\x02", 400},
        {"hello\r\n\r\n", 400},
        {"get / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET / XTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET path HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /#top HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /\x80 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 0},
        {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 0},
    };
    TELL_FAULTS(faults);
}

static void unknown_methods_and_versions_have_a_status_of_their_own(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
        {"GETT / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
        {"PROPFIND / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
        {"TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
        {"CONNECT host:80 HTTP/1.1\r\nHost: h\r\n\r\n", 501},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
        {"GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505},
        {"GET /\r\n\r\n", 505},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"GET / HTTP/1.0\r\n\r\n", 0},
    };
    TELL_FAULTS(faults);
}

static void smuggling_is_refused(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
        {POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {POST "Content-Length: 3, 3\r\n\r\nabc", 400},
        {POST "Content-Length: +3\r\n\r\nabc", 400},
        {POST "Content-Length: -3\r\n\r\nabc", 400},
        {POST "Content-Length: 0x3\r\n\r\nabc", 400},
        {POST "Content-Length: 3 3\r\n\r\nabc", 400},
        {POST "Content-Length: \r\n\r\nabc", 400},
        {POST "Content-Length: 99999999999999999999\r\n\r\nabc", 400},
        {POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
        {POST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400},
        {POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
        {POST "Transfer-Encoding: identity\r\n\r\n", 400},
        {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /post HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
        {POST " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /post HTTP/1.1\r\n Content-Length: 3\r\nHost: h\r\n\r\nabc", 400},
        {POST "X: a\r\n b\r\n\r\n", 400},
        {POST "X: a\r\n\tContent-Length: 3\r\n\r\nabc", 400},
        {POST "X: a\rContent-Length: 3\r\n\r\nabc", 400},
        {POST "X: a\nContent-Length: 3\r\n\r\nabc", 400},
        {POST "X:\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {POST "X: a\r\n\nabc", 400},
        {"GET / HTTP/1.1\nHost: h\n\n", 400},
        {POST "Content Length: 3\r\n\r\n", 400},
        {POST ": 3\r\n\r\n", 400},
        {POST "X\r\n\r\n", 400},
    };
    TELL_FAULTS(faults);
}

static void ill_formed_chunks_are_refused(void **state)
{
    (void)state;
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
    static const struct fault faults[] = {
        {CHUNKED "g\r\n", 400},
        {CHUNKED "-1\r\n", 400},
        {CHUNKED "0x1\r\na\r\n0\r\n\r\n", 400},
        {CHUNKED "1 \r\na\r\n0\r\n\r\n", 400},
        {CHUNKED "\r\n", 400},
        {CHUNKED "1\na\r\n0\r\n\r\n", 400},
        {CHUNKED "1\r\nab\r\n0\r\n\r\n", 400},
        {CHUNKED "1\r\na0\r\n\r\n", 400},
        {CHUNKED "fffffffffffffffff\r\n", 400},
    };
    TELL_FAULTS(faults);
    static const struct fault sound[] = {
        {CHUNKED "1\r\na\r\n0\r\n\r\n", 0},
        {CHUNKED "1;name=value\r\na\r\n0\r\n\r\n", 0},
        {CHUNKED "00A\r\n0123456789\r\n0\r\nTrailer: x\r\nContent-Length: 9\r\n\r\n", 0},
    };
    TELL_FAULTS(sound);
}

static void a_request_has_one_host(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHOST: a\r\n\r\n", 0},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
        {"GET / HTTP/1.0\r\n\r\n", 0},
    };
    TELL_FAULTS(faults);
}

static void an_ill_formed_escape_is_refused(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {"GET /% HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /%4 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /%4g HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /%ff HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /concerts/%zz/options/1 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /?q=%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /?q=%ed%a0%80 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16 HTTP/1.1\r\nHost: h\r\n\r\n", 0},
        {"GET /%41%EC%95%84 HTTP/1.1\r\nHost: h\r\n\r\n", 0},
    };
    TELL_FAULTS(faults);
}

static void expectations_are_met_or_refused(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {POST "Content-Length: 1\r\nExpect: 200-ok\r\n\r\n", 417},
        {POST "Content-Length: 1\r\nExpect:\r\n\r\n", 417},
        {"POST /post HTTP/1.0\r\nContent-Length: 1\r\nExpect: 200-ok\r\n\r\na", 0},
        {"POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
         413},
    };
    TELL_FAULTS(faults);
}

/* --- limits ----------------------------------------------------------------------------------- */

struct long_request {
    char bytes[80 * 1024];
    size_t size;
};

static void add(struct long_request *request, const char *words)
{
    size_t size = strlen(words);
    assert_true(request->size + size <= sizeof request->bytes);
    memcpy(request->bytes + request->size, words, size);
    request->size += size;
}

static void add_many(struct long_request *request, char c, size_t count)
{
    assert_true(request->size + count <= sizeof request->bytes);
    memset(request->bytes + request->size, c, count);
    request->size += count;
}

/* In one piece, byte by byte, and cut at a few thousand bytes. */
static void tell_long(const struct long_request *request, int status)
{
    const struct fault fault = {"a long request", status};
    struct text bytes = text_make(request->bytes, request->size);
    static const size_t cuts[] = {0, 1, 2000, 2112, 2113, 4096, 16384};
    for (size_t i = 0; i <= sizeof cuts / sizeof cuts[0]; i++) {
        struct reader reader;
        open_reader(&reader);
        if (i == sizeof cuts / sizeof cuts[0])
            feed_by_bytes(&reader, bytes);
        else
            feed_cut(&reader, bytes, cuts[i] < bytes.size ? cuts[i] : 0);
        check_status(&reader, &fault);
        close_reader(&reader);
    }
}

static void a_path_has_a_limit(void **state)
{
    (void)state;
    for (size_t over = 0; over <= 1; over++) {
        static struct long_request request;
        request.size = 0;
        add(&request, "GET /");
        add_many(&request, 'a', HTTP_URL_BYTES_MAX - 1 + over);
        add(&request, " HTTP/1.1\r\nHost: h\r\n\r\n");
        tell_long(&request, over ? 414 : 0);
    }
    static struct long_request endless;
    endless.size = 0;
    add(&endless, "GET /");
    add_many(&endless, 'a', 60000);
    tell_long(&endless, 414);
}

static void headers_have_a_limit(void **state)
{
    (void)state;
    for (size_t over = 0; over <= 1; over++) {
        static struct long_request request;
        request.size = 0;
        add(&request, HEAD "X: ");
        add_many(&request, 'x', HTTP_HEADER_BYTES_MAX - sizeof "Host: h\r\nX: \r\n" + 1 + over);
        add(&request, "\r\n\r\n");
        tell_long(&request, over ? 431 : 0);
    }
    static struct long_request endless;
    endless.size = 0;
    add(&endless, HEAD);
    add_many(&endless, 'x', 60000);
    tell_long(&endless, 431);
}

static void the_number_of_headers_has_a_limit(void **state)
{
    (void)state;
    for (size_t over = 0; over <= 1; over++) {
        static struct long_request request;
        request.size = 0;
        add(&request, HEAD);
        for (size_t i = 1; i < HTTP_HEADER_COUNT_MAX + over; i++)
            add(&request, "X: y\r\n");
        add(&request, "\r\n");
        tell_long(&request, over ? 431 : 0);
    }
}

static void empty_lines_do_not_go_on_for_ever(void **state)
{
    (void)state;
    static struct long_request request;
    request.size = 0;
    for (size_t i = 0; i < 5000; i++)
        add(&request, "\r\n");
    tell_long(&request, 400);
}

static void a_body_is_as_long_as_its_route_allows(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {"POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n12345678", 0},
        {"POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n", 413},
        {"POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n", 413},
        {"POST /unknown HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n", 413},
        {"POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
         "4\r\n1234\r\n4\r\n5678\r\n0\r\n\r\n",
         0},
        {"POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
         "4\r\n1234\r\n5\r\n56789\r\n0\r\n\r\n",
         413},
    };
    TELL_FAULTS(faults);
}

static void framing_cannot_outweigh_the_body_for_ever(void **state)
{
    (void)state;
    struct reader reader;
    open_reader(&reader);
    feed(&reader,
         text_of("POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;"));
    for (size_t i = 0; i < 100000 && reader.reading == HTTP_READING_MORE; i++)
        feed(&reader, text_of("endless"));
    assert_int_equal(reader.reading, HTTP_READING_REFUSED);
    assert_int_equal(reader.request->refusal.status, 413);
    close_reader(&reader);
}

/* --- what handlers see ------------------------------------------------------------------------ */

static void check_body(const struct reader *reader, const void *expected)
{
    assert_int_equal(reader->reading, HTTP_READING_WHOLE);
    assert_true(text_equal(http_body(reader->request), text_of(expected)));
}

static void a_chunked_body_is_one_piece_wherever_it_was_cut(void **state)
{
    (void)state;
    tell(text_of(CHUNKED "5\r\nhello\r\n1\r\n \r\n0006;x=\"y\"\r\nworld!\r\n0\r\nT: r\r\n\r\n"
                         "GET / HTTP/1.1\r\n"),
         check_body, "hello world!");
}

static void a_body_ends_where_its_length_says(void **state)
{
    (void)state;
    tell(text_of(POST "Content-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n"), check_body, "hello");
}

static void a_large_body_arrives_unharmed_in_pieces_of_any_size(void **state)
{
    (void)state;
    static char body[300000];
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)(i * 7 + i / 251);
    static const size_t pieces[] = {1, 13, 1000, 65536, sizeof body};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct reader reader;
        open_reader(&reader);
        char head[100];
        int size =
            snprintf(head, sizeof head,
                     "POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", sizeof body);
        feed(&reader, text_make(head, (size_t)size));
        for (size_t at = 0; at < sizeof body; at += pieces[i]) {
            size_t left = sizeof body - at;
            feed(&reader, text_make(body + at, left < pieces[i] ? left : pieces[i]));
        }
        assert_int_equal(reader.reading, HTTP_READING_WHOLE);
        assert_true(text_equal(http_body(reader.request), text_make(body, sizeof body)));
        close_reader(&reader);
    }
}

static void check_questions(const struct reader *reader, const void *expected)
{
    (void)expected;
    const struct http_request *request = reader->request;
    assert_int_equal(reader->reading, HTTP_READING_WHOLE);
    assert_int_equal(http_method(request), HTTP_METHOD_GET);
    assert_true(text_equal(http_path(request), text_of("/concerts/a/b/options/\xEC\x95\x84")));
    assert_true(text_equal(http_param(request, 0), text_of("a/b")));
    assert_true(text_equal(http_param(request, 1), text_of("\xEC\x95\x84")));
    assert_true(text_equal(http_query(request, "q"), text_of("x y&z")));
    assert_true(text_equal(http_query(request, "a b"), text_of("1")));
    assert_true(text_equal(http_query(request, "plain"), text_of("2")));
    assert_non_null(http_query(request, "empty").bytes);
    assert_int_equal(http_query(request, "empty").size, 0);
    assert_non_null(http_query(request, "bare").bytes);
    assert_null(http_query(request, "none").bytes);
    assert_true(text_equal(http_header(request, "x-TRIMMED"), text_of("a  b")));
    assert_true(text_equal(http_header(request, "twice"), text_of("first")));
    assert_non_null(http_header(request, "blank").bytes);
    assert_int_equal(http_header(request, "blank").size, 0);
    assert_null(http_header(request, "absent").bytes);
}

static void handlers_see_paths_queries_and_headers_decoded(void **state)
{
    (void)state;
    tell(text_of("GET /concerts/a%2fb/options/%EC%95%84?q=x+y%26z&a%20b=1&plain=2&empty=&bare "
                 "HTTP/1.1\r\nHost: h\r\nX-Trimmed: \t a  b \t\r\nTwice: first\r\ntwice: second\r\n"
                 "Blank:\r\n\r\n"),
         check_questions, NULL);
}

static void check_absolute(const struct reader *reader, const void *expected)
{
    assert_int_equal(reader->reading, HTTP_READING_WHOLE);
    assert_true(text_equal(http_path(reader->request), text_of(expected)));
}

static void an_absolute_url_is_read_by_its_path(void **state)
{
    (void)state;
    tell(text_of("GET http://example.com/post?x HTTP/1.1\r\nHost: h\r\n\r\n"), check_absolute,
         "/post");
    tell(text_of("GET http://example.com HTTP/1.1\r\nHost: h\r\n\r\n"), check_absolute, "/");
}

struct whole {
    const char *bytes;
    bool keep_alive, is_head, wants_continue;
};

static void check_whole(const struct reader *reader, const void *expected)
{
    const struct whole *whole = expected;
    assert_int_equal(reader->reading, HTTP_READING_WHOLE);
    assert_int_equal(reader->request->keep_alive, whole->keep_alive);
    assert_int_equal(reader->request->is_head, whole->is_head);
    assert_int_equal(reader->request->wants_continue, whole->wants_continue);
    assert_int_equal(reader->taken, strlen(whole->bytes));
}

static void a_connection_is_kept_as_the_client_says(void **state)
{
    (void)state;
    static const struct whole stories[] = {
        {HEAD "\r\n", true, false, false},
        {HEAD "Connection: close\r\n\r\n", false, false, false},
        {HEAD "Connection: x, close\r\n\r\n", false, false, false},
        {HEAD "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", true, false, false},
        {"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", true, true, false},
        {"GET / HTTP/1.0\r\n\r\n", false, false, false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, false, false},
        {POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na", true, false, true},
        {POST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n", true, false, false},
    };
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++)
        tell(text_of(stories[i].bytes), check_whole, &stories[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_http_is_refused),
        cmocka_unit_test(unknown_methods_and_versions_have_a_status_of_their_own),
        cmocka_unit_test(smuggling_is_refused),
        cmocka_unit_test(ill_formed_chunks_are_refused),
        cmocka_unit_test(a_request_has_one_host),
        cmocka_unit_test(an_ill_formed_escape_is_refused),
        cmocka_unit_test(expectations_are_met_or_refused),
        cmocka_unit_test(a_path_has_a_limit),
        cmocka_unit_test(headers_have_a_limit),
        cmocka_unit_test(the_number_of_headers_has_a_limit),
        cmocka_unit_test(empty_lines_do_not_go_on_for_ever),
        cmocka_unit_test(a_body_is_as_long_as_its_route_allows),
        cmocka_unit_test(framing_cannot_outweigh_the_body_for_ever),
        cmocka_unit_test(a_chunked_body_is_one_piece_wherever_it_was_cut),
        cmocka_unit_test(a_body_ends_where_its_length_says),
        cmocka_unit_test(a_large_body_arrives_unharmed_in_pieces_of_any_size),
        cmocka_unit_test(handlers_see_paths_queries_and_headers_decoded),
        cmocka_unit_test(an_absolute_url_is_read_by_its_path),
        cmocka_unit_test(a_connection_is_kept_as_the_client_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
