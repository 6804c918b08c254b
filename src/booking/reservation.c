/* reservation.c — the table of allowed moves; whoever changes a state asks here first. */
#include "booking/reservation.h"

static const char *const names[RESERVATION_STATE_COUNT] = {
    "HOLD", "PAYING", "CONFIRMED", "REFUNDED", "EXPIRED", "CANCELLED",
};

static const bool moves[RESERVATION_STATE_COUNT][RESERVATION_STATE_COUNT] = {
    [RESERVATION_HOLD] =
        {[RESERVATION_PAYING] = true, [RESERVATION_EXPIRED] = true, [RESERVATION_CANCELLED] = true},
    [RESERVATION_PAYING] =
        {[RESERVATION_HOLD] = true, [RESERVATION_CONFIRMED] = true, [RESERVATION_EXPIRED] = true},
    [RESERVATION_CONFIRMED] = {[RESERVATION_REFUNDED] = true},
    [RESERVATION_EXPIRED] = {[RESERVATION_CONFIRMED] = true},
};

const char *reservation_state_name(enum reservation_state state)
{
    return names[state];
}

bool reservation_state_from_text(struct text text, enum reservation_state *out_state)
{
    size_t index;
    bool found = text_among(text, names, RESERVATION_STATE_COUNT, &index);
    if (found)
        *out_state = (enum reservation_state)index;
    return found;
}

bool reservation_may_move(enum reservation_state from, enum reservation_state to)
{
    return moves[from][to];
}

bool reservation_is_live(enum reservation_state state)
{
    return state == RESERVATION_HOLD || state == RESERVATION_PAYING ||
           state == RESERVATION_CONFIRMED;
}
