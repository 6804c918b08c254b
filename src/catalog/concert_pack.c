/*
 * concert_pack.c — one walk over the structs, that writes or reads as it goes.
 *
 * Both directions are the same lines, so they cannot drift apart. A member that is new to a struct
 * has to be walked over here, too: the sizes below are there to stop the build until it is. Numbers
 * are eight bytes, the lowest first; texts and arrays have their count in front.
 *
 * What is read is hostile: a count is believed only as far as the bytes that are left could hold as
 * many things, and whatever fails leaves zeroes behind and the whole page refused.
 */
#include "catalog/concert_pack.h"

#include <assert.h>

#include "base/must.h"

static_assert(sizeof(struct catalog_concert) == 136, "walk over the new member in pack_concert()");
static_assert(sizeof(struct catalog_artist) == 88, "walk over the new member in pack_artist()");
static_assert(sizeof(struct catalog_venue) == 88, "walk over the new member in pack_venue()");
static_assert(offsetof(struct catalog_sale, presale) == 88, "the same in pack_sale()");
static_assert(offsetof(struct catalog_option, sale) == 152, "the same in pack_option()");

enum { NUMBER_BYTES = 8 };

struct pack {
    struct buffer *out; /* NULL: reading */
    struct text in;     /* what is left to read */
    struct arena *arena;
    bool failed;
};

static void pack_number(struct pack *pack, int64_t *number)
{
    unsigned char bytes[NUMBER_BYTES];
    uint64_t value = (uint64_t)*number;
    if (pack->out) {
        for (int i = 0; i < NUMBER_BYTES; i++)
            bytes[i] = (unsigned char)(value >> (8 * i));
        buffer_add(pack->out, text_make((const char *)bytes, NUMBER_BYTES));
        return;
    }
    value = 0;
    pack->failed = pack->failed || pack->in.size < NUMBER_BYTES;
    for (int i = 0; !pack->failed && i < NUMBER_BYTES; i++)
        value |= (uint64_t)(unsigned char)pack->in.bytes[i] << (8 * i);
    *number = (int64_t)value;
    if (!pack->failed)
        pack->in = text_make(pack->in.bytes + NUMBER_BYTES, pack->in.size - NUMBER_BYTES);
}

static void pack_flag(struct pack *pack, bool *flag)
{
    int64_t number = *flag;
    pack_number(pack, &number);
    if (pack->out)
        return;
    pack->failed = pack->failed || number < 0 || number > 1;
    *flag = number == 1;
}

/* Each of the things counted takes at least `bytes_least`. */
static void pack_count(struct pack *pack, size_t *count, size_t bytes_least)
{
    int64_t number = (int64_t)*count;
    pack_number(pack, &number);
    if (pack->out)
        return;
    pack->failed = pack->failed || number < 0 || (uint64_t)number > pack->in.size / bytes_least;
    *count = pack->failed ? 0 : (size_t)number;
}

static void pack_text(struct pack *pack, struct text *text)
{
    size_t size = text->size;
    pack_count(pack, &size, 1);
    if (pack->out) {
        buffer_add(pack->out, *text);
        return;
    }
    *text = text_make(pack->in.bytes, size);
    pack->in = text_make(pack->in.bytes + size, pack->in.size - size);
}

/* Room for what is to be read; NULL when it is not to be. */
static void *room(struct pack *pack, size_t count, size_t bytes)
{
    void *things = pack->failed ? NULL : arena_take_zeroed(pack->arena, count * bytes + 1);
    pack->failed = !things;
    return things;
}

static void pack_venue(struct pack *pack, struct catalog_venue *venue)
{
    pack_number(pack, &venue->id);
    pack_number(pack, &venue->version);
    pack_text(pack, &venue->name);
    pack_text(pack, &venue->name_ko);
    pack_text(pack, &venue->city);
    pack_text(pack, &venue->city_ko);
    pack_number(pack, &venue->capacity);
}

