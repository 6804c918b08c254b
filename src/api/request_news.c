/*
 * request_news.c — outcomes go to those who listen; and who listens in vain is told so.
 *
 * An outcome can be missed: it came between a listener's look and its listening, on a node that
 * died, or never. So each request that is listened to is looked at again by the writer, soon after
 * its listening began and when its time is over; the store's word is the last.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/requests_inside.h"
#include "base/container.h"
#include "base/must.h"
#include "net/leaflet.h"
#include "push/push.h"
#include "store/store.h"
#include "strategies/queue_store.h"

struct watch { /* a request that somebody listens to */
    struct list link;
    struct store_job job;
    struct request_news *news;
    struct request_state state;
    int64_t look_at_ms;
    bool decided;
};

struct request_news {
    struct http_app *app;
    struct request_watcher watcher;
    pthread_mutex_t lock;
    struct list watches; /* not being looked at */
    size_t watch_count;
};

/* --- telling ---------------------------------------------------------------------------------- */

static void on_settled(struct request_watcher *watcher, const struct request_state *state)
{
    struct request_news *news = container_of(watcher, struct request_news, watcher);
    struct push_channel channel = push_channel(PUSH_REQUEST, request_id_number(&state->id));
    struct push *push = news->app->push;
    if (!push_awaited(push, channel))
        return;
    struct arena *arena = arena_create(2048, 16384);
    if (!arena)
        return; /* the watch finds out */
    struct buffer data;
    buffer_init(&data, arena, 256);
    struct json_out out = json_out_to(&data);
    requests_json(&out, state, NULL);
    struct leaflet *leaflet =
        data.failed
            ? NULL
            : leaflet_event(&(struct leaflet_event){.name = "state", .data = buffer_text(&data)});
    if (leaflet) {
        push_publish(push, channel, leaflet, PUSH_AT_ONCE);
        push_end(push, channel);
    }
    leaflet_drop(leaflet);
    arena_destroy(arena);
}

/* --- watching --------------------------------------------------------------------------------- */

void request_news_watch(struct request_news *news, const struct request_state *state)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return;
    watch->news = news;
    watch->state = *state;
    pthread_mutex_lock(&news->lock);
    bool fits = news->watch_count < REQUESTS_WATCHED_MAX;
    if (fits) {
        news->watch_count++;
        list_push_back(&news->watches, &watch->link);
    }
    pthread_mutex_unlock(&news->lock);
    if (!fits)
        free(watch);
}

static void forget(struct request_news *news, struct watch *watch)
{
    pthread_mutex_lock(&news->lock);
    news->watch_count--;
    pthread_mutex_unlock(&news->lock);
    free(watch);
}

static void keep(struct request_news *news, struct watch *watch)
{
    pthread_mutex_lock(&news->lock);
    list_push_back(&news->watches, &watch->link);
    pthread_mutex_unlock(&news->lock);
}

static enum status find_out(struct store_job *job, struct store_connection *connection)
{
    struct watch *watch = container_of(job, struct watch, job);
    struct request_id id = watch->state.id;
    struct request_state found;
    enum status status = queue_store_find(connection, &id, &found);
    watch->decided = status == STATUS_OK;
    if (watch->decided)
        watch->state = found;
    if (status != STATUS_MISSING)
        return status;
    if (watch->look_at_ms < queue_expires_at_ms(&id))
        return STATUS_OK;
    watch->decided = true;
    return queue_expire(watch->news->app->queue, connection, &watch->state);
}

static void on_found_out(struct store_job *job, enum status status)
{
    struct watch *watch = container_of(job, struct watch, job);
    if (status == STATUS_OK && watch->decided) {
        on_settled(&watch->news->watcher, &watch->state);
        forget(watch->news, watch);
        return;
    }
    watch->state.progress = REQUEST_PENDING;
    watch->look_at_ms += REQUESTS_LOOK_MS;
    keep(watch->news, watch);
}

/* NULL when nothing is due. */
static struct watch *take_due(struct request_news *news, int64_t now_ms)
{
    struct watch *due = NULL;
    pthread_mutex_lock(&news->lock);
    for (struct list *link = news->watches.next; !due && link != &news->watches;
         link = link->next) {
        struct watch *watch = container_of(link, struct watch, link);
        if (watch->look_at_ms == 0)
            watch->look_at_ms = now_ms + REQUESTS_LOOK_MS;
        if (watch->look_at_ms <= now_ms)
            due = watch;
    }
    if (due)
        list_remove(&due->link);
    pthread_mutex_unlock(&news->lock);
    return due;
}

void request_news_tick(struct request_news *news, int64_t now_wall_ms)
{
    struct watch *watch;
    while ((watch = take_due(news, now_wall_ms)) != NULL) {
        struct push_channel channel =
            push_channel(PUSH_REQUEST, request_id_number(&watch->state.id));
        if (push_listening_count(news->app->push, channel) == 0) {
            forget(news, watch);
            continue;
        }
        watch->look_at_ms = now_wall_ms;
        watch->job = (struct store_job){.work = find_out, .on_done = on_found_out};
        if (store_submit(news->app->store, &watch->job) != STATUS_OK) {
            watch->look_at_ms = now_wall_ms + REQUESTS_LOOK_MS;
            keep(news, watch);
            return;
        }
    }
}

/* --- life ------------------------------------------------------------------------------------- */

struct request_news *request_news_create(struct http_app *app, struct request_states *states)
{
    struct request_news *news = calloc(1, sizeof *news);
    if (!news)
        return NULL;
    news->app = app;
    news->watcher.on_settled = on_settled;
    list_init(&news->watches);
    int failed = pthread_mutex_init(&news->lock, NULL);
    must(!failed);
    request_states_watch(states, &news->watcher);
    return news;
}

void request_news_destroy(struct request_news *news)
{
    if (!news)
        return;
    for (struct list *link; (link = list_pop_front(&news->watches)) != NULL;)
        free(container_of(link, struct watch, link));
    pthread_mutex_destroy(&news->lock);
    free(news);
}
