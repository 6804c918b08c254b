/*
 * line_redis.c — each call is one run of one script; line_redis.lua has the rules.
 *
 * What comes back is foreign until it has been read: a reply of another shape is STATUS_INVALID,
 * and never an index or a size.
 */
#include "waiting/line_redis.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/must.h"
#include "base/random.h"
#include "redis/redis.h"
#include "store/embedded.h"

enum {
    KEYS = 11,
    WORDS = 13, /* arguments of one call */
    WORD_BYTES = 24,
    NODE_BYTES = 17,
    LEAD_MS = 3000, /* a leader that is silent for so long has gone */
    HALL_PAGE = 5000,
    JOURNAL_PAGE = 2000,
    COUNT_NUMBERS = 19,
    MS_PER_S = 1000,
};

struct maker_redis {
    struct line_maker base;
    struct redis *redis;
    char node[NODE_BYTES];
};

struct line_redis {
    struct line base;
    struct redis *redis;
    const char *node;
    struct arena *arena;
    int64_t durable; /* at least so many events there must be */
    char tag[48];
};

struct asking { /* one call: its arguments as texts */
    struct text words[WORDS];
    size_t word_count;
    char numbers[WORDS][WORD_BYTES];
};

extern const struct embedded_file line_redis_lua[]; /* line_redis.lua, put in by the build */
static struct redis_script script;

static struct line_redis *redis_of(struct line *line)
{
    return container_of(line, struct line_redis, base);
}

/* --- asking ----------------------------------------------------------------------------------- */

/* The second word is what is durable: ask() knows. */
static struct asking asking_of(const char *op)
{
    return (struct asking){.words = {text_of(op)}, .word_count = 2};
}

static void add_text(struct asking *asking, struct text text)
{
    must(asking->word_count < WORDS);
    asking->words[asking->word_count++] = text;
}

static void add_number(struct asking *asking, int64_t number)
{
    char *room = asking->numbers[asking->word_count];
    int size = snprintf(room, WORD_BYTES, "%" PRId64, number);
    add_text(asking, text_make(room, (size_t)size));
}

/* A node's steady time counts only where the line has no clock yet, and for the one that leads. */
static void add_time(struct asking *asking, struct line_time now)
{
    add_number(asking, now.wall_ms);
    add_number(asking, now.steady_ms);
}

/* What the script's first word means. */
static enum status status_of(struct text word)
{
    if (text_equal(word, text_of("ok")))
        return STATUS_OK;
    if (text_equal(word, text_of("missing")) || text_equal(word, text_of("none")))
        return STATUS_MISSING;
    if (text_equal(word, text_of("lost")))
        return STATUS_BUSY;
    return text_equal(word, text_of("full")) ? STATUS_FULL : STATUS_INVALID;
}

static enum status ask(struct line_redis *line, struct asking *asking,
                       struct redis_reply *out_reply)
{
    static const char *const names[KEYS] = {":counts", ":fans", ":places", ":waiting",
                                            ":hall",   ":seen", ":due",    ":journal",
                                            ":gate",   ":lead", ":shown"};
    struct text keys[KEYS];
    arena_reset(line->arena);
    for (size_t i = 0; i < KEYS; i++) {
        keys[i] = redis_key(line->redis, line->arena, line->tag, text_of(names[i]));
        if (!keys[i].bytes)
            return STATUS_NO_MEMORY;
    }
    snprintf(asking->numbers[1], WORD_BYTES, "%" PRId64, line->durable);
    asking->words[1] = text_of(asking->numbers[1]);
    enum status status = redis_ask_script(line->redis, line->arena, &script, keys, KEYS,
                                          asking->words, asking->word_count, out_reply);
    if (status != STATUS_OK)
        return status;
    bool is_ours = out_reply->kind == REDIS_LIST && out_reply->item_count > 0 &&
                   out_reply->items[0].kind == REDIS_TEXT;
    return is_ours ? status_of(out_reply->items[0].text) : STATUS_INVALID;
}

/* --- reading ---------------------------------------------------------------------------------- */

static struct text item(const struct redis_reply *reply, size_t at)
{
    bool is_there =
        reply->kind == REDIS_LIST && at < reply->item_count && reply->items[at].kind == REDIS_TEXT;
    return is_there ? reply->items[at].text : text_make(NULL, 0);
}

/* Numbers with bars between them; false unless there are exactly `count`, none below zero. */
static bool read_numbers(struct text text, int64_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!text_to_int64(text_cut(text, '|', &text), &out[i]) || out[i] < 0)
            return false;
    return text_empty(text);
}

