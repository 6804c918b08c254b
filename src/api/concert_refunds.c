/*
 * concert_refunds.c — one row and a run for each date are written; payment/refund_runs.h goes on
 * with them. The sums are those of the dates.
 */
#include "api/concert_refunds.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/refund_runs.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "payment/concert_refund_store.h"
#include "payment/refund_runs.h"

enum { REFUNDS_LISTED = 5 }; /* the dates of each are counted one by one */

struct whole { /* a concert's refund as it is shown */
    struct concert_refund refund;
    struct refund_run dates[REFUND_DATES_MAX];
    struct refund_run_progress progress[REFUND_DATES_MAX];
    size_t date_count;
};

static enum status read_dates(struct store_connection *connection, struct whole *whole)
{
    enum status status = refund_run_list_dates(connection, whole->refund.id, whole->dates,
                                               REFUND_DATES_MAX, &whole->date_count);
    for (size_t i = 0; status == STATUS_OK && i < whole->date_count; i++)
        status = refund_run_measure(connection, &whole->dates[i], &whole->progress[i]);
    return status;
}

static void add(struct refund_run_progress *sum, const struct refund_run_progress *part)
{
    sum->left_count += part->left_count;
    sum->requested_count += part->requested_count;
    sum->done_count += part->done_count;
    sum->failed_count += part->failed_count;
    sum->done_amount += part->done_amount;
}

static void write_whole(struct json_out *out, const struct whole *whole)
{
    struct refund_run_progress sum = {0};
    int64_t updated_at_ms = whole->refund.created_at_ms;
    bool is_done = true;
    for (size_t i = 0; i < whole->date_count; i++) {
        const struct refund_run *date = &whole->dates[i];
        add(&sum, &whole->progress[i]);
        is_done = is_done && date->is_done;
        if (date->updated_at_ms > updated_at_ms)
            updated_at_ms = date->updated_at_ms;
    }
    json_out_object(out);
    json_out_int_field(out, "id", whole->refund.id);
    json_out_int_field(out, "concertId", whole->refund.concert.value);
    json_out_words_field(out, "state", is_done ? "DONE" : "RUNNING");
    json_out_words_field(out, "reason", whole->refund.reason);
    refund_progress_json(out, &sum);
    json_out_time_field(out, "createdAt", whole->refund.created_at_ms);
    json_out_time_field(out, "updatedAt", updated_at_ms);
    json_out_key(out, "dates");
    json_out_array(out);
    for (size_t i = 0; i < whole->date_count; i++)
        refund_run_json(out, &whole->dates[i], &whole->progress[i]);
    json_out_array_end(out);
    json_out_object_end(out);
}

/* --- starting --------------------------------------------------------------------------------- */

struct starting {
    struct writing writing;
    struct concert_refund_order order;
    struct concert_refund_dates open;
    struct whole whole;
    enum refund_run_verdict verdict;
};

static enum status write_start(struct writing *writing, struct store_connection *connection)
{
    struct starting *starting = container_of(writing, struct starting, writing);
    enum status status = concert_refund_start(connection, &starting->order, &starting->whole.refund,
                                              &starting->open, &starting->verdict);
    bool is_there =
        starting->verdict == REFUND_RUN_STARTED || starting->verdict == REFUND_RUN_REPEATED;
    return status == STATUS_OK && is_there ? read_dates(connection, &starting->whole) : status;
}

static void answer_whole(const struct starting *starting)
{
    struct buffer body;
    buffer_init(&body, http_arena(starting->writing.request), 2048);
    struct json_out out = json_out_to(&body);
    write_whole(&out, &starting->whole);
    body_answer(starting->writing.request, 202, &body);
}

