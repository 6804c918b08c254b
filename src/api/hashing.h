/*
 * hashing.h — a step of an endpoint that compares or hashes a password: on a hashing thread; then
 * back.
 *
 * Thread   The hash is made on a thread of the accounts' hasher, `answer` comes on the request's
 *          loop.
 * Memory   A hashing is a member of the endpoint's own struct, which lives in the request's arena
 *          with all that job.password, job.known_hash and job.new_password point at.
 */
#ifndef API_HASHING_H
#define API_HASHING_H

#include "account/hasher.h"
#include "api/api.h"
#include "net/loop.h"

struct hashing {
    struct hasher_job job; /* what to do, filled by the endpoint, and what came of it */
    /* Not called when memory was short: then the request has been answered with 503. */
    void (*answer)(struct hashing *hashing);

    struct http_request *request; /* the rest is filled by hashing_start() */
    struct loop_note note;
};

/* A full queue is answered with 503 at once. */
void hashing_start(struct hashing *hashing, struct http_app *app, struct http_request *request);

#endif
