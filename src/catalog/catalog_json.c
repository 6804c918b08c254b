/*
 * catalog_json.c — structs to JSON.
 *
 * Every kind of thing has one writer for its fields, whether it stands in a list, alone, or inside
 * another.
 */
#include "catalog/catalog_json.h"

#include "base/json_out.h"
#include "base/must.h"

static void begin_items(struct json_out *out)
{
    json_out_object(out);
    json_out_key(out, "items");
    json_out_array(out);
}

static void end_items(struct json_out *out, bool more, struct cursor next)
{
    json_out_array_end(out);
    json_out_key(out, "nextCursor");
    if (more) {
        char words[CURSOR_TEXT_BYTES];
        cursor_write(next, words);
        json_out_words(out, words);
    } else {
        json_out_null(out);
    }
    json_out_object_end(out);
}

static void names(struct json_out *out, int64_t id, struct text name, struct text name_ko)
{
    json_out_int_field(out, "id", id);
    json_out_text_field(out, "name", name);
    json_out_text_field(out, "nameKo", name_ko);
}

static void int_or_null(struct json_out *out, const char *key, bool exists, int64_t value)
{
    json_out_key(out, key);
    if (exists)
        json_out_int(out, value);
    else
        json_out_null(out);
}

static void time_or_null(struct json_out *out, const char *key, bool exists, int64_t wall_ms)
{
    json_out_key(out, key);
    if (exists)
        json_out_time(out, wall_ms);
    else
        json_out_null(out);
}

/* --- agencies, artists, venues ---------------------------------------------------------------- */

static void agency(struct json_out *out, const struct catalog_agency *item)
{
    json_out_object(out);
    names(out, item->id, item->name, item->name_ko);
    json_out_object_end(out);
}

void catalog_json_agency(struct buffer *body, const struct catalog_agency *item)
{
    struct json_out out = json_out_to(body);
    agency(&out, item);
}

void catalog_json_agencies(struct buffer *body, const struct catalog_page *page)
{
    struct json_out out = json_out_to(body);
    begin_items(&out);
    for (size_t i = 0; i < page->count; i++)
        agency(&out, &page->of.agencies[i]);
    end_items(&out, page->more, page->next);
}

static void artist(struct json_out *out, const struct catalog_artist *item)
{
    json_out_object(out);
    names(out, item->id, item->name, item->name_ko);
    int_or_null(out, "agencyId", item->agency_id != 0, item->agency_id);
    json_out_key(out, "agencyName");
    if (item->agency_id)
        json_out_text(out, item->agency_name);
    else
        json_out_null(out);
    json_out_key(out, "agencyNameKo");
    if (item->agency_id)
        json_out_text(out, item->agency_name_ko);
    else
        json_out_null(out);
    json_out_object_end(out);
}

void catalog_json_artist(struct buffer *body, const struct catalog_artist *item)
{
    struct json_out out = json_out_to(body);
    artist(&out, item);
}

void catalog_json_artists(struct buffer *body, const struct catalog_page *page)
{
    struct json_out out = json_out_to(body);
    begin_items(&out);
    for (size_t i = 0; i < page->count; i++)
        artist(&out, &page->of.artists[i]);
    end_items(&out, page->more, page->next);
}

static void venue(struct json_out *out, const struct catalog_venue *item)
{
    json_out_object(out);
    names(out, item->id, item->name, item->name_ko);
    json_out_text_field(out, "city", item->city);
    json_out_text_field(out, "cityKo", item->city_ko);
    json_out_int_field(out, "capacity", item->capacity);
    json_out_object_end(out);
}

void catalog_json_venue(struct buffer *body, const struct catalog_venue *item)
{
    struct json_out out = json_out_to(body);
    venue(&out, item);
}

void catalog_json_venues(struct buffer *body, const struct catalog_page *page)
{
    struct json_out out = json_out_to(body);
    begin_items(&out);
    for (size_t i = 0; i < page->count; i++)
        venue(&out, &page->of.venues[i]);
    end_items(&out, page->more, page->next);
}

