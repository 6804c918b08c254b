/*
 * http_parse_fuzz.c — any bytes, cut anywhere, through the reader of requests.
 *
 * The first byte says how the rest is cut. The same bytes are read once in one piece and once in
 * pieces, request after request as on a connection; both readings must agree in everything a
 * handler can see.
 *
 * Thread   One.
 * Memory   Every piece is copied into a block of its own size, so that a look behind it is noticed.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/must.h"
#include "net/http_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS_MAX = 8 };

struct reading {
    struct arena *arena;
    struct http_request *request;
    enum http_reading verdict;
    size_t taken;
};

static void nothing(struct http_app *app, struct http_request *request)
{
    (void)app;
    (void)request;
}

static const struct http_route routes[] = {
    {HTTP_METHOD_GET, "/", nothing, 0},
    {HTTP_METHOD_GET, "/a", nothing, 0},
    {HTTP_METHOD_POST, "/a/{id}", nothing, 16},
    {HTTP_METHOD_GET, "/a/{id}/b/{other}", nothing, 0},
};

static struct http_router *router(void)
{
    static struct http_router *built;
    if (!built)
        built = http_router_create(routes, sizeof routes / sizeof routes[0]);
    must(built);
    return built;
}

static void feed(struct reading *reading, const uint8_t *data, size_t size)
{
    char *piece = malloc(size);
    must(piece);
    memcpy(piece, data, size);
    size_t taken = 0;
    reading->verdict = http_request_read(reading->request, text_make(piece, size), &taken);
    free(piece);
    must(taken <= size);
    must(reading->verdict != HTTP_READING_MORE || taken == size);
    must((reading->verdict == HTTP_READING_REFUSED) == (reading->request->refusal.status != 0));
    reading->taken += taken;
}

/* Pieces of 1 … 16 bytes for a `cut` above 0, else one piece. */
static struct reading read_one(const uint8_t *data, size_t size, size_t cut)
{
    struct reading reading = {.arena = arena_create(HTTP_ARENA_FIRST_BYTES, HTTP_ARENA_BYTES_MAX)};
    must(reading.arena);
    reading.request = http_request_create(reading.arena, router());
    must(reading.request);
    reading.verdict = HTTP_READING_MORE;
    for (size_t at = 0; at < size && reading.verdict == HTTP_READING_MORE;) {
        size_t left = size - at;
        size_t piece = cut == 0 ? left : 1 + (at * cut) % 16;
        piece = piece < left ? piece : left;
        feed(&reading, data + at, piece);
        at += piece;
    }
    return reading;
}

static void compare_texts(struct text a, struct text b)
{
    must(text_equal(a, b));
}

static void compare_questions(const struct http_request *a, const struct http_request *b)
{
    static const char *const names[] = {"host", "x", "content-length", "a", ""};
    must(http_method(a) == http_method(b));
    must(a->keep_alive == b->keep_alive);
    must(a->is_head == b->is_head);
    must(a->wants_continue == b->wants_continue);
    must(a->match.route == b->match.route);
    must(a->match.methods == b->match.methods);
    must(text_is_utf8(http_path(a)));
    compare_texts(http_path(a), http_path(b));
    compare_texts(http_body(a), http_body(b));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        compare_texts(http_header(a, names[i]), http_header(b, names[i]));
        compare_texts(http_query(a, names[i]), http_query(b, names[i]));
        must(text_is_utf8(http_query(a, names[i])));
    }
    for (size_t i = 0; i < a->match.param_count; i++)
        compare_texts(http_param(a, i), http_param(b, i));
}

static void compare(const struct reading *whole, const struct reading *pieces)
{
    must(whole->verdict == pieces->verdict);
    must(whole->request->refusal.status == pieces->request->refusal.status);
    if (whole->verdict != HTTP_READING_WHOLE)
        return;
    must(whole->taken == pieces->taken);
    compare_questions(whole->request, pieces->request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t cut = data[0];
    data++;
    size--;
    for (size_t i = 0; i < REQUESTS_MAX && size > 0; i++) {
        struct reading whole = read_one(data, size, 0);
        struct reading pieces = read_one(data, size, cut + 1);
        compare(&whole, &pieces);
        bool more = whole.verdict == HTTP_READING_WHOLE;
        must(!more || whole.taken > 0);
        data += more ? whole.taken : size;
        size -= more ? whole.taken : size;
        arena_destroy(whole.arena);
        arena_destroy(pieces.arena);
    }
    return 0;
}
