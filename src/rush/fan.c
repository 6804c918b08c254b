/*
 * fan.c — an evening in steps.
 *
 *                      taken, lapsed
 *        +-----------------------------------------+
 *        v                                         |
 * JOINING --> WAITING --admitted--> CHOOSING, where there is a waiting room
 *
 *    CHOOSING ----> RESERVING --held--> REPEATING? -> BENDING? -> DECLINING? -> PAYING
 *     ^    |                               |                                       |
 *     |    v                               +--> CANCELLING --> LEFT                v
 *    WATCHING                              +--> (never pays) > LEFT      REPAYING? -> SERVED
 *
 * A payment that was cut short (the server was killed under it, or the gateway never heard of it)
 * may be answered with "declined": nothing was charged, the seats are still held, and the fan pays
 * again under a new key.
 *
 * Steps with a question mark are taken by fans with that habit. A double click sends two equal
 * requests and waits for both answers: one success is success, and two must name the same thing.
 */
#include "rush/fan.h"

#include "base/must.h"

/* --- who they are ----------------------------------------------------------------------------- */

static bool draw(struct random *random, struct night_share share)
{
    return random_below(random, 10000) < share.of_10000;
}

/* Chance is used only where there are faults, so that nights without them stay as they were. */
static const char *draw_outcome(const struct night *night, struct random *random)
{
    static const char *const faults[] = {"stall", "lose-answer", "answer-twice", "never",
                                         "out-of-order"};
    if (night->gateway_faults.of_10000 == 0 || !draw(random, night->gateway_faults))
        return "approve";
    return faults[random_below(random, sizeof faults / sizeof faults[0])];
}

void fan_init(struct fan *fan, const struct night *night, struct random *random)
{
    struct night_range each = night->seats_each;
    *fan = (struct fan){.step = night->waiting_room ? FAN_JOINING : FAN_CHOOSING};
    fan->wanted = (uint8_t)(each.least + random_below(random, each.most - each.least + 1));
    fan->best = draw(random, night->best);
    fan->hot = draw(random, night->hot);
    fan->double_clicks = draw(random, night->double_click);
    fan->repeats = draw(random, night->repeat);
    fan->bends = draw(random, night->other_body);
    fan->declines = draw(random, night->decline);
    fan->awaited = (uint8_t)fan_presses(fan);

    fan->gateway_outcome = draw_outcome(night, random);

    uint64_t leaving = random_below(random, 10000); /* one or the other, never both */
    fan->cancels = leaving < night->cancel.of_10000;
    fan->never_pays = !fan->cancels && leaving < night->cancel.of_10000 + night->never_pay.of_10000;
}

/* --- steps ------------------------------------------------------------------------------------ */

#define TO(step) (1u << (step))

static const uint32_t allowed[FAN_STEP_COUNT] = {
    [FAN_JOINING] = TO(FAN_WAITING) | TO(FAN_LEFT),
    [FAN_WAITING] = TO(FAN_WAITING) | TO(FAN_JOINING) | TO(FAN_CHOOSING) | TO(FAN_LEFT),
    [FAN_CHOOSING] = TO(FAN_RESERVING) | TO(FAN_WATCHING),
    [FAN_RESERVING] = TO(FAN_JOINING) | TO(FAN_CHOOSING) | TO(FAN_REPEATING) | TO(FAN_BENDING) |
                      TO(FAN_DECLINING) | TO(FAN_PAYING) | TO(FAN_CANCELLING) | TO(FAN_LEFT),
    [FAN_REPEATING] =
        TO(FAN_BENDING) | TO(FAN_DECLINING) | TO(FAN_PAYING) | TO(FAN_CANCELLING) | TO(FAN_LEFT),
    [FAN_BENDING] = TO(FAN_DECLINING) | TO(FAN_PAYING) | TO(FAN_CANCELLING) | TO(FAN_LEFT),
    [FAN_DECLINING] = TO(FAN_PAYING) | TO(FAN_CHOOSING) | TO(FAN_LEFT),
    [FAN_PAYING] =
        TO(FAN_PAYING) | TO(FAN_REPAYING) | TO(FAN_SERVED) | TO(FAN_CHOOSING) | TO(FAN_LEFT),
    [FAN_REPAYING] = TO(FAN_SERVED),
    [FAN_CANCELLING] = TO(FAN_LEFT),
    [FAN_WATCHING] = TO(FAN_CHOOSING),
    [FAN_SERVED] = 0,
    [FAN_LEFT] = 0,
};

