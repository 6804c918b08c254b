/*
 * redis.c — a pool of connections, and scripts that are sent once.
 *
 * A connection is taken for one run of commands and given back when all replies have been read; one
 * that broke, or whose replies were not all read, is closed instead, so nobody ever reads another's
 * reply. A kept connection is looked at before it is used: one that the server closed while nobody
 * watched (it was restarted, say) would lose the first command, and the caller would have to take
 * an outcome for unknown that is known: nothing was done.
 *
 *     breaker? ── a kept connection, or a new one ── send all ── read all ── keep it
 *
 * What failed to connect counts for the breaker as much as what failed to answer. An error that
 * the server itself speaks does not: it lives.
 *
 * A script's digest is what SCRIPT LOAD answers, so none of SHA-1 is here. The server forgets its
 * scripts when it is restarted and says NOSCRIPT before doing anything: those calls are sent again
 * behind a SCRIPT LOAD on the same connection.
 */
#include "redis/redis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "guard/breaker.h"
#include "redis/redis_inside.h"

enum { DIGEST_BYTES = 41, NUMBER_BYTES = 24 };

struct known_script {
    const struct redis_script *script;
    char digest[DIGEST_BYTES];
};

struct redis {
    struct redis_address address;
    struct redis_line_settings line_settings;
    struct breaker *breaker;
    struct redis_ear *ear;

    pthread_mutex_t lock;
    pthread_cond_t given_back;
    struct redis_line **idle; /* connections_max places; the last used is the next */
    size_t idle_count, taken_count, connections_max;
    struct known_script scripts[REDIS_SCRIPTS_MAX];
    size_t script_count;
    char why[REDIS_WHY_BYTES];
    struct redis_counts counts;
};

static void lock(struct redis *redis)
{
    must(pthread_mutex_lock(&redis->lock) == 0);
}

static void unlock(struct redis *redis)
{
    must(pthread_mutex_unlock(&redis->lock) == 0);
}

static void note_why(struct redis *redis, const char *why)
{
    lock(redis);
    snprintf(redis->why, sizeof redis->why, "%s", why);
    unlock(redis);
}

void redis_why(struct redis *redis, char out_why[REDIS_WHY_BYTES])
{
    lock(redis);
    memcpy(out_why, redis->why, REDIS_WHY_BYTES);
    unlock(redis);
}

/* --- replies ---------------------------------------------------------------------------------- */

bool redis_reply_int(const struct redis_reply *reply, int64_t *out_number)
{
    if (reply->kind == REDIS_TEXT)
        return text_to_int64(reply->text, out_number);
    if (reply->kind != REDIS_NUMBER)
        return false;
    *out_number = reply->number;
    return true;
}

enum status redis_error_status(const struct redis_reply *error)
{
    static const char *const busy[] = {"LOADING",     "BUSY",     "READONLY", "MASTERDOWN",
                                       "CLUSTERDOWN", "TRYAGAIN", "MISCONF",  "NOREPLICAS"};
    must(error->kind == REDIS_ERROR);
    struct text rest;
    struct text word = text_cut(error->text, ' ', &rest);
    for (size_t i = 0; i < sizeof busy / sizeof busy[0]; i++)
        if (text_equal(word, text_of(busy[i])))
            return STATUS_BUSY;
    return text_equal(word, text_of("OOM")) ? STATUS_FULL : STATUS_INVALID;
}

static bool is_forgotten_script(const struct redis_reply *reply)
{
    return reply->kind == REDIS_ERROR && text_starts(reply->text, text_of("NOSCRIPT"));
}

/* --- the pool --------------------------------------------------------------------------------- */

static void let_go(struct redis *redis, struct redis_line *line, bool keep)
{
    lock(redis);
    must(redis->taken_count > 0);
    redis->taken_count--;
    if (line && keep)
        redis->idle[redis->idle_count++] = line;
    else if (line)
        redis->counts.connections_open--;
    pthread_cond_signal(&redis->given_back);
    unlock(redis);
    if (!keep)
        redis_line_close(line);
}