static void group(struct json_out *out, const struct catalog_group *item)
{
    json_out_object(out);
    names(out, item->id, item->name, item->name_ko);
    int_or_null(out, "artistId", item->artist_id != 0, item->artist_id);
    json_out_object_end(out);
}

void catalog_json_group(struct buffer *body, const struct catalog_group *item)
{
    struct json_out out = json_out_to(body);
    group(&out, item);
}

void catalog_json_groups(struct buffer *body, const struct catalog_page *page)
{
    struct json_out out = json_out_to(body);
    begin_items(&out);
    for (size_t i = 0; i < page->count; i++)
        group(&out, &page->of.groups[i]);
    end_items(&out, page->more, page->next);
}

/* --- concerts --------------------------------------------------------------------------------- */

/* Smaller is nearer to buying. */
static int rank(enum sale_state state)
{
    switch (state) {
    case SALE_OPEN:
        return 0;
    case SALE_PAUSED:
        return 1;
    case SALE_SCHEDULED:
        return 2;
    case SALE_SOLD_OUT:
        return 3;
    case SALE_CLOSED:
        return 4;
    }
    must(false);
    return 5;
}

bool catalog_concert_state(const struct catalog_concert *concert, const struct catalog_live *lives,
                           enum sale_state *out_state, int64_t *out_opens_at_ms)
{
    bool found = false;
    for (size_t i = 0; i < concert->option_count; i++) {
        const struct catalog_sale *sale = &concert->options[i].sale;
        if (!sale->exists)
            continue;
        int by_rank = found ? rank(lives[i].state) - rank(*out_state) : -1;
        if (by_rank < 0 || (by_rank == 0 && sale->opens_at_ms < *out_opens_at_ms)) {
            *out_state = lives[i].state;
            *out_opens_at_ms = sale->opens_at_ms;
        }
        found = true;
    }
    return found;
}