/* The one place where a fan changes step. */
static void move(struct fan *fan, enum fan_step to)
{
    must(fan->step < FAN_STEP_COUNT);
    must(allowed[fan->step] & TO(to));
    fan->step = to;
    fan->satisfied = false;
    fan->doubts = false;
    fan->refusal = ANSWER_NO_CODE;
    if (to == FAN_RESERVING)
        fan->reserve_no++;
    if (to == FAN_PAYING || to == FAN_DECLINING)
        fan->pay_no++;
    fan->awaited = (uint8_t)fan_presses(fan);
}

uint32_t fan_presses(const struct fan *fan)
{
    switch (fan->step) {
    case FAN_JOINING:
    case FAN_RESERVING:
    case FAN_PAYING:
        return fan->double_clicks ? 2 : 1;
    case FAN_REPEATING:
    case FAN_BENDING:
    case FAN_DECLINING:
    case FAN_REPAYING:
    case FAN_CANCELLING:
    case FAN_WAITING:
        return 1;
    case FAN_CHOOSING:
    case FAN_WATCHING:
    case FAN_SERVED:
    case FAN_LEFT:
    case FAN_STEP_COUNT:
        return 0;
    }
    return 0;
}

void fan_choose(struct fan *fan, const struct hall *hall, struct random *random)
{
    must(fan->step == FAN_CHOOSING);
    fan->seat_count = (uint8_t)hall_pick(hall, random, fan->wanted, fan->hot, fan->seats);
    move(fan, fan->seat_count > 0 ? FAN_RESERVING : FAN_WATCHING);
}

void fan_give_up(struct fan *fan)
{
    must(fan->step == FAN_JOINING || fan->step == FAN_WAITING);
    move(fan, FAN_LEFT);
}

void fan_wake(struct fan *fan)
{
    move(fan, FAN_CHOOSING);
}

void fan_doubt(struct fan *fan)
{
    must(fan->awaited > 0);
    fan->doubts = true;
}

/* The next step of a fan who has a hold and is done with `done`. */
static enum fan_step after(const struct fan *fan, enum fan_step done)
{
    if (done < FAN_REPEATING && fan->repeats)
        return FAN_REPEATING;
    if (done < FAN_BENDING && fan->bends)
        return FAN_BENDING;
    if (fan->cancels)
        return FAN_CANCELLING;
    if (fan->never_pays)
        return FAN_LEFT;
    if (done < FAN_DECLINING && fan->declines)
        return FAN_DECLINING;
    return FAN_PAYING;
}

/* --- answers ---------------------------------------------------------------------------------- */

/* Somebody was faster, or the house is full: ordinary, and the evening goes on. */
static bool is_ordinary(const struct fan *fan, enum answer_code code)
{
    enum fan_step step = fan->step;
    switch (code) {
    case ANSWER_SEAT_TAKEN:
    case ANSWER_SOLD_OUT:
    case ANSWER_SALE_NOT_OPEN:
    case ANSWER_SALE_CLOSED:
        return step == FAN_RESERVING || step == FAN_JOINING;
    case ANSWER_ENTRY_TOKEN_INVALID: /* its time was over */
        return step == FAN_RESERVING && fan->sequence > 0;
    case ANSWER_HOLD_EXPIRED:
        return step == FAN_PAYING || step == FAN_DECLINING || step == FAN_CANCELLING;
    case ANSWER_PAYMENT_DECLINED:
        return step == FAN_DECLINING || (step == FAN_PAYING && fan->doubts);
    case ANSWER_IDEMPOTENCY_KEY_REUSED:
        return step == FAN_BENDING;
    case ANSWER_NO_CODE:
    case ANSWER_LIMIT_EXCEEDED:
    case ANSWER_RATE_LIMITED:
    case ANSWER_BUSY:
    case ANSWER_OUTCOME_UNKNOWN:
    case ANSWER_TOO_MANY_CONNECTIONS:
    case ANSWER_OTHER_CODE:
    case ANSWER_CODE_COUNT:
        return false;
    }
    return false;
}