static struct timespec until(int64_t wait_ms)
{
    struct timespec time;
    must(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    time.tv_sec += wait_ms / 1000;
    time.tv_nsec += wait_ms % 1000 * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

/* A place in the pool, and the connection that was kept in it, if any. */
static enum status take_place(struct redis *redis, struct redis_line **out_line)
{
    struct timespec give_up_at = until(redis->line_settings.command_ms);
    enum status status = STATUS_OK;
    lock(redis);
    while (redis->taken_count == redis->connections_max && status == STATUS_OK)
        if (pthread_cond_timedwait(&redis->given_back, &redis->lock, &give_up_at) != 0 &&
            redis->taken_count == redis->connections_max)
            status = STATUS_BUSY;
    if (status == STATUS_OK) {
        redis->taken_count++;
        *out_line = redis->idle_count > 0 ? redis->idle[--redis->idle_count] : NULL;
    }
    unlock(redis);
    return status;
}

/* All that are kept are from before a restart, when one is. */
static struct redis_line *first_sound(struct redis *redis, struct redis_line *line)
{
    while (line && !redis_line_sound(line)) {
        redis_line_close(line);
        lock(redis);
        redis->counts.connections_open--;
        line = redis->idle_count > 0 ? redis->idle[--redis->idle_count] : NULL;
        unlock(redis);
    }
    return line;
}

static enum status take_line(struct redis *redis, struct redis_line **out_line)
{
    char why[REDIS_WHY_BYTES] = "";
    struct redis_line *line = NULL;
    enum status status = take_place(redis, &line);
    if (status != STATUS_OK) {
        note_why(redis, "every connection is taken");
        return status;
    }
    line = first_sound(redis, line);
    if (!line) {
        status = redis_line_open(&redis->line_settings, &line, why);
        if (status != STATUS_OK) {
            note_why(redis, why);
            let_go(redis, NULL, false);
            return status == STATUS_BUSY ? STATUS_BUSY : STATUS_IO;
        }
        lock(redis);
        redis->counts.connections_made++;
        redis->counts.connections_open++;
        unlock(redis);
    }
    *out_line = line;
    return STATUS_OK;
}

/* --- scripts ---------------------------------------------------------------------------------- */

/* False when it has not been sent yet. */
static bool find_digest(struct redis *redis, const struct redis_script *script,
                        char out_digest[DIGEST_BYTES])
{
    bool known = false;
    lock(redis);
    for (size_t i = 0; i < redis->script_count && !known; i++) {
        known = redis->scripts[i].script == script;
        if (known)
            memcpy(out_digest, redis->scripts[i].digest, DIGEST_BYTES);
    }
    unlock(redis);
    return known;
}

static void keep_digest(struct redis *redis, const struct redis_script *script, struct text digest)
{
    lock(redis);
    size_t at = 0;
    while (at < redis->script_count && redis->scripts[at].script != script)
        at++;
    must(at < REDIS_SCRIPTS_MAX);
    redis->scripts[at].script = script;
    memcpy(redis->scripts[at].digest, digest.bytes, digest.size);
    redis->scripts[at].digest[digest.size] = '\0';
    if (at == redis->script_count)
        redis->script_count++;
    unlock(redis);
}

static enum status load_script(struct redis *redis, struct redis_line *line, struct arena *arena,
                               const struct redis_script *script, struct redis_reply *out_reply)
{
    struct text words[] = {text_of("SCRIPT"), text_of("LOAD"), text_of(script->words)};
    if (!redis_line_add(line, words, 3))
        return STATUS_NO_MEMORY;
    enum status status = redis_line_send(line);
    if (status == STATUS_OK)
        status = redis_line_read(line, arena, out_reply);
    if (status != STATUS_OK || out_reply->kind == REDIS_ERROR)
        return status;
    if (out_reply->kind != REDIS_TEXT || out_reply->text.size != DIGEST_BYTES - 1)
        return STATUS_UNKNOWN; /* no Redis that we know */
    keep_digest(redis, script, out_reply->text);
    return STATUS_OK;
}

/* EVALSHA digest key-count keys… arguments… */
static bool add_script_call(struct redis_line *line, const struct redis_command *command,
                            const char *digest)
{
    struct text *words = malloc((command->word_count + 3) * sizeof *words);
    char number[NUMBER_BYTES];
    if (!words)
        return false;
    snprintf(number, sizeof number, "%zu", command->key_count);
    words[0] = text_of("EVALSHA");
    words[1] = text_of(digest);
    words[2] = text_of(number);
    if (command->word_count > 0)
        memcpy(words + 3, command->words, command->word_count * sizeof *words);
    bool added = redis_line_add(line, words, command->word_count + 3);
    free(words);
    return added;
}

static bool add_command(struct redis *redis, struct redis_line *line,
                        const struct redis_command *command)
{
    char digest[DIGEST_BYTES] = "0000000000000000000000000000000000000000"; /* of no script */
    if (!command->script)
        return redis_line_add(line, command->words, command->word_count);
    find_digest(redis, command->script, digest);
    return add_script_call(line, command, digest);
}

/* The server does not know it: tell it, and ask again. */
static enum status run_forgotten(struct redis *redis, struct redis_line *line, struct arena *arena,
                                 const struct redis_command *command, struct redis_reply *out_reply)
{
    enum status status = load_script(redis, line, arena, command->script, out_reply);
    if (status != STATUS_OK || out_reply->kind == REDIS_ERROR)
        return status;
    if (!add_command(redis, line, command))
        return STATUS_NO_MEMORY;
    status = redis_line_send(line);
    return status == STATUS_OK ? redis_line_read(line, arena, out_reply) : status;
}

/* --- a run ------------------------------------------------------------------------------------ */

static enum status converse(struct redis *redis, struct redis_line *line, struct arena *arena,
                            const struct redis_command *commands, size_t command_count,
                            struct redis_reply *out_replies)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < command_count; i++)
        if (!add_command(redis, line, &commands[i]))
            return STATUS_NO_MEMORY; /* nothing is sent, and the line is closed */
    status = redis_line_send(line);
    for (size_t i = 0; i < command_count && status == STATUS_OK; i++)
        status = redis_line_read(line, arena, &out_replies[i]);
    for (size_t i = 0; i < command_count && status == STATUS_OK; i++)
        if (commands[i].script && is_forgotten_script(&out_replies[i]))
            status = run_forgotten(redis, line, arena, &commands[i], &out_replies[i]);
    return status;
}

