/*
 * catalog_news.h — changes of the catalog, told to other nodes and heard from them.
 *
 * A touch here is announced to all nodes by the cache's channel, with the store's version; what is
 * heard there is a touch here. News can be lost: the look once a second finds what was missed.
 *
 * Thread   catalog_news_look(): the main thread, with its own reader. The rest happens on workers
 *          and on the cache's thread.
 * Memory   One for the house; destroyed after the workers and the cache.
 */
#ifndef API_CATALOG_NEWS_H
#define API_CATALOG_NEWS_H

#include "api/api.h"

struct catalog_news;

/* The app has its catalog, cache, workers and readers. NULL when memory is short. */
struct catalog_news *catalog_news_create(struct http_app *app);
void catalog_news_destroy(struct catalog_news *news); /* NULL is welcome */

/* Another process has written: was it to the catalog? False: the store does not tell. */
bool catalog_news_look(struct catalog_news *news, struct store_connection *reader);

#endif
