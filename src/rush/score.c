/* score.c — which drawer an answer belongs in. */
#include "rush/score.h"

#include "base/must.h"

enum { US_PER_SECOND = 1000000 };

const char *score_kind_name(enum score_kind kind)
{
    static const char *const names[SCORE_KIND_COUNT] = {
        "reserve, won", "reserve, lost", "pay", "cancel", "repeat", "line", "read",
    };
    must(kind < SCORE_KIND_COUNT);
    return names[kind];
}

const char *score_kind_key(enum score_kind kind)
{
    static const char *const keys[SCORE_KIND_COUNT] = {
        "reserveWon", "reserveLost", "pay", "cancel", "repeat", "line", "read",
    };
    must(kind < SCORE_KIND_COUNT);
    return keys[kind];
}

enum score_kind score_kind_of(enum fan_step step, const struct answer *answer)
{
    switch (step) {
    case FAN_RESERVING:
        return answer->status < 300 ? SCORE_WIN : SCORE_LOSE;
    case FAN_REPEATING:
    case FAN_BENDING:
    case FAN_REPAYING:
        return SCORE_REPEAT;
    case FAN_DECLINING:
    case FAN_PAYING:
        return SCORE_PAY;
    case FAN_CANCELLING:
        return SCORE_CANCEL;
    case FAN_JOINING:
    case FAN_WAITING:
        return SCORE_LINE;
    case FAN_CHOOSING:
    case FAN_WATCHING:
    case FAN_SERVED:
    case FAN_LEFT:
    case FAN_STEP_COUNT:
        return SCORE_READ;
    }
    return SCORE_READ;
}

void score_answer(struct score *score, int64_t now_us)
{
    int64_t second = now_us / US_PER_SECOND;
    if (second != score->second) {
        score->second = second;
        score->answers_in_second = 0;
    }
    score->answers++;
    score->answers_in_second++;
    if (score->answers_in_second > score->busiest_second)
        score->busiest_second = score->answers_in_second;
}

void score_time(struct score *score, enum score_kind kind, int64_t due_us, int64_t sent_us,
                int64_t now_us)
{
    must(kind < SCORE_KIND_COUNT);
    latency_add(&score->from_due[kind], now_us - due_us);
    latency_add(&score->on_wire[kind], now_us - sent_us);
}
