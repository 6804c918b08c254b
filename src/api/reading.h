/*
 * reading.h — a step of an endpoint that blocks: on a worker, with a reading connection; then back.
 *
 * Thread   `read` runs on a worker, `answer` on the request's loop.
 * Memory   A reading is the first member of the endpoint's own struct, which lives in the request's
 *          arena. Between reading_start() and `answer` the arena belongs to the worker.
 *
 *     struct my_reservations { struct reading reading; struct fan_id fan; struct buffer body; };
 */
#ifndef API_READING_H
#define API_READING_H

#include "api/api.h"
#include "base/status.h"
#include "base/workers.h"
#include "net/loop.h"

struct reading {
    /* Asked of the database; the result goes into the endpoint's own struct. */
    enum status (*read)(struct reading *reading, struct store_connection *reader);
    /* Called with what `read` said, unless that was a failure of the world: then the request has
       been answered with 503. STATUS_OK and STATUS_MISSING come here. */
    void (*answer)(struct reading *reading, enum status status);

    struct http_app *app; /* the rest is filled by reading_start() */
    struct http_request *request;
    struct worker_job job;
    struct loop_note note;
    enum status status;
};

/* A full queue is answered with 503 at once. */
void reading_start(struct reading *reading, struct http_app *app, struct http_request *request);

#endif
