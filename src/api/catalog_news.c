/*
 * catalog_news.c — touch → worker → channel → hear.
 *
 * Touches come on loops and on the writer, which must not wait for a network; so a worker tells.
 * One telling serves all touches that came before it began: it reads the store's version then,
 * which is at least theirs. A full queue drops the telling, and the others' look finds the change.
 */
#include "api/catalog_news.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/workers.h"
#include "cache/cache.h"
#include "catalog/catalog.h"
#include "catalog/catalog_state.h"

struct catalog_news {
    struct http_app *app;
    struct catalog_teller teller;
    struct cache_watcher watcher;
    struct worker_job job;
    atomic_flag telling; /* the job waits for its worker */
};

static void on_worker(struct worker_job *job, size_t worker)
{
    struct catalog_news *news = container_of(job, struct catalog_news, job);
    struct catalog_state state;
    atomic_flag_clear(&news->telling); /* a touch from here on is told by the next */
    if (catalog_state_read(news->app->readers[worker], &state) != STATUS_OK)
        return;
    catalog_hear(news->app->catalog, state.version);
    cache_announce(news->app->cache, (uint64_t)state.version);
}

static void tell(struct catalog_teller *teller)
{
    struct catalog_news *news = container_of(teller, struct catalog_news, teller);
    if (atomic_flag_test_and_set(&news->telling))
        return;
    if (workers_submit(news->app->workers, &news->job) != STATUS_OK) /* continues in on_worker */
        atomic_flag_clear(&news->telling);
}

static void on_news(struct cache_watcher *watcher, uint64_t version)
{
    struct catalog_news *news = container_of(watcher, struct catalog_news, watcher);
    catalog_hear(news->app->catalog, (int64_t)version);
}

static void on_gap(struct cache_watcher *watcher)
{
    (void)watcher; /* the look finds what was said meanwhile */
}

bool catalog_news_look(struct catalog_news *news, struct store_connection *reader)
{
    struct catalog_state state;
    catalog_stir(news->app->catalog);
    if (catalog_state_read(reader, &state) != STATUS_OK)
        return false;
    catalog_hear(news->app->catalog, state.version);
    return true;
}

struct catalog_news *catalog_news_create(struct http_app *app)
{
    struct catalog_news *news = calloc(1, sizeof *news);
    if (!news)
        return NULL;
    news->app = app;
    news->teller.tell = tell;
    news->watcher = (struct cache_watcher){.on_news = on_news, .on_gap = on_gap};
    news->job.work = on_worker;
    atomic_flag_clear(&news->telling);
    cache_watch(app->cache, &news->watcher);
    catalog_set_teller(app->catalog, &news->teller);
    return news;
}

void catalog_news_destroy(struct catalog_news *news)
{
    free(news);
}
