/*
 * request_states_redis.c — two keys a request, each with a life span.
 *
 *     request:ID              the state, as words
 *     request-key:FAN:HASH    the id that this key has begun
 *
 * Beginning and settling are scripts, so that of two who begin one wins, and what is settled stays.
 * The script that settles publishes the state, too: every node hears of it, this one included.
 *
 * A state is written as "PENDING|fan|key|request|reservation|code|extra" and read with care: what
 * lies in Redis is not ours until it is parsed.
 */
#include "strategies/request_states_redis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/container.h"
#include "base/json_in.h"
#include "base/log.h"
#include "redis/redis.h"

enum { ARENA_BLOCK_BYTES = 8192, ARENA_BYTES = 4 * 1024 * 1024, SETTLED_WORDS = 5 };

static const char channel[] = "requests";

static const struct redis_script begin_script = {
    "local known = redis.call('GET', KEYS[1]) "
    "if known then "
    "  local state = redis.call('GET', ARGV[4] .. known) "
    "  if state and string.sub(state, 1, 6) ~= 'FAILED' then return known .. '|' .. state end "
    "end "
    "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3]) "
    "redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) "
    "return false"};

static const struct redis_script settle_script = {
    "local state = redis.call('GET', KEYS[1]) "
    "if state and string.sub(state, 1, 7) ~= 'PENDING' then return 0 end "
    "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) "
    "redis.call('PUBLISH', KEYS[2], ARGV[1] .. '|' .. ARGV[2]) "
    "return 1"};

struct redis_states {
    struct request_states states;
    struct redis *redis;
    struct redis_listener listener;
    bool listening;
};

static struct redis_states *redis_of(struct request_states *states)
{
    return container_of(states, struct redis_states, states);
}

/* --- words ------------------------------------------------------------------------------------ */

static struct text write_state(const struct request_state *state, struct arena *arena)
{
    struct buffer buffer;
    buffer_init(&buffer, arena, 256);
    buffer_add_words(&buffer, request_progress_name(state->progress));
    const int64_t numbers[] = {state->fan.value, state->key_hash, state->request_hash,
                               state->reservation.value};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buffer_add_char(&buffer, '|');
        buffer_add_int(&buffer, numbers[i]);
    }
    buffer_add_char(&buffer, '|');
    buffer_add_words(&buffer, state->code);
    buffer_add_char(&buffer, '|');
    buffer_add_words(&buffer, state->extra);
    return buffer.failed ? text_make(NULL, 0) : buffer_text(&buffer);
}

static bool copy(struct text text, char *out, size_t size)
{
    if (text.size >= size || !text_is_utf8(text))
        return false;
    memcpy(out, text.bytes ? text.bytes : "", text.size);
    out[text.size] = '\0';
    return true;
}

/* Both go out as they are: a code is one of ours, and members of an object are JSON. */
static bool is_code(const char *code)
{
    return code[strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] == '\0';
}

static bool is_members(const char *extra)
{
    char object[REQUEST_EXTRA_BYTES + 2];
    struct json_in_fault fault;
    int size = snprintf(object, sizeof object, "{%s}", extra);
    struct json_in *document = json_in_open(text_make(object, (size_t)size), &fault);
    bool good = document && json_in_is_object(document);
    if (document)
        json_in_close(document);
    return good;
}

static bool read_id(struct text digits, struct request_id *out_id)
{
    for (size_t i = 0; i < digits.size; i++)
        if (!strchr("0123456789abcdef", digits.bytes[i]) || digits.bytes[i] == '\0')
            return false;
    return digits.size == REQUEST_ID_DIGITS && copy(digits, out_id->digits, sizeof out_id->digits);
}

static bool read_state(struct text words, struct request_state *out_state)
{
    struct request_state state = {0};
    struct text rest = words;
    if (!request_progress_from_text(text_cut(rest, '|', &rest), &state.progress) ||
        !text_to_int64(text_cut(rest, '|', &rest), &state.fan.value) ||
        !text_to_int64(text_cut(rest, '|', &rest), &state.key_hash) ||
        !text_to_int64(text_cut(rest, '|', &rest), &state.request_hash) ||
        !text_to_int64(text_cut(rest, '|', &rest), &state.reservation.value) ||
        !copy(text_cut(rest, '|', &rest), state.code, sizeof state.code) ||
        !copy(rest, state.extra, sizeof state.extra) || !is_code(state.code) ||
        !is_members(state.extra) || !id_valid(state.fan.value) ||
        (state.progress == REQUEST_SUCCESS) != id_valid(state.reservation.value))
        return false;
    *out_state = state;
    return true;
}

/* "ID|state" */
static bool read_named(struct text words, struct request_state *out_state)
{
    struct request_id id;
    struct text rest;
    if (!read_id(text_cut(words, '|', &rest), &id) || !read_state(rest, out_state))
        return false;
    out_state->id = id;
    return true;
}

static struct text state_key(const struct redis_states *redis, struct arena *arena,
                             const struct request_id *id)
{
    return redis_key(redis->redis, arena, "request:", request_id_text(id));
}

static struct text begin_key(const struct redis_states *redis, struct arena *arena,
                             const struct request_state *state)
{
    char name[48];
    int size =
        snprintf(name, sizeof name, "%" PRId64 ":%" PRId64, state->fan.value, state->key_hash);
    return redis_key(redis->redis, arena, "request-key:", text_make(name, (size_t)size));
}

static struct text life(struct arena *arena)
{
    char words[24];
    int size = snprintf(words, sizeof words, "%d", REQUEST_STATE_MS);
    return arena_copy(arena, text_make(words, (size_t)size));
}

/* --- the port --------------------------------------------------------------------------------- */

