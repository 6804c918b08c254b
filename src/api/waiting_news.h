/*
 * waiting_news.h — between the usher and the hub: what is told to those who wait, and who listens.
 *
 * Thread   The usher's and the loops'; it only passes on.
 * Memory   Its own; created before the usher, destroyed after the server.
 */
#ifndef API_WAITING_NEWS_H
#define API_WAITING_NEWS_H

#include "api/api.h"
#include "net/leaflet.h"
#include "push/push.h"
#include "waiting/waiting.h"

struct waiting_news;

/* NULL when memory is short. */
struct waiting_news *waiting_news_create(struct http_app *app);
void waiting_news_destroy(struct waiting_news *news); /* NULL is welcome */

struct waiting_watcher *waiting_news_watcher(struct waiting_news *news);
struct push_audience *waiting_news_audience(struct waiting_news *news);

/* {sequence, turn, claimBefore} for a fan whose turn it is; NULL when memory is short. */
struct leaflet *waiting_news_admitted(const struct place *place);

http_handler waiting_events; /* GET /api/options/{id}/waiting/events, …/ws */

#endif