static enum fan_news hear_reservation(struct fan *fan, const struct answer *answer)
{
    bool first = fan->step == FAN_RESERVING && !fan->satisfied;
    if (answer->seat_count == 0 || answer->amount_won == 0)
        return FAN_NEWS_WRONG;
    if (!first)
        return answer->id == fan->reservation_id ? FAN_NEWS_SAME_AGAIN : FAN_NEWS_WRONG;
    fan->reservation_id = answer->id;
    return FAN_NEWS_HELD;
}

static enum fan_news hear_payment(struct fan *fan, const struct answer *answer)
{
    bool first = fan->step == FAN_PAYING && !fan->satisfied;
    if (answer->state != ANSWER_CAPTURED)
        return FAN_NEWS_WRONG;
    if (!first)
        return answer->id == fan->payment_id ? FAN_NEWS_SAME_AGAIN : FAN_NEWS_WRONG;
    fan->payment_id = answer->id;
    return FAN_NEWS_PAID;
}

/* A place that was told is theirs until it has ended; then the next number is a later one. */
static enum fan_news hear_join(struct fan *fan, const struct answer *answer)
{
    if (answer->sequence == 0 || answer->sequence < fan->sequence)
        return FAN_NEWS_WRONG;
    if (fan->satisfied)
        return answer->sequence == fan->sequence ? FAN_NEWS_SAME_AGAIN : FAN_NEWS_WRONG;
    fan->sequence = answer->sequence;
    return FAN_NEWS_JOINED;
}

static enum fan_news hear_place(struct fan *fan, const struct answer *answer)
{
    if (answer->sequence != fan->sequence)
        return FAN_NEWS_WRONG;
    fan->place = answer->state;
    if (answer->state == ANSWER_WAITING || answer->state == ANSWER_EXPIRED)
        return FAN_NEWS_LINED;
    return answer->state == ANSWER_ADMITTED && answer->entry[0] != '\0' ? FAN_NEWS_ADMITTED
                                                                        : FAN_NEWS_WRONG;
}

static enum fan_news hear_success(struct fan *fan, const struct answer *answer)
{
    switch (fan->step) {
    case FAN_JOINING:
        return hear_join(fan, answer);
    case FAN_WAITING:
        return hear_place(fan, answer);
    case FAN_RESERVING:
    case FAN_REPEATING:
        return hear_reservation(fan, answer);
    case FAN_PAYING:
    case FAN_REPAYING:
        return hear_payment(fan, answer);
    case FAN_CANCELLING:
        return answer->id == fan->reservation_id && answer->state == ANSWER_CANCELLED
                   ? FAN_NEWS_CANCELLED
                   : FAN_NEWS_WRONG;
    case FAN_BENDING:   /* the key acted twice */
    case FAN_DECLINING: /* the bank had said no */
    case FAN_CHOOSING:
    case FAN_WATCHING:
    case FAN_SERVED:
    case FAN_LEFT:
    case FAN_STEP_COUNT:
        return FAN_NEWS_WRONG;
    }
    return FAN_NEWS_WRONG;
}

/* The next step of a fan whose reservation or payment was refused. */
static enum fan_step after_refusal(struct fan *fan)
{
    bool no_more_of_the_best = fan->best && fan->step == FAN_RESERVING;
    if (no_more_of_the_best && fan->wanted > 1)
        fan->wanted--;
    else if (no_more_of_the_best)
        fan->best = false; /* takes what the map shows */

