/*
 * openapi_test.c — the running server and docs/api/openapi.yaml, held against each other both ways:
 * no route that is not described, no description without a route, and no answer that the
 * description does not allow.
 *
 * Who adds an endpoint adds it to docs/api/openapi.yaml, and a line to `steps` that succeeds. What
 * is refused is tried for every operation by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/api.h"
#include "base/clock.h"
#include "support/openapi_world.h"

static const char *method_name(enum http_method method)
{
    static const char *const names[HTTP_METHOD_COUNT] = {[HTTP_METHOD_GET] = "GET",
                                                         [HTTP_METHOD_POST] = "POST",
                                                         [HTTP_METHOD_PUT] = "PUT",
                                                         [HTTP_METHOD_PATCH] = "PATCH",
                                                         [HTTP_METHOD_DELETE] = "DELETE"};
    return names[method];
}

static const char *token_for(const struct world *world, const struct openapi_operation *operation)
{
    if (strcmp(operation->who, "fans") == 0)
        return world->sale->mina;
    return strcmp(operation->who, "operators") == 0 ? world->sale->operator: NULL;
}

/* --- routes ----------------------------------------------------------------------------------- */

static void every_route_is_described_and_every_description_is_a_route(void **state)
{
    struct world *world = *state;
    bool complete = true;
    for (size_t i = 0; i < api_route_count; i++) {
        const char *method = method_name(api_routes[i].method);
        if (openapi_find(world->openapi, method, api_routes[i].pattern))
            continue;
        complete = false;
        print_error("docs/api/openapi.yaml: under paths, %s, add an operation %s\n",
                    api_routes[i].pattern, method);
    }
    for (size_t i = 0; i < openapi_count(world->openapi); i++) {
        const struct openapi_operation *operation = openapi_at(world->openapi, i);
        bool found = false;
        for (size_t r = 0; r < api_route_count && !found; r++)
            found = strcmp(api_routes[r].pattern, operation->path) == 0 &&
                    strcmp(method_name(api_routes[r].method), operation->method) == 0;
        complete = complete && found;
        if (!found)
            print_error("docs/api/openapi.yaml: %s %s is no route of src/api/routes.c\n",
                        operation->method, operation->path);
    }
    assert_true(complete);
}

static void every_example_is_what_its_schema_says(void **state)
{
    struct world *world = *state;
    char why[OPENAPI_WHY_BYTES];
    if (!openapi_examples(world->openapi, why))
        fail_msg("docs/api/openapi.yaml: the example at %s", why);
}

/* --- refusals --------------------------------------------------------------------------------- */

static void send_bodies(struct world *world, struct openapi_operation *operation,
                        struct http_ask ask)
{
    const char *const bodies[] = {"{\"never\":",         "[]",   "{}",
                                  "{\"noSuchField\":1}", "\"\"", world->large};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        ask.json = bodies[i];
        (void)send_judged(world, operation, &ask);
    }
    ask.json = NULL; /* no body, and no type of one */
    (void)send_judged(world, operation, &ask);
}

static void send_queries(struct world *world, struct openapi_operation *operation, const char *path,
                         struct http_ask ask)
{
    char with_query[PATH_BYTES + 64];
    ask.path = with_query;
    for (size_t i = 0; operation->query[i]; i++) {
        snprintf(with_query, sizeof with_query, "%s?%s=~", path, operation->query[i]);
        (void)send_judged(world, operation, &ask);
    }
}

static void refuse(struct world *world, struct openapi_operation *operation)
{
    static const char *const nobody[] = {"999999999", NULL}, *const odd[] = {"abc", NULL};
    char path[PATH_BYTES];
    fill_path(operation->path, nobody, path);
    struct http_ask ask = {.method = operation->method,
                           .path = path,
                           .idempotency_key = "openapi",
                           .json = operation->body};
    bool guarded = strcmp(operation->who, "fans") == 0 || strcmp(operation->who, "operators") == 0;
    if (guarded)
        assert_int_equal(send_judged(world, operation, &ask).status, 401);
    ask.token = world->sale->joon;
    if (strcmp(operation->who, "operators") == 0)
        assert_int_equal(send_judged(world, operation, &ask).status, 403);
    if (operation->is_stream)
        return;
    ask.token = token_for(world, operation);
    (void)send_judged(world, operation, &ask);
    ask.idempotency_key = NULL;
    (void)send_judged(world, operation, &ask);
    ask.idempotency_key = "openapi";
    ask.fields = "If-Match: \"9999-1\"\r\n";
    (void)send_judged(world, operation, &ask);
    ask.fields = NULL;
    if (operation->body)
        send_bodies(world, operation, ask);
    send_queries(world, operation, path, ask);
    fill_path(operation->path, odd, path);
    (void)send_judged(world, operation, &ask);
}

