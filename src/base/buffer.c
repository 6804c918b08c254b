/* buffer.c — doubling growth in an arena. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>

void buffer_init(struct buffer *buffer, struct arena *arena, size_t first_capacity)
{
    *buffer = (struct buffer){.arena = arena, .bytes = arena_take(arena, first_capacity)};
    buffer->capacity = buffer->bytes ? first_capacity : 0;
    buffer->failed = !buffer->bytes;
}

/* What has failed has no room left, so that every append comes here and goes no further. */
static char *fail(struct buffer *buffer)
{
    buffer->failed = true;
    buffer->capacity = buffer->size;
    return NULL;
}

char *buffer_extend_grown(struct buffer *buffer, size_t size)
{
    if (buffer->failed || size > SIZE_MAX - buffer->size)
        return fail(buffer);
    size_t capacity = buffer->capacity < SIZE_MAX / 2 ? buffer->capacity * 2 : SIZE_MAX;
    if (capacity < buffer->size + size)
        capacity = buffer->size + size;
    char *bytes = arena_take(buffer->arena, capacity);
    if (!bytes)
        return fail(buffer);
    if (buffer->size > 0)
        memcpy(bytes, buffer->bytes, buffer->size);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    buffer->size += size;
    return bytes + buffer->size - size;
}

void buffer_add(struct buffer *buffer, struct text text)
{
    char *room = text.size > 0 ? buffer_extend(buffer, text.size) : NULL;
    if (room)
        memcpy(room, text.bytes, text.size);
}

void buffer_add_words(struct buffer *buffer, const char *terminated)
{
    buffer_add(buffer, text_of(terminated));
}

void buffer_add_int(struct buffer *buffer, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        buffer_add_char(buffer, '-');
    buffer_add(buffer, text_make(digits + at, sizeof digits - at));
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char words[512];
    int size = vsnprintf(words, sizeof words, format, list);
    va_end(list);
    if (size < 0 || (size_t)size >= sizeof words)
        fail(buffer);
    else
        buffer_add(buffer, text_make(words, (size_t)size));
}