static void pack_artist(struct pack *pack, struct catalog_artist *artist)
{
    pack_number(pack, &artist->id);
    pack_number(pack, &artist->version);
    pack_text(pack, &artist->name);
    pack_text(pack, &artist->name_ko);
    pack_number(pack, &artist->agency_id);
    pack_text(pack, &artist->agency_name);
    pack_text(pack, &artist->agency_name_ko);
}

/* In lists of concerts sales have no presale, and their dates no sections. */
static void pack_sale(struct pack *pack, struct catalog_sale *sale)
{
    int64_t status = sale->status;
    pack_flag(pack, &sale->exists);
    pack_number(pack, &sale->opens_at_ms);
    pack_number(pack, &sale->closes_at_ms);
    pack_text(pack, &sale->strategy);
    pack_text(pack, &sale->lock);
    pack_number(pack, &sale->hold_seconds);
    pack_number(pack, &sale->max_per_fan);
    pack_number(pack, &sale->max_per_concert);
    pack_flag(pack, &sale->waiting_room);
    pack_number(pack, &status);
    if (pack->out)
        return;
    pack->failed = pack->failed || status < CATALOG_SALE_ACTIVE || status > CATALOG_SALE_CLOSED;
    sale->status = pack->failed ? CATALOG_SALE_CLOSED : (enum catalog_sale_status)status;
}

static void pack_option(struct pack *pack, struct catalog_option *option)
{
    must(option->section_count == 0);
    pack_number(pack, &option->id);
    pack_number(pack, &option->concert_id);
    pack_number(pack, &option->version);
    pack_number(pack, &option->starts_at_ms);
    pack_venue(pack, &option->venue);
    pack_number(pack, &option->first_seat_id);
    pack_number(pack, &option->seat_count);
    pack_sale(pack, &option->sale);
}

static void pack_concert(struct pack *pack, struct catalog_concert *concert)
{
    pack_number(pack, &concert->id);
    pack_number(pack, &concert->version);
    pack_text(pack, &concert->title);
    pack_text(pack, &concert->title_ko);
    pack_text(pack, &concert->description);
    pack_text(pack, &concert->description_ko);
    pack_number(pack, &concert->poster_hue);
    pack_number(pack, &concert->price_from);
    pack_number(pack, &concert->price_to);

    pack_count(pack, &concert->artist_count, NUMBER_BYTES);
    if (!pack->out)
        concert->artists = room(pack, concert->artist_count, sizeof *concert->artists);
    for (size_t i = 0; i < concert->artist_count && !pack->failed; i++)
        pack_artist(pack, &concert->artists[i]);
    pack_count(pack, &concert->option_count, NUMBER_BYTES);
    if (!pack->out)
        concert->options = room(pack, concert->option_count, sizeof *concert->options);
    for (size_t i = 0; i < concert->option_count && !pack->failed; i++)
        pack_option(pack, &concert->options[i]);
}

static void pack_page(struct pack *pack, struct catalog_page *page)
{
    pack_flag(pack, &page->more);
    pack_number(pack, &page->next.key);
    pack_number(pack, &page->next.id);
    pack_count(pack, &page->count, NUMBER_BYTES);
    if (!pack->out)
        page->of.concerts = room(pack, page->count, sizeof *page->of.concerts);
    for (size_t i = 0; i < page->count && !pack->failed; i++)
        pack_concert(pack, &page->of.concerts[i]);
}

void concert_pack(struct buffer *out, const struct catalog_page *page)
{
    struct pack pack = {.out = out};
    pack_page(&pack, (struct catalog_page *)(uintptr_t)page); /* writing changes nothing */
}

struct catalog_page *concert_unpack(struct text bytes, struct arena *arena)
{
    struct pack pack = {.in = bytes, .arena = arena};
    struct catalog_page *page = arena_take_zeroed(arena, sizeof *page);
    if (!page)
        return NULL;
    pack_page(&pack, page);
    return pack.failed || pack.in.size > 0 ? NULL : page;
}

struct catalog_page *concert_unpack_one(struct text bytes, struct arena *arena)
{
    struct catalog_page *page = concert_unpack(bytes, arena);
    return page && page->count == 1 ? page : NULL;
}
