/* http_router_test.c — which route a path finds. */
#include "net/http_router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void nothing(struct http_app *app, struct http_request *request)
{
    (void)app;
    (void)request;
}

enum { ROOT, CONCERTS, CONCERT_ADD, CONCERT, OPTIONS_OF, NEWEST, SEATS, ROUTE_COUNT };

static const struct http_route routes[ROUTE_COUNT] = {
    [ROOT] = {HTTP_METHOD_GET, "/", nothing, 0},
    [CONCERTS] = {HTTP_METHOD_GET, "/api/concerts", nothing, 0},
    [CONCERT_ADD] = {HTTP_METHOD_POST, "/api/concerts", nothing, 0},
    [CONCERT] = {HTTP_METHOD_GET, "/api/concerts/{id}", nothing, 0},
    [OPTIONS_OF] = {HTTP_METHOD_GET, "/api/concerts/{id}/options", nothing, 0},
    [NEWEST] = {HTTP_METHOD_PUT, "/api/concerts/newest", nothing, 0},
    [SEATS] = {HTTP_METHOD_GET, "/api/concerts/{id}/options/{option}/seats", nothing, 0},
};

static struct http_match find(enum http_method method, const char *path)
{
    struct http_router *router = http_router_create(routes, ROUTE_COUNT);
    assert_non_null(router);
    struct text segments[HTTP_SEGMENTS_MAX];
    size_t count = 0;
    struct text rest = text_of(path + 1);
    const char *slash;
    do {
        slash = rest.size > 0 ? memchr(rest.bytes, '/', rest.size) : NULL;
        segments[count++] = text_cut(rest, '/', &rest);
    } while (slash);
    struct http_match match;
    http_router_find(router, method, segments, count, &match);
    http_router_destroy(router);
    return match;
}

struct ask {
    enum http_method method;
    const char *path;
    size_t route; /* ROUTE_COUNT: none */
    unsigned methods;
};

static void every_path_finds_its_route_or_none(void **state)
{
    (void)state;
    enum {
        GET = 1u << HTTP_METHOD_GET,
        POST = 1u << HTTP_METHOD_POST,
        PUT = 1u << HTTP_METHOD_PUT
    };
    static const struct ask story[] = {
        {HTTP_METHOD_GET, "/", ROOT, 0},
        {HTTP_METHOD_HEAD, "/", ROOT, 0},
        {HTTP_METHOD_GET, "/api/concerts", CONCERTS, 0},
        {HTTP_METHOD_POST, "/api/concerts", CONCERT_ADD, 0},
        {HTTP_METHOD_GET, "/api/concerts/7", CONCERT, 0},
        {HTTP_METHOD_GET, "/api/concerts/7/options", OPTIONS_OF, 0},
        {HTTP_METHOD_GET, "/api/concerts/7/options/9/seats", SEATS, 0},
        /* a fixed word goes first, but does not hide what `{id}` can do */
        {HTTP_METHOD_PUT, "/api/concerts/newest", NEWEST, 0},
        {HTTP_METHOD_GET, "/api/concerts/newest", CONCERT, 0},
        {HTTP_METHOD_GET, "/api/concerts/newest/options", OPTIONS_OF, 0},
        /* known, but not so */
        {HTTP_METHOD_DELETE, "/api/concerts", ROUTE_COUNT, GET | POST},
        {HTTP_METHOD_DELETE, "/api/concerts/newest", ROUTE_COUNT, GET | PUT},
        {HTTP_METHOD_OPTIONS, "/api/concerts/7", ROUTE_COUNT, GET},
        /* unknown */
        {HTTP_METHOD_GET, "/api", ROUTE_COUNT, 0},
        {HTTP_METHOD_GET, "/api/concerts/", ROUTE_COUNT, 0},
        {HTTP_METHOD_GET, "/api/concerts//options", ROUTE_COUNT, 0},
        {HTTP_METHOD_GET, "/api/concert", ROUTE_COUNT, 0},
        {HTTP_METHOD_GET, "/API/concerts", ROUTE_COUNT, 0},
        {HTTP_METHOD_GET, "//", ROUTE_COUNT, 0},
        {HTTP_METHOD_GET, "/api/concerts/7/options/9/seats/1", ROUTE_COUNT, 0},
    };
    for (size_t i = 0; i < sizeof story / sizeof story[0]; i++) {
        struct http_match match = find(story[i].method, story[i].path);
        assert_int_equal(match.route, story[i].route);
        assert_int_equal(match.methods, story[i].methods);
    }
}

static void parameters_are_numbered_from_left_to_right(void **state)
{
    (void)state;
    struct http_match match = find(HTTP_METHOD_GET, "/api/concerts/mamamoo/options/9/seats");
    assert_int_equal(match.param_count, 2);
    assert_true(text_equal(match.params[0], text_of("mamamoo")));
    assert_true(text_equal(match.params[1], text_of("9")));
}

static void allow_names_what_a_path_knows(void **state)
{
    (void)state;
    char words[HTTP_ALLOW_BYTES];
    http_router_allow(1u << HTTP_METHOD_GET | 1u << HTTP_METHOD_DELETE, words);
    assert_string_equal(words, "GET, HEAD, DELETE, OPTIONS");
    http_router_allow((1u << HTTP_METHOD_COUNT) - 1, words);
    assert_string_equal(words, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_finds_its_route_or_none),
        cmocka_unit_test(parameters_are_numbered_from_left_to_right),
        cmocka_unit_test(allow_names_what_a_path_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
