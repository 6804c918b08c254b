/* http_dispatch.c — the last step of net/ before the endpoints. */
#include "net/http_dispatch.h"

#include "net/http_refusal.h"

static void answer_options(struct http_request *request, const struct http_field *allow)
{
    const struct http_answer answer = {.status = 204, .fields = allow, .field_count = 1};
    http_answer(request, &answer);
}

static void answer_known_path(struct http_request *request)
{
    char words[HTTP_ALLOW_BYTES];
    http_router_allow(request->match.methods, words);
    const struct http_field allow = {text_of("Allow"), text_of(words)};
    if (request->method == HTTP_METHOD_OPTIONS) {
        answer_options(request, &allow);
        return;
    }
    const struct http_problem problem = {
        .status = 405,
        .code = "METHOD_NOT_ALLOWED",
        .detail = "This path knows other methods only.",
        .fields = &allow,
        .field_count = 1,
    };
    http_refuse(request, &problem);
}

static void answer_unknown_path(struct http_shared *shared, struct http_request *request)
{
    if (shared->settings.fallback) {
        shared->settings.fallback(shared->settings.app, request);
        return;
    }
    const struct http_problem problem = {
        .status = 404, .code = "NOT_FOUND", .detail = "There is nothing at this path."};
    http_refuse(request, &problem);
}

void http_dispatch(struct http_shared *shared, struct http_request *request)
{
    const struct http_server_settings *settings = &shared->settings;
    if (request->match.route < settings->route_count)
        settings->routes[request->match.route].handle(settings->app, request);
    else if (request->match.methods != 0)
        answer_known_path(request);
    else
        answer_unknown_path(shared, request);
}

void http_dispatch_refusal(struct http_shared *shared, struct http_request *request)
{
    (void)shared;
    const struct http_field retry_after = {text_of("Retry-After"), text_of("1")};
    const struct http_problem problem = {
        .status = request->refusal.status,
        .code = request->refusal.code,
        .detail = request->refusal.detail,
        .fields = &retry_after,
        .field_count = request->refusal.status == 503,
        .close = true,
    };
    http_refuse(request, &problem);
}
