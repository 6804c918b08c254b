/*
 * redis_inside.h — what the files of this folder share: one connection, and the client's insides.
 *
 * Thread   A connection belongs to one thread at a time. The client's lock guards what it says.
 * Memory   redis_line_close() gives a connection back; NULL is welcome.
 */
#ifndef REDIS_REDIS_INSIDE_H
#define REDIS_REDIS_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "redis/redis.h"
#include "redis/redis_url.h"

/* --- one connection (redis_line.c) ------------------------------------------------------------ */

struct redis_line;

struct redis_line_settings {
    const struct redis_address *address;
    int64_t connect_ms, command_ms;
};

/* Connects, enters and chooses the database. STATUS_IO, STATUS_INVALID (the password is wrong). */
MUST_USE enum status redis_line_open(const struct redis_line_settings *settings,
                                     struct redis_line **out_line, char out_why[REDIS_WHY_BYTES]);
void redis_line_close(struct redis_line *line);

/* Puts a command behind those that wait to be sent. False when memory is short. */
bool redis_line_add(struct redis_line *line, const struct text *words, size_t word_count);

/* Sends what waits. STATUS_UNKNOWN: some of it may have arrived. The line is then to be closed. */
MUST_USE enum status redis_line_send(struct redis_line *line);

/* The next reply, into the arena. STATUS_UNKNOWN, STATUS_FULL: the line is to be closed. */
MUST_USE enum status redis_line_read(struct redis_line *line, struct arena *arena,
                                     struct redis_reply *out_reply);

/* A reply that has arrived already: false when there is none. */
MUST_USE enum status redis_line_take(struct redis_line *line, struct arena *arena,
                                     struct redis_reply *out_reply, bool *out_any);
/* Reads what the socket holds; for one who has waited for it with poll(). */
MUST_USE enum status redis_line_fill(struct redis_line *line);

int redis_line_socket(const struct redis_line *line);
/* Nobody has closed it meanwhile, and nothing came unasked. */
bool redis_line_sound(const struct redis_line *line);
const char *redis_line_why(const struct redis_line *line);

/* --- the subscriber (redis_ear.c) ------------------------------------------------------------- */

struct redis_ear;

MUST_USE enum status redis_ear_open(const struct redis_line_settings *settings,
                                    struct redis_ear **out_ear);
void redis_ear_close(struct redis_ear *ear); /* NULL is welcome */
MUST_USE enum status redis_ear_listen(struct redis_ear *ear, struct redis_listener *listener);
void redis_ear_ignore(struct redis_ear *ear, struct redis_listener *listener);
void redis_ear_count(struct redis_ear *ear, struct redis_counts *counts);

#endif