static void every_refusal_is_described(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < openapi_count(world->openapi); i++)
        refuse(world, openapi_at(world->openapi, i));
}

/* --- answers ---------------------------------------------------------------------------------- */

/* Addresses that a step would not fit on its line with. */
static const char date_layout[] = "/api/options/{id}/layout";
static const char date_allotments[] = "/api/options/{id}/allotments";
static const char date_allotment[] = "/api/options/{id}/allotments/{allotmentId}";
static const char date_block[] = "/api/options/{id}/seats/block";
static const char date_unblock[] = "/api/options/{id}/seats/unblock";
static const char date_refunds[] = "/api/options/{id}/refunds";
static const char date_admission[] = "/api/options/{id}/admission";
static const char date_proof[] = "/api/options/{id}/waiting/proof";
static const char concert_refunds[] = "/api/concerts/{id}/refunds";
static const char group_codes[] = "/api/groups/{id}/codes";
static const char its_payments[] = "/api/reservations/{id}/payments";
static const char its_refunds[] = "/api/payments/{id}/refunds";

/* Bodies, likewise. */
static const char paying[] = "{\"method\":\"test\"}";
static const char declined[] = "{\"method\":\"test\",\"gatewayData\":{\"outcome\":\"decline\"}}";
static const char ill[] = "{\"reason\":\"ill\"}";
static const char our_code[] = "{\"codes\":[\"OPENAPI-1\"]}";
static const char slowly[] = "{\"mode\":\"FIXED\",\"fansPerSecond\":10,\"activeMax\":100,"
                             "\"entrySeconds\":300}";
static const char one_row[] = "{\"sections\":[{\"name\":\"A\",\"grade\":\"R\",\"price\":9000,"
                              "\"rows\":[{\"row\":1,\"seats\":20}]}]}";

/* The entity tag of a GET, as the header that asks whether it is still good. */
static void unchanged(struct world *world, const char *pattern, int64_t id)
{
    struct http_reply reply = TAKE(world, "GET", pattern, NOBODY, {id, 0}, .status = 200);
    struct text tag = http_reply_field(&reply, "etag");
    char fields[160];
    snprintf(fields, sizeof fields, "If-None-Match: %.*s\r\n", (int)tag.size, tag.bytes);
    (void)TAKE(world, "GET", pattern, NOBODY, {id, 0}, .fields = fields, .status = 304);
}

/* Creates, reads, replaces, changes and deletes one; a second one is left behind. */
static int64_t edit(struct world *world, const char *collection, const char *json,
                    const char *patch)
{
    char item[PATH_BYTES];
    snprintf(item, sizeof item, "%s/{id}", collection);
    struct http_reply reply =
        TAKE(world, "POST", collection, OPERATOR, .json = json, .status = 201);
    int64_t gone = reply_number(&reply, "id");
    unchanged(world, collection, 0);
    unchanged(world, item, gone);
    const struct step steps[] = {
        {"PUT", item, OPERATOR, {gone, 0}, .json = json, .status = 200},
        {"PATCH", item, OPERATOR, {gone, 0}, .json = patch, .status = 200},
        {"PATCH",
         item,
         OPERATOR,
         {gone, 0},
         .json = patch,
         .fields = "If-Match: \"99-1\"\r\n",
         .status = 412},
        {"DELETE", item, OPERATOR, {gone, 0}, .status = 204},
        {"GET", item, NOBODY, {gone, 0}, .status = 404},
        {"GET", collection, NOBODY, .rest = "?q=%E3%85%87&limit=2", .status = 200},
    };
    TAKE_ALL(world, steps);
    reply = TAKE(world, "POST", collection, OPERATOR, .json = json, .status = 201);
    return reply_number(&reply, "id");
}

