/*
 * leaflet.c — both encodings side by side in one block.
 *
 * Printing writes the same words twice, once as an event and once as a frame: a few microseconds
 * for a document, against a hundred thousand writes that then copy nothing. STYLE says that two
 * owners want a message instead of a count; here there are as many owners as slow readers, on as
 * many threads as there are loops, and the last one to let go cannot be known. This is the one
 * counted thing in the house.
 */
#include "net/leaflet_private.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"

enum {
    NUMBER_BYTES = 21,
    FRAME_HEAD_BYTES = 10,
    FRAME_LENGTH_16 = 126,
    FRAME_LENGTH_64 = 127,
    FRAME_FINAL_TEXT = 0x81,
};

struct leaflet {
    _Atomic size_t keepers;
    size_t event_size, frame_size;
    char bytes[]; /* the event, then the frame */
};

static struct leaflet *leaflet_create(size_t event_size, size_t frame_size)
{
    struct leaflet *leaflet = malloc(sizeof *leaflet + event_size + frame_size);
    if (!leaflet)
        return NULL;
    atomic_init(&leaflet->keepers, 1);
    leaflet->event_size = event_size;
    leaflet->frame_size = frame_size;
    return leaflet;
}

static char *put(char *at, struct text text)
{
    if (text.size > 0)
        memcpy(at, text.bytes, text.size);
    return at + text.size;
}

/* --- a WebSocket frame (RFC 6455 §5.2) -------------------------------------------------------- */

static size_t frame_head_size(size_t size)
{
    if (size < FRAME_LENGTH_16)
        return 2;
    return size <= UINT16_MAX ? 4 : FRAME_HEAD_BYTES;
}

static char *put_frame_head(char *at, size_t size)
{
    size_t length_bytes = frame_head_size(size) - 2;
    *at++ = (char)FRAME_FINAL_TEXT;
    if (length_bytes == 0)
        *at++ = (char)size;
    else
        *at++ = (char)(length_bytes == 2 ? FRAME_LENGTH_16 : FRAME_LENGTH_64);
    for (size_t i = length_bytes; i > 0; i--)
        *at++ = (char)((size >> (8 * (i - 1))) & 0xFF);
    return at;
}

struct leaflet *leaflet_words(struct text words)
{
    if (words.size > LEAFLET_BYTES_MAX)
        return NULL;
    struct leaflet *leaflet = leaflet_create(0, frame_head_size(words.size) + words.size);
    if (leaflet)
        put(put_frame_head(leaflet->bytes, words.size), words);
    return leaflet;
}

/* --- an event (WHATWG HTML §9.2) -------------------------------------------------------------- */

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.bytes[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_';
        if (!plain)
            return false;
    }
    return name.size > 0 && name.size <= LEAFLET_NAME_BYTES_MAX;
}

/* One line of `rest`, ended by CR LF, LF, CR or the end: all of them end a line of an event. */
static struct text cut_line(struct text rest, struct text *out_rest)
{
    size_t size = 0;
    while (size < rest.size && rest.bytes[size] != '\n' && rest.bytes[size] != '\r')
        size++;
    size_t behind = size;
    if (behind < rest.size && rest.bytes[behind++] == '\r' && behind < rest.size &&
        rest.bytes[behind] == '\n')
        behind++;
    *out_rest = text_make(rest.bytes + behind, rest.size - behind);
    return text_make(rest.bytes, size);
}

/* Writes the data's lines to `at` if it is not NULL; returns how many bytes they have. */
static size_t put_data(char *at, struct text data)
{
    static const struct text prefix = {.bytes = "data: ", .size = 6};
    size_t total = 0;
    struct text rest = data;
    do {
        struct text line = cut_line(rest, &rest);
        if (at) {
            at = put(put(at, prefix), line);
            *at++ = '\n';
        }
        total += prefix.size + line.size + 1;
    } while (rest.size > 0);
    return total;
}

struct parts { /* everything around the data */
    char event_head[64 + LEAFLET_NAME_BYTES_MAX];
    char text_head[64 + LEAFLET_NAME_BYTES_MAX];
};

static void write_parts(const struct leaflet_event *event, struct parts *parts)
{
    char number[NUMBER_BYTES] = "";
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)event->id);
    bool has_id = event->id != 0;
    (void)snprintf(parts->event_head, sizeof parts->event_head, "%s%s%sevent: %s\n",
                   has_id ? "id: " : "", has_id ? number : "", has_id ? "\n" : "", event->name);
    (void)snprintf(parts->text_head, sizeof parts->text_head,
                   "{\"event\":\"%s\"%s%s,\"data\":", event->name, has_id ? ",\"id\":" : "",
                   has_id ? number : "");
}

struct leaflet *leaflet_event(const struct leaflet_event *event)
{
    if (!is_name(text_of(event->name)) || event->data.size > LEAFLET_BYTES_MAX)
        return NULL;
    struct parts parts;
    write_parts(event, &parts);
    struct text event_head = text_of(parts.event_head);
    struct text text_head = text_of(parts.text_head);
    size_t event_size = event_head.size + put_data(NULL, event->data) + 1;
    size_t text_size = text_head.size + event->data.size + 1;
    struct leaflet *leaflet = leaflet_create(event_size, frame_head_size(text_size) + text_size);
    if (!leaflet)
        return NULL;

    char *at = put(leaflet->bytes, event_head);
    at += put_data(at, event->data);
    *at++ = '\n';
    at = put_frame_head(at, text_size);
    at = put(put(at, text_head), event->data);
    *at++ = '}';
    must(at == leaflet->bytes + leaflet->event_size + leaflet->frame_size);
    return leaflet;
}

/* --- keeping ---------------------------------------------------------------------------------- */

struct leaflet *leaflet_raw(enum http_stream_kind kind, const void *bytes, size_t size)
{
    bool is_event = kind == HTTP_STREAM_EVENTS;
    struct leaflet *leaflet = leaflet_create(is_event ? size : 0, is_event ? 0 : size);
    if (leaflet)
        memcpy(leaflet->bytes, bytes, size);
    return leaflet;
}

struct text leaflet_bytes(const struct leaflet *leaflet, enum http_stream_kind kind)
{
    if (kind == HTTP_STREAM_EVENTS)
        return text_make(leaflet->bytes, leaflet->event_size);
    return text_make(leaflet->bytes + leaflet->event_size, leaflet->frame_size);
}

struct leaflet *leaflet_keep(struct leaflet *leaflet)
{
    size_t before = atomic_fetch_add_explicit(&leaflet->keepers, 1, memory_order_relaxed);
    must(before > 0);
    return leaflet;
}

void leaflet_drop(struct leaflet *leaflet)
{
    if (leaflet && atomic_fetch_sub_explicit(&leaflet->keepers, 1, memory_order_acq_rel) == 1)
        free(leaflet);
}
