/*
 * standing.h — one step of an endpoint that asks the usher for a fan's place; then back.
 *
 * Thread   `answer` comes on the request's loop.
 * Memory   A standing is a member of the endpoint's own struct, in the request's arena; between
 *          standing_start() and `answer` it is the usher's.
 */
#ifndef API_STANDING_H
#define API_STANDING_H

#include "api/api.h"
#include "base/json_out.h"
#include "net/loop.h"
#include "waiting/waiting.h"

struct standing {
    struct waiting_ask ask; /* kind, option and fan are the endpoint's to fill */
    void (*answer)(struct standing *standing);

    struct http_app *app; /* the rest is filled by standing_start() */
    struct http_request *request;
    struct loop_note note;
};

/* A full queue is answered with 503 at once. What is no place is answered here, too: `answer` comes
   for WAITING_HERE and WAITING_NEW only. */
void standing_start(struct standing *standing, struct http_app *app, struct http_request *request);

/* {state, sequence, turn, ahead, …, receipt, entryToken?, entryExpiresAt?} */
void standing_json(struct json_out *out, const struct standing *standing);

#endif
