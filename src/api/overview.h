/*
 * overview.h — the operator's numbers as one JSON object, and as news.
 *
 * Thread   overview_write(): a worker's. The feed is made, asked and destroyed by the main thread;
 *          in between it works on a worker.
 * Memory   The buffer's. A feed has an arena of its own, emptied after every document.
 * Pace     One document in PUSH_INTERVAL_MS while somebody listens, and no work at all otherwise.
 */
#ifndef API_OVERVIEW_H
#define API_OVERVIEW_H

#include "api/api.h"
#include "base/buffer.h"
#include "base/status.h"

enum { OVERVIEW_FIRST_BYTES = 16 * 1024 };

MUST_USE enum status overview_write(struct http_app *app, struct store_connection *reader,
                                    struct buffer *body);

struct overview_feed;

/* NULL when memory is short. */
struct overview_feed *overview_feed_create(struct http_app *app);
void overview_feed_destroy(struct overview_feed *feed); /* NULL is welcome; after the workers */

/* Every now and then: publishes when it is time and somebody listens. */
void overview_feed_tick(struct overview_feed *feed, int64_t now_ms);

#endif