static void look_at_groups(struct world *world, int64_t artist, int64_t group)
{
    static const char names[] = "{\"name\":\"Nova\",\"nameKo\":\"노바\"}";
    const struct step in_use[] = {
        {"DELETE", "/api/artists/{id}", OPERATOR, {artist, 0}, .status = 409},
        {"POST", "/api/agencies", OPERATOR, .key = "one", .json = names, .status = 201},
        {"POST", "/api/agencies", OPERATOR, .key = "one",
         .json = "{\"name\":\"B\",\"nameKo\":\"나\"}", .status = 422},
        {"POST", group_codes, OPERATOR, {group, 0}, .json = "{\"count\":1}", .status = 201},
        {"POST", group_codes, OPERATOR, {group, 0}, .json = our_code, .status = 201},
        {"POST", group_codes, OPERATOR, {group, 0}, .json = our_code, .status = 409},
        {"POST", "/api/users/me/groups", MINA, .json = "{\"code\":\"openapi1\"}", .status = 201},
        {"POST", "/api/users/me/groups", MINA, .json = "{\"code\":\"openapi1\"}", .status = 200},
        {"POST", "/api/users/me/groups", JOON, .json = "{\"code\":\"openapi1\"}", .status = 422},
        {"GET", "/api/users/me/groups", MINA, .status = 200},
        {"DELETE", "/api/groups/{id}", OPERATOR, {group, 0}, .status = 409},
        {"GET", "/api/admin/changes", OPERATOR, .rest = "?limit=200", .status = 200},
        {"GET", "/api/admin/payments/open", OPERATOR, .status = 200},
    };
    TAKE_ALL(world, in_use);
}

static void look_at_a_date(struct world *world, int64_t concert, int64_t venue)
{
    char json[BODY_BYTES];
    snprintf(json, sizeof json, "{\"startsAt\":\"2030-05-01T10:00:00Z\",\"venueId\":%lld}",
             (long long)venue);
    struct http_reply reply = TAKE(world, "POST", "/api/concerts/{id}/options", OPERATOR,
                                   {concert, 0}, .json = json, .status = 201);
    int64_t option = reply_number(&reply, "id");
    const struct step of_a_date[] = {
        {"PUT", "/api/options/{id}", OPERATOR, {option, 0}, .json = json, .status = 200},
        {"PATCH", "/api/options/{id}", OPERATOR, {option, 0}, .json = "{}", .status = 200},
        {"GET", "/api/options/{id}/seat-map", NOBODY, {option, 0}, .status = 404},
        {"POST", "/api/options/{id}/sale/pause", OPERATOR, {option, 0}, .status = 404},
        {"PUT",
         date_layout,
         OPERATOR,
         {option, 0},
         .rest = "?dryRun=true",
         .json = one_row,
         .status = 200},
        {"PUT", date_layout, OPERATOR, {option, 0}, .json = one_row, .status = 200},
        {"DELETE", "/api/options/{id}", OPERATOR, {option, 0}, .status = 204},
    };
    TAKE_ALL(world, of_a_date);
    unchanged(world, "/api/concerts/{id}/options", concert);
}

static void what_is_in_the_catalog_is_answered_as_described(void **state)
{
    struct world *world = *state;
    static const char names[] = "{\"name\":\"Nova\",\"nameKo\":\"노바\"}";
    static const char other_name[] = "{\"nameKo\":\"새이름\"}";
    char json[BODY_BYTES];
    int64_t agency = edit(world, "/api/agencies", names, other_name);
    snprintf(json, sizeof json, "{\"name\":\"Nova\",\"nameKo\":\"노바\",\"agencyId\":%lld}",
             (long long)agency);
    int64_t artist = edit(world, "/api/artists", json, "{\"agencyId\":null}");
    int64_t venue = edit(world, "/api/venues",
                         "{\"name\":\"Hall\",\"nameKo\":\"홀\",\"city\":\"Seoul\"}", other_name);
    int64_t group = edit(world, "/api/groups", names, other_name);
    snprintf(json, sizeof json, "{\"title\":\"Light\",\"titleKo\":\"빛\",\"artistIds\":[%lld]}",
             (long long)artist);
    int64_t concert = edit(world, "/api/concerts", json, "{\"titleKo\":\"새빛\"}");
    look_at_groups(world, artist, group);
    look_at_a_date(world, concert, venue);
}