static bool is_failure(enum status status)
{
    return status == STATUS_IO || status == STATUS_UNKNOWN;
}

static enum status run_on_a_line(struct redis *redis, struct arena *arena,
                                 const struct redis_command *commands, size_t command_count,
                                 struct redis_reply *out_replies)
{
    struct redis_line *line;
    enum status status = take_line(redis, &line);
    if (status != STATUS_OK)
        return status;
    status = converse(redis, line, arena, commands, command_count, out_replies);
    if (status != STATUS_OK)
        note_why(redis, redis_line_why(line));
    let_go(redis, line, status == STATUS_OK);
    return status;
}

static enum breaker_outcome outcome_of(enum status status)
{
    if (is_failure(status))
        return BREAKER_FAILED;
    return status == STATUS_OK ? BREAKER_WORKED : BREAKER_IGNORED;
}

enum status redis_run(struct redis *redis, struct arena *arena,
                      const struct redis_command *commands, size_t command_count,
                      struct redis_reply *out_replies)
{
    must(command_count > 0);
    must(command_count <= REDIS_COMMANDS_MAX);
    struct breaker_call call;
    if (redis->breaker && !breaker_enter(redis->breaker, &call, clock_monotonic_ms())) {
        note_why(redis, "it failed too often, and is not asked for a while");
        return STATUS_IO;
    }
    enum status status = run_on_a_line(redis, arena, commands, command_count, out_replies);
    if (redis->breaker)
        breaker_leave(redis->breaker, &call, outcome_of(status), clock_monotonic_ms());
    lock(redis);
    redis->counts.commands += command_count;
    redis->counts.failures += is_failure(status);
    unlock(redis);
    return status;
}

static enum status run_one(struct redis *redis, struct arena *arena,
                           const struct redis_command *command, struct redis_reply *out_reply)
{
    struct redis_reply reply = {0};
    enum status status = redis_run(redis, arena, command, 1, &reply);
    if (status != STATUS_OK)
        return status;
    if (reply.kind != REDIS_ERROR) {
        *out_reply = reply;
        return STATUS_OK;
    }
    char why[REDIS_WHY_BYTES];
    snprintf(why, sizeof why, "%.*s", (int)(reply.text.size < sizeof why ? reply.text.size : 200),
             reply.text.bytes);
    note_why(redis, why);
    return redis_error_status(&reply);
}

enum status redis_ask(struct redis *redis, struct arena *arena, const struct text *words,
                      size_t word_count, struct redis_reply *out_reply)
{
    return run_one(redis, arena, &(struct redis_command){.words = words, .word_count = word_count},
                   out_reply);
}

enum status redis_ask_script(struct redis *redis, struct arena *arena,
                             const struct redis_script *script, const struct text *keys,
                             size_t key_count, const struct text *arguments, size_t argument_count,
                             struct redis_reply *out_reply)
{
    size_t count = key_count + argument_count;
    must(count + 3 <= REDIS_WORDS_MAX);
    struct text *words = arena_take(arena, (count + 1) * sizeof *words);
    if (!words)
        return STATUS_NO_MEMORY;
    if (key_count > 0)
        memcpy(words, keys, key_count * sizeof *words);
    if (argument_count > 0)
        memcpy(words + key_count, arguments, argument_count * sizeof *words);
    return run_one(
        redis, arena,
        &(struct redis_command){
            .script = script, .key_count = key_count, .words = words, .word_count = count},
        out_reply);
}

