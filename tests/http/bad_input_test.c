/*
 * bad_input_test.c — whatever comes in through the door: it hears a status and a code, and nothing
 * changes.
 *
 * Each case is followed by a look into the database: the fingerprint of everything that a request
 * could change must be the one from before. What a connection may do to the HTTP layer itself (slow
 * headers, limits, cut bytes) is told in src/net/http_server_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/test_sale.h"

static int open_sale(void **state)
{
    *state = test_sale_open(NULL);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_audit(*state);
    test_sale_close(*state);
    return 0;
}

/* A client of its own for each case: some of them end their connection. */
static void assert_refused(struct test_sale *sale, const char *name, struct text bytes, int status,
                           const char *code)
{
    char before[TEST_FINGERPRINT_BYTES], after[TEST_FINGERPRINT_BYTES];
    test_sale_fingerprint(sale, before);
    struct http_client *client = server_process_connect(sale->server);
    http_client_send(client, bytes); /* the server may refuse before it has read everything */
    struct http_reply reply;
    if (!http_client_read(client, false, &reply))
        fail_msg("%s: no answer", name);
    if (reply.status != status || !http_reply_has_code(&reply, code))
        fail_msg("%s: %d %.*s", name, reply.status, (int)reply.body.size, reply.body.bytes);
    assert_true(
        text_equal(http_reply_field(&reply, "content-type"), text_of("application/problem+json")));
    http_client_close(client);
    test_sale_fingerprint(sale, after);
    assert_string_equal(before, after);
}

/* --- bodies ----------------------------------------------------------------------------------- */

struct body_case {
    const char *name;
    const char *body; /* %lld: the option, then the first seat */
    int status;
    const char *code;
};

static void send_body(struct test_sale *sale, const struct body_case *one)
{
    char body[2048], request[4096];
    snprintf(body, sizeof body, one->body, (long long)sale->option, (long long)sale->first_seat);
    int size = snprintf(request, sizeof request,
                        "POST /api/reservations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                        "Idempotency-Key: bad\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        sale->mina, strlen(body), body);
    assert_refused(sale, one->name, text_make(request, (size_t)size), one->status, one->code);
}