static enum status read_place(const struct redis_reply *reply, struct place *out)
{
    int64_t sequence, numbers[8];
    if (!text_to_int64(item(reply, 1), &sequence) || sequence < 1 ||
        sequence > WAITING_PLACES_MAX || !read_numbers(item(reply, 2), numbers, 8) ||
        !id_valid(numbers[0]) || numbers[1] >= PLACE_STATE_COUNT || numbers[2] >= WAITING_DOORS ||
        numbers[3] > WAITING_PLACES_MAX || numbers[4] > UINT32_MAX || numbers[5] > UINT32_MAX ||
        numbers[6] > UINT32_MAX || numbers[7] > WAITING_EARLIER_MAX)
        return STATUS_INVALID;
    *out = (struct place){.sequence = (uint32_t)sequence,
                          .turn = (uint32_t)numbers[3],
                          .fan = {numbers[0]},
                          .state = (enum place_state)numbers[1],
                          .door = (uint8_t)numbers[2],
                          .earlier = (uint8_t)numbers[7],
                          .until_s = numbers[4],
                          .entry_until_s = numbers[6],
                          .ended_s = numbers[5]};
    return STATUS_OK;
}

static enum status read_count(const struct redis_reply *reply, size_t at, size_t most, size_t *out)
{
    int64_t number;
    if (!text_to_int64(item(reply, at), &number) || number < 0 || (uint64_t)number > most)
        return STATUS_INVALID;
    *out = (size_t)number;
    return STATUS_OK;
}

/* --- joining and leaving ---------------------------------------------------------------------- */

static enum status line_redis_join(struct line *line, struct fan_id fan, uint8_t door,
                                   struct line_time now, struct place *out_place, bool *out_new)
{
    struct asking asking = asking_of("join");
    struct redis_reply reply;
    size_t is_new = 0;
    add_number(&asking, fan.value);
    add_number(&asking, door);
    add_time(&asking, now);
    add_number(&asking, WAITING_PLACES_MAX);
    enum status status = ask(redis_of(line), &asking, &reply);
    if (status == STATUS_OK)
        status = read_place(&reply, out_place);
    if (status == STATUS_OK)
        status = read_count(&reply, 3, 1, &is_new);
    *out_new = is_new == 1;
    return status;
}

static enum status line_redis_find(struct line *line, struct fan_id fan, struct line_time now,
                                   struct place *out_place, uint32_t *out_ahead)
{
    struct asking asking = asking_of("find");
    struct redis_reply reply;
    size_t ahead = 0;
    add_number(&asking, fan.value);
    add_number(&asking, now.steady_ms);
    enum status status = ask(redis_of(line), &asking, &reply);
    if (status == STATUS_OK)
        status = read_place(&reply, out_place);
    if (status == STATUS_OK)
        status = read_count(&reply, 3, WAITING_PLACES_MAX, &ahead);
    *out_ahead = (uint32_t)ahead;
    return status;
}

static enum status line_redis_touch(struct line *line, const struct fan_id *fans, size_t count,
                                    struct line_time now)
{
    struct asking asking = asking_of("touch");
    struct redis_reply reply;
    char all[WAITING_TOUCH_MAX * WORD_BYTES] = "";
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(all + size, sizeof all - size, "%" PRId64 ",", fans[i].value);
    add_number(&asking, now.steady_ms);
    add_text(&asking, text_make(all, size));
    return ask(redis_of(line), &asking, &reply);
}

static enum status line_redis_leave(struct line *line, struct fan_id fan, struct line_time now,
                                    struct place *out_place)
{
    struct asking asking = asking_of("leave");
    struct redis_reply reply;
    add_number(&asking, fan.value);
    add_number(&asking, now.wall_ms);
    enum status status = ask(redis_of(line), &asking, &reply);
    return status == STATUS_OK ? read_place(&reply, out_place) : status;
}

/* --- opening ---------------------------------------------------------------------------------- */

static enum status read_page(const struct redis_reply *reply, uint32_t *out_sequences, size_t most,
                             size_t *count)
{
    struct text rest = item(reply, 1);
    while (!text_empty(rest)) {
        int64_t sequence;
        if (!text_to_int64(text_cut(rest, ',', &rest), &sequence) || sequence < 1 ||
            sequence > WAITING_PLACES_MAX || *count == most)
            return STATUS_INVALID;
        out_sequences[(*count)++] = (uint32_t)sequence;
    }
    return STATUS_OK;
}

