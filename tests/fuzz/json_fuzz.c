/*
 * json_fuzz.c — JSON from strangers: every question a handler may ask of it, and the whole written
 * out again.
 *
 * What is read must be writable, and what was written must be readable: otherwise a fan could send
 * something that makes an answer which no page understands.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/must.h"

static void ask_fields(const struct json_in *object)
{
    static const char *const known[] = {"id", "name", "on", "at", "best", "ids", NULL};
    int64_t number;
    bool on;
    struct text text;
    const struct json_in *inner;
    if (json_in_read_int(object, "id", 1, ID_MAX, &number) == JSON_IN_OK)
        must(id_valid(number));
    if (json_in_read_text(object, "name", 1, 64, &text) == JSON_IN_OK)
        must(text.size >= 1 && text.size <= 64 && text_is_utf8(text));
    (void)json_in_read_bool(object, "on", &on);
    if (json_in_read_text(object, "at", 0, 64, &text) == JSON_IN_OK &&
        clock_read_iso(text, &number)) {
        char words[CLOCK_TEXT_BYTES];
        clock_write_iso(number, words);
    }
    if (json_in_read_object(object, "best", &inner) == JSON_IN_OK)
        ask_fields(inner);
    if (json_in_read_array(object, "ids", 1, 16, &inner) == JSON_IN_OK)
        for (size_t i = 0; i < json_in_array_count(inner); i++)
            (void)json_in_as_int(json_in_array_at(inner, i), 1, ID_MAX, &number);
    text = json_in_unknown_key(object, known);
    must(!text.bytes || text_is_utf8(text));
}

static void write_again(struct json_out *out, const struct json_in *value)
{
    int64_t number;
    struct text text;
    if (json_in_as_int(value, INT64_MIN, INT64_MAX, &number) == JSON_IN_OK) {
        json_out_int(out, number);
    } else if (json_in_as_text(value, 0, SIZE_MAX, &text) == JSON_IN_OK) {
        json_out_text(out, text);
    } else if (json_in_is_array(value)) {
        json_out_array(out);
        for (size_t i = 0; i < json_in_array_count(value); i++)
            write_again(out, json_in_array_at(value, i));
        json_out_array_end(out);
    } else {
        json_out_null(out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text input = text_make((const char *)bytes, size);
    struct json_in_fault fault = {""};
    struct arena *arena = arena_create(4096, 1 << 24);
    must(arena);
    struct buffer buffer;
    buffer_init(&buffer, arena, 256);
    struct json_out out = json_out_to(&buffer);

    struct json_in *document = json_in_open(input, &fault);
    must(document || fault.words[0] != '\0');
    if (document && json_in_is_object(document))
        ask_fields(document);
    if (document)
        write_again(&out, document);
    else
        json_out_text(&out,
                      input); /* any bytes make a JSON text; a NUL is one that we do not read */
    json_in_close(document);

    must(!buffer.failed);
    struct json_in *again = json_in_open(buffer_text(&buffer), &fault);
    must(again || (size > 0 && memchr(bytes, 0, size)));
    json_in_close(again);
    arena_destroy(arena);
    return 0;
}
