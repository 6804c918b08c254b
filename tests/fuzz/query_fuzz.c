/* query_fuzz.c — what a query string carries, fed with anything: cursors and times. */
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/must.h"
#include "catalog/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A cursor that is read is one that we wrote: writing it again gives the same text. */
static void read_cursor(struct text text)
{
    struct cursor cursor;
    char written[CURSOR_TEXT_BYTES];
    if (!cursor_read(text, &cursor))
        return;
    cursor_write(cursor, written);
    must(text_equal(text_of(written), text));
}

/* A time that is read can be written, and reads the same again. */
static void read_time(struct text text)
{
    int64_t wall_ms, again_ms;
    char written[CLOCK_TEXT_BYTES];
    if (!clock_read_iso(text, &wall_ms))
        return;
    clock_write_iso(wall_ms, written);
    must(clock_read_iso(text_of(written), &again_ms));
    must(again_ms == wall_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text text = text_make((const char *)bytes, size);
    read_cursor(text);
    read_time(text);
    return 0;
}
