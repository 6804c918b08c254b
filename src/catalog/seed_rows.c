/* seed_rows.c — find by natural key, else insert with the next id. */
#include "catalog/seed_rows.h"

#include "catalog/layout_write.h"
#include "catalog/names.h"
#include "store/store.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --- agencies --------------------------------------------------------------------------------- */

static enum status find_agency(struct store_connection *connection, const char *name,
                               int64_t *out_id)
{
    static const struct sql find = {
        "SELECT min(id) FROM agency WHERE name = $1 HAVING count(*) > 0"};
    return store_query_int(connection, &find, (struct sql_value[]){sql_words(name)}, 1, out_id);
}

static enum status add_agency(struct store_connection *connection, const struct seed_agency *agency,
                              struct seed_report *report)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM agency"};
    static const struct sql insert = {"INSERT INTO agency (id, name, name_ko) VALUES ($1, $2, $3)"};
    int64_t id;
    enum status status = find_agency(connection, agency->name, &id);
    if (status != STATUS_MISSING)
        return status;
    status = layout_next_id(connection, &next, &id);
    if (status != STATUS_OK)
        return status;
    report->agency_count++;
    struct sql_value values[] = {sql_int(id), sql_words(agency->name), sql_words(agency->name_ko)};
    return store_run(connection, &insert, values, COUNT_OF(values), NULL);
}

/* --- artists ---------------------------------------------------------------------------------- */

static enum status find_artist(struct store_connection *connection, struct arena *arena,
                               const char *name, int64_t *out_id)
{
    static const struct sql find = {"SELECT artist_id FROM artist_alias WHERE alias = $1"};
    struct text key = name_key(arena, text_of(name));
    if (!key.bytes)
        return STATUS_NO_MEMORY;
    return store_query_int(connection, &find, (struct sql_value[]){sql_text(key)}, 1, out_id);
}

static enum status add_alias(struct store_connection *connection, struct arena *arena,
                             const char *name, int64_t artist_id)
{
    static const struct sql insert = {"INSERT INTO artist_alias (alias, artist_id) VALUES ($1, $2) "
                                      "ON CONFLICT DO NOTHING"};
    struct text key = name_key(arena, text_of(name));
    if (!key.bytes)
        return STATUS_NO_MEMORY;
    struct sql_value values[] = {sql_text(key), sql_int(artist_id)};
    return store_run(connection, &insert, values, COUNT_OF(values), NULL);
}

static enum status insert_artist(struct store_connection *connection,
                                 const struct seed_artist *artist, int64_t *out_id)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM artist"};
    static const struct sql insert = {
        "INSERT INTO artist (id, agency_id, name, name_ko) VALUES ($1, $2, $3, $4)"};
    int64_t agency_id;
    enum status status = find_agency(connection, artist->agency, &agency_id);
    if (status == STATUS_OK)
        status = layout_next_id(connection, &next, out_id);
    if (status != STATUS_OK)
        return status;
    struct sql_value values[] = {sql_int(*out_id), sql_int(agency_id), sql_words(artist->name),
                                 sql_words(artist->name_ko)};
    return store_run(connection, &insert, values, COUNT_OF(values), NULL);
}

static enum status add_artist(struct store_connection *connection, struct arena *arena,
                              const struct seed_artist *artist, struct seed_report *report)
{
    int64_t id;
    enum status status = find_artist(connection, arena, artist->name, &id);
    if (status != STATUS_MISSING)
        return status;
    status = insert_artist(connection, artist, &id);
    report->artist_count++;
    if (status == STATUS_OK)
        status = add_alias(connection, arena, artist->name, id);
    if (status == STATUS_OK)
        status = add_alias(connection, arena, artist->name_ko, id);
    for (size_t i = 0; status == STATUS_OK && i < SEED_ALIASES && artist->aliases[i]; i++)
        status = add_alias(connection, arena, artist->aliases[i], id);
    return status;
}

enum status seed_people(struct store_connection *connection, struct arena *arena,
                        struct seed_report *report)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < seed_agency_count; i++)
        status = add_agency(connection, &seed_agencies[i], report);
    for (size_t i = 0; status == STATUS_OK && i < seed_artist_count; i++)
        status = add_artist(connection, arena, &seed_artists[i], report);
    return status;
}

/* --- venues ----------------------------------------------------------------------------------- */

static enum status find_venue(struct store_connection *connection, const char *name,
                              int64_t *out_id)
{
    static const struct sql find = {
        "SELECT min(id) FROM venue WHERE name = $1 HAVING count(*) > 0"};
    return store_query_int(connection, &find, (struct sql_value[]){sql_words(name)}, 1, out_id);
}

