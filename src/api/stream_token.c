/*
 * stream_token.c — a token for the URL of one stream.
 *
 * An EventSource and a browser's WebSocket can send no Authorization header. The page trades its
 * access token for one that is good for a minute and for one path, and puts that into the query.
 */
#include "account/tokens.h"
#include "api/account_body.h"
#include "api/auth.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "base/clock.h"

/* Characters that no encoding makes longer: the token holds the path. */
static bool is_plain(struct text path)
{
    for (size_t i = 0; i < path.size; i++) {
        char c = path.bytes[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '/' || c == '-' || c == '_' || c == '.';
        if (!good)
            return false;
    }
    return true;
}

static bool read_path(struct http_request *request, struct text *out_path)
{
    static const char *const known[] = {"path", NULL};
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    bool good = account_body_text(request, body, "path", ACCOUNT_STREAM_PATH_BYTES_MAX, out_path);
    json_in_close(body);
    if (!good)
        return false;
    if (text_starts(*out_path, text_of("/api/")) && is_plain(*out_path))
        return true;
    problem_validation(request, "path", "The path of a stream: /api/…/events or /api/…/ws.");
    return false;
}

static void answer_token(struct http_app *app, struct http_request *request, struct text path,
                         const struct identity *identity, int64_t now_ms)
{
    struct text token =
        tokens_issue_stream(app->tokens, identity, path, now_ms, http_arena(request));
    if (!token.bytes) {
        problem_no_memory(request);
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(request), 1024);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_text_field(&out, "token", token);
    json_out_text_field(&out, "path", path);
    json_out_time_field(&out, "expiresAt", identity->expires_at_ms);
    json_out_object_end(&out);
    body_answer(request, 200, &body);
}

void auth_stream_token(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    struct text path;
    if (!caller_fan(app, request, &identity) || !read_path(request, &path))
        return;
    int64_t now_ms = clock_wall_ms();
    int64_t most_ms = now_ms + ACCOUNT_STREAM_TOKEN_MS;
    if (identity.expires_at_ms > most_ms) /* never longer than the token it stands for */
        identity.expires_at_ms = most_ms / 1000 * 1000;
    answer_token(app, request, path, &identity, now_ms);
}
