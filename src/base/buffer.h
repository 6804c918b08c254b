/*
 * buffer.h — bytes that grow at the end, inside an arena.
 *
 * Thread   One thread at a time.
 * Memory   The arena's; the bytes live as long as the arena. Growing copies.
 * Failure  Sticky: once memory is short, `failed` stays true and appends do nothing,
 *          so a writer checks once, at the end.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct buffer {
    struct arena *arena;
    char *bytes;
    size_t size;
    size_t capacity;
    bool failed;
};

void buffer_init(struct buffer *buffer, struct arena *arena, size_t first_capacity);

/* buffer_extend() where the room is not there yet. */
char *buffer_extend_grown(struct buffer *buffer, size_t size);

/* Room for `size` bytes at the end, to be written by the caller; NULL when memory is short. An
 * answer is made of a hundred pieces, so it is inline where nothing has to grow. */
static inline char *buffer_extend(struct buffer *buffer, size_t size)
{
    if (size > buffer->capacity - buffer->size)
        return buffer_extend_grown(buffer, size);
    char *room = buffer->bytes + buffer->size;
    buffer->size += size;
    return room;
}

static inline void buffer_add_char(struct buffer *buffer, char c)
{
    char *room = buffer_extend(buffer, 1);
    if (room)
        *room = c;
}

void buffer_add(struct buffer *buffer, struct text text);
void buffer_add_int(struct buffer *buffer, int64_t value);
void buffer_add_words(struct buffer *buffer, const char *terminated);
/* For numbers and the like: 511 bytes at most, more is a failure. */
void buffer_add_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline struct text buffer_text(const struct buffer *buffer)
{
    return text_make(buffer->bytes, buffer->size);
}

#endif
