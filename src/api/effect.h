/*
 * effect.h — the last step of changing a sale or its seats: it is answered when it is in effect.
 *
 *     writer    the change, and booking_refresh() inside the same job
 *     loop      committed: effect_start()
 *     writer    the engine has looked again, the boards are right
 *     usher     so have the waiting rooms
 *     loop      effect->answer(): whoever hears it, and asks again, is decided by the new terms
 *
 * Thread   The request's loop; between effect_start() and `answer` it is the engine's, then the
 *          usher's.
 * Memory   An effect is a member of the endpoint's own struct, in the request's arena.
 */
#ifndef API_EFFECT_H
#define API_EFFECT_H

#include "api/api.h"
#include "booking/booking.h"
#include "net/loop.h"
#include "waiting/waiting.h"

struct effect {
    void (*answer)(struct effect *effect);

    struct http_app *app; /* the rest is filled by effect_start() */
    struct http_request *request;
    struct booking_ask look;
    struct waiting_ask glance;
    struct loop_note note;
};

/* An engine that cannot look is answered with 503: the change is kept, and may be sent again. */
void effect_start(struct effect *effect, struct http_app *app, struct http_request *request);

/* The same where nothing has changed that the catalog shows: its documents stay good. */
void effect_start_unseen(struct effect *effect, struct http_app *app, struct http_request *request);

#endif
