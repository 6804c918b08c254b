/*
 * seed.c — the initial data, piece by piece.
 *
 * People and venues first, then for each concert its rows, then for each of its dates that is not
 * complete the seats and, with the last of them, the sale. A date that is being written has a range
 * of seat ids and layout_version 0; that is how a run after a crash finds what is left to do, and
 * why readers show it without seats.
 */
#include "catalog/seed.h"

#include <time.h>

#include "base/arena.h"
#include "base/container.h"
#include "base/must.h"
#include "catalog/layout_write.h"
#include "catalog/search_store.h"
#include "catalog/seed_rows.h"
#include "limits.h"
#include "store/store.h"

enum {
    HOLD_SECONDS = 300,
    ARENA_BYTES = 64 * 1024,
    PAUSE_NS = 1000000, /* between two pieces: a server's turn fits in */
};

static const int64_t MINUTE_MS = 60 * 1000, HOUR_MS = 60 * 60 * 1000, DAY_MS = 24 * 60 * 60 * 1000;
static const int64_t KOREA_MS = 9 * 60 * 60 * 1000; /* ahead of UTC, the whole year */

struct piece { /* one transaction */
    struct store_job job;
    const struct seed_concert *concert;
    const struct seed_venue *venue;
    const struct layout *layout;
    struct arena *arena;
    struct seed_report *report;
    struct seed_report before; /* restored when the transaction fails */
    uint32_t seat_counts[SEED_DATES];
    int64_t starts_at_ms[SEED_DATES];
    struct option_id option;
    int64_t first_seat_id;
    uint32_t first, count;
    int64_t opens_at_ms, closes_at_ms;
};

struct seeding {
    struct store *store;
    struct store_connection *reader;
    struct arena *arena;
    int64_t now_ms;
    int64_t today_ms; /* midnight in Korea */
    struct seed_report report;
};

static struct piece *piece_of(struct store_job *job)
{
    return container_of(job, struct piece, job);
}

static enum status submit(struct seeding *seeding, struct piece *piece,
                          enum status (*work)(struct store_job *, struct store_connection *))
{
    piece->job = (struct store_job){.work = work};
    piece->arena = seeding->arena;
    piece->report = &seeding->report;
    piece->before = seeding->report;
    enum status status = store_submit_and_wait(seeding->store, &piece->job);
    if (status != STATUS_OK)
        seeding->report = piece->before;
    arena_reset(seeding->arena);
    return status;
}

/* --- halls ------------------------------------------------------------------------------------ */

static const struct seed_venue *venue_named(struct text name)
{
    for (size_t i = 0; i < seed_venue_count; i++)
        if (text_equal(text_of(seed_venues[i].name), name))
            return &seed_venues[i];
    return NULL;
}

/* The hall's layout, for the caller to destroy; NULL when memory is short. */
static struct layout *draw(const struct seed_venue *venue)
{
    struct layout *layout = layout_create();
    if (!layout)
        return NULL;
    hall_draw(venue->hall, layout);
    must(!layout->full);
    return layout;
}

/* --- people, venues, concerts ----------------------------------------------------------------- */

static enum status people_work(struct store_job *job, struct store_connection *connection)
{
    struct piece *piece = piece_of(job);
    return seed_people(connection, piece->arena, piece->report);
}

static enum status venue_work(struct store_job *job, struct store_connection *connection)
{
    struct piece *piece = piece_of(job);
    return seed_venue(connection, piece->venue, piece->layout->seat_count, piece->report);
}

static enum status add_venue(struct seeding *seeding, const struct seed_venue *venue)
{
    struct layout *layout = draw(venue);
    if (!layout)
        return STATUS_NO_MEMORY;
    struct piece piece = {.venue = venue, .layout = layout};
    enum status status = submit(seeding, &piece, venue_work);
    layout_destroy(layout);
    return status;
}

static enum status concert_work(struct store_job *job, struct store_connection *connection)
{
    struct piece *piece = piece_of(job);
    return seed_concert(connection, piece->arena, piece->concert, piece->seat_counts,
                        piece->starts_at_ms, piece->report);
}