static void sell_and_close(struct world *world, const char *sale)
{
    int64_t option = world->sale->option, seat = world->sale->first_seat;
    char seats[BODY_BYTES], allotment[BODY_BYTES];
    snprintf(allotment, sizeof allotment, "{\"name\":\"Guests\",\"seatIds\":[%lld]}",
             (long long)seat + 31);
    struct http_reply reply = TAKE(world, "POST", date_allotments, OPERATOR, {option, 0},
                                   .json = allotment, .status = 201);
    int64_t aside = reply_number(&reply, "id");
    snprintf(seats, sizeof seats, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)option,
             (long long)seat);
    const struct step sold[] = {
        {"POST", date_allotments, OPERATOR, {option, 0}, .json = allotment, .status = 409},
        {"GET", date_allotments, OPERATOR, {option, 0}, .status = 200},
        {"DELETE", date_allotment, OPERATOR, {option, aside}, .status = 200},
        {"POST", "/api/v5/reservations", MINA, .key = "sold", .json = seats, .status = 201},
        {"PUT", date_layout, OPERATOR, {option, 0}, .json = one_row, .status = 409},
        {"POST", "/api/options/{id}/sale/close", OPERATOR, {option, 0}, .status = 200},
        {"POST", "/api/options/{id}/sale/resume", OPERATOR, {option, 0}, .status = 409},
        {"PUT", "/api/options/{id}/sale", OPERATOR, {option, 0}, .json = sale, .status = 409},
        {"POST", "/api/reservations", JOON, .key = "late", .json = seats, .status = 409},
    };
    TAKE_ALL(world, sold);
}

static void a_sale_is_answered_as_described(void **state)
{
    struct world *world = *state;
    int64_t option = world->sale->option, seat = world->sale->first_seat;
    char sale[BODY_BYTES], closes[CLOCK_TEXT_BYTES], seats[BODY_BYTES], since[64];
    clock_write_iso(clock_wall_ms() + 3600000, closes);
    snprintf(sale, sizeof sale,
             "{\"opensAt\":\"2026-01-01T00:00:00Z\",\"closesAt\":\"%s\",\"strategy\":\"v5\","
             "\"holdSeconds\":600,\"maxPerFan\":4,\"maxPerConcert\":8}",
             closes);
    snprintf(seats, sizeof seats, "{\"seatIds\":[%lld]}", (long long)seat + 30);
    unchanged(world, "/api/options/{id}", option);
    unchanged(world, "/api/options/{id}/seat-map", option);
    struct http_reply reply =
        TAKE(world, "GET", "/api/options/{id}/seat-states", NOBODY, {option, 0}, .status = 200);
    snprintf(since, sizeof since, "?since=%lld", (long long)reply_number(&reply, "version"));
    const struct step steps[] = {
        {"GET", "/api/options/{id}/seat-states", NOBODY, {option, 0}, .rest = since, .status = 200},
        {"GET", "/api/options/{id}/seats", NOBODY, {option, 0}, .rest = "?limit=3", .status = 200},
        {"PUT", "/api/options/{id}/sale", OPERATOR, {option, 0}, .json = sale, .status = 200},
        {"POST", date_block, OPERATOR, {option, 0}, .json = seats, .status = 200},
        {"POST", date_allotments, OPERATOR, {option, 0}, .json = seats, .status = 422},
        {"POST", date_unblock, OPERATOR, {option, 0}, .json = seats, .status = 200},
        {"POST", "/api/options/{id}/sale/pause", OPERATOR, {option, 0}, .status = 200},
        {"POST", "/api/options/{id}/sale/resume", OPERATOR, {option, 0}, .status = 200},
        {"DELETE", "/api/options/{id}", OPERATOR, {option, 0}, .status = 409},
    };
    TAKE_ALL(world, steps);
    sell_and_close(world, sale);
}

