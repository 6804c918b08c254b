/*
 * crowd.c — fans on one side, whoever carries their requests on the other, a queue between them.
 *
 *    due ---its moment---> ready ---taken---> on the wire ---final answer---> the fan
 *     ^                      ^                   |  |                           |
 *     |                      +---- no answer ----+  |                           |
 *     +------------- turned away (429, 503) --------+                           |
 *     +------------------------ the next step, after a pause -------------------+
 *
 * A fan (fan.h) hears final answers only. What is lost or turned away goes back with its first
 * due time, so its latency goes on counting: that is what the fan lives through (and it corrects
 * for "coordinated omission": a slow server cannot slow down the clock it is measured by).
 */
#include "rush/crowd.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/list.h"
#include "base/must.h"
#include "base/random.h"
#include "rush/due.h"
#include "rush/patience.h"

enum {
    FIRST_FAN_ID = 1000000001, /* far above the accounts people made */
    FAN_ASKS = 2,              /* a double click */
    US_PER_MS = 1000,
    US_PER_SECOND = 1000000,
    MS_PER_DAY = 24 * 3600 * 1000,
    WATCHERS_PER_SEAT = 2, /* who press when a seat comes free again */
    TOKEN_BLOCK_BYTES = 64 * 1024,
    NOT_REMEMBERED = INT32_MAX,
};

struct ask {
    struct list link; /* in crowd->ready, while it waits to be taken */
    int64_t due_us;   /* when the fan meant to press */
    int64_t sent_us;  /* the last time */
};

struct player { /* a fan, and what the player keeps for them */
    struct fan fan;
    uint32_t ack; /* of the hold they have */
    struct text token;
    struct ask asks[FAN_ASKS];
    struct list watching; /* in crowd->watching */
};

struct crowd {
    struct crowd_settings settings;
    const struct night *night;
    struct random random;
    struct arena *token_memory;
    struct player *players;
    uint32_t in_step[FAN_STEP_COUNT];
    struct list watching, ready;
    struct due due;
};

static uint32_t number_of(const struct crowd *crowd, const struct player *player)
{
    return (uint32_t)(player - crowd->players);
}

static struct fan_id id_of(const struct crowd *crowd, const struct player *player)
{
    return (struct fan_id){FIRST_FAN_ID + (int64_t)number_of(crowd, player)};
}

static struct player *player_of_ask(const struct crowd *crowd, uint32_t ask)
{
    return &crowd->players[ask / FAN_ASKS];
}

static uint32_t ask_number(const struct crowd *crowd, const struct ask *ask)
{
    size_t offset = (size_t)((const char *)ask - (const char *)crowd->players);
    const struct player *player = &crowd->players[offset / sizeof *player];
    return number_of(crowd, player) * FAN_ASKS + (uint32_t)(ask - player->asks);
}

/* --- what is due ------------------------------------------------------------------------------ */

/* One number for the due list: a fan, and what is to happen; an ask of theirs, or the next step. */
enum { WHAT_STEP = FAN_ASKS, WHATS };

static uint32_t what_of(const struct crowd *crowd, const struct player *player, uint32_t what)
{
    return number_of(crowd, player) * WHATS + what;
}

static int64_t thinking_us(struct crowd *crowd)
{
    struct night_range ms = crowd->night->think_ms;
    uint64_t spread_us = (uint64_t)(ms.most - ms.least) * US_PER_MS;
    return (int64_t)ms.least * US_PER_MS + (int64_t)random_below(&crowd->random, spread_us + 1);
}

/* A page without a stream asks every second or two. */
static int64_t polling_us(struct crowd *crowd)
{
    return US_PER_SECOND + (int64_t)random_below(&crowd->random, US_PER_SECOND);
}

/* --- fans ------------------------------------------------------------------------------------- */

static void queue_asks(struct crowd *crowd, struct player *player, int64_t due_us)
{
    uint32_t presses = fan_presses(&player->fan);
    must(presses >= 1 && presses <= FAN_ASKS);
    for (uint32_t i = 0; i < presses; i++) {
        player->asks[i].due_us = due_us;
        list_push_back(&crowd->ready, &player->asks[i].link);
    }
}