static enum status line_redis_hall(struct line *line, uint8_t door, uint32_t *out_sequences,
                                   size_t most, size_t *out_count)
{
    enum status status = STATUS_OK;
    size_t last = 1;
    *out_count = 0;
    for (size_t first = 1; status == STATUS_OK && last > 0; first = last + 1) {
        struct asking asking = asking_of("hall");
        struct redis_reply reply;
        add_number(&asking, door);
        add_number(&asking, (int64_t)first);
        add_number(&asking, HALL_PAGE);
        status = ask(redis_of(line), &asking, &reply);
        if (status == STATUS_OK)
            status = read_page(&reply, out_sequences, most, out_count);
        if (status == STATUS_OK)
            status = read_count(&reply, 2, WAITING_PLACES_MAX, &last);
    }
    return status;
}

static enum status line_redis_draw(struct line *line, uint8_t door, const uint32_t *sequences,
                                   size_t count, struct line_time now)
{
    struct asking asking = asking_of("draw");
    struct redis_reply reply;
    size_t room = count * WORD_BYTES + 1, size = 0;
    char *all = malloc(room);
    if (!all)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(all + size, room - size, "%u,", sequences[i]);
    add_number(&asking, door);
    add_number(&asking, now.wall_ms);
    add_number(&asking, (int64_t)count);
    add_text(&asking, text_make(all, size));
    enum status status = ask(redis_of(line), &asking, &reply);
    free(all);
    return status;
}

/* --- letting in ------------------------------------------------------------------------------- */

static enum status line_redis_call(struct line *line, size_t most, int64_t claim_s,
                                   struct line_time now, size_t *out_count)
{
    struct asking asking = asking_of("call");
    struct redis_reply reply;
    *out_count = 0;
    if (most == 0)
        return STATUS_OK;
    add_number(&asking, (int64_t)most);
    add_number(&asking, claim_s);
    add_number(&asking, now.wall_ms);
    enum status status = ask(redis_of(line), &asking, &reply);
    return status == STATUS_OK ? read_count(&reply, 1, most, out_count) : status;
}

static enum status line_redis_enter(struct line *line, struct fan_id fan, uint32_t active_max,
                                    int64_t until_s, struct line_time now, struct place *out_place,
                                    bool *out_new)
{
    struct asking asking = asking_of("enter");
    struct redis_reply reply = {0};
    size_t is_new = 0;
    add_number(&asking, fan.value);
    add_number(&asking, active_max);
    add_number(&asking, until_s);
    add_number(&asking, now.wall_ms);
    add_number(&asking, (now.wall_ms + WAITING_CLAIM_MS) / MS_PER_S);
    *out_place = (struct place){0};
    *out_new = false;
    enum status status = ask(redis_of(line), &asking, &reply);
    bool has_place = status == STATUS_OK || status == STATUS_FULL || status == STATUS_MISSING;
    if (has_place && item(&reply, 1).bytes && read_place(&reply, out_place) != STATUS_OK)
        return STATUS_INVALID;
    if (status == STATUS_OK)
        status = read_count(&reply, 3, 1, &is_new);
    *out_new = is_new == 1;
    return status;
}

static enum status line_redis_keep(struct line *line, struct fan_id fan, int64_t until_s,
                                   struct line_time now)
{
    struct asking asking = asking_of("keep");
    struct redis_reply reply;
    add_number(&asking, fan.value);
    add_number(&asking, until_s);
    add_number(&asking, now.wall_ms);
    return ask(redis_of(line), &asking, &reply);
}

static enum status line_redis_bought(struct line *line, struct fan_id fan, struct line_time now)
{
    struct asking asking = asking_of("bought");
    struct redis_reply reply;
    add_number(&asking, fan.value);
    add_number(&asking, now.wall_ms);
    return ask(redis_of(line), &asking, &reply);
}

static enum status line_redis_sweep(struct line *line, int64_t idle_ms, size_t most,
                                    struct line_time now, size_t *out_count)
{
    struct asking asking = asking_of("sweep");
    struct redis_reply reply;
    add_number(&asking, idle_ms);
    add_number(&asking, now.wall_ms / MS_PER_S);
    add_number(&asking, (int64_t)most);
    add_time(&asking, now);
    enum status status = ask(redis_of(line), &asking, &reply);
    return status == STATUS_OK ? read_count(&reply, 1, most, out_count) : status;
}

