/*
 * redis_line.c — one connection: hiredis carries the bytes, and replies grow in the caller's arena.
 *
 * hiredis parses, but builds nothing: its reader calls the functions below, which make our own
 * replies. So no reply is copied twice, and every size is checked before memory is taken for it:
 * the items of a list by REDIS_ITEMS_MAX, everything together by the arena. What has arrived and is
 * not parsed yet is bounded by REDIS_REPLY_BYTES_MAX. A server that says more is hung up on.
 *
 * Time-outs are the socket's (SO_RCVTIMEO), one for each read; a deadline bounds their sum, so
 * that a server which sends a byte now and then holds nobody for ever.
 */
#include <errno.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/must.h"
#include "redis/redis_inside.h"

#if HIREDIS_MAJOR == 0
typedef int element_count; /* as createArray() gets it */
#else
typedef size_t element_count;
#endif

struct redis_line {
    redisContext *context;
    struct arena *arena; /* of the reply that is being parsed */
    int64_t command_ms;
    char why[REDIS_WHY_BYTES];
};

/* --- replies, as hiredis finds them ----------------------------------------------------------- */

/* Where this piece of the reply belongs; NULL when memory is short. */
static struct redis_reply *place_of(const redisReadTask *task)
{
    struct redis_line *line = task->privdata;
    if (!task->parent)
        return arena_take_zeroed(line->arena, sizeof(struct redis_reply));
    const struct redis_reply *list = task->parent->obj;
    must(task->idx >= 0 && (size_t)task->idx < list->item_count);
    return (struct redis_reply *)(uintptr_t)&list->items[task->idx];
}

static void *on_string(const redisReadTask *task, char *bytes, size_t size)
{
    struct redis_line *line = task->privdata;
    struct redis_reply *reply = place_of(task);
    struct text text = arena_copy(line->arena, text_make(bytes, size));
    if (!reply || !text.bytes)
        return NULL;
    reply->kind = task->type == REDIS_REPLY_ERROR ? REDIS_ERROR : REDIS_TEXT;
    reply->text = text;
    return reply;
}

static void *on_list(const redisReadTask *task, element_count count)
{
    struct redis_line *line = task->privdata;
    if (count < 0 || (size_t)count > REDIS_ITEMS_MAX)
        return NULL;
    struct redis_reply *reply = place_of(task);
    size_t bytes = ((size_t)count + 1) * sizeof(struct redis_reply); /* never of nothing */
    struct redis_reply *items = reply ? arena_take_zeroed(line->arena, bytes) : NULL;
    if (!items)
        return NULL;
    reply->kind = REDIS_LIST;
    reply->items = items;
    reply->item_count = (size_t)count;
    return reply;
}

static void *on_number(const redisReadTask *task, long long number)
{
    struct redis_reply *reply = place_of(task);
    if (!reply)
        return NULL;
    reply->kind = REDIS_NUMBER;
    reply->number = number;
    return reply;
}

static void *on_nil(const redisReadTask *task)
{
    struct redis_reply *reply = place_of(task);
    if (reply)
        reply->kind = REDIS_NIL;
    return reply;
}

static void on_free(void *reply)
{
    (void)reply; /* the arena has it */
}

static redisReplyObjectFunctions makers = {.createString = on_string,
                                           .createArray = on_list,
                                           .createInteger = on_number,
                                           .createNil = on_nil,
                                           .freeObject = on_free};

/* --- sending and reading ---------------------------------------------------------------------- */

bool redis_line_add(struct redis_line *line, const struct text *words, size_t word_count)
{
    must(word_count > 0);
    must(word_count <= REDIS_WORDS_MAX);
    const char **bytes = malloc(word_count * sizeof *bytes);
    size_t *sizes = malloc(word_count * sizeof *sizes);
    bool added = bytes && sizes;
    for (size_t i = 0; added && i < word_count; i++) {
        bytes[i] = words[i].size > 0 ? words[i].bytes : "";
        sizes[i] = words[i].size;
    }
    added =
        added && redisAppendCommandArgv(line->context, (int)word_count, bytes, sizes) == REDIS_OK;
    free(bytes);
    free(sizes);
    return added;
}

static enum status broken(struct redis_line *line, enum status status)
{
    bool late = line->context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
    snprintf(line->why, sizeof line->why, "%s",
             late                 ? "it did not answer in time"
             : line->context->err ? line->context->errstr
                                  : "the reply is larger than the limits");
    return status;
}

enum status redis_line_send(struct redis_line *line)
{
    int done = 0;
    while (!done)
        if (redisBufferWrite(line->context, &done) != REDIS_OK)
            return broken(line, STATUS_UNKNOWN);
    return STATUS_OK;
}