/* The fan has come to another step: what follows from it, after a pause. */
static void enter_step(struct crowd *crowd, struct player *player, enum fan_step from,
                       int64_t now_us)
{
    crowd->in_step[from]--;
    crowd->in_step[player->fan.step]++;
    switch (player->fan.step) {
    case FAN_WAITING:
        due_add(&crowd->due, now_us + polling_us(crowd), what_of(crowd, player, WHAT_STEP));
        return;
    case FAN_JOINING:
    case FAN_CHOOSING:
    case FAN_RESERVING:
    case FAN_REPEATING:
    case FAN_BENDING:
    case FAN_DECLINING:
    case FAN_PAYING:
    case FAN_REPAYING:
    case FAN_CANCELLING:
        due_add(&crowd->due, now_us + thinking_us(crowd), what_of(crowd, player, WHAT_STEP));
        return;
    case FAN_WATCHING:
        list_push_back(&crowd->watching, &player->watching);
        return;
    case FAN_SERVED:
    case FAN_LEFT:
    case FAN_STEP_COUNT:
        return;
    }
}

/* The pause is over. Choosing needs no pause of its own: who has chosen presses at once. */
static void begin_step(struct crowd *crowd, struct player *player, int64_t due_us)
{
    bool is_in_line = player->fan.step == FAN_JOINING || player->fan.step == FAN_WAITING;
    if (is_in_line && hall_sold_out(crowd->settings.hall)) {
        enum fan_step from = player->fan.step;
        fan_give_up(&player->fan);
        enter_step(crowd, player, from, due_us);
        return;
    }
    if (player->fan.step == FAN_CHOOSING) {
        fan_choose(&player->fan, crowd->settings.hall, &crowd->random);
        if (player->fan.step == FAN_WATCHING) {
            enter_step(crowd, player, FAN_CHOOSING, due_us);
            return;
        }
        crowd->in_step[FAN_CHOOSING]--;
        crowd->in_step[player->fan.step]++;
    }
    queue_asks(crowd, player, due_us);
}

void crowd_see_hall(struct crowd *crowd, int64_t now_us)
{
    uint64_t wanted = (uint64_t)hall_free_count(crowd->settings.hall) * WATCHERS_PER_SEAT;
    for (; wanted > 0 && !list_empty(&crowd->watching); wanted--) {
        struct list *first = list_pop_front(&crowd->watching);
        struct player *player = container_of(first, struct player, watching);
        fan_wake(&player->fan);
        enter_step(crowd, player, FAN_WATCHING, now_us);
    }
}