/* The ticket of the reservation, as the body that the gate sends. */
static void fetch_ticket(struct world *world, int64_t reservation, char json[BODY_BYTES])
{
    struct http_reply reply =
        TAKE(world, "GET", "/api/reservations/{id}/ticket", MINA, {reservation, 0}, .status = 200);
    static const char name[] = "\"ticket\":\"";
    const char *from = memmem(reply.body.bytes, reply.body.size, name, sizeof name - 1);
    assert_non_null(from);
    from += sizeof name - 1;
    const char *to = strchr(from, '"');
    snprintf(json, BODY_BYTES, "{\"ticket\":\"%.*s\"}", (int)(to - from), from);
}

static void use_and_give_back(struct world *world, int64_t paid, int64_t payment)
{
    char ticket[BODY_BYTES];
    fetch_ticket(world, paid, ticket);
    const struct step bought[] = {
        {"POST", its_payments, MINA, {paid, 0}, .key = "again", .json = paying, .status = 409},
        {"DELETE", "/api/reservations/{id}", MINA, {paid, 0}, .status = 409},
        {"POST", "/api/tickets/verify", OPERATOR, .json = ticket, .status = 200},
        {"POST", "/api/tickets/verify", OPERATOR, .json = ticket, .status = 409},
        {"POST", its_refunds, OPERATOR, {payment, 0}, .key = "back", .json = ill, .status = 201},
        {"POST", its_refunds, OPERATOR, {payment, 0}, .key = "more", .json = ill, .status = 409},
        {"GET", "/api/payments/{id}", MINA, {payment, 0}, .status = 200},
    };
    TAKE_ALL(world, bought);
}

static void buying_is_answered_as_described(void **state)
{
    struct world *world = *state;
    char one[BODY_BYTES], other[BODY_BYTES];
    snprintf(one, sizeof one, "{\"optionId\":%lld,\"seatIds\":[%lld]}",
             (long long)world->sale->option, (long long)world->sale->first_seat);
    snprintf(other, sizeof other, "{\"optionId\":%lld,\"best\":{\"count\":2}}",
             (long long)world->sale->option);
    struct http_reply reply =
        TAKE(world, "POST", "/api/reservations", MINA, .key = "one", .json = one, .status = 201);
    int64_t paid = reply_number(&reply, "id");
    reply = TAKE(world, "POST", "/api/v5/reservations", MINA, .key = "two", .json = other,
                 .status = 201);
    int64_t given_back = reply_number(&reply, "id");
    const struct step refused[] = {
        {"POST", "/api/reservations", JOON, .key = "three", .json = one, .status = 409},
        {"POST", "/api/reservations", MINA, .key = "one", .json = other, .status = 422},
        {"POST", "/api/v1/reservations", MINA, .key = "four", .json = one, .status = 409},
        {"POST", "/api/v2/reservations", MINA, .key = "four", .json = one, .status = 409},
        {"POST", "/api/v3/reservations", MINA, .key = "four", .json = one, .status = 409},
        {"POST", "/api/v4/reservations", MINA, .key = "four", .json = one, .status = 409},
        {"GET", "/api/reservations/{id}/ticket", MINA, {paid, 0}, .status = 409},
        {"GET", "/api/reservations", MINA, .rest = "?limit=1", .status = 200},
        {"GET", "/api/reservations/{id}", MINA, {paid, 0}, .status = 200},
        {"DELETE", "/api/reservations/{id}", MINA, {given_back, 0}, .status = 200},
        {"GET", "/api/payment-methods", NOBODY, .status = 200},
        {"POST", its_payments, MINA, {paid, 0}, .key = "no", .json = declined, .status = 402},
    };
    TAKE_ALL(world, refused);
    reply = TAKE(world, "POST", its_payments, MINA, {paid, 0}, .key = "yes", .json = paying,
                 .status = 201);
    int64_t payment = reply_number(&reply, "id");
    use_and_give_back(world, paid, payment);
}

/* A text field of a JSON answer, copied. */
static void copy_field(const struct http_reply *reply, const char *name, char *out, size_t size)
{
    char key[40];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *from = memmem(reply->body.bytes, reply->body.size, key, strlen(key));
    assert_non_null(from);
    from += strlen(key);
    snprintf(out, size, "%.*s", (int)(strchr(from, '"') - from), from);
}