struct text redis_key(const struct redis *redis, struct arena *arena, const char *kind,
                      struct text name)
{
    const char *parts[] = {redis->address.prefix, ":", kind};
    size_t size = name.size;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        size += strlen(parts[i]);
    char *bytes = arena_take(arena, size + 1);
    if (!bytes)
        return text_make(NULL, 0);
    snprintf(bytes, size + 1, "%s:%s", parts[0], kind);
    if (name.size > 0)
        memcpy(bytes + size - name.size, name.bytes, name.size);
    return text_make(bytes, size);
}

/* --- hearing ---------------------------------------------------------------------------------- */

enum status redis_listen(struct redis *redis, struct redis_listener *listener)
{
    return redis_ear_listen(redis->ear, listener);
}

void redis_ignore(struct redis *redis, struct redis_listener *listener)
{
    redis_ear_ignore(redis->ear, listener);
}

enum status redis_publish(struct redis *redis, const char *channel, struct text message)
{
    enum { ARENA_BYTES = 1024 };
    struct arena *arena = arena_create(ARENA_BYTES, REDIS_REPLY_BYTES_MAX);
    if (!arena)
        return STATUS_NO_MEMORY;
    struct text name = redis_key(redis, arena, channel, text_of(""));
    struct text words[] = {text_of("PUBLISH"), name, message};
    struct redis_reply reply;
    enum status status = name.bytes ? redis_ask(redis, arena, words, 3, &reply) : STATUS_NO_MEMORY;
    arena_destroy(arena);
    return status;
}

/* --- life ------------------------------------------------------------------------------------- */

bool redis_url_valid(struct text url, char out_why[REDIS_WHY_BYTES])
{
    struct redis_address address;
    const char *why;
    if (redis_url_read(url, &address, &why))
        return true;
    snprintf(out_why, REDIS_WHY_BYTES, "%s", why);
    return false;
}

static void init_lock(struct redis *redis)
{
    pthread_condattr_t attributes;
    must(pthread_condattr_init(&attributes) == 0);
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    must(pthread_cond_init(&redis->given_back, &attributes) == 0);
    must(pthread_condattr_destroy(&attributes) == 0);
    must(pthread_mutex_init(&redis->lock, NULL) == 0);
}

enum status redis_open(const struct redis_settings *settings, char out_why[REDIS_WHY_BYTES],
                       struct redis **out_redis)
{
    struct redis *redis = calloc(1, sizeof *redis);
    snprintf(out_why, REDIS_WHY_BYTES, "memory or threads are short");
    if (!redis)
        return STATUS_NO_MEMORY;
    init_lock(redis);
    const char *why;
    enum status status = STATUS_INVALID;
    if (!redis_url_read(settings->url, &redis->address, &why)) {
        snprintf(out_why, REDIS_WHY_BYTES, "%s", why);
        goto fail;
    }
    redis->breaker = settings->breaker;
    redis->connections_max =
        settings->connections_max ? settings->connections_max : REDIS_CONNECTIONS_MAX;
    redis->line_settings = (struct redis_line_settings){
        .address = &redis->address,
        .connect_ms = settings->connect_ms ? settings->connect_ms : REDIS_CONNECT_MS,
        .command_ms = settings->command_ms ? settings->command_ms : REDIS_COMMAND_MS};
    status = STATUS_NO_MEMORY;
    redis->idle = calloc(redis->connections_max, sizeof(struct redis_line *));
    if (!redis->idle)
        goto fail;
    status = redis_ear_open(&redis->line_settings, &redis->ear);
    if (status != STATUS_OK)
        goto fail;
    *out_redis = redis;
    return STATUS_OK;

fail:
    redis_close(redis);
    return status;
}

void redis_close(struct redis *redis)
{
    if (!redis)
        return;
    must(redis->taken_count == 0);
    must(redis->idle || redis->idle_count == 0);
    redis_ear_close(redis->ear);
    for (size_t i = 0; redis->idle && i < redis->idle_count; i++)
        redis_line_close(redis->idle[i]);
    free(redis->idle);
    pthread_cond_destroy(&redis->given_back);
    pthread_mutex_destroy(&redis->lock);
    free(redis);
}

struct redis_counts redis_counts(struct redis *redis)
{
    lock(redis);
    struct redis_counts counts = redis->counts;
    unlock(redis);
    redis_ear_count(redis->ear, &counts);
    return counts;
}
