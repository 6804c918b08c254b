/* cache_value_fuzz.c — what may lie in a Redis that others write to, and the address it is at. */
#include <stddef.h>
#include <stdint.h>

#include "api/documents_shared.h"
#include "base/must.h"
#include "catalog/concert_pack.h"
#include "redis/redis.h"

enum { ARENA_BYTES = 4096, ARENA_BYTES_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A page that unpacks packs to the same bytes. */
static void read_page(struct text value, struct arena *arena)
{
    struct buffer again;
    struct catalog_page *page = concert_unpack(value, arena);
    if (!page)
        return;
    buffer_init(&again, arena, ARENA_BYTES);
    concert_pack(&again, page);
    must(again.failed || text_equal(buffer_text(&again), value));
}

static void read_document(struct text value)
{
    struct share_written written;
    if (!share_read_written(value, &written))
        return;
    must(written.tag.size < DOCUMENT_TAG_BYTES);
    must(written.gzip.size + written.body.size < value.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char why[REDIS_WHY_BYTES];
    struct text value = text_make((const char *)bytes, size);
    struct arena *arena = arena_create(ARENA_BYTES, ARENA_BYTES_MAX);
    if (!arena)
        return 0;
    read_page(value, arena);
    read_document(value);
    redis_url_valid(value, why);
    arena_destroy(arena);
    return 0;
}