/* Which dates are to be closed first. */
static void answer_open(const struct starting *starting)
{
    struct buffer extra;
    buffer_init(&extra, http_arena(starting->writing.request), 512);
    buffer_add(&extra, text_of("\"optionIds\":["));
    for (size_t i = 0; i < starting->open.count; i++) {
        if (i > 0)
            buffer_add_char(&extra, ',');
        buffer_add_int(&extra, starting->open.options[i].value);
    }
    buffer_add_char(&extra, ']');
    problem_answer(starting->writing.request,
                   &(struct problem){.status = 409,
                                     .code = "SALE_NOT_CLOSED",
                                     .detail = "Dates of this concert are still for sale: close "
                                               "their sales first.",
                                     .extra = extra.failed ? text_of("") : buffer_text(&extra)});
}

static void on_started(struct writing *writing, enum status status)
{
    const struct starting *starting = container_of(writing, struct starting, writing);
    if (status != STATUS_OK) { /* the same key, or one of its dates, in the same moment */
        problem_busy(writing->request);
        return;
    }
    switch (starting->verdict) {
    case REFUND_RUN_STARTED:
    case REFUND_RUN_REPEATED:
        refund_runs_wake(writing->app->refund_runs);
        answer_whole(starting);
        return;
    case REFUND_RUN_NOT_THERE:
        problem_not_found(writing->request, "There is no such concert.");
        return;
    case REFUND_RUN_NOT_CLOSED:
        answer_open(starting);
        return;
    case REFUND_RUN_KEY_REUSED:
    case REFUND_RUN_RUNNING:
    case REFUND_RUN_TOO_MANY_DATES:
        refund_runs_refuse(writing->request, starting->verdict);
        return;
    }
}

void concert_refunds_post(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    struct text key, reason = {0};
    int64_t id;
    if (!caller_operator(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such concert.", &id) ||
        !body_idempotency_key(request, &key) || !refund_runs_read_reason(request, &reason))
        return;
    struct starting *starting = arena_take_zeroed(http_arena(request), sizeof *starting);
    if (!starting) {
        problem_no_memory(request);
        return;
    }
    starting->order = (struct concert_refund_order){.concert = {id},
                                                    .asked_by = identity.fan,
                                                    .key = key,
                                                    .reason = reason,
                                                    .request_hash = hash_lasting(reason) ^ id,
                                                    .now_ms = clock_wall_ms()};
    starting->writing.write = write_start;
    starting->writing.answer = on_started;
    writing_start(&starting->writing, app, request);
}

/* --- looking ---------------------------------------------------------------------------------- */

struct listing {
    struct reading reading;
    struct concert_id concert;
    struct whole wholes[REFUNDS_LISTED];
    size_t count;
};

static enum status read_wholes(struct reading *reading, struct store_connection *reader)
{
    static const struct sql there = {"SELECT id FROM concert WHERE id = $1"};
    struct listing *listing = container_of(reading, struct listing, reading);
    struct sql_value values[] = {sql_int(listing->concert.value)};
    struct concert_refund refunds[REFUNDS_LISTED];
    int64_t found;
    enum status status = store_query_int(reader, &there, values, 1, &found);
    if (status == STATUS_OK)
        status =
            concert_refund_list(reader, listing->concert, refunds, REFUNDS_LISTED, &listing->count);
    for (size_t i = 0; status == STATUS_OK && i < listing->count; i++) {
        listing->wholes[i].refund = refunds[i];
        status = read_dates(reader, &listing->wholes[i]);
    }
    return status;
}

static void answer_wholes(struct reading *reading, enum status status)
{
    const struct listing *listing = container_of(reading, struct listing, reading);
    if (status != STATUS_OK) {
        problem_not_found(reading->request, "There is no such concert.");
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(reading->request), 4096);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    for (size_t i = 0; i < listing->count; i++)
        write_whole(&out, &listing->wholes[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(reading->request, 200, &body);
}

void concert_refunds_list(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    int64_t id;
    if (!caller_operator(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such concert.", &id))
        return;
    struct listing *listing = arena_take_zeroed(http_arena(request), sizeof *listing);
    if (!listing) {
        problem_no_memory(request);
        return;
    }
    listing->concert = (struct concert_id){id};
    listing->reading.read = read_wholes;
    listing->reading.answer = answer_wholes;
    reading_start(&listing->reading, app, request);
}