static void accounts_are_answered_as_described(void **state)
{
    struct world *world = *state;
    static const char who[] = "{\"email\":\"mina@example.com\",\"password\":\"correct horse\"}";
    static const char signing_up[] = "{\"email\":\"mina@example.com\",\"password\":"
                                     "\"correct horse\",\"nickname\":\"민아\"}";
    char refresh[BODY_BYTES];
    const struct step before[] = {
        {"POST", "/api/users", NOBODY, .json = signing_up, .status = 201},
        {"POST", "/api/users", NOBODY, .json = signing_up, .status = 409},
        {"POST", "/api/auth/login", NOBODY,
         .json = "{\"email\":\"mina@example.com\",\"password\":\"wrong\"}", .status = 401},
    };
    TAKE_ALL(world, before);
    struct http_reply reply =
        TAKE(world, "POST", "/api/auth/login", NOBODY, .json = who, .status = 200);
    copy_field(&reply, "accessToken", world->access, sizeof world->access);
    copy_field(&reply, "refreshToken", world->refresh, sizeof world->refresh);
    snprintf(refresh, sizeof refresh, "{\"refreshToken\":\"%s\"}", world->refresh);
    const struct step after[] = {
        {"GET", "/api/users/me", ACCOUNT, .status = 200},
        {"PATCH", "/api/users/me", ACCOUNT, .json = "{\"nickname\":\"새이름\"}", .status = 200},
        {"POST", "/api/auth/stream-token", ACCOUNT, .json = "{\"path\":\"/api/admin/events\"}",
         .status = 200},
        {"POST", "/api/auth/refresh", NOBODY, .json = refresh, .status = 200},
        {"POST", "/api/auth/refresh", NOBODY, .json = refresh, .status = 401},
        {"POST", "/api/auth/logout", NOBODY, .json = refresh, .status = 204},
        {"DELETE", "/api/users/me", ACCOUNT, .json = "{\"password\":\"correct horse\"}",
         .status = 204},
    };
    TAKE_ALL(world, after);
}

static void waiting_is_answered_as_described(void **state)
{
    struct world *world = *state;
    int64_t option = world->sale->option;
    char sale[BODY_BYTES], opens[CLOCK_TEXT_BYTES], closes[CLOCK_TEXT_BYTES], press[BODY_BYTES];
    clock_write_iso(clock_wall_ms() + 3600000, opens); /* before it: a hall */
    clock_write_iso(clock_wall_ms() + 7200000, closes);
    snprintf(sale, sizeof sale,
             "{\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"strategy\":\"v5\",\"holdSeconds\":600,"
             "\"maxPerFan\":4,\"waitingRoom\":true}",
             opens, closes);
    snprintf(press, sizeof press, "{\"optionId\":%lld,\"best\":{\"count\":1}}", (long long)option);
    const struct step steps[] = {
        {"PUT", "/api/options/{id}/sale", OPERATOR, {option, 0}, .json = sale, .status = 200},
        {"GET", "/api/options/{id}/waiting/me", MINA, {option, 0}, .status = 404},
        {"POST", "/api/options/{id}/waiting", MINA, {option, 0}, .json = "{}", .status = 201},
        {"POST", "/api/options/{id}/waiting", MINA, {option, 0}, .json = "{}", .status = 200},
        {"GET", "/api/options/{id}/waiting/me", MINA, {option, 0}, .status = 200},
        {"GET", "/api/options/{id}/waiting/serving", NOBODY, {option, 0}, .status = 200},
        {"GET", "/api/options/{id}/waiting/challenge", MINA, {option, 0}, .status = 200},
        {"GET", date_proof, NOBODY, {option, 0}, .rest = "?sequence=1", .status = 200},
        {"GET", "/api/options/{id}/waiting/proof/log", NOBODY, {option, 0}, .status = 200},
        {"GET", date_admission, OPERATOR, {option, 0}, .status = 200},
        {"PUT", date_admission, OPERATOR, {option, 0}, .json = slowly, .status = 200},
        {"POST", "/api/reservations", MINA, .key = "in-front", .json = press, .status = 403},
        {"DELETE", "/api/options/{id}/waiting/me", MINA, {option, 0}, .status = 200},
    };
    TAKE_ALL(world, steps);
}

