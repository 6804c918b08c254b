/* standing.c — loop → usher → loop, and the place as JSON. */
#include "api/standing.h"

#include <math.h>

#include "api/problem.h"
#include "base/container.h"

enum { MS_PER_S = 1000, ASK_AGAIN_MS = 2000 };

/* --- the place as JSON ------------------------------------------------------------------------ */

static const char *state_words(enum place_state state)
{
    switch (state) {
    case PLACE_HALL:
    case PLACE_WAITING:
    case PLACE_CALLED:
        return "WAITING";
    case PLACE_ENTERED:
    case PLACE_BOUGHT:
        return "ADMITTED";
    case PLACE_LEFT:
        return "LEFT";
    case PLACE_LAPSED:
    case PLACE_MISSED:
    case PLACE_OVER:
    case PLACE_STATE_COUNT:
        return "EXPIRED";
    }
    return "EXPIRED";
}

static void write_eta(struct json_out *out, const char *key, const struct waiting_ask *ask,
                      double fans_per_second)
{
    json_out_key(out, key);
    if (ask->place.state != PLACE_HALL && ask->ahead == 0)
        json_out_int(out, 0);
    else if (ask->place.state == PLACE_WAITING && fans_per_second >= 0.01)
        json_out_int(out, (int64_t)ceil(ask->ahead / fans_per_second));
    else
        json_out_null(out);
}

static void write_position(struct json_out *out, const struct waiting_ask *ask)
{
    json_out_int_field(out, "sequence", ask->place.sequence);
    json_out_key(out, "turn");
    if (ask->place.turn > 0)
        json_out_int(out, ask->place.turn);
    else
        json_out_null(out);
    json_out_int_field(out, "ahead", ask->ahead);
    json_out_int_field(out, "number", ask->number);
    json_out_int_field(out, "admitted", ask->admitted);
    write_eta(out, "etaSeconds", ask, ask->pace.usual);
    write_eta(out, "etaLeastSeconds", ask, ask->pace.most);
    write_eta(out, "etaMostSeconds", ask, ask->pace.least);
    json_out_int_field(out, "idleSeconds", WAITING_IDLE_MS / MS_PER_S);
    if (ask->place.state == PLACE_CALLED)
        json_out_int_field(out, "retryAfterMs", ASK_AGAIN_MS);
}

static void write_receipt(struct json_out *out, const struct seals *seals,
                          const struct waiting_ask *ask)
{
    char text[RECEIPT_TEXT_BYTES];
    struct receipt receipt = {ask->option, ask->fan, ask->place.sequence, ask->place.door};
    if (receipt_write(seals, ask->kid, &receipt, text))
        json_out_words_field(out, "receipt", text);
}

static void write_entry(struct json_out *out, const struct seals *seals,
                        const struct waiting_ask *ask)
{
    char token[PASS_TEXT_BYTES];
    struct pass pass = {.kind = PASS_ENTRY,
                        .option = ask->option,
                        .fan = ask->fan,
                        .number = ask->place.sequence,
                        .expires_at_ms = ask->place.entry_until_s * MS_PER_S};
    pass_write(seals, &pass, token);
    json_out_words_field(out, "entryToken", token);
    json_out_time_field(out, "entryExpiresAt", pass.expires_at_ms);
}

void standing_json(struct json_out *out, const struct standing *standing)
{
    const struct waiting_ask *ask = &standing->ask;
    json_out_object(out);
    json_out_words_field(out, "state", state_words(ask->place.state));
    write_position(out, ask);
    write_receipt(out, standing->app->seals, ask);
    if (ask->place.state == PLACE_ENTERED)
        write_entry(out, standing->app->seals, ask);
    if (ask->place.state == PLACE_BOUGHT)
        json_out_bool_field(out, "bought", true);
    json_out_object_end(out);
}

/* --- the step --------------------------------------------------------------------------------- */

static void refuse_for_now(struct http_request *request, int64_t wait_ms)
{
    problem_answer(request,
                   &(struct problem){.status = 429,
                                     .code = "REJOIN_TOO_SOON",
                                     .detail = "You have given up several places in this "
                                               "line; a new one takes some time.",
                                     .retry_after_s = (wait_ms + MS_PER_S - 1) / MS_PER_S});
}

static void refuse(struct http_request *request, int status, const char *code, const char *detail)
{
    problem_answer(request, &(struct problem){.status = status, .code = code, .detail = detail});
}

static void on_back(struct loop_note *note)
{
    struct standing *standing = container_of(note, struct standing, note);
    struct http_request *request = standing->request;
    switch (standing->ask.verdict) {
    case WAITING_HERE:
    case WAITING_NEW:
        standing->answer(standing);
        return;
    case WAITING_NO_ROOM:
        problem_not_found(request, "There is no waiting room for this date.");
        return;
    case WAITING_NOT_HERE:
        refuse(request, 404, "NOT_IN_LINE", "You have not joined this line.");
        return;
    case WAITING_CHALLENGE:
        refuse(request, 403, "CHALLENGE_REQUIRED",
               "Solve a new challenge first: GET …/waiting/challenge.");
        return;
    case WAITING_TOO_SOON:
        refuse_for_now(request, standing->ask.retry_after_ms);
        return;
    case WAITING_SOLD_OUT:
        refuse(request, 409, "SOLD_OUT", "Every seat has been sold.");
        return;
    case WAITING_CLOSED:
        refuse(request, 409, "SALE_CLOSED", "The sale is over.");
        return;
    case WAITING_FULL:
        refuse(request, 409, "LINE_FULL",
               "This line has given all its numbers: nobody else can join it.");
        return;
    case WAITING_FAILED:
        problem_busy(request);
        return;
    }
}

static void on_answer(struct waiting_ask *ask)
{
    struct standing *standing = container_of(ask, struct standing, ask);
    loop_post(http_loop(standing->request), &standing->note); /* continues in on_back */
}

void standing_start(struct standing *standing, struct http_app *app, struct http_request *request)
{
    standing->app = app;
    standing->request = request;
    standing->note.on_arrive = on_back;
    standing->ask.on_answer = on_answer;
    if (waiting_submit(app->waiting, &standing->ask) != STATUS_OK)
        problem_busy(request);
}