static void a_reservation_that_is_not_one_is_refused_by_name(void **state)
{
    static const struct body_case cases[] = {
        {"empty", "", 400, "MALFORMED_JSON"},
        {"truncated", "{\"optionId\":%lld,\"seatIds\":[%lld", 400, "MALFORMED_JSON"},
        {"trailing bytes", "{\"optionId\":%lld,\"seatIds\":[%lld]} x", 400, "MALFORMED_JSON"},
        {"a key twice", "{\"optionId\":%lld,\"optionId\":%lld}", 400, "MALFORMED_JSON"},
        {"invalid UTF-8", "{\"optionId\":%lld,\"seatIds\":[%lld],\"best\":\"\xC3\x28\"}", 400,
         "MALFORMED_JSON"},
        {"NaN", "{\"optionId\":NaN}", 400, "MALFORMED_JSON"},
        {"an array", "[1,2]", 422, "VALIDATION_FAILED"},
        {"a number", "7", 422, "VALIDATION_FAILED"},
        {"null", "null", 422, "VALIDATION_FAILED"},
        {"no fields", "{}", 422, "VALIDATION_FAILED"},
        {"a text for a number", "{\"optionId\":\"%lld\",\"seatIds\":[%lld]}", 422,
         "VALIDATION_FAILED"},
        {"a fraction", "{\"optionId\":1.5,\"seatIds\":[1]}", 422, "VALIDATION_FAILED"},
        {"an exponent", "{\"optionId\":1e3,\"seatIds\":[1]}", 422, "VALIDATION_FAILED"},
        {"a negative id", "{\"optionId\":-1,\"seatIds\":[1]}", 422, "VALIDATION_FAILED"},
        {"an id of zero", "{\"optionId\":0,\"seatIds\":[1]}", 422, "VALIDATION_FAILED"},
        {"an id beyond 2^53", "{\"optionId\":9007199254740992,\"seatIds\":[1]}", 422,
         "VALIDATION_FAILED"},
        {"a huge real", "{\"optionId\":1e300,\"seatIds\":[1]}", 422, "VALIDATION_FAILED"},
        {"a number of 40 digits", "{\"optionId\":1234567890123456789012345678901234567890}", 400,
         "MALFORMED_JSON"},
        {"no seats", "{\"optionId\":%lld,\"seatIds\":[]}", 422, "VALIDATION_FAILED"},
        {"a seat of the wrong type", "{\"optionId\":%lld,\"seatIds\":[\"%lld\"]}", 422,
         "VALIDATION_FAILED"},
        {"seats that are no list", "{\"optionId\":%lld,\"seatIds\":%lld}", 422,
         "VALIDATION_FAILED"},
        {"seventeen seats",
         "{\"optionId\":%lld,\"seatIds\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}", 422,
         "VALIDATION_FAILED"},
        {"a seat twice", "{\"optionId\":%lld,\"seatIds\":[7,7]}", 422, "VALIDATION_FAILED"},
        {"both ways of asking", "{\"optionId\":%lld,\"seatIds\":[%lld],\"best\":{\"count\":1}}",
         422, "VALIDATION_FAILED"},
        {"best of none", "{\"optionId\":%lld,\"best\":{\"count\":0}}", 422, "VALIDATION_FAILED"},
        {"best of too many", "{\"optionId\":%lld,\"best\":{\"count\":17}}", 422,
         "VALIDATION_FAILED"},
        {"best of something else", "{\"optionId\":%lld,\"best\":{\"count\":1,\"x\":1}}", 422,
         "VALIDATION_FAILED"},
        {"somebody else's name", "{\"optionId\":%lld,\"seatIds\":[%lld],\"userId\":2}", 422,
         "VALIDATION_FAILED"},
        {"an unknown seat", "{\"optionId\":%lld,\"seatIds\":[9007199254740991]}", 404, "NOT_FOUND"},
        {"an unknown option", "{\"optionId\":9007199254740991,\"seatIds\":[1]}", 404, "NOT_FOUND"},
        {"an unknown section", "{\"optionId\":%lld,\"best\":{\"count\":1,\"section\":\"ZZ\"}}", 404,
         "NOT_FOUND"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        send_body(*state, &cases[i]);
}

static void deep_nesting_does_not_reach_the_stack(void **state)
{
    struct test_sale *sale = *state;
    enum { DEPTH = 30000 };
    char *request = malloc(DEPTH + 2048);
    assert_non_null(request);
    int size = snprintf(request, 2048,
                        "POST /api/reservations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                        "Idempotency-Key: deep\r\nContent-Type: application/json\r\n"
                        "Content-Length: %d\r\n\r\n",
                        sale->mina, DEPTH);
    memset(request + size, '[', DEPTH);
    assert_refused(sale, "deep", text_make(request, (size_t)size + DEPTH), 400, "MALFORMED_JSON");
    free(request);
}

/* --- heads ------------------------------------------------------------------------------------ */

struct head_case {
    const char *name;
    const char *bytes; /* %s: Mina's token */
    int status;
    const char *code;
};

static size_t write_head(const struct test_sale *sale, const char *format, char *out, size_t room)
{
    const char *mark = strstr(format, "%s");
    int size =
        mark ? snprintf(out, room, "%.*s%s%s", (int)(mark - format), format, sale->mina, mark + 2)
             : snprintf(out, room, "%s", format);
    assert_true(size > 0 && (size_t)size < room);
    return (size_t)size;
}

#define POST "POST /api/reservations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
#define JSON "Content-Type: application/json\r\n"

static void a_request_that_is_not_one_is_refused(void **state)
{
    static const struct head_case cases[] = {
        {"two lengths", POST JSON "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400,
         "BAD_REQUEST"},
        {"length and chunks",
         POST JSON "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
         "BAD_REQUEST"},
        {"a chunk size that is none", POST JSON "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400,
         "BAD_REQUEST"},
        {"a chunk size beyond all",
         POST JSON "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 400, "BAD_REQUEST"},
        {"another encoding", POST JSON "Transfer-Encoding: gzip\r\n\r\n", 400, "BAD_REQUEST"},
        {"a negative length", POST JSON "Content-Length: -1\r\n\r\n", 400, "BAD_REQUEST"},
        {"ten megabytes", POST JSON "Idempotency-Key: k\r\nContent-Length: 10485760\r\n\r\n", 413,
         "PAYLOAD_TOO_LARGE"},
        {"a log-in as long as a book",
         "POST /api/auth/login HTTP/1.1\r\nHost: x\r\n" JSON "Content-Length: 9000\r\n\r\n", 413,
         "PAYLOAD_TOO_LARGE"},
        {"no host", "GET /api/concerts HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"},
        {"no HTTP", "hello\r\n\r\n", 400, "BAD_REQUEST"},
        {"an unknown path", "GET /api/nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404, "NOT_FOUND"},
        {"an unknown id", "GET /api/concerts/77 HTTP/1.1\r\nHost: x\r\n\r\n", 404, "NOT_FOUND"},
        {"an id beyond 2^53", "GET /api/concerts/9007199254740992 HTTP/1.1\r\nHost: x\r\n\r\n", 404,
         "NOT_FOUND"},
        {"an id that is none", "GET /api/options/1x/seats HTTP/1.1\r\nHost: x\r\n\r\n", 404,
         "NOT_FOUND"},
        {"another method", "PUT /api/reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
         405, "METHOD_NOT_ALLOWED"},
        {"no content type", POST "Idempotency-Key: k\r\nContent-Length: 2\r\n\r\n{}", 415,
         "UNSUPPORTED_MEDIA_TYPE"},
        {"another content type",
         POST "Idempotency-Key: k\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415,
         "UNSUPPORTED_MEDIA_TYPE"},
        {"a form",
         POST "Idempotency-Key: k\r\nContent-Type: application/x-www-form-urlencoded\r\n"
              "Content-Length: 10\r\n\r\noptionId=1",
         415, "UNSUPPORTED_MEDIA_TYPE"},
        {"no key", POST JSON "Content-Length: 2\r\n\r\n{}", 400, "IDEMPOTENCY_KEY_REQUIRED"},
        {"an empty key", POST JSON "Idempotency-Key:\r\nContent-Length: 2\r\n\r\n{}", 422,
         "VALIDATION_FAILED"},
        {"a key of 65",
         POST JSON
         "Idempotency-Key: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "\r\nContent-Length: 2\r\n\r\n{}",
         422, "VALIDATION_FAILED"},
    };
    struct test_sale *sale = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[4096];
        size_t size = write_head(sale, cases[i].bytes, bytes, sizeof bytes);
        assert_refused(sale, cases[i].name, text_make(bytes, size), cases[i].status, cases[i].code);
    }
}

/* --- long bodies ------------------------------------------------------------------------------ */

static void a_long_body_is_taken_only_from_operators(void **state)
{
    static const struct head_case cases[] = {
        {"a stranger's layout",
         "PUT /api/options/1/layout HTTP/1.1\r\nHost: x\r\n" JSON "Content-Length: 8000000\r\n\r\n",
         401, "UNAUTHENTICATED"},
        {"a stranger's layout that waits to be wanted",
         "PUT /api/options/1/layout HTTP/1.1\r\nHost: x\r\n" JSON "Expect: 100-continue\r\n"
         "Content-Length: 8000000\r\n\r\n",
         401, "UNAUTHENTICATED"},
        {"a stranger's layout in chunks",
         "PUT /api/options/1/layout HTTP/1.1\r\nHost: x\r\n" JSON
         "Transfer-Encoding: chunked\r\n\r\n700000\r\n",
         401, "UNAUTHENTICATED"},
        {"a fan's codes",
         "POST /api/groups/1/codes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" JSON
         "Content-Length: 500000\r\n\r\n",
         403, "FORBIDDEN"},
    };
    struct test_sale *sale = *state;
    enum { SENT_BYTES = 2 * HTTP_BODY_BYTES_MAX };
    char *bytes = malloc(4096 + SENT_BYTES);
    assert_non_null(bytes);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = write_head(sale, cases[i].bytes, bytes, 4096);
        bool chunked = strstr(cases[i].bytes, "chunked") != NULL;
        memset(bytes + size, ' ', SENT_BYTES);
        assert_refused(sale, cases[i].name, text_make(bytes, size + (chunked ? SENT_BYTES : 0)),
                       cases[i].status, cases[i].code);
    }
    free(bytes);
}

/* --- who is asking ---------------------------------------------------------------------------- */

static void send_as(struct test_sale *sale, const char *name, const char *authorization,
                    const char *code)
{
    char request[4096];
    int size = snprintf(request, sizeof request,
                        "POST /api/reservations HTTP/1.1\r\nHost: x\r\n%s%s%sIdempotency-Key: k\r\n"
                        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                        authorization ? "Authorization: " : "", authorization ? authorization : "",
                        authorization ? "\r\n" : "");
    assert_refused(sale, name, text_make(request, (size_t)size), 401, code);
}

static void nobody_passes_for_somebody_else(void **state)
{
    struct test_sale *sale = *state;
    char bearer[TEST_TOKEN_BYTES + 16], old[TEST_TOKEN_BYTES];
    send_as(sale, "nobody", NULL, "UNAUTHENTICATED");
    send_as(sale, "no token", "Bearer", "UNAUTHENTICATED");
    send_as(sale, "another scheme", "Basic bWluYTpwdw==", "UNAUTHENTICATED");
    send_as(sale, "no JWT", "Bearer abc", "UNAUTHENTICATED");
    send_as(sale, "alg none",
            "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."
            "eyJzdWIiOiIxIiwicm9sZSI6IkZBTiIsImV4cCI6OTk5OTk5OTk5OX0.",
            "UNAUTHENTICATED");

    snprintf(bearer, sizeof bearer, "Bearer %s", sale->mina);
    char *last = bearer + strlen(bearer) - 3; /* the very last one carries unused bits */
    *last = *last == 'A' ? 'B' : 'A';
    send_as(sale, "a forged signature", bearer, "UNAUTHENTICATED");

    snprintf(bearer, sizeof bearer, "Bearer %s", sale->mina);
    char *payload = strchr(bearer, '.') + 5;
    *payload = *payload == 'A' ? 'B' : 'A';
    send_as(sale, "changed claims", bearer, "UNAUTHENTICATED");

    test_sale_token(sale, 1, 3600 * 1000, old);
    snprintf(bearer, sizeof bearer, "Bearer %s", old);
    send_as(sale, "an expired token", bearer, "TOKEN_EXPIRED");
}

static struct http_reply hold_first_seat(struct test_sale *sale, const char *key)
{
    char body[128];
    snprintf(body, sizeof body, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)sale->option,
             (long long)sale->first_seat);
    return http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                            .path = "/api/reservations",
                                                            .token = sale->mina,
                                                            .idempotency_key = key,
                                                            .json = body});
}

