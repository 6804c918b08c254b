/*
 * writing.h — a step of an endpoint that writes: in a group of the store's writer; then back.
 *
 * Thread   `write` runs on the writer thread, inside a transaction; `answer` on the request's loop.
 * Memory   A writing is the first member of the endpoint's own struct, which lives in the request's
 *          arena. Between writing_start() and `answer` the arena belongs to the writer.
 */
#ifndef API_WRITING_H
#define API_WRITING_H

#include "api/api.h"
#include "base/status.h"
#include "net/loop.h"
#include "store/store.h"

struct writing {
    /* Any status but OK undoes what this step wrote. */
    enum status (*write)(struct writing *writing, struct store_connection *connection);
    /* After the commit, unless the world failed: then the request has been answered with 503.
       STATUS_OK, STATUS_CONFLICT and STATUS_MISSING come here. */
    void (*answer)(struct writing *writing, enum status status);

    struct http_app *app; /* the rest is filled by writing_start() */
    struct http_request *request;
    struct store_job job;
    struct loop_note note;
    enum status status;
};

/* A full queue is answered with 503 at once. */
void writing_start(struct writing *writing, struct http_app *app, struct http_request *request);

#endif