static enum status begin(const struct redis_states *redis, struct arena *arena,
                         const struct request_state *fresh, bool *out_new,
                         struct request_state *out_known)
{
    const struct text keys[] = {begin_key(redis, arena, fresh),
                                state_key(redis, arena, &fresh->id)};
    const struct text arguments[] = {request_id_text(&fresh->id), write_state(fresh, arena),
                                     life(arena),
                                     redis_key(redis->redis, arena, "request:", text_of(""))};
    struct redis_reply reply;
    enum status status =
        redis_ask_script(redis->redis, arena, &begin_script, keys, 2, arguments, 4, &reply);
    if (status != STATUS_OK)
        return status;
    *out_new = reply.kind == REDIS_NIL;
    if (*out_new)
        return STATUS_OK;
    return reply.kind == REDIS_TEXT && read_named(reply.text, out_known) ? STATUS_OK
                                                                         : STATUS_INVALID;
}

static enum status redis_begin(struct request_states *states, const struct request_state *fresh,
                               bool *out_new, struct request_state *out_known)
{
    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
    if (!arena)
        return STATUS_NO_MEMORY;
    enum status status = begin(redis_of(states), arena, fresh, out_new, out_known);
    arena_destroy(arena);
    return status;
}

static void redis_forget(struct request_states *states, const struct request_state *state)
{
    struct redis_states *redis = redis_of(states);
    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
    if (!arena)
        return;
    const struct text words[] = {text_of("DEL"), begin_key(redis, arena, state),
                                 state_key(redis, arena, &state->id)};
    struct redis_reply reply;
    enum status status = redis_ask(redis->redis, arena, words, 3, &reply);
    if (status != STATUS_OK)
        log_debug("request not forgotten", log_words("status", status_name(status)));
    arena_destroy(arena);
}

static enum status settle(struct redis_states *redis, struct arena *arena,
                          const struct request_state *const settled[], size_t count)
{
    struct redis_command *commands = arena_take(arena, count * sizeof *commands);
    struct redis_reply *replies = arena_take(arena, count * sizeof *replies);
    struct text *words = arena_take(arena, count * SETTLED_WORDS * sizeof *words);
    if (!commands || !replies || !words)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct text *own = words + i * SETTLED_WORDS;
        own[0] = state_key(redis, arena, &settled[i]->id);
        own[1] = redis_key(redis->redis, arena, channel, text_of(""));
        own[2] = request_id_text(&settled[i]->id);
        own[3] = write_state(settled[i], arena);
        own[4] = life(arena);
        commands[i] = (struct redis_command){
            .script = &settle_script, .key_count = 2, .words = own, .word_count = 5};
    }
    return redis_run(redis->redis, arena, commands, count, replies);
}

/* What Redis does not take is told to our own listeners at least. */
static void redis_settle(struct request_states *states, const struct request_state *const settled[],
                         size_t count)
{
    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
    enum status status = arena ? settle(redis_of(states), arena, settled, count) : STATUS_NO_MEMORY;
    arena_destroy(arena);
    if (status == STATUS_OK)
        return;
    log_debug("requests not settled", log_words("status", status_name(status)));
    for (size_t i = 0; i < count; i++)
        request_states_tell(states, settled[i]);
}

static enum status find(const struct redis_states *redis, struct arena *arena,
                        const struct request_id *id, struct request_state *out_state)
{
    const struct text words[] = {text_of("GET"), state_key(redis, arena, id)};
    struct redis_reply reply;
    enum status status = redis_ask(redis->redis, arena, words, 2, &reply);
    if (status != STATUS_OK)
        return status;
    if (reply.kind != REDIS_TEXT || !read_state(reply.text, out_state))
        return STATUS_MISSING;
    out_state->id = *id;
    return STATUS_OK;
}

static enum status redis_find(struct request_states *states, const struct request_id *id,
                              struct request_state *out_state)
{
    struct arena *arena = arena_create(ARENA_BLOCK_BYTES, ARENA_BYTES);
    if (!arena)
        return STATUS_NO_MEMORY;
    enum status status = find(redis_of(states), arena, id, out_state);
    arena_destroy(arena);
    return status;
}

/* --- hearing and life ------------------------------------------------------------------------- */

static void on_message(struct redis_listener *listener, struct text message)
{
    struct redis_states *redis = container_of(listener, struct redis_states, listener);
    struct request_state state;
    if (read_named(message, &state) && state.progress != REQUEST_PENDING)
        request_states_tell(&redis->states, &state);
}

/* Whoever listens to a request is looked after by api/request_news.c. */
static void on_gap(struct redis_listener *listener)
{
    (void)listener;
}

static void redis_destroy(struct request_states *states)
{
    struct redis_states *redis = redis_of(states);
    if (redis->listening)
        redis_ignore(redis->redis, &redis->listener);
    free(redis);
}

static const struct request_states_ops redis_ops = {
    .name = "redis",
    .begin = redis_begin,
    .forget = redis_forget,
    .settle = redis_settle,
    .find = redis_find,
    .destroy = redis_destroy,
};

struct request_states *request_states_redis_create(struct redis *client)
{
    struct redis_states *redis = calloc(1, sizeof *redis);
    if (!redis)
        return NULL;
    redis->states.ops = &redis_ops;
    list_init(&redis->states.watchers);
    redis->redis = client;
    redis->listener = (struct redis_listener){
        .channel = text_of(channel), .on_message = on_message, .on_gap = on_gap};
    redis->listening = redis_listen(client, &redis->listener) == STATUS_OK;
    if (redis->listening)
        return &redis->states;
    redis_destroy(&redis->states);
    return NULL;
}