static void another_fans_reservation_is_not_there(void **state)
{
    struct test_sale *sale = *state;
    struct http_reply reply = hold_first_seat(sale, "mine");
    assert_int_equal(reply.status, 201);
    int64_t id = reply_number(&reply, "id");
    char before[TEST_FINGERPRINT_BYTES], after[TEST_FINGERPRINT_BYTES], path[96];
    test_sale_fingerprint(sale, before);

    snprintf(path, sizeof path, "/api/reservations/%lld", (long long)id);
    const char *const methods[] = {"GET", "DELETE"};
    for (size_t i = 0; i < 2; i++) {
        reply = http_client_ask(
            sale->client,
            &(struct http_ask){.method = methods[i], .path = path, .token = sale->joon});
        assert_int_equal(reply.status, 404);
        assert_true(http_reply_has_code(&reply, "NOT_FOUND"));
    }
    snprintf(path, sizeof path, "/api/reservations/%lld/payments", (long long)id);
    reply = http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                             .path = path,
                                                             .token = sale->joon,
                                                             .idempotency_key = "steal",
                                                             .json = "{\"method\":\"test\"}"});
    assert_int_equal(reply.status, 404);
    snprintf(path, sizeof path, "/api/reservations/%lld/ticket", (long long)id);
    reply = http_client_ask(sale->client, &(struct http_ask){.path = path, .token = sale->joon});
    assert_int_equal(reply.status, 404);

    test_sale_fingerprint(sale, after);
    assert_string_equal(before, after);
}

