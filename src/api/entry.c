/*
 * entry.c — one hash a press: the token says whose it is, for which sale and how long.
 *
 * Checking takes about a microsecond and no look-up beyond a bit in memory, which says who left, so
 * nothing is remembered. How often a token is used does not matter: how many seats a fan may have
 * is the engine's to say.
 */
#include "api/entry.h"

#include "api/problem.h"
#include "base/clock.h"
#include "base/must.h"
#include "waiting/waiting.h"

static bool has_waiting_room(const struct board *board)
{
    return board && board_has_waiting_room(board);
}

enum entry_verdict entry_check(struct http_app *app, struct http_request *request,
                               struct fan_id fan, struct option_id option,
                               const struct board *board)
{
    if (!has_waiting_room(board))
        return ENTRY_OPEN;
    struct text token = http_header(request, "entry-token");
    if (text_empty(token))
        return ENTRY_MISSING;
    struct pass pass;
    if (!pass_read(app->seals, token, PASS_ENTRY, &pass) || pass.fan.value != fan.value ||
        pass.option.value != option.value)
        return ENTRY_INVALID;
    bool is_over =
        pass.expires_at_ms <= clock_wall_ms() || waiting_gave_up(app->waiting, option, pass.number);
    return is_over ? ENTRY_EXPIRED : ENTRY_OPEN;
}

void entry_refuse(struct http_request *request, enum entry_verdict verdict)
{
    must(verdict != ENTRY_OPEN);
    struct problem problem = {.status = 403, .field = "Entry-Token"};
    if (verdict == ENTRY_MISSING) {
        problem.code = "ENTRY_TOKEN_REQUIRED";
        problem.detail = "This sale has a waiting room: send the token that it gave you.";
    } else {
        problem.code = "ENTRY_TOKEN_INVALID";
        problem.detail = "This token is not yours, not for this sale, or its time is over.";
    }
    problem_answer(request, &problem);
}

void entry_tell_held(struct http_app *app, struct fan_id fan, struct option_id option,
                     const struct board *board, int64_t until_ms)
{
    if (has_waiting_room(board))
        waiting_tell_held(app->waiting, option, fan, until_ms);
}
