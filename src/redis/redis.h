/*
 * redis.h — asks a Redis server, and hears what it publishes; the one door in front of hiredis.
 *
 * A pool of connections serves threads that may block: workers, never loops. One more connection,
 * with a thread of its own, hears the channels.
 *
 *     struct text words[] = {text_of("GET"), redis_key(redis, arena, "status:", id)};
 *     struct redis_reply reply;
 *     enum status status = redis_ask(redis, arena, words, 2, &reply);
 *
 * Thread   Any that may block, for REDIS_CONNECT_MS and REDIS_COMMAND_MS at most each.
 *          Listeners are called on the subscriber's thread.
 * Memory   A reply lives in the caller's arena, whose maximum bounds it too.
 * Answers  STATUS_OK       every command has a reply
 *          STATUS_BUSY     every connection is taken, or the server is loading or read-only;
 *                          nothing was done
 *          STATUS_IO       the server is not there, or its breaker is open; nothing was done
 *          STATUS_UNKNOWN  the connection broke or time ran out after sending: it may have been
 *                          done
 *          STATUS_INVALID  redis_ask() and redis_ask_script() only: the server refused, and
 *                          redis_why() says why
 *          STATUS_FULL     the same two: the server's memory is full; nothing was done. Or the
 *                          reply is larger than the limits or the arena; then it was done
 * Limits   REDIS_CONNECTIONS_MAX, REDIS_COMMANDS_MAX in one run, REDIS_WORDS_MAX a command,
 *          REDIS_REPLY_BYTES_MAX and REDIS_ITEMS_MAX a reply, REDIS_SCRIPTS_MAX scripts.
 * Secrets  A password comes in the URL. It is in no log line and in no reason.
 *
 * What comes back is hostile until parsed: kinds are to be checked before they are used, and every
 * size is bounded before memory is taken for it.
 */
#ifndef REDIS_REDIS_H
#define REDIS_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/status.h"
#include "base/text.h"

struct breaker;
struct redis;

enum { REDIS_WHY_BYTES = 256 };

struct redis_settings {
    /* redis://[[user]:password@]host[:port][/database][?prefix=words]; user and password with
       %-escapes. The prefix (by default "ticketrush") leads every key and channel: two that share
       a server choose two. */
    struct text url;
    size_t connections_max;  /* 0: REDIS_CONNECTIONS_MAX */
    int64_t connect_ms;      /* 0: REDIS_CONNECT_MS */
    int64_t command_ms;      /* 0: REDIS_COMMAND_MS */
    struct breaker *breaker; /* guard/breaker.h; NULL: none. Lives as long as the client. */
};

/* Is it an address redis_open() takes? Says what is wrong, without the password. */
bool redis_url_valid(struct text url, char out_why[REDIS_WHY_BYTES]);

/* Does not connect: a server that is not there yet is asked when it is needed. STATUS_INVALID for
   an ill-formed URL, STATUS_NO_MEMORY when memory or threads are short; out_why says more. */
MUST_USE enum status redis_open(const struct redis_settings *settings,
                                char out_why[REDIS_WHY_BYTES], struct redis **out_redis);
/* Nobody asks or listens any more. NULL is welcome. */
void redis_close(struct redis *redis);

/* "prefix:" + kind + name, in the arena; bytes == NULL when it is full. */
struct text redis_key(const struct redis *redis, struct arena *arena, const char *kind,
                      struct text name);

/* --- replies ---------------------------------------------------------------------------------- */

enum redis_kind { REDIS_NIL, REDIS_TEXT, REDIS_NUMBER, REDIS_LIST, REDIS_ERROR };

struct redis_reply {
    enum redis_kind kind;
    int64_t number;                  /* REDIS_NUMBER */
    struct text text;                /* REDIS_TEXT, REDIS_ERROR; any bytes */
    const struct redis_reply *items; /* REDIS_LIST */
    size_t item_count;
};

/* A number, or a text that is one: Lua gives large ones as texts. False for anything else. */
bool redis_reply_int(const struct redis_reply *reply, int64_t *out_number);

/* --- asking ----------------------------------------------------------------------------------- */

/* One command. A reply of kind REDIS_ERROR becomes a status. */
MUST_USE enum status redis_ask(struct redis *redis, struct arena *arena, const struct text *words,
                               size_t word_count, struct redis_reply *out_reply);

/*
 * A Lua script: runs as one step. It is known by its address, sent once and called by its digest
 * from then on (EVALSHA); a server that has forgotten it is told again, within the same call. Keys
 * come from redis_key().
 */
struct redis_script {
    const char *words;
};

MUST_USE enum status redis_ask_script(struct redis *redis, struct arena *arena,
                                      const struct redis_script *script, const struct text *keys,
                                      size_t key_count, const struct text *arguments,
                                      size_t argument_count, struct redis_reply *out_reply);

/*
 * Many commands in one round trip, in their order but not as one step. STATUS_OK: each has its
 * reply in out_replies, which may be a REDIS_ERROR. Script calls that the server had forgotten run
 * after all others.
 */
struct redis_command {
    const struct redis_script *script; /* NULL: words[0] names a command of Redis */
    size_t key_count;                  /* of the script: the first words; the rest are arguments */
    const struct text *words;
    size_t word_count;
};

MUST_USE enum status redis_run(struct redis *redis, struct arena *arena,
                               const struct redis_command *commands, size_t command_count,
                               struct redis_reply *out_replies);

/* What a REDIS_ERROR means: STATUS_BUSY, STATUS_FULL or STATUS_INVALID. */
enum status redis_error_status(const struct redis_reply *error);

/* --- hearing ---------------------------------------------------------------------------------- */

/*
 * Redis keeps no message for who is away. Whenever the subscription stands (again), at the start
 * too, on_gap() says that something may have been missed: whoever relies on messages looks for
 * itself then.
 */
struct redis_listener {
    struct list link;    /* the client's, */
    bool subscribed;     /* and so is this */
    struct text channel; /* without the prefix, REDIS_CHANNEL_BYTES_MAX; lives as long */
    void (*on_message)(struct redis_listener *listener, struct text message); /* any bytes */
    void (*on_gap)(struct redis_listener *listener);
};

/*
 * Both may be called at any time, but not from a listener, and both wait for the subscriber's
 * thread to leave the listeners alone: on_message() and on_gap() must be short and never block.
 * STATUS_FULL at REDIS_LISTENERS_MAX. A channel may have several listeners.
 */
MUST_USE enum status redis_listen(struct redis *redis, struct redis_listener *listener);
void redis_ignore(struct redis *redis, struct redis_listener *listener);

/* The one who publishes hears it too. STATUS_OK says that the server has it, not that anybody
   heard. */
MUST_USE enum status redis_publish(struct redis *redis, const char *channel, struct text message);

/* --- for the log and the metrics -------------------------------------------------------------- */

/* The last failure in words, of whatever thread; never a secret. */
void redis_why(struct redis *redis, char out_why[REDIS_WHY_BYTES]);

struct redis_counts {
    uint64_t commands, failures; /* failures: STATUS_IO, STATUS_UNKNOWN */
    uint64_t connections_made, connections_open;
    uint64_t messages, subscriptions; /* subscriptions: how often the channels were subscribed to */
    bool listening;                   /* the subscription stands */
};
struct redis_counts redis_counts(struct redis *redis);

#endif
