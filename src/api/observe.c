/*
 * observe.c — the access log: every answer at debug level, failures and slow ones at info.
 *
 * A store that fails on the opening night fails a hundred thousand times a second. The log then
 * says so ACCESS_LOG_LINES_MAX times a second and loop, and how many lines it left out: a disk full
 * of the same sentence helps nobody.
 */
#include "api/observe.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"

struct allowance { /* of this thread, for this second */
    int64_t second;
    int64_t line_count;
};

static const char *method_name(enum http_method method)
{
    switch (method) {
    case HTTP_METHOD_GET:
        return "GET";
    case HTTP_METHOD_HEAD:
        return "HEAD";
    case HTTP_METHOD_POST:
        return "POST";
    case HTTP_METHOD_PUT:
        return "PUT";
    case HTTP_METHOD_PATCH:
        return "PATCH";
    case HTTP_METHOD_DELETE:
        return "DELETE";
    case HTTP_METHOD_OPTIONS:
        return "OPTIONS";
    case HTTP_METHOD_COUNT:
        break;
    }
    must(!"a route has a method");
    return "";
}

void api_metrics_routes(struct metrics_route *out_routes)
{
    for (size_t i = 0; i < api_route_count; i++)
        out_routes[i] =
            (struct metrics_route){method_name(api_routes[i].method), api_routes[i].pattern};
}

static bool may_write(void)
{
    static _Thread_local struct allowance allowance;
    int64_t second = clock_monotonic_ms() / 1000;
    if (second != allowance.second) {
        if (allowance.line_count > ACCESS_LOG_LINES_MAX)
            log_warn("requests not logged",
                     log_int("count", allowance.line_count - ACCESS_LOG_LINES_MAX));
        allowance = (struct allowance){.second = second};
    }
    return ++allowance.line_count <= ACCESS_LOG_LINES_MAX;
}

static void write_line(enum log_level level, const struct http_observation *observation)
{
    bool routed = observation->route < api_route_count;
    const struct http_route *route = routed ? &api_routes[observation->route] : NULL;
    log_write(level, "request",
              LOG_FIELDS(log_text("requestId", observation->request_id),
                         log_words("method", routed ? method_name(route->method) : "other"),
                         log_words("route", routed ? route->pattern : "other"),
                         log_int("status", observation->status),
                         log_int("durationUs", observation->duration_us)));
}

void api_observe(struct http_app *app, const struct http_observation *observation)
{
    metrics_observe_answer(app->metrics, observation->loop, observation->route, observation->status,
                           observation->duration_us);

    bool notable = observation->status >= 500 || observation->duration_us > SLOW_REQUEST_US;
    if (!notable)
        write_line(LOG_DEBUG, observation);
    else if (may_write())
        write_line(LOG_INFO, observation);
}
