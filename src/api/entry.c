/*
 * entry.c — one hash a press: the token says whose it is, for which sale and how long.
 *
 * Checking takes about a microsecond and no look-up, so nothing is remembered. How often a token is
 * used does not matter: how many seats a fan may have is the engine's to say.
 */
#include "api/entry.h"

#include "api/problem.h"
#include "base/clock.h"
#include "booking/board.h"
#include "waiting/waiting.h"

static bool has_waiting_room(const struct http_app *app, struct option_id option)
{
    const struct board *board = boards_find(app->boards, option);
    return board && board_has_waiting_room(board);
}

static void refuse(struct http_request *request, const char *code, const char *detail)
{
    problem_answer(
        request,
        &(struct problem){.status = 403, .code = code, .detail = detail, .field = "Entry-Token"});
}

bool entry_allows(struct http_app *app, struct http_request *request, struct fan_id fan,
                  struct option_id option)
{
    if (!has_waiting_room(app, option))
        return true;
    struct text token = http_header(request, "entry-token");
    if (text_empty(token)) {
        refuse(request, "ENTRY_TOKEN_REQUIRED",
               "This sale has a waiting room: send the token that it gave you.");
        return false;
    }
    struct pass pass;
    bool good = pass_read(app->seals, token, PASS_ENTRY, &pass) && pass.fan.value == fan.value &&
                pass.option.value == option.value && pass.expires_at_ms > clock_wall_ms();
    if (!good)
        refuse(request, "ENTRY_TOKEN_INVALID",
               "This token is not yours, not for this sale, or it has expired.");
    return good;
}

void entry_tell_held(struct http_app *app, struct fan_id fan, struct option_id option,
                     int64_t until_ms)
{
    if (has_waiting_room(app, option))
        waiting_tell_held(app->waiting, option, fan, until_ms);
}
