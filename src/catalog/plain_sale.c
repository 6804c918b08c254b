/*
 * plain_sale.c — blocks side by side, eight in a line, rows of at most 25 seats.
 */
#include "catalog/plain_sale.h"

#include <stdio.h>

#include "base/container.h"
#include "catalog/layout_write.h"
#include "catalog/search_store.h"
#include "limits.h"
#include "store/store.h"

enum { ROW_SEATS = 25, LINE_SECTIONS = 8 };

/* --- the layout ------------------------------------------------------------------------------- */

static void draw_section(struct layout *layout, uint32_t index, uint32_t seat_count, double depth)
{
    struct layout_section *section = layout_add_section(layout, GRADE_S);
    if (!section)
        return;
    snprintf(section->name, sizeof section->name, "%u", index + 1);
    snprintf(section->name_ko, sizeof section->name_ko, "%u구역", index + 1);

    uint32_t line = index / LINE_SECTIONS;
    double x = (index % LINE_SECTIONS) * (ROW_SEATS + 2.0);
    double y = 4 + line * (depth + 2.0);
    for (uint32_t done = 0; done < seat_count; done += ROW_SEATS) {
        uint32_t left = seat_count - done;
        layout_add_row(layout, left < ROW_SEATS ? left : ROW_SEATS, x, y++, 1, 0);
    }
}

static void draw(const struct plain_sale *settings, struct layout *layout)
{
    uint32_t each = settings->seat_count / settings->section_count;
    uint32_t rest = settings->seat_count % settings->section_count;
    uint32_t row_count = (each + 1 + ROW_SEATS - 1) / ROW_SEATS;

    layout->stage_width = 60;
    layout->stage_height = 10;
    layout->stage_x = LINE_SECTIONS * (ROW_SEATS + 2.0) / 2 - 30;
    layout->stage_y = -10;
    for (uint32_t i = 0; i < settings->section_count; i++)
        draw_section(layout, i, each + (i < rest), row_count);
    layout_settle(layout, 3);
}

static bool settings_fit(const struct plain_sale *settings)
{
    return settings->section_count >= 1 && settings->section_count <= CATALOG_SECTIONS_MAX &&
           settings->seat_count >= settings->section_count &&
           settings->seat_count <= SEATS_PER_OPTION_MAX && settings->price >= PRICE_WON_MIN &&
           settings->price <= PRICE_WON_MAX && settings->hold_seconds >= 1 &&
           settings->hold_seconds <= HOLD_SECONDS_MAX && settings->max_per_fan >= 1 &&
           settings->opens_at_ms < settings->closes_at_ms;
}

/* --- the writing ------------------------------------------------------------------------------ */

struct making {
    struct store_job job;
    const struct plain_sale *settings;
    const struct layout *layout;
    struct plain_sale_made made;
    uint32_t first, count; /* the seats of this piece */
};

static struct making *making_of(struct store_job *job)
{
    return container_of(job, struct making, job);
}

static enum status insert_with_next_id(struct store_connection *connection, const struct sql *next,
                                       const struct sql *insert, struct sql_value *values,
                                       size_t value_count, int64_t *out_id)
{
    enum status status = layout_next_id(connection, next, out_id);
    if (status != STATUS_OK)
        return status;
    values[0] = sql_int(*out_id);
    return store_run(connection, insert, values, value_count, NULL);
}

static enum status insert_venue(struct store_connection *connection, uint32_t capacity,
                                int64_t *out_id)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM venue"};
    static const struct sql insert = {
        "INSERT INTO venue (id, name, name_ko, city, city_ko, capacity) "
        "VALUES ($1, 'Load test hall', '부하 시험장', 'Seoul', '서울', $2)"};
    struct sql_value values[] = {sql_null(), sql_int(capacity)};
    return insert_with_next_id(connection, &next, &insert, values, 2, out_id);
}

static enum status insert_concert(struct store_connection *connection, int64_t *out_id)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM concert"};
    static const struct sql insert = {"INSERT INTO concert (id, title, title_ko, description, "
                                      "description_ko) VALUES ($1, 'Load test', '부하 시험', "
                                      "'Seats to be fought for.', '겨루기 위한 좌석입니다.')"};
    struct sql_value values[] = {sql_null()};
    return insert_with_next_id(connection, &next, &insert, values, 1, out_id);
}

