/* openapi_world.c — one connection, taken anew where the server closes it. */
#include "support/openapi_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool seen[OPENAPI_OPERATIONS_MAX]; /* to succeed, by any of the stories */

static const char *const environment[] = {"TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=1000000",
                                          NULL};

int openapi_world_open(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->sale = test_sale_open(environment);
    struct http_reply reply =
        http_client_ask(world->sale->client, &(struct http_ask){.path = "/api/openapi.json"});
    assert_int_equal(reply.status, 200);
    world->openapi = openapi_open(reply.body);
    assert_non_null(world->openapi);
    memset(world->large, ' ', LARGE_BYTES);
    *state = world;
    return 0;
}

int openapi_world_close(void **state)
{
    struct world *world = *state;
    bool good = world->complaint_count == 0;
    for (size_t i = 0; i < openapi_count(world->openapi); i++)
        seen[i] |= openapi_at(world->openapi, i)->succeeded;
    openapi_close(world->openapi);
    test_sale_close(world->sale);
    free(world);
    return good ? 0 : -1;
}

bool openapi_world_seen(size_t index)
{
    return seen[index];
}

/* --- asking ----------------------------------------------------------------------------------- */

void fill_path(const char *pattern, const char *const *words, char out[PATH_BYTES])
{
    size_t size = 0;
    for (const char *at = pattern; *at && size + 64 < PATH_BYTES; at++) {
        if (*at != '{') {
            out[size++] = *at;
            continue;
        }
        size += (size_t)snprintf(out + size, PATH_BYTES - size, "%s", words[0]);
        words += words[1] != NULL; /* the last one serves for those that follow */
        at = strchr(at, '}');
    }
    out[size] = '\0';
}

struct http_reply send_judged(struct world *world, struct openapi_operation *operation,
                              const struct http_ask *ask)
{
    char why[OPENAPI_WHY_BYTES];
    struct http_reply reply = http_client_ask(world->sale->client, ask);
    if (!openapi_judge(world->openapi, operation, &reply, why)) {
        world->complaint_count++; /* the others are wanted too */
        print_error("%s\n    %s %s: %d\n", why, ask->method, ask->path, reply.status);
    }
    struct text connection = http_reply_field(&reply, "connection");
    if (text_equal_nocase(connection, text_of("close"))) {
        http_client_close(world->sale->client);
        world->sale->client = server_process_connect(world->sale->server);
    }
    return reply;
}

/* --- steps ------------------------------------------------------------------------------------ */

static const char *token_of(const struct world *world, enum who who)
{
    switch (who) {
    case NOBODY:
        return NULL;
    case MINA:
        return world->sale->mina;
    case JOON:
        return world->sale->joon;
    case OPERATOR:
        return world->sale->operator;
    case ACCOUNT:
        return world->access;
    }
    return NULL;
}

struct http_reply take(struct world *world, const struct step *step)
{
    char path[PATH_BYTES], words[2][24];
    const char *filled[] = {words[0], words[1], NULL};
    for (size_t i = 0; i < 2; i++)
        snprintf(words[i], sizeof words[i], "%lld", (long long)step->ids[i]);
    struct openapi_operation *operation = openapi_find(world->openapi, step->method, step->pattern);
    assert_non_null(operation);
    fill_path(step->pattern, filled, path);
    size_t size = strlen(path);
    snprintf(path + size, sizeof path - size, "%s", step->rest ? step->rest : "");
    struct http_reply reply = send_judged(world, operation,
                                          &(struct http_ask){.method = step->method,
                                                             .path = path,
                                                             .token = token_of(world, step->who),
                                                             .idempotency_key = step->key,
                                                             .json = step->json,
                                                             .fields = step->fields});
    if (reply.status != step->status)
        fail_msg("%s %s: %d instead of %d: %.*s", step->method, path, reply.status, step->status,
                 (int)reply.body.size, reply.body.bytes);
    return reply;
}

void take_all(struct world *world, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)take(world, &steps[i]);
}
