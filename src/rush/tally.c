/* tally.c — which drawer an answer belongs in. */
#include "rush/tally.h"

#include "base/must.h"

const char *tally_kind_name(enum tally_kind kind)
{
    static const char *const names[TALLY_KIND_COUNT] = {
        "reserve, won", "reserve, lost", "pay", "cancel", "repeat", "read",
    };
    must(kind < TALLY_KIND_COUNT);
    return names[kind];
}

const char *tally_kind_key(enum tally_kind kind)
{
    static const char *const keys[TALLY_KIND_COUNT] = {
        "reserveWon", "reserveLost", "pay", "cancel", "repeat", "read",
    };
    must(kind < TALLY_KIND_COUNT);
    return keys[kind];
}

enum tally_kind tally_kind_of(enum fan_step step, const struct answer *answer)
{
    switch (step) {
    case FAN_RESERVING:
        return answer->status < 300 ? TALLY_WIN : TALLY_LOSE;
    case FAN_REPEATING:
    case FAN_BENDING:
    case FAN_REPAYING:
        return TALLY_REPEAT;
    case FAN_DECLINING:
    case FAN_PAYING:
        return TALLY_PAY;
    case FAN_CANCELLING:
        return TALLY_CANCEL;
    case FAN_CHOOSING:
    case FAN_WATCHING:
    case FAN_SERVED:
    case FAN_LEFT:
    case FAN_STEP_COUNT:
        return TALLY_READ;
    }
    return TALLY_READ;
}

void tally_time(struct tally *tally, enum tally_kind kind, int64_t due_us, int64_t sent_us,
                int64_t now_us)
{
    must(kind < TALLY_KIND_COUNT);
    latency_add(&tally->from_due[kind], now_us - due_us);
    latency_add(&tally->on_wire[kind], now_us - sent_us);
}