static enum status line_redis_counts(struct line *line, struct line_counts *out)
{
    struct asking asking = asking_of("counts");
    struct redis_reply reply;
    int64_t numbers[COUNT_NUMBERS];
    enum status status = ask(redis_of(line), &asking, &reply);
    if (status != STATUS_OK)
        return status;
    if (!read_numbers(item(&reply, 1), numbers, COUNT_NUMBERS))
        return STATUS_INVALID;
    for (size_t i = 0; i < COUNT_NUMBERS; i++) /* of places, but the event's number and time */
        if (i != 2 && i != COUNT_NUMBERS - 1 && numbers[i] > WAITING_PLACES_MAX)
            return STATUS_INVALID;
    *out = (struct line_counts){.joined = (uint32_t)numbers[0],
                                .drawn = (uint32_t)numbers[1],
                                .number = numbers[2],
                                .arrived = (uint32_t)numbers[COUNT_NUMBERS - 3],
                                .at_gate = (uint32_t)numbers[COUNT_NUMBERS - 2],
                                .at_ms = numbers[COUNT_NUMBERS - 1],
                                .serving = (uint32_t)numbers[3],
                                .doors_open = (uint32_t)numbers[4],
                                .called = (uint32_t)numbers[5],
                                .entered = (uint32_t)numbers[6]};
    for (size_t state = 0; state < PLACE_STATE_COUNT; state++)
        out->in[state] = (uint32_t)numbers[7 + state];
    return STATUS_OK;
}

/* --- what has happened ------------------------------------------------------------------------ */

/* number|kind|sequence|turn|fan|door|until|at|before */
static bool read_event(struct text words, struct line_event *out)
{
    int64_t number, numbers[7];
    struct text rest;
    enum line_event_kind kind;
    bool has_number = text_to_int64(text_cut(words, '|', &rest), &number) && number > 0;
    if (!has_number || !line_event_kind_read(text_cut(rest, '|', &rest), &kind) ||
        !read_numbers(rest, numbers, 7) || numbers[0] > WAITING_PLACES_MAX ||
        numbers[1] > WAITING_PLACES_MAX || numbers[3] >= WAITING_DOORS ||
        numbers[6] >= PLACE_STATE_COUNT)
        return false;
    *out = (struct line_event){.number = number,
                               .kind = kind,
                               .sequence = (uint32_t)numbers[0],
                               .turn = (uint32_t)numbers[1],
                               .fan = {numbers[2]},
                               .door = (uint8_t)numbers[3],
                               .until_s = numbers[4],
                               .at_ms = numbers[5],
                               .before = (enum place_state)numbers[6]};
    return line_event_is_sound(out);
}

static enum status line_redis_journal(struct line *line, struct line_event *out_events, size_t most,
                                      size_t *out_count)
{
    size_t count = 0, before;
    do {
        struct asking asking = asking_of("journal");
        struct redis_reply reply;
        before = count;
        add_number(&asking, (int64_t)count);
        add_number(&asking, (int64_t)(most - count < JOURNAL_PAGE ? most - count : JOURNAL_PAGE));
        enum status status = ask(redis_of(line), &asking, &reply);
        if (status != STATUS_OK)
            return status;
        struct text rest = item(&reply, 1);
        while (!text_empty(rest) && count < most)
            if (!read_event(text_cut(rest, '\n', &rest), &out_events[count++]))
                return STATUS_INVALID;
    } while (count < most && count - before == JOURNAL_PAGE);
    *out_count = count;
    return STATUS_OK;
}

static enum status line_redis_forget(struct line *line, int64_t number)
{
    struct asking asking = asking_of("forget");
    struct redis_reply reply;
    add_number(&asking, number);
    enum status status = ask(redis_of(line), &asking, &reply);
    if (status == STATUS_OK && number > redis_of(line)->durable)
        redis_of(line)->durable = number;
    return status;
}

static enum status line_redis_begin(struct line *line, int64_t durable)
{
    struct asking asking = asking_of("begin");
    struct redis_reply reply;
    redis_of(line)->durable = durable;
    return ask(redis_of(line), &asking, &reply);
}

static enum status line_redis_complete(struct line *line)
{
    struct asking asking = asking_of("complete");
    struct redis_reply reply;
    return ask(redis_of(line), &asking, &reply);
}