static void a_payment_that_is_not_one_is_refused(void **state)
{
    static const struct body_case cases[] = {
        {"no method", "{}", 422, "VALIDATION_FAILED"},
        {"an unknown method", "{\"method\":\"gold\"}", 422, "VALIDATION_FAILED"},
        {"a method that is a number", "{\"method\":1}", 422, "VALIDATION_FAILED"},
        {"an amount of one's own", "{\"method\":\"test\",\"amount\":1}", 422, "VALIDATION_FAILED"},
        {"an unknown outcome", "{\"method\":\"test\",\"gatewayData\":{\"outcome\":\"gift\"}}", 422,
         "VALIDATION_FAILED"},
        {"data of the wrong type", "{\"method\":\"test\",\"gatewayData\":[]}", 422,
         "VALIDATION_FAILED"},
        {"truncated", "{\"method\":", 400, "MALFORMED_JSON"},
    };
    struct test_sale *sale = *state;
    struct http_reply reply = hold_first_seat(sale, "mine"); /* the same as above, or a new one */
    assert_int_equal(reply.status, 201);
    int64_t id = reply_number(&reply, "id");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char request[2048];
        int size = snprintf(request, sizeof request,
                            "POST /api/reservations/%lld/payments HTTP/1.1\r\nHost: x\r\n"
                            "Authorization: Bearer %s\r\nIdempotency-Key: pay%zu\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                            (long long)id, sale->mina, i, strlen(cases[i].body), cases[i].body);
        assert_refused(sale, cases[i].name, text_make(request, (size_t)size), cases[i].status,
                       cases[i].code);
    }
}