static enum status add_concert(struct seeding *seeding, const struct seed_concert *concert)
{
    struct piece piece = {.concert = concert};
    for (size_t i = 0; i < SEED_DATES && concert->dates[i].venue; i++) {
        const struct seed_date *date = &concert->dates[i];
        const struct seed_venue *venue = venue_named(text_of(date->venue));
        must(venue);
        struct layout *layout = draw(venue);
        if (!layout)
            return STATUS_NO_MEMORY;
        piece.seat_counts[i] = layout->seat_count;
        piece.starts_at_ms[i] = seeding->today_ms + date->in_days * DAY_MS + date->hour * HOUR_MS;
        layout_destroy(layout);
    }
    return submit(seeding, &piece, concert_work);
}

/* --- the dates -------------------------------------------------------------------------------- */

struct open_date { /* a date without its seats, or without all of them */
    struct option_id option;
    int64_t first_seat_id, seat_count, starts_at_ms;
    const struct seed_venue *venue;
};

static void set_sale_times(const struct seeding *seeding, const struct seed_concert *concert,
                           int64_t starts_at_ms, struct piece *piece)
{
    int64_t evening_ms = seeding->today_ms + 20 * HOUR_MS;
    piece->closes_at_ms = starts_at_ms - HOUR_MS;
    switch (concert->opening) {
    case SEED_OPEN:
        piece->opens_at_ms = evening_ms - DAY_MS;
        return;
    case SEED_SOON: /* the next ten minutes but one, rounded */
        piece->opens_at_ms = (seeding->now_ms / (10 * MINUTE_MS) + 2) * (10 * MINUTE_MS);
        return;
    case SEED_LATER:
        piece->opens_at_ms = evening_ms + concert->opens_in_days * DAY_MS;
        return;
    case SEED_CLOSED:
        piece->opens_at_ms = evening_ms - 15 * DAY_MS;
        piece->closes_at_ms = evening_ms - DAY_MS;
        return;
    }
}

static enum status sections_work(struct store_job *job, struct store_connection *connection)
{
    struct piece *piece = piece_of(job);
    return layout_write_sections(connection, piece->layout, piece->option, piece->first_seat_id,
                                 piece->concert->price_won);
}

static enum status insert_sale(struct store_connection *connection, const struct piece *piece)
{
    static const struct sql insert = {
        "INSERT INTO sale (option_id, opens_at_ms, closes_at_ms, strategy, hold_seconds, "
        "max_per_fan, waiting_room) VALUES ($1, $2, $3, 'v5', $4, $5, $6) ON CONFLICT DO NOTHING"};
    bool can_be_waited_for = piece->concert->opening == SEED_SOON;
    struct sql_value values[] = {sql_int(piece->option.value),         sql_int(piece->opens_at_ms),
                                 sql_int(piece->closes_at_ms),         sql_int(HOLD_SECONDS),
                                 sql_int(piece->concert->max_per_fan), sql_int(can_be_waited_for)};
    return store_run(connection, &insert, values, sizeof values / sizeof values[0], NULL);
}

static enum status seats_work(struct store_job *job, struct store_connection *connection)
{
    struct piece *piece = piece_of(job);
    enum status status = layout_write_seats(connection, piece->layout, piece->option,
                                            piece->first_seat_id, piece->first, piece->count);
    bool last = piece->first + piece->count == piece->layout->seat_count;
    if (status == STATUS_OK && last)
        status = layout_finish(connection, piece->layout, piece->option);
    if (status == STATUS_OK && last)
        status = insert_sale(connection, piece);
    return status;
}

static void leave_the_writer_to_others(void)
{
    clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
}

static enum status write_seats(struct seeding *seeding, struct piece *piece)
{
    uint32_t seat_count = piece->layout->seat_count;
    enum status status = STATUS_OK;
    for (piece->first = 0; status == STATUS_OK && piece->first < seat_count;
         piece->first += piece->count) {
        uint32_t left = seat_count - piece->first;
        piece->count = left < CATALOG_JOB_ROWS_MAX ? left : CATALOG_JOB_ROWS_MAX;
        status = submit(seeding, piece, seats_work);
        leave_the_writer_to_others();
    }
    return status;
}