static enum status insert_option(struct store_connection *connection, struct making *making,
                                 int64_t concert_id, int64_t venue_id)
{
    static const struct sql next = {"SELECT coalesce(max(id), 0) + 1 FROM concert_option"};
    static const struct sql insert = {
        "INSERT INTO concert_option (id, concert_id, venue_id, starts_at_ms, first_seat_id, "
        "seat_count) VALUES ($1, $2, $3, $4, $5, $6)"};
    struct sql_value values[] = {
        sql_null(),
        sql_int(concert_id),
        sql_int(venue_id),
        sql_int(making->settings->closes_at_ms),
        sql_int(making->made.first_seat_id),
        sql_int(making->made.seat_count),
    };
    return insert_with_next_id(connection, &next, &insert, values, sizeof values / sizeof values[0],
                               &making->made.option.value);
}

static enum status begin_work(struct store_job *job, struct store_connection *connection)
{
    struct making *making = making_of(job);
    int64_t price_won[GRADE_COUNT], venue_id, concert_id;
    for (size_t i = 0; i < GRADE_COUNT; i++)
        price_won[i] = making->settings->price;

    enum status status = layout_reserve(connection, &making->made.first_seat_id);
    if (status == STATUS_OK)
        status = insert_venue(connection, making->made.seat_count, &venue_id);
    if (status == STATUS_OK)
        status = insert_concert(connection, &concert_id);
    if (status == STATUS_OK)
        status = insert_option(connection, making, concert_id, venue_id);
    if (status == STATUS_OK)
        status = layout_write_sections(connection, making->layout, making->made.option,
                                       making->made.first_seat_id, price_won);
    return status;
}

static enum status seats_work(struct store_job *job, struct store_connection *connection)
{
    struct making *making = making_of(job);
    return layout_write_seats(connection, making->layout, making->made.option,
                              making->made.first_seat_id, making->first, making->count);
}

static enum status finish_work(struct store_job *job, struct store_connection *connection)
{
    static const struct sql insert = {
        "INSERT INTO sale (option_id, opens_at_ms, closes_at_ms, hold_seconds, max_per_fan, "
        "strategy, lock_kind, waiting_room) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
    struct making *making = making_of(job);
    struct sql_value values[] = {
        sql_int(making->made.option.value),
        sql_int(making->settings->opens_at_ms),
        sql_int(making->settings->closes_at_ms),
        sql_int(making->settings->hold_seconds),
        sql_int(making->settings->max_per_fan),
        sql_words(making->settings->strategy ? making->settings->strategy : "v5"),
        sql_words(making->settings->lock ? making->settings->lock : ""),
        sql_int(making->settings->waiting_room),
    };
    enum status status = layout_finish(connection, making->layout, making->made.option);
    if (status != STATUS_OK)
        return status;
    return store_run(connection, &insert, values, sizeof values / sizeof values[0], NULL);
}

static enum status submit(struct store *store, struct making *making,
                          enum status (*work)(struct store_job *, struct store_connection *))
{
    making->job = (struct store_job){.work = work};
    return store_submit_and_wait(store, &making->job);
}

static enum status write_all(struct store *store, struct making *making)
{
    enum status status = submit(store, making, begin_work);
    while (status == STATUS_OK && making->first < making->made.seat_count) {
        uint32_t left = making->made.seat_count - making->first;
        making->count = left < CATALOG_JOB_ROWS_MAX ? left : CATALOG_JOB_ROWS_MAX;
        status = submit(store, making, seats_work);
        making->first += making->count;
    }
    return status == STATUS_OK ? submit(store, making, finish_work) : status;
}

enum status plain_sale_create(struct store *store, const struct plain_sale *settings,
                              int64_t now_ms, struct plain_sale_made *out_made)
{
    if (!settings_fit(settings) || settings->closes_at_ms <= now_ms)
        return STATUS_INVALID;
    struct layout *layout = layout_create();
    if (!layout)
        return STATUS_NO_MEMORY;
    draw(settings, layout);

    struct making making = {
        .settings = settings, .layout = layout, .made = {.seat_count = settings->seat_count}};
    enum status status = layout->full ? STATUS_INVALID : write_all(store, &making);
    layout_destroy(layout);
    if (status == STATUS_OK)
        status = search_fill(store);
    if (status == STATUS_OK)
        *out_made = making.made;
    return status;
}