enum status redis_line_take(struct redis_line *line, struct arena *arena,
                            struct redis_reply *out_reply, bool *out_any)
{
    void *reply = NULL;
    redisReader *reader = line->context->reader;
    line->arena = arena;
    int result = redisReaderGetReply(reader, &reply);
    line->arena = NULL;
    *out_any = false;
    if (result != REDIS_OK) {
        snprintf(line->why, sizeof line->why, "%s", reader->errstr);
        return reader->err == REDIS_ERR_OOM ? STATUS_FULL : STATUS_UNKNOWN;
    }
    if (!reply && reader->len - reader->pos > REDIS_REPLY_BYTES_MAX)
        return broken(line, STATUS_FULL);
    if (!reply)
        return STATUS_OK;
    *out_reply = *(struct redis_reply *)reply;
    *out_any = true;
    return STATUS_OK;
}

enum status redis_line_fill(struct redis_line *line)
{
    errno = 0;
    if (redisBufferRead(line->context) != REDIS_OK)
        return broken(line, STATUS_UNKNOWN);
    return STATUS_OK;
}

/* A list is begun in the arena before all of it is there, so one arena serves until it is. */
enum status redis_line_read(struct redis_line *line, struct arena *arena,
                            struct redis_reply *out_reply)
{
    int64_t give_up_at_ms = clock_monotonic_ms() + line->command_ms;
    for (;;) {
        bool any;
        enum status status = redis_line_take(line, arena, out_reply, &any);
        if (status != STATUS_OK || any)
            return status;
        status = redis_line_fill(line);
        if (status != STATUS_OK)
            return status;
        if (clock_monotonic_ms() >= give_up_at_ms) {
            snprintf(line->why, sizeof line->why, "its answer did not end in time");
            return STATUS_UNKNOWN;
        }
    }
}

/* --- life ------------------------------------------------------------------------------------- */

static struct timeval time_of(int64_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

/* A step of entering; its reply says "OK" or it is a refusal. */
static enum status enter(struct redis_line *line, const struct text *words, size_t word_count)
{
    struct arena *arena = arena_create(1024, 64 * 1024);
    struct redis_reply reply = {0};
    enum status status = STATUS_NO_MEMORY;
    if (arena && redis_line_add(line, words, word_count)) {
        status = redis_line_send(line);
        if (status == STATUS_OK)
            status = redis_line_read(line, arena, &reply);
    }
    if (status == STATUS_OK && reply.kind == REDIS_ERROR) {
        status = redis_error_status(&reply);
        snprintf(line->why, sizeof line->why, "%.*s", (int)reply.text.size, reply.text.bytes);
    }
    arena_destroy(arena);
    return status;
}

static enum status enter_server(struct redis_line *line, const struct redis_address *address)
{
    enum status status = STATUS_OK;
    if (address->password[0] != '\0') {
        struct text words[3] = {text_of("AUTH")};
        size_t count = 1;
        if (address->user[0] != '\0')
            words[count++] = text_of(address->user);
        words[count++] = text_of(address->password);
        status = enter(line, words, count);
    }
    if (status == STATUS_OK && address->database != 0) {
        char number[24];
        snprintf(number, sizeof number, "%" PRId64, address->database);
        struct text words[] = {text_of("SELECT"), text_of(number)};
        status = enter(line, words, 2);
    }
    return status;
}

enum status redis_line_open(const struct redis_line_settings *settings,
                            struct redis_line **out_line, char out_why[REDIS_WHY_BYTES])
{
    snprintf(out_why, REDIS_WHY_BYTES, "memory is short");
    struct redis_line *line = calloc(1, sizeof *line);
    if (!line)
        return STATUS_NO_MEMORY;
    line->command_ms = settings->command_ms;
    line->context = redisConnectWithTimeout(settings->address->host, settings->address->port,
                                            time_of(settings->connect_ms));
    enum status status = STATUS_NO_MEMORY;
    if (!line->context)
        goto fail;
    status = STATUS_IO;
    broken(line, status);
    if (line->context->err || redisSetTimeout(line->context, time_of(settings->command_ms)) != 0)
        goto fail;
    redisEnableKeepAlive(line->context);
    line->context->reader->fn = &makers;
    line->context->reader->privdata = line;
    status = enter_server(line, settings->address);
    if (status == STATUS_UNKNOWN)
        status = STATUS_IO; /* nothing was asked of it yet */
    if (status != STATUS_OK)
        goto fail;
    *out_line = line;
    return STATUS_OK;

fail:
    if (line->why[0] != '\0')
        snprintf(out_why, REDIS_WHY_BYTES, "%s", line->why);
    redis_line_close(line);
    return status;
}

void redis_line_close(struct redis_line *line)
{
    if (!line)
        return;
    if (line->context)
        redisFree(line->context);
    free(line);
}

int redis_line_socket(const struct redis_line *line)
{
    return line->context->fd;
}

bool redis_line_sound(const struct redis_line *line)
{
    char byte;
    ssize_t got = recv(line->context->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

const char *redis_line_why(const struct redis_line *line)
{
    return line->why;
}
