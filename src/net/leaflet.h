/*
 * leaflet.h — news encoded once and handed to everybody who listens.
 *
 * A leaflet is what goes to the socket, byte for byte, in both ways of saying it: as a Server-Sent
 * Event and as a WebSocket frame. A hundred thousand connections write from the same bytes.
 *
 * Thread   Any. Printed by one thread, never changed afterwards; the count of its keepers is
 *          atomic.
 * Memory   One block. Whoever prints it has the first hold of it and gives it back with
 *          leaflet_drop(); who wants it beyond a call takes a hold of his own with leaflet_keep().
 *          All functions that take a leaflet borrow it.
 * Limits   LEAFLET_BYTES_MAX of data, LEAFLET_NAME_BYTES_MAX of an event's name: NULL beyond.
 *
 *     struct leaflet *leaflet = leaflet_event(
 *         &(struct leaflet_event){.name = "serving", .id = version, .data = buffer_text(&json)});
 *     if (leaflet)
 *         push_publish(push, channel, leaflet, PUSH_CALMLY);
 *     leaflet_drop(leaflet);
 *
 * A browser with EventSource then hears
 *
 *     id: 17
 *     event: serving
 *     data: {"serving":1200}
 *
 * and one with a WebSocket the text {"event":"serving","id":17,"data":{"serving":1200}}.
 */
#ifndef NET_LEAFLET_H
#define NET_LEAFLET_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "limits.h"

struct leaflet;

struct leaflet_event {
    const char *name; /* letters, digits, '-' and '_' */
    uint64_t id;      /* what comes back as Last-Event-ID; 0: the event has none */
    struct text data; /* one JSON value */
};

/* NULL when memory is short or a limit is passed. A line break in `data` becomes a second line. */
struct leaflet *leaflet_event(const struct leaflet_event *event);

/* A WebSocket's text message as it is, for protocols with words of their own (STOMP). Not for event
   streams. */
struct leaflet *leaflet_words(struct text words);

/* Returns the leaflet. */
struct leaflet *leaflet_keep(struct leaflet *leaflet);
void leaflet_drop(struct leaflet *leaflet); /* NULL is welcome */

#endif
