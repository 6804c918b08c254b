/* caller.c — the same words for a forged token and none at all; only an expired one is told so. */
#include "api/caller.h"

#include "account/tokens.h"
#include "api/problem.h"
#include "base/clock.h"
#include "base/hash.h"
#include "guard/limiter.h"
#include "net/loop.h"

static struct text bearer(struct http_request *request)
{
    struct text value = http_header(request, "authorization");
    struct text token;
    struct text scheme = text_cut(value, ' ', &token);
    return text_equal_nocase(scheme, text_of("bearer")) ? text_trim(token) : text_make(NULL, 0);
}

static void answer_unauthenticated(struct http_request *request, const char *code,
                                   const char *detail)
{
    problem_answer(request, &(struct problem){.status = 401, .code = code, .detail = detail});
}

static bool in_time(struct http_app *app, struct http_request *request, struct fan_id fan)
{
    int64_t wait_ms =
        limiter_ask(app->fan_limiter, hash_id(fan.value), loop_now_ms(http_loop(request)));
    if (wait_ms == 0)
        return true;
    problem_answer(request, &(struct problem){.status = 429,
                                              .code = "RATE_LIMITED",
                                              .detail = "This account asks too often.",
                                              .retry_after_s = (wait_ms + 999) / 1000});
    return false;
}

/* False when the request has been answered. */
static bool is_good(struct http_app *app, struct http_request *request, enum token_verdict verdict,
                    const struct identity *identity)
{
    switch (verdict) {
    case TOKEN_GOOD:
        return in_time(app, request, identity->fan);
    case TOKEN_EXPIRED:
        answer_unauthenticated(request, "TOKEN_EXPIRED", "The access token has expired.");
        return false;
    case TOKEN_FORGED:
        answer_unauthenticated(request, "UNAUTHENTICATED",
                               "Log in and send the access token as a bearer token.");
        return false;
    }
    return false;
}

bool caller_fan(struct http_app *app, struct http_request *request, struct identity *out_identity)
{
    struct api_loop *loop = http_loop_data(request);
    struct text token = bearer(request);
    enum token_verdict verdict = text_empty(token)
                                     ? TOKEN_FORGED
                                     : tokens_check_remembered(app->tokens, loop->tokens, token,
                                                               clock_wall_ms(), out_identity);
    return is_good(app, request, verdict, out_identity);
}

bool caller_is_operator(struct http_app *app, struct http_request *request)
{
    struct api_loop *loop = http_loop_data(request);
    struct text token = bearer(request);
    struct identity identity;
    return !text_empty(token) &&
           tokens_check_remembered(app->tokens, loop->tokens, token, clock_wall_ms(), &identity) ==
               TOKEN_GOOD &&
           identity.role != ROLE_FAN;
}

bool caller_stream(struct http_app *app, struct http_request *request,
                   struct identity *out_identity)
{
    struct text token = http_query(request, "token");
    if (!token.bytes || !text_empty(bearer(request)))
        return caller_fan(app, request, out_identity);
    enum token_verdict verdict =
        tokens_check_stream(app->tokens, token, http_path(request), clock_wall_ms(), out_identity);
    return is_good(app, request, verdict, out_identity);
}

static bool is_operator(struct http_request *request, const struct identity *identity)
{
    if (identity->role != ROLE_FAN)
        return true;
    problem_answer(
        request,
        &(struct problem){.status = 403, .code = "FORBIDDEN", .detail = "This is for operators."});
    return false;
}

bool caller_operator(struct http_app *app, struct http_request *request,
                     struct identity *out_identity)
{
    return caller_fan(app, request, out_identity) && is_operator(request, out_identity);
}

bool caller_stream_operator(struct http_app *app, struct http_request *request,
                            struct identity *out_identity)
{
    return caller_stream(app, request, out_identity) && is_operator(request, out_identity);
}
