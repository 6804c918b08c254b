/*
 * waiting.c — join, look, leave.
 *
 *     loop     token, limits, challenge → an ask              waiting_post, waiting_me_…
 *     usher    decided and durable                            waiting/
 *     loop     the place, or why there is none                on_joined, on_seen
 */
#include "api/waiting.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/standing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "guard/limiter.h"
#include "guard/peer.h"
#include "waiting/challenge.h"

static const char missing[] = "There is no waiting room for this date.";

static void answer_place(struct standing *standing, int status)
{
    struct buffer body;
    buffer_init(&body, http_arena(standing->request), 1024);
    struct json_out out = json_out_to(&body);
    standing_json(&out, standing);
    body_answer(standing->request, status, &body);
}

/* NULL: answered. */
static struct standing *begin(struct http_app *app, struct http_request *request,
                              enum waiting_kind kind)
{
    struct identity caller;
    int64_t option;
    if (!caller_fan(app, request, &caller) || !body_path_id(request, 0, missing, &option))
        return NULL;
    struct standing *standing = arena_take_zeroed(http_arena(request), sizeof *standing);
    if (!standing) {
        problem_no_memory(request);
        return NULL;
    }
    standing->ask.kind = kind;
    standing->ask.fan = caller.fan;
    standing->ask.option = (struct option_id){option};
    return standing;
}

/* --- joining ---------------------------------------------------------------------------------- */

static void on_joined(struct standing *standing)
{
    answer_place(standing, standing->ask.verdict == WAITING_NEW ? 201 : 200);
}

static bool in_time(struct http_app *app, struct http_request *request, struct fan_id fan)
{
    int64_t now_ms = loop_now_ms(http_loop(request));
    int64_t wait_ms = limiter_ask(app->join_fan_limiter, hash_id(fan.value), now_ms);
    if (wait_ms == 0)
        wait_ms = limiter_ask(app->join_peer_limiter, peer_key(http_peer(request)), now_ms);
    if (wait_ms == 0)
        return true;
    problem_answer(request,
                   &(struct problem){.status = 429,
                                     .code = "RATE_LIMITED",
                                     .detail = "Too many joins of this account or address.",
                                     .retry_after_s = (wait_ms + 999) / 1000});
    return false;
}

/* A wrong solution is as good as none: the usher says whether one is needed. */
static bool read_solution(struct standing *standing, struct http_app *app,
                          struct http_request *request)
{
    static const char *const known[] = {"challenge", "solution", NULL};
    if (http_body(request).size == 0)
        return true;
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    struct text challenge, solution;
    struct waiting_ask *ask = &standing->ask;
    enum json_in_verdict first =
        json_in_read_text(body, "challenge", 1, WAITING_PASS_BYTES_MAX, &challenge);
    enum json_in_verdict second =
        json_in_read_text(body, "solution", 1, WAITING_SOLUTION_BYTES_MAX, &solution);
    bool none = first == JSON_IN_ABSENT && second == JSON_IN_ABSENT;
    if (first == JSON_IN_OK && second == JSON_IN_OK)
        (void)challenge_check(app->seals, challenge, solution, ask->option, ask->fan,
                              clock_wall_ms(), &ask->challenge_bits, &ask->challenge_set_at_ms);
    else if (first != JSON_IN_OK && !none)
        problem_field(request, "challenge", first, "a challenge from GET …/waiting/challenge");
    else if (!none)
        problem_field(request, "solution", second, "a text of 1 to 64 characters");
    json_in_close(body);
    return none || (first == JSON_IN_OK && second == JSON_IN_OK);
}

void waiting_post(struct http_app *app, struct http_request *request)
{
    struct standing *standing = begin(app, request, WAITING_JOIN);
    if (!standing || !read_solution(standing, app, request) ||
        !in_time(app, request, standing->ask.fan))
        return;
    standing->answer = on_joined;
    standing_start(standing, app, request); /* continues in on_joined */
}

/* --- looking, leaving ------------------------------------------------------------------------- */

static void on_seen(struct standing *standing)
{
    answer_place(standing, 200);
}

void waiting_me_get(struct http_app *app, struct http_request *request)
{
    struct standing *standing = begin(app, request, WAITING_LOOK);
    if (!standing)
        return;
    standing->answer = on_seen;
    standing_start(standing, app, request); /* continues in on_seen */
}

void waiting_me_delete(struct http_app *app, struct http_request *request)
{
    struct standing *standing = begin(app, request, WAITING_LEAVE);
    if (!standing)
        return;
    standing->answer = on_seen;
    standing_start(standing, app, request); /* continues in on_seen */
}

/* --- what everybody may know ------------------------------------------------------------------ */

void waiting_serving_get(struct http_app *app, struct http_request *request)
{
    int64_t option;
    if (!body_path_id(request, 0, missing, &option))
        return;
    struct text document =
        waiting_document(app->waiting, (struct option_id){option}, http_arena(request));
    if (!document.bytes) {
        problem_not_found(request, missing);
        return;
    }
    const struct http_field fields[] = {
        {text_of("Cache-Control"), text_of("public, max-age=1")},
    };
    http_answer(request, &(struct http_answer){.status = 200,
                                               .type = text_of("application/json"),
                                               .body = document,
                                               .fields = fields,
                                               .field_count = 1});
}

void waiting_challenge_get(struct http_app *app, struct http_request *request)
{
    struct identity caller;
    struct waiting_numbers numbers;
    int64_t id;
    if (!caller_fan(app, request, &caller) || !body_path_id(request, 0, missing, &id))
        return;
    struct option_id option = {id};
    if (!waiting_numbers(app->waiting, option, &numbers)) {
        problem_not_found(request, missing);
        return;
    }
    char challenge[PASS_TEXT_BYTES];
    int64_t expires_at_ms =
        challenge_write(app->seals, option, caller.fan, clock_wall_ms(), challenge);
    struct buffer body;
    buffer_init(&body, http_arena(request), 512);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_int_field(&out, "bits", numbers.terms.challenge_bits);
    json_out_words_field(&out, "challenge", challenge);
    json_out_time_field(&out, "expiresAt", expires_at_ms);
    json_out_object_end(&out);
    body_answer(request, 200, &body);
}