    switch (fan->refusal) {
    case ANSWER_SEAT_TAKEN:
    case ANSWER_SOLD_OUT:
    case ANSWER_SALE_NOT_OPEN:
    case ANSWER_HOLD_EXPIRED:
        return fan->step == FAN_JOINING ? FAN_LEFT : FAN_CHOOSING;
    case ANSWER_ENTRY_TOKEN_INVALID:
        return FAN_JOINING;
    case ANSWER_SALE_CLOSED:
    case ANSWER_NO_CODE:
    case ANSWER_LIMIT_EXCEEDED:
    case ANSWER_PAYMENT_DECLINED:
    case ANSWER_IDEMPOTENCY_KEY_REUSED:
    case ANSWER_RATE_LIMITED:
    case ANSWER_BUSY:
    case ANSWER_OUTCOME_UNKNOWN:
    case ANSWER_TOO_MANY_CONNECTIONS:
    case ANSWER_OTHER_CODE:
    case ANSWER_CODE_COUNT:
        return FAN_LEFT;
    }
    return FAN_LEFT;
}

static enum fan_step after_waiting(const struct fan *fan)
{
    if (!fan->satisfied)
        return FAN_LEFT;
    if (fan->place == ANSWER_EXPIRED)
        return FAN_JOINING;
    return fan->place == ANSWER_ADMITTED ? FAN_CHOOSING : FAN_WAITING;
}

/* Nothing was charged, and the seats are still held: once more, with another card. */
static enum fan_step after_no_payment(struct fan *fan)
{
    if (fan->refusal != ANSWER_PAYMENT_DECLINED || !fan->doubts)
        return after_refusal(fan);
    fan->gateway_outcome = "approve";
    return FAN_PAYING;
}

static enum fan_step next_step(struct fan *fan)
{
    switch (fan->step) {
    case FAN_JOINING:
        return fan->satisfied ? FAN_WAITING : after_refusal(fan);
    case FAN_WAITING:
        return after_waiting(fan);
    case FAN_RESERVING:
        return fan->satisfied ? after(fan, FAN_RESERVING) : after_refusal(fan);
    case FAN_REPEATING:
    case FAN_BENDING:
        return after(fan, fan->step);
    case FAN_DECLINING:
        return fan->refusal == ANSWER_PAYMENT_DECLINED ? FAN_PAYING : after_refusal(fan);
    case FAN_PAYING:
        if (!fan->satisfied)
            return after_no_payment(fan);
        return fan->repeats ? FAN_REPAYING : FAN_SERVED;
    case FAN_REPAYING:
        return FAN_SERVED;
    case FAN_CANCELLING:
    case FAN_CHOOSING:
    case FAN_WATCHING:
    case FAN_SERVED:
    case FAN_LEFT:
    case FAN_STEP_COUNT:
        return FAN_LEFT;
    }
    return FAN_LEFT;
}

enum fan_news fan_hear(struct fan *fan, const struct answer *answer, bool *out_moved)
{
    must(fan->awaited > 0);

    enum fan_news news;
    if (answer->status < 300) {
        news = hear_success(fan, answer);
        fan->satisfied = fan->satisfied || news != FAN_NEWS_WRONG;
    } else {
        fan->refusal = answer->code;
        news = is_ordinary(fan, answer->code) ? FAN_NEWS_REFUSED : FAN_NEWS_WRONG;
    }

    fan->awaited--;
    *out_moved = fan->awaited == 0;
    if (*out_moved)
        move(fan, next_step(fan));
    return news;
}

const char *fan_step_name(enum fan_step step)
{
    static const char *const names[FAN_STEP_COUNT] = {
        "choosing",   "reserving", "repeating", "bending", "declining", "paying",  "repaying",
        "cancelling", "watching",  "served",    "left",    "joining",   "waiting",
    };
    must(step < FAN_STEP_COUNT);
    return names[step];
}