void crowd_proceed(struct crowd *crowd, int64_t now_us)
{
    uint32_t what = 0;
    int64_t due_us = 0;
    while (due_take(&crowd->due, now_us, &what, &due_us)) {
        struct player *player = &crowd->players[what / WHATS];
        if (what % WHATS == WHAT_STEP)
            begin_step(crowd, player, due_us);
        else
            list_push_back(&crowd->ready, &player->asks[what % WHATS].link);
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

uint32_t crowd_take(struct crowd *crowd, int64_t now_us, char out_bytes[RUSH_REQUEST_BYTES_MAX],
                    size_t *out_size)
{
    struct list *first = list_pop_front(&crowd->ready);
    if (!first)
        return CROWD_NO_ASK;
    struct ask *ask = container_of(first, struct ask, link);
    uint32_t number = ask_number(crowd, ask);
    const struct player *player = player_of_ask(crowd, number);
    ask->sent_us = now_us;
    *out_size = request_write(crowd->settings.place, id_of(crowd, player), player->token,
                              &player->fan, out_bytes);
    return number;
}

/* --- answers ---------------------------------------------------------------------------------- */

static void tell_wrong(struct crowd *crowd, const struct player *player, enum fan_step step,
                       const struct answer *answer)
{
    crowd->settings.score->wrong++;
    faults_add(crowd->settings.faults,
               "wrong answer: fan %lld, %s reservation %lld: %d %s, state %d, id %lld",
               (long long)id_of(crowd, player).value, fan_step_name(step),
               (long long)player->fan.reservation_id, answer->status,
               answer_code_name(answer->code), (int)answer->state, (long long)answer->id);
}

static void remember_hold(struct crowd *crowd, struct player *player, const struct answer *answer)
{
    crowd->settings.score->held++;
    if (acks_hold(crowd->settings.acks, id_of(crowd, player), player->fan.reserve_no, answer,
                  &player->ack) == STATUS_OK)
        return;
    player->ack = NOT_REMEMBERED;
    faults_add(crowd->settings.faults, "the player cannot remember reservation %lld",
               (long long)answer->id);
}

static void remember_payment(struct crowd *crowd, const struct player *player,
                             const struct answer *answer)
{
    crowd->settings.score->paid++;
    if (player->ack == NOT_REMEMBERED)
        return;
    crowd->settings.score->paid_seats += crowd->settings.acks->list[player->ack].seat_count;
    acks_pay(crowd->settings.acks, player->ack, player->fan.pay_no, answer);
}

/* Once for each time the fan comes in; those who come back keep the older one's memory. */
static void remember_entry(struct crowd *crowd, struct player *player, const struct answer *answer)
{
    player->fan.entry = arena_copy(crowd->token_memory, text_of(answer->entry));
    if (!player->fan.entry.bytes)
        faults_add(crowd->settings.faults, "the player cannot remember an entry token");
}

static void remember(struct crowd *crowd, struct player *player, enum fan_step step,
                     const struct answer *answer, enum fan_news news)
{
    switch (news) {
    case FAN_NEWS_NONE:
        return;
    case FAN_NEWS_HELD:
        remember_hold(crowd, player, answer);
        return;
    case FAN_NEWS_PAID:
        remember_payment(crowd, player, answer);
        return;
    case FAN_NEWS_CANCELLED:
        crowd->settings.score->cancelled++;
        if (player->ack != NOT_REMEMBERED)
            acks_cancel(crowd->settings.acks, player->ack);
        return;
    case FAN_NEWS_REFUSED:
        crowd->settings.score->refusals++;
        crowd->settings.score->refused[answer->code]++;
        return;
    case FAN_NEWS_SAME_AGAIN:
        crowd->settings.score->same_again++;
        return;
    case FAN_NEWS_JOINED:
        crowd->settings.score->joined++;
        return;
    case FAN_NEWS_LINED:
        return;
    case FAN_NEWS_ADMITTED:
        crowd->settings.score->admitted++;
        remember_entry(crowd, player, answer);
        return;
    case FAN_NEWS_WRONG:
        crowd->settings.score->refused[answer->code]++;
        tell_wrong(crowd, player, step, answer);
        return;
    }
}

/* Too busy (429, 503), or not decided yet (202): the same request again, later. */
static bool is_turned_away(int status)
{
    return status == 429 || status == 503 || status == 202;
}

static void turn_away(struct crowd *crowd, uint32_t ask, const struct answer_raw *heard,
                      int64_t now_us)
{
    struct answer answer;
    answer_read(heard->status, heard->body, &answer);
    fan_doubt(&player_of_ask(crowd, ask)->fan);
    crowd->settings.score->turned_away++;
    if (heard->status != 202)
        crowd->settings.score->refused[answer.code]++;
    int64_t wait_us = patience_turned_away_us(heard->retry_after_seconds, &crowd->random);
    due_add(&crowd->due, now_us + wait_us,
            what_of(crowd, player_of_ask(crowd, ask), ask % FAN_ASKS));
}

void crowd_hear(struct crowd *crowd, uint32_t ask, const struct answer_raw *heard, int64_t now_us)
{
    score_answer(crowd->settings.score, now_us);
    bool not_yet = heard->status == 404 && player_of_ask(crowd, ask)->fan.step == FAN_JOINING;
    if (not_yet || is_turned_away(heard->status)) { /* the server has just been given the sale */
        turn_away(crowd, ask, heard, now_us);
        return;
    }

    struct player *player = player_of_ask(crowd, ask);
    const struct ask *asked = &player->asks[ask % FAN_ASKS];
    struct answer answer;
    if (!answer_read(heard->status, heard->body, &answer))
        faults_add(crowd->settings.faults, "not readable: an answer of status %d, %zu bytes",
                   heard->status, heard->body.size);
    enum fan_step step = player->fan.step;
    score_time(crowd->settings.score, score_kind_of(step, &answer), asked->due_us, asked->sent_us,
               now_us);

    bool moved = false;
    enum fan_news news = fan_hear(&player->fan, &answer, &moved);
    remember(crowd, player, step, &answer, news);
    if (moved)
        enter_step(crowd, player, step, now_us);
}

void crowd_lose(struct crowd *crowd, uint32_t ask)
{
    struct player *player = player_of_ask(crowd, ask);
    fan_doubt(&player->fan);
    crowd->settings.score->resent++;
    list_push_back(&crowd->ready, &player->asks[ask % FAN_ASKS].link);
}

/* --- life ------------------------------------------------------------------------------------- */

static enum status sign_tokens(struct crowd *crowd)
{
    int64_t now_ms = clock_wall_ms(); /* tokens are judged by wall time */
    for (uint32_t i = 0; i < crowd->night->fan_count; i++) {
        struct identity identity = {.fan = id_of(crowd, &crowd->players[i]),
                                    .role = ROLE_FAN,
                                    .expires_at_ms = now_ms + MS_PER_DAY};
        struct text token =
            tokens_issue(crowd->settings.tokens, &identity, now_ms, crowd->token_memory);
        if (!token.bytes)
            return STATUS_NO_MEMORY;
        must(token.size < TOKEN_BYTES_MAX);
        crowd->players[i].token = token;
    }
    return STATUS_OK;
}

static void init_players(struct crowd *crowd)
{
    list_init(&crowd->watching);
    list_init(&crowd->ready);
    for (uint32_t i = 0; i < crowd->night->fan_count; i++) {
        struct player *player = &crowd->players[i];
        fan_init(&player->fan, crowd->night, &crowd->random);
        player->ack = NOT_REMEMBERED;
        list_init(&player->watching);
        for (int slot = 0; slot < FAN_ASKS; slot++)
            list_init(&player->asks[slot].link);
    }
    crowd->in_step[crowd->players[0].fan.step] = crowd->night->fan_count;
}

enum status crowd_create(const struct crowd_settings *settings, struct crowd **out_crowd)
{
    const struct night *night = settings->night;
    struct crowd *crowd = calloc(1, sizeof *crowd);
    if (!crowd)
        return STATUS_NO_MEMORY;
    crowd->settings = *settings;
    crowd->night = night;
    random_init(&crowd->random, night->seed);
    crowd->players = calloc(night->fan_count, sizeof *crowd->players);
    crowd->token_memory = arena_create(
        TOKEN_BLOCK_BYTES, TOKEN_BLOCK_BYTES + (size_t)night->fan_count * TOKEN_BYTES_MAX * 3);

    enum status status = due_init(&crowd->due, (size_t)night->fan_count * FAN_ASKS);
    if (!crowd->players || !crowd->token_memory)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        init_players(crowd);
        status = sign_tokens(crowd);
    }
    if (status != STATUS_OK) {
        crowd_destroy(crowd);
        return status;
    }
    *out_crowd = crowd;
    return STATUS_OK;
}

void crowd_destroy(struct crowd *crowd)
{
    if (!crowd)
        return;
    due_deinit(&crowd->due);
    arena_destroy(crowd->token_memory);
    free(crowd->players);
    free(crowd);
}

void crowd_open(struct crowd *crowd, int64_t now_us)
{
    uint32_t rate = crowd->night->arrivals_per_second;
    for (uint32_t i = 0; i < crowd->night->fan_count; i++) {
        int64_t after_us = rate > 0 ? (int64_t)i * US_PER_SECOND / rate : 0;
        due_add(&crowd->due, now_us + after_us, what_of(crowd, &crowd->players[i], WHAT_STEP));
    }
}

int64_t crowd_next_us(const struct crowd *crowd)
{
    return due_next_us(&crowd->due);
}

uint32_t crowd_in_step(const struct crowd *crowd, enum fan_step step)
{
    must(step < FAN_STEP_COUNT);
    return crowd->in_step[step];
}

uint32_t crowd_busy(const struct crowd *crowd)
{
    return crowd->night->fan_count - crowd->in_step[FAN_WATCHING] - crowd->in_step[FAN_SERVED] -
           crowd->in_step[FAN_LEFT];
}