static void a_date_that_is_called_off_is_answered_as_described(void **state)
{
    struct world *world = *state;
    int64_t option = world->sale->option;
    struct http_reply reply =
        TAKE(world, "GET", "/api/options/{id}", NOBODY, {option, 0}, .status = 200);
    int64_t concert = reply_number(&reply, "concertId");
    static const char json[] = "{\"reason\":\"The singer is ill\"}";
    const struct step steps[] = {
        {"POST", date_refunds, OPERATOR, {option, 0}, .key = "off", .json = json, .status = 409},
        {"POST", "/api/options/{id}/sale/close", OPERATOR, {option, 0}, .status = 200},
        {"POST", date_refunds, OPERATOR, {option, 0}, .key = "off", .json = json, .status = 202},
        {"GET", date_refunds, OPERATOR, {option, 0}, .status = 200},
        {"POST",
         concert_refunds,
         OPERATOR,
         {concert, 0},
         .key = "all-off",
         .json = json,
         .status = 202},
        {"GET", concert_refunds, OPERATOR, {concert, 0}, .status = 200},
    };
    TAKE_ALL(world, steps);
}

static void the_rest_is_answered_as_described(void **state)
{
    struct world *world = *state;
    const struct step steps[] = {
        {"GET", "/healthz", NOBODY, .status = 200},
        {"GET", "/readyz", NOBODY, .status = 200},
        {"GET", "/metrics", NOBODY, .status = 200},
        {"GET", "/api/openapi.json", NOBODY, .status = 200},
        {"GET", "/api/docs", NOBODY, .status = 200},
        {"GET", "/api/admin/overview", OPERATOR, .status = 200},
    };
    TAKE_ALL(world, steps);
}

static bool has_words(struct text text, const char *words)
{
    return memmem(text.bytes, text.size, words, strlen(words)) != NULL;
}

static void the_page_names_every_route_and_needs_nothing_from_elsewhere(void **state)
{
    struct world *world = *state;
    struct http_reply page =
        http_client_ask(world->sale->client, &(struct http_ask){.path = "/api/docs"});
    assert_int_equal(page.status, 200);
    struct text type = http_reply_field(&page, "content-type");
    assert_true(text_equal(type, text_of("text/html; charset=utf-8")));
    assert_true(has_words(page.body, "Content-Security-Policy\" content=\"default-src 'none';"));
    assert_false(has_words(page.body, "<script"));
    assert_false(has_words(page.body, "src=") || has_words(page.body, "href=\"http"));

    for (size_t i = 0; i < api_route_count; i++) {
        char title[PATH_BYTES];
        snprintf(title, sizeof title, "<h3>%s %s</h3>", method_name(api_routes[i].method),
                 api_routes[i].pattern);
        if (!has_words(page.body, title))
            fail_msg("GET /api/docs does not name %s", title);
    }
}

/* The last story: what the others have seen. */
static void every_operation_has_been_seen_to_succeed(void **state)
{
    struct world *world = *state;
    bool complete = true;
    for (size_t i = 0; i < openapi_count(world->openapi); i++) {
        const struct openapi_operation *operation = openapi_at(world->openapi, i);
        if (openapi_world_seen(i) || operation->is_stream || operation->is_untried)
            continue;
        complete = false;
        print_error("tests/http/openapi_test.c: add a step that sees %s %s succeed\n",
                    operation->method, operation->path);
    }
    assert_true(complete);
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, openapi_world_open, openapi_world_close)
    const struct CMUnitTest tests[] = {
        STORY(every_route_is_described_and_every_description_is_a_route),
        STORY(every_example_is_what_its_schema_says),
        STORY(every_refusal_is_described),
        STORY(what_is_in_the_catalog_is_answered_as_described),
        STORY(a_sale_is_answered_as_described),
        STORY(buying_is_answered_as_described),
        STORY(accounts_are_answered_as_described),
        STORY(waiting_is_answered_as_described),
        STORY(a_date_that_is_called_off_is_answered_as_described),
        STORY(the_rest_is_answered_as_described),
        STORY(the_page_names_every_route_and_needs_nothing_from_elsewhere),
        STORY(every_operation_has_been_seen_to_succeed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