static enum status complete_date(struct seeding *seeding, const struct seed_concert *concert,
                                 const struct open_date *date)
{
    struct layout *layout = draw(date->venue);
    if (!layout)
        return STATUS_NO_MEMORY;

    struct piece piece = {.concert = concert,
                          .layout = layout,
                          .option = date->option,
                          .first_seat_id = date->first_seat_id};
    set_sale_times(seeding, concert, date->starts_at_ms, &piece);
    /* The hall was drawn otherwise when this date was begun: not ours to finish. */
    enum status status = layout->seat_count == date->seat_count ? STATUS_OK : STATUS_INVALID;
    if (status == STATUS_OK)
        status = submit(seeding, &piece, sections_work);
    if (status == STATUS_OK)
        status = write_seats(seeding, &piece);
    if (status == STATUS_OK) {
        seeding->report.sale_count++;
        seeding->report.seat_count += layout->seat_count;
    }
    layout_destroy(layout);
    return status;
}

static enum status find_open_dates(struct seeding *seeding, const struct seed_concert *concert,
                                   struct open_date out_dates[SEED_DATES], size_t *out_count)
{
    static const struct sql find = {
        "SELECT o.id, o.first_seat_id, o.seat_count, o.starts_at_ms, v.name "
        "FROM concert c JOIN concert_option o ON o.concert_id = c.id "
        "JOIN venue v ON v.id = o.venue_id "
        "WHERE c.title = $1 AND c.deleted_at_ms IS NULL AND o.deleted_at_ms IS NULL "
        "AND o.layout_version = 0 AND o.first_seat_id > 0 ORDER BY o.id"};
    struct sql_value title = sql_words(concert->title);
    struct rows rows;
    enum status status = store_query(seeding->reader, &find, &title, 1, &rows);
    if (status != STATUS_OK)
        return status;
    size_t count = 0;
    while (count < SEED_DATES && rows_next(&rows)) {
        const struct seed_venue *venue = venue_named(rows_text(&rows, 4));
        if (!venue)
            continue;
        out_dates[count++] = (struct open_date){.option = {rows_int(&rows, 0)},
                                                .first_seat_id = rows_int(&rows, 1),
                                                .seat_count = rows_int(&rows, 2),
                                                .starts_at_ms = rows_int(&rows, 3),
                                                .venue = venue};
    }
    *out_count = count;
    return rows_end(&rows);
}

static enum status complete_dates(struct seeding *seeding, const struct seed_concert *concert)
{
    struct open_date dates[SEED_DATES];
    size_t count = 0;
    enum status status = find_open_dates(seeding, concert, dates, &count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = complete_date(seeding, concert, &dates[i]);
    return status;
}

/* --- everything ------------------------------------------------------------------------------- */

static enum status seed_all(struct seeding *seeding, enum seed_size size)
{
    struct piece people = {0};
    enum status status = submit(seeding, &people, people_work);
    for (size_t i = 0; status == STATUS_OK && i < seed_venue_count; i++)
        status = add_venue(seeding, &seed_venues[i]);
    for (size_t i = 0; status == STATUS_OK && i < seed_concert_count; i++) {
        if (size == SEED_SMALL && !seed_concerts[i].in_small)
            continue;
        status = add_concert(seeding, &seed_concerts[i]);
        if (status == STATUS_OK)
            status = complete_dates(seeding, &seed_concerts[i]);
    }
    return status;
}

enum status seed_run(struct store *store, enum seed_size size, int64_t now_ms,
                     struct seed_report *out_report)
{
    struct seeding seeding = {.store = store, .now_ms = now_ms};
    seeding.today_ms = (now_ms + KOREA_MS) / DAY_MS * DAY_MS - KOREA_MS;
    seeding.arena = arena_create(ARENA_BYTES, 16 * ARENA_BYTES);
    if (!seeding.arena)
        return STATUS_NO_MEMORY;

    enum status status = store_reader_open(store, &seeding.reader);
    if (status == STATUS_OK) {
        status = seed_all(&seeding, size);
        store_reader_close(seeding.reader);
    }
    if (status == STATUS_OK)
        status = search_fill(store);
    arena_destroy(seeding.arena);
    *out_report = seeding.report;
    return status;
}
