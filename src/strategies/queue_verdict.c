/* queue_verdict.c — the codes of docs/api/reservations.md, for those who hear them later. */
#include <stdio.h>

#include "strategies/queue_inside.h"

void queue_fail(struct request_state *state, const char *code)
{
    state->progress = REQUEST_FAILED;
    state->reservation.value = 0;
    snprintf(state->code, sizeof state->code, "%s", code);
    state->extra[0] = '\0';
}

static const char *code_of(enum booking_verdict verdict)
{
    switch (verdict) {
    case BOOKING_KEY_REUSED:
        return "IDEMPOTENCY_KEY_REUSED";
    case BOOKING_NO_SALE:
    case BOOKING_NOT_OPEN_YET:
    case BOOKING_PAUSED:
    case BOOKING_CLOSED:
        return "SALE_NOT_OPEN";
    case BOOKING_STRATEGY_MISMATCH:
        return "STRATEGY_MISMATCH";
    case BOOKING_LAB_ONLY:
        return "LAB_ONLY";
    case BOOKING_PRESALE_ONLY:
        return "PRESALE_ONLY";
    case BOOKING_SOLD_OUT:
        return "SOLD_OUT";
    case BOOKING_NO_SUCH_SEAT:
    case BOOKING_NO_SUCH_SECTION:
        return "NOT_FOUND";
    case BOOKING_SEAT_TAKEN:
        return "SEAT_TAKEN";
    case BOOKING_LIMIT_EXCEEDED:
        return "LIMIT_EXCEEDED";
    case BOOKING_DONE:
    case BOOKING_REPEATED:
    case BOOKING_NO_SUCH_GROUP:
    case BOOKING_NO_SUCH_ALLOTMENT:
    case BOOKING_TOO_MANY_ALLOTMENTS:
    case BOOKING_NOT_LIVE:
    case BOOKING_WRONG_STATE:
    case BOOKING_FAILED:
    case BOOKING_VERDICT_COUNT:
        return QUEUE_CODE_GIVEN_UP;
    }
    return QUEUE_CODE_GIVEN_UP;
}

/* 16 seats of 16 digits fit. */
static void name_taken_seats(const struct booking_ask *ask, struct request_state *state)
{
    size_t at = (size_t)snprintf(state->extra, sizeof state->extra, "\"seatIds\":[");
    for (size_t i = 0; i < ask->choice.seat_count; i++)
        at += (size_t)snprintf(
            state->extra + at, sizeof state->extra - at, "%s%lld", i > 0 ? "," : "",
            (long long)plan_seat_id(ask->plan, ask->choice.seat_indexes[i]).value);
    snprintf(state->extra + at, sizeof state->extra - at, "]");
}

void queue_verdict_tell(const struct booking_ask *ask, struct request_state *out_state)
{
    if (ask->verdict == BOOKING_DONE || ask->verdict == BOOKING_REPEATED) {
        out_state->progress = REQUEST_SUCCESS;
        out_state->reservation = ask->reservation;
        return;
    }
    queue_fail(out_state, code_of(ask->verdict));
    if (ask->verdict == BOOKING_SEAT_TAKEN)
        name_taken_seats(ask, out_state);
}