enum status seed_venue(struct store_connection *connection, const struct seed_venue *venue,
                       uint32_t capacity, struct seed_report *report)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM venue"};
    static const struct sql insert = {
        "INSERT INTO venue (id, name, name_ko, city, city_ko, capacity) "
        "VALUES ($1, $2, $3, $4, $5, $6)"};
    int64_t id;
    enum status status = find_venue(connection, venue->name, &id);
    if (status != STATUS_MISSING)
        return status;
    status = layout_next_id(connection, &next, &id);
    if (status != STATUS_OK)
        return status;
    report->venue_count++;
    struct sql_value values[] = {sql_int(id),
                                 sql_words(venue->name),
                                 sql_words(venue->name_ko),
                                 sql_words(venue->city),
                                 sql_words(venue->city_ko),
                                 sql_int(capacity)};
    return store_run(connection, &insert, values, COUNT_OF(values), NULL);
}

/* --- concerts --------------------------------------------------------------------------------- */

static enum status insert_concert(struct store_connection *connection,
                                  const struct seed_concert *concert, int64_t *out_id)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM concert"};
    static const struct sql insert = {
        "INSERT INTO concert (id, title, title_ko, description, description_ko, poster_hue) "
        "VALUES ($1, $2, $3, $4, $5, $6)"};
    enum status status = layout_next_id(connection, &next, out_id);
    if (status != STATUS_OK)
        return status;
    struct sql_value values[] = {sql_int(*out_id),
                                 sql_words(concert->title),
                                 sql_words(concert->title_ko),
                                 sql_words(concert->description),
                                 sql_words(concert->description_ko),
                                 sql_int(concert->poster_hue)};
    return store_run(connection, &insert, values, COUNT_OF(values), NULL);
}

static enum status insert_bill(struct store_connection *connection, struct arena *arena,
                               const struct seed_concert *concert, int64_t concert_id)
{
    static const struct sql insert = {
        "INSERT INTO concert_artist (concert_id, artist_id, position) "
        "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < SEED_BILL && concert->bill[i]; i++) {
        int64_t artist_id;
        status = find_artist(connection, arena, concert->bill[i], &artist_id);
        if (status != STATUS_OK)
            break;
        struct sql_value values[] = {sql_int(concert_id), sql_int(artist_id), sql_int((int64_t)i)};
        status = store_run(connection, &insert, values, COUNT_OF(values), NULL);
    }
    return status;
}

static enum status insert_date(struct store_connection *connection, int64_t concert_id,
                               const struct seed_date *date, uint32_t seat_count,
                               int64_t starts_at_ms)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM concert_option"};
    static const struct sql insert = {
        "INSERT INTO concert_option (id, concert_id, venue_id, starts_at_ms, first_seat_id, "
        "seat_count) VALUES ($1, $2, $3, $4, $5, $6)"};
    int64_t id, venue_id, first_seat_id;
    enum status status = find_venue(connection, date->venue, &venue_id);
    if (status == STATUS_OK)
        status = layout_next_id(connection, &next, &id);
    if (status == STATUS_OK)
        status = layout_reserve(connection, &first_seat_id);
    if (status != STATUS_OK)
        return status;
    struct sql_value values[] = {
        sql_int(id),           sql_int(concert_id),    sql_int(venue_id),
        sql_int(starts_at_ms), sql_int(first_seat_id), sql_int(seat_count)};
    return store_run(connection, &insert, values, COUNT_OF(values), NULL);
}

enum status seed_concert(struct store_connection *connection, struct arena *arena,
                         const struct seed_concert *concert, const uint32_t *seat_counts,
                         const int64_t *starts_at_ms, struct seed_report *report)
{
    static const struct sql find = {"SELECT id FROM concert WHERE title = $1 LIMIT 1"};
    struct sql_value title = sql_words(concert->title);
    int64_t id;
    enum status status = store_query_int(connection, &find, &title, 1, &id);
    if (status != STATUS_MISSING)
        return status;

    report->concert_count++;
    status = insert_concert(connection, concert, &id);
    if (status == STATUS_OK)
        status = insert_bill(connection, arena, concert, id);
    for (size_t i = 0; status == STATUS_OK && i < SEED_DATES && concert->dates[i].venue; i++)
        status = insert_date(connection, id, &concert->dates[i], seat_counts[i], starts_at_ms[i]);
    return status;
}
