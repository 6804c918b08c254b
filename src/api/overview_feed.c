/*
 * overview_feed.c — the operator's numbers, published while somebody looks.
 *
 * The main thread ticks, a worker reads and prints, the hub hands out. One document is on its way
 * at a time: a worker that is slow makes the numbers late, never many.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "api/caller.h"
#include "api/operations.h"
#include "api/overview.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/workers.h"
#include "push/push.h"
#include "store/store.h"

struct overview_feed {
    struct http_app *app;
    struct arena *arena;
    struct worker_job job;
    atomic_bool under_way;
    int64_t next_ms;
};

static struct push_channel channel(void)
{
    return push_channel(PUSH_OVERVIEW, 1);
}

static void publish(struct overview_feed *feed, const struct buffer *body)
{
    struct leaflet *leaflet = leaflet_event(&(struct leaflet_event){
        .name = "overview", .id = (uint64_t)clock_wall_ms(), .data = buffer_text(body)});
    if (leaflet)
        push_publish(feed->app->push, channel(), leaflet, PUSH_AT_ONCE); /* the tick has the pace */
    leaflet_drop(leaflet);
}

static void on_worker(struct worker_job *job, size_t worker)
{
    struct overview_feed *feed = container_of(job, struct overview_feed, job);
    struct buffer body;
    buffer_init(&body, feed->arena, OVERVIEW_FIRST_BYTES);
    enum status status = overview_write(feed->app, feed->app->readers[worker], &body);
    if (status == STATUS_OK && !body.failed)
        publish(feed, &body);
    else
        log_warn("overview not published", log_words("status", status_name(status)));
    arena_reset(feed->arena);
    atomic_store(&feed->under_way, false);
}

void overview_feed_tick(struct overview_feed *feed, int64_t now_ms)
{
    bool is_time = now_ms >= feed->next_ms && !atomic_load(&feed->under_way);
    if (!is_time || push_listening_count(feed->app->push, channel()) == 0)
        return;
    feed->next_ms = now_ms + PUSH_INTERVAL_MS;
    atomic_store(&feed->under_way, true);
    if (workers_submit(feed->app->workers, &feed->job) != STATUS_OK) /* continues in on_worker */
        atomic_store(&feed->under_way, false);
}

struct overview_feed *overview_feed_create(struct http_app *app)
{
    struct overview_feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return NULL;
    feed->app = app;
    feed->job.work = on_worker;
    feed->arena = arena_create(OVERVIEW_FIRST_BYTES, HTTP_ARENA_BYTES_MAX);
    if (feed->arena)
        return feed;
    overview_feed_destroy(feed);
    return NULL;
}

void overview_feed_destroy(struct overview_feed *feed)
{
    if (!feed)
        return;
    arena_destroy(feed->arena);
    free(feed);
}

/* --- the endpoint ----------------------------------------------------------------------------- */

void overview_events(struct http_app *app, struct http_request *request)
{
    struct identity caller;
    if (caller_stream_operator(app, request, &caller))
        (void)push_listen(app->push, request,
                          &(struct push_listening){.channel = channel(), .fan = caller.fan});
}