static void a_client_that_leaves_in_the_middle_harms_nobody(void **state)
{
    struct test_sale *sale = *state;
    static const char *const beginnings[] = {
        "G", "POST /api/reservations HTTP/1.1\r\nHost",
        "POST /api/reservations HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"opt",
        "POST /api/reservations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        struct http_client *client = server_process_connect(sale->server);
        assert_true(http_client_send(client, text_of(beginnings[i])));
        http_client_half_close(client);
        struct http_reply reply;
        if (http_client_read(client, false, &reply))
            assert_int_equal(reply.status, 400);
        http_client_close(client);
    }
    struct http_reply reply = http_client_ask(sale->client, &(struct http_ask){.path = "/healthz"});
    assert_int_equal(reply.status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reservation_that_is_not_one_is_refused_by_name),
        cmocka_unit_test(deep_nesting_does_not_reach_the_stack),
        cmocka_unit_test(a_request_that_is_not_one_is_refused),
        cmocka_unit_test(a_long_body_is_taken_only_from_operators),
        cmocka_unit_test(nobody_passes_for_somebody_else),
        cmocka_unit_test(another_fans_reservation_is_not_there),
        cmocka_unit_test(a_payment_that_is_not_one_is_refused),
        cmocka_unit_test(a_client_that_leaves_in_the_middle_harms_nobody),
    };
    return cmocka_run_group_tests(tests, open_sale, close_sale);
}