static enum status restore_one(struct line *line, const struct line_event *event,
                               struct line_time now)
{
    struct asking asking = asking_of("restore");
    struct redis_reply reply;
    const char kind = (char)event->kind;
    int64_t grace_s = (now.wall_ms + WAITING_CLAIM_MS) / MS_PER_S;
    bool is_late = event->kind == LINE_CALLED && event->until_s < grace_s;
    if (event->kind == LINE_JOINED && (!id_valid(event->fan.value) || event->door >= WAITING_DOORS))
        return STATUS_INVALID;
    add_number(&asking, event->number);
    add_text(&asking, text_make(&kind, 1));
    add_number(&asking, event->sequence);
    add_number(&asking, event->fan.value);
    add_number(&asking, event->door);
    add_number(&asking, is_late ? grace_s : event->until_s);
    add_number(&asking, event->at_ms);
    add_number(&asking, now.steady_ms);
    return ask(redis_of(line), &asking, &reply);
}

static enum status line_redis_restore(struct line *line, const struct line_event *events,
                                      size_t count, struct line_time now)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = restore_one(line, &events[i], now);
    return status;
}

/* --- several nodes ---------------------------------------------------------------------------- */

static enum status line_redis_lead(struct line *line, struct line_time now, bool *out_leads)
{
    struct asking asking = asking_of("lead");
    struct redis_reply reply;
    size_t leads = 0;
    add_text(&asking, text_of(redis_of(line)->node));
    add_number(&asking, LEAD_MS); /* by Redis' clock */
    add_number(&asking, now.steady_ms);
    enum status status = ask(redis_of(line), &asking, &reply);
    if (status == STATUS_OK)
        status = read_count(&reply, 1, 1, &leads);
    *out_leads = leads == 1;
    return status;
}

static enum status line_redis_show(struct line *line, struct text document)
{
    struct asking asking = asking_of("show");
    struct redis_reply reply;
    add_text(&asking, document);
    return ask(redis_of(line), &asking, &reply);
}

static enum status line_redis_shown(struct line *line, char *out_bytes, size_t bytes_max,
                                    size_t *out_size)
{
    struct asking asking = asking_of("shown");
    struct redis_reply reply;
    enum status status = ask(redis_of(line), &asking, &reply);
    if (status != STATUS_OK)
        return status;
    struct text document = item(&reply, 1);
    if (document.size > bytes_max)
        return STATUS_INVALID;
    if (document.size > 0)
        memcpy(out_bytes, document.bytes, document.size);
    *out_size = document.size;
    return STATUS_OK;
}

static void line_redis_destroy(struct line *line)
{
    arena_destroy(redis_of(line)->arena);
    free(redis_of(line));
}

static const struct line_ops redis_ops = {
    .name = "redis",
    .join = line_redis_join,
    .find = line_redis_find,
    .touch = line_redis_touch,
    .leave = line_redis_leave,
    .hall = line_redis_hall,
    .draw = line_redis_draw,
    .call = line_redis_call,
    .enter = line_redis_enter,
    .keep = line_redis_keep,
    .bought = line_redis_bought,
    .sweep = line_redis_sweep,
    .counts = line_redis_counts,
    .journal = line_redis_journal,
    .forget = line_redis_forget,
    .begin = line_redis_begin,
    .complete = line_redis_complete,
    .restore = line_redis_restore,
    .lead = line_redis_lead,
    .show = line_redis_show,
    .shown = line_redis_shown,
    .destroy = line_redis_destroy,
};

static enum status make(struct line_maker *maker, struct option_id option, struct line **out_line)
{
    struct maker_redis *base = container_of(maker, struct maker_redis, base);
    struct line_redis *line = calloc(1, sizeof *line);
    if (!line)
        return STATUS_NO_MEMORY;
    line->arena = arena_create(64 * 1024, REDIS_REPLY_BYTES_MAX);
    if (!line->arena) {
        free(line);
        return STATUS_NO_MEMORY;
    }
    line->base.ops = &redis_ops;
    line->redis = base->redis;
    line->node = base->node;
    snprintf(line->tag, sizeof line->tag, "{line:%" PRId64 "}", option.value);
    *out_line = &line->base;
    return STATUS_OK;
}

struct line_maker *line_redis_open(struct redis *redis)
{
    struct maker_redis *maker = calloc(1, sizeof *maker);
    uint64_t node;
    if (!maker)
        return NULL;
    script.words = (const char *)line_redis_lua[0].bytes; /* terminated by the build */
    random_secret(&node, sizeof node);
    maker->base.make = make;
    maker->redis = redis;
    snprintf(maker->node, sizeof maker->node, "%016" PRIx64, node);
    return &maker->base;
}

void line_redis_close(struct line_maker *maker)
{
    if (maker)
        free(container_of(maker, struct maker_redis, base));
}
