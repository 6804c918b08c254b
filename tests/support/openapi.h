/*
 * openapi.h — the described API as a judge: is this what an operation may answer?
 *
 * Thread   One thread at a time.
 * Memory   openapi_close() gives back everything.
 * Failure  What is not as described comes back as words that say what to add where.
 */
#ifndef SUPPORT_OPENAPI_H
#define SUPPORT_OPENAPI_H

#include <stdbool.h>
#include <stddef.h>

#include "support/http_client.h"

struct openapi;

enum { OPENAPI_WHY_BYTES = 512, OPENAPI_OPERATIONS_MAX = 512 };

struct openapi_operation {
    const char *method; /* "GET" */
    const char *path;   /* "/api/options/{id}" */
    const char *who;    /* "everybody", "fans", "operators", "gateways" */
    bool is_stream;
    bool is_untried;      /* the tests cannot make it succeed */
    bool succeeded;       /* openapi_judge() has seen a 2xx or 3xx of it */
    const char *body;     /* an example as JSON; NULL: it takes none */
    const char *query[8]; /* names; ended by NULL */
};

struct openapi *openapi_open(struct text json); /* NULL: it is no such document */
void openapi_close(struct openapi *openapi);    /* NULL is welcome */

size_t openapi_count(const struct openapi *openapi);
struct openapi_operation *openapi_at(struct openapi *openapi, size_t index);
/* NULL: not described. */
struct openapi_operation *openapi_find(struct openapi *openapi, const char *method,
                                       const char *path);

/* May the operation answer this? */
bool openapi_judge(struct openapi *openapi, struct openapi_operation *operation,
                   const struct http_reply *reply, char out_why[OPENAPI_WHY_BYTES]);

/* Every example is what its schema says. */
bool openapi_examples(struct openapi *openapi, char out_why[OPENAPI_WHY_BYTES]);

#endif
