/*
 * waiting_news.c — one document for everybody, a word for who is called.
 *
 * The channel of a line is held from its first document on, so that whoever begins to listen hears
 * the newest at once. There are at most WAITING_ROOMS_MAX lines, and a line is as good as for ever:
 * nothing is released.
 */
#include "api/waiting_news.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/standing.h"
#include "base/clock.h"
#include "base/container.h"
#include "net/http_stream.h"

struct waiting_news {
    struct waiting_watcher watcher;
    struct push_audience audience;
    struct http_app *app;
    int64_t held[WAITING_ROOMS_MAX]; /* options; the usher's */
    size_t held_count;
};

static struct push_channel channel_of(struct option_id option)
{
    return push_channel(PUSH_WAITING, (uint64_t)option.value);
}

/* --- from the usher --------------------------------------------------------------------------- */

static void hold(struct waiting_news *news, struct option_id option)
{
    for (size_t i = 0; i < news->held_count; i++)
        if (news->held[i] == option.value)
            return;
    if (news->held_count < WAITING_ROOMS_MAX &&
        push_hold(news->app->push, channel_of(option)) == STATUS_OK)
        news->held[news->held_count++] = option.value;
}

static void publish(struct waiting_news *news, struct option_id option, const char *name,
                    int64_t number, struct text data, bool at_once)
{
    struct leaflet *leaflet =
        leaflet_event(&(struct leaflet_event){.name = name, .id = (uint64_t)number, .data = data});
    if (leaflet)
        push_publish(news->app->push, channel_of(option), leaflet,
                     at_once ? PUSH_AT_ONCE : PUSH_CALMLY);
    leaflet_drop(leaflet);
}

static void on_document(struct waiting_watcher *watcher, struct option_id option,
                        struct text document, int64_t number, bool at_once)
{
    struct waiting_news *news = container_of(watcher, struct waiting_news, watcher);
    hold(news, option);
    publish(news, option, "serving", number, document, at_once);
}

/* Comes before the document with the same state, which takes its place for those who come later. */
static void on_closed(struct waiting_watcher *watcher, struct option_id option,
                      enum room_state state)
{
    struct waiting_news *news = container_of(watcher, struct waiting_news, watcher);
    char data[64];
    snprintf(data, sizeof data, "{\"reason\":\"%s\"}", room_state_name(state));
    publish(news, option, "closed", 0, text_of(data), true);
}

struct leaflet *waiting_news_admitted(const struct place *place)
{
    char data[128], claim_before[CLOCK_TEXT_BYTES];
    int64_t until_ms = place->until_s * 1000;
    clock_write_iso(clock_can_write(until_ms) ? until_ms : 0, claim_before);
    snprintf(data, sizeof data, "{\"sequence\":%u,\"turn\":%u,\"claimBefore\":\"%s\"}",
             place->sequence, place->turn, claim_before);
    return leaflet_event(&(struct leaflet_event){.name = "admitted", .data = text_of(data)});
}

static void on_called(struct waiting_watcher *watcher, struct option_id option,
                      const struct place *place)
{
    struct waiting_news *news = container_of(watcher, struct waiting_news, watcher);
    struct leaflet *leaflet = waiting_news_admitted(place);
    if (leaflet)
        push_tell(news->app->push, channel_of(option), place->fan, leaflet);
    leaflet_drop(leaflet);
}

/* --- from the hub ----------------------------------------------------------------------------- */

static void on_came(struct push_audience *audience, struct push_channel channel, struct fan_id fan)
{
    struct waiting_news *news = container_of(audience, struct waiting_news, audience);
    waiting_tell_came(news->app->waiting, (struct option_id){(int64_t)channel.number}, fan);
}

static void on_left(struct push_audience *audience, struct push_channel channel, struct fan_id fan)
{
    struct waiting_news *news = container_of(audience, struct waiting_news, audience);
    waiting_tell_left(news->app->waiting, (struct option_id){(int64_t)channel.number}, fan);
}

struct waiting_news *waiting_news_create(struct http_app *app)
{
    struct waiting_news *news = calloc(1, sizeof *news);
    if (!news)
        return NULL;
    news->app = app;
    news->watcher = (struct waiting_watcher){on_document, on_called, on_closed};
    news->audience = (struct push_audience){.on_came = on_came, .on_left = on_left};
    return news;
}

void waiting_news_destroy(struct waiting_news *news)
{
    free(news);
}

struct waiting_watcher *waiting_news_watcher(struct waiting_news *news)
{
    return &news->watcher;
}

struct push_audience *waiting_news_audience(struct waiting_news *news)
{
    return &news->audience;
}

/* --- listening -------------------------------------------------------------------------------- */

static void on_seen(struct standing *standing)
{
    struct http_app *app = standing->app;
    const struct place *place = &standing->ask.place;
    bool is_called = place->state == PLACE_CALLED || place->state == PLACE_ENTERED;
    struct leaflet *first = is_called ? waiting_news_admitted(place) : NULL;
    (void)push_listen(
        app->push, standing->request,
        &(struct push_listening){.channel = channel_of(standing->ask.option),
                                 .fan = standing->ask.fan,
                                 .first = first,
                                 .audience = waiting_news_audience(app->waiting_news),
                                 .websocket = http_websocket_wanted(standing->request)});
    leaflet_drop(first);
}

void waiting_events(struct http_app *app, struct http_request *request)
{
    struct identity caller;
    int64_t option;
    if (!caller_stream(app, request, &caller) ||
        !body_path_id(request, 0, "There is no waiting room for this date.", &option))
        return;
    struct standing *standing = arena_take_zeroed(http_arena(request), sizeof *standing);
    if (!standing) {
        problem_no_memory(request);
        return;
    }
    standing->ask.kind = WAITING_GLANCE;
    standing->ask.fan = caller.fan;
    standing->ask.option = (struct option_id){option};
    standing->answer = on_seen;
    standing_start(standing, app, request); /* continues in on_seen */
}
