/*
 * openapi_world.h — a running server beside its own description, and the steps of a story: each is
 * sent, and judged.
 *
 * Thread   One thread at a time.
 * Memory   openapi_world_close() gives back everything.
 * Failure  An answer that is not described is told in words and counted; another status than the
 *          step expects ends the story.
 */
#ifndef SUPPORT_OPENAPI_WORLD_H
#define SUPPORT_OPENAPI_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "support/openapi.h"
#include "support/test_sale.h"

enum { PATH_BYTES = 512, BODY_BYTES = 2048, LARGE_BYTES = 80 * 1024 };

struct world {
    struct test_sale *sale;
    struct openapi *openapi;
    char access[TEST_TOKEN_BYTES], refresh[128]; /* of a fan with an account */
    char large[LARGE_BYTES + 1];
    int complaint_count;
};

/* For cmocka: set-up, and tear-down, which fails when there were complaints. */
int openapi_world_open(void **state);
int openapi_world_close(void **state);

/* Has any story so far seen this operation succeed? */
bool openapi_world_seen(size_t index);

/* `{…}` become these words, the last of which serves for all that follow. */
void fill_path(const char *pattern, const char *const *words, char out[PATH_BYTES]);

struct http_reply send_judged(struct world *world, struct openapi_operation *operation,
                              const struct http_ask *ask);

enum who { NOBODY, MINA, JOON, OPERATOR, ACCOUNT };

/* One request to the operation `pattern`; its status is expected to be this one. */
struct step {
    const char *method, *pattern;
    enum who who;
    int64_t ids[2];
    const char *rest; /* behind the path: "?limit=1"; NULL: nothing */
    const char *key, *json, *fields;
    int status;
};

struct http_reply take(struct world *world, const struct step *step);
void take_all(struct world *world, const struct step *steps, size_t count);

#define TAKE(world, ...) take((world), &(struct step){__VA_ARGS__})
#define TAKE_ALL(world, steps) take_all((world), (steps), sizeof(steps) / sizeof(steps)[0])

#endif