/* Each venue once, in the order of the dates. */
static void venues_of(struct json_out *out, const struct catalog_concert *concert)
{
    json_out_key(out, "venues");
    json_out_array(out);
    for (size_t i = 0; i < concert->option_count; i++) {
        const struct catalog_venue *item = &concert->options[i].venue;
        bool seen = false;
        for (size_t before = 0; before < i && !seen; before++)
            seen = concert->options[before].venue.id == item->id;
        if (seen)
            continue;
        json_out_object(out);
        names(out, item->id, item->name, item->name_ko);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void sale_of_concert(struct json_out *out, const struct catalog_concert *concert,
                            const struct catalog_live *lives)
{
    enum sale_state state = SALE_CLOSED;
    int64_t opens_at_ms = 0;
    bool has_sale = catalog_concert_state(concert, lives, &state, &opens_at_ms);
    json_out_key(out, "saleState");
    if (has_sale)
        json_out_words(out, sale_state_name(state));
    else
        json_out_null(out);
    time_or_null(out, "opensAt", has_sale, opens_at_ms);
}

static void concert_fields(struct json_out *out, const struct catalog_concert *item,
                           const struct catalog_live *lives)
{
    json_out_int_field(out, "id", item->id);
    json_out_text_field(out, "title", item->title);
    json_out_text_field(out, "titleKo", item->title_ko);
    json_out_key(out, "artists");
    json_out_array(out);
    for (size_t i = 0; i < item->artist_count; i++) {
        json_out_object(out);
        names(out, item->artists[i].id, item->artists[i].name, item->artists[i].name_ko);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_int_field(out, "posterHue", item->poster_hue);
    bool dated = item->option_count > 0, priced = item->price_from >= 0;
    time_or_null(out, "firstStartsAt", dated, dated ? item->options[0].starts_at_ms : 0);
    time_or_null(out, "lastStartsAt", dated,
                 dated ? item->options[item->option_count - 1].starts_at_ms : 0);
    venues_of(out, item);
    int_or_null(out, "priceFrom", priced, item->price_from);
    int_or_null(out, "priceTo", priced, item->price_to);
    json_out_words_field(out, "currency", "KRW");
    sale_of_concert(out, item, lives);
}

void catalog_json_concerts(struct buffer *body, const struct catalog_page *page,
                           const struct catalog_live *lives)
{
    struct json_out out = json_out_to(body);
    begin_items(&out);
    for (size_t i = 0; i < page->count; i++) {
        json_out_object(&out);
        concert_fields(&out, &page->of.concerts[i], lives);
        json_out_object_end(&out);
        lives += page->of.concerts[i].option_count;
    }
    end_items(&out, page->more, page->next);
}

void catalog_json_concert(struct buffer *body, const struct catalog_concert *concert,
                          const struct catalog_live *lives)
{
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    concert_fields(&out, concert, lives);
    json_out_text_field(&out, "description", concert->description);
    json_out_text_field(&out, "descriptionKo", concert->description_ko);
    json_out_object_end(&out);
}

/* --- dates ------------------------------------------------------------------------------------ */

static void section(struct json_out *out, const struct catalog_section *item, int64_t left)
{
    json_out_object(out);
    names(out, item->id, item->name, item->name_ko);
    json_out_text_field(out, "grade", item->grade);
    json_out_int_field(out, "price", item->price);
    json_out_int_field(out, "seatCount", item->seat_count);
    json_out_int_field(out, "seatsLeft", left);
    json_out_object_end(out);
}

static void sale_object(struct json_out *out, const struct catalog_sale *sale,
                        enum sale_state state)
{
    if (!sale->exists) {
        json_out_null(out);
        return;
    }
    json_out_object(out);
    json_out_words_field(out, "state", sale_state_name(state));
    json_out_time_field(out, "opensAt", sale->opens_at_ms);
    json_out_time_field(out, "closesAt", sale->closes_at_ms);
    json_out_text_field(out, "strategy", sale->strategy);
    json_out_key(out, "lock");
    if (text_empty(sale->lock))
        json_out_null(out);
    else
        json_out_text(out, sale->lock);
    json_out_int_field(out, "holdSeconds", sale->hold_seconds);
    json_out_int_field(out, "maxPerFan", sale->max_per_fan);
    int_or_null(out, "maxPerConcert", sale->max_per_concert > 0, sale->max_per_concert);
    json_out_bool_field(out, "waitingRoom", sale->waiting_room);
    json_out_key(out, "presale");
    presale_json(out, &sale->presale);
    json_out_key(out, "refundPolicy");
    refund_terms_json(out, &sale->refund_terms);
    json_out_object_end(out);
}

static void option(struct json_out *out, const struct catalog_option *item,
                   const struct catalog_live *live)
{
    json_out_object(out);
    json_out_int_field(out, "id", item->id);
    json_out_int_field(out, "concertId", item->concert_id);
    json_out_time_field(out, "startsAt", item->starts_at_ms);
    json_out_key(out, "venue");
    venue(out, &item->venue);
    json_out_int_field(out, "seatCount", item->seat_count);
    json_out_int_field(out, "seatsLeft", live->seats_left);
    json_out_words_field(out, "currency", "KRW");
    json_out_key(out, "sections");
    json_out_array(out);
    for (size_t i = 0; i < item->section_count; i++)
        section(out, &item->sections[i], live->section_left[i]);
    json_out_array_end(out);
    json_out_key(out, "sale");
    sale_object(out, &item->sale, live->state);
    json_out_object_end(out);
}

void catalog_json_sale(struct buffer *body, const struct catalog_sale *sale,
                       const struct catalog_live *live)
{
    struct json_out out = json_out_to(body);
    sale_object(&out, sale, live->state);
}

void catalog_json_option(struct buffer *body, const struct catalog_option *item,
                         const struct catalog_live *live)
{
    struct json_out out = json_out_to(body);
    option(&out, item, live);
}

void catalog_json_options(struct buffer *body, const struct catalog_page *page,
                          const struct catalog_live *lives)
{
    struct json_out out = json_out_to(body);
    begin_items(&out);
    for (size_t i = 0; i < page->count; i++)
        option(&out, &page->of.options[i], &lives[i]);
    end_items(&out, page->more, page->next);
}
