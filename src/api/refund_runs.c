/* refund_runs.c — a row is written, and payment/refund_runs.h goes on with it. */
#include "api/refund_runs.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "payment/refund_run_store.h"
#include "payment/refund_runs.h"

enum { RUNS_LISTED = 20 };

void refund_progress_json(struct json_out *out, const struct refund_run_progress *progress)
{
    json_out_int_field(out, "leftCount", progress->left_count);
    json_out_int_field(out, "requestedCount", progress->requested_count);
    json_out_int_field(out, "doneCount", progress->done_count);
    json_out_int_field(out, "failedCount", progress->failed_count);
    json_out_int_field(out, "doneAmount", progress->done_amount);
    json_out_words_field(out, "currency", "KRW");
}

void refund_run_json(struct json_out *out, const struct refund_run *run,
                     const struct refund_run_progress *progress)
{
    json_out_object(out);
    json_out_int_field(out, "id", run->id);
    json_out_int_field(out, "optionId", run->option.value);
    json_out_words_field(out, "state", run->is_done ? "DONE" : "RUNNING");
    json_out_words_field(out, "reason", run->reason);
    refund_progress_json(out, progress);
    json_out_time_field(out, "createdAt", run->created_at_ms);
    json_out_time_field(out, "updatedAt", run->updated_at_ms);
    json_out_object_end(out);
}

/* --- starting --------------------------------------------------------------------------------- */

struct starting {
    struct writing writing;
    struct refund_run_order order;
    struct refund_run run;
    struct refund_run_progress progress;
    enum refund_run_verdict verdict;
};

static enum status write_start(struct writing *writing, struct store_connection *connection)
{
    struct starting *starting = container_of(writing, struct starting, writing);
    enum status status =
        refund_run_start(connection, &starting->order, &starting->run, &starting->verdict);
    bool is_there =
        starting->verdict == REFUND_RUN_STARTED || starting->verdict == REFUND_RUN_REPEATED;
    if (status != STATUS_OK || !is_there)
        return status;
    return refund_run_measure(connection, &starting->run, &starting->progress);
}

static void answer_run(const struct starting *starting)
{
    struct buffer body;
    buffer_init(&body, http_arena(starting->writing.request), 512);
    struct json_out out = json_out_to(&body);
    refund_run_json(&out, &starting->run, &starting->progress);
    body_answer(starting->writing.request, 202, &body);
}

static void answer_no(struct http_request *request, int status, const char *code,
                      const char *detail)
{
    problem_answer(request, &(struct problem){.status = status, .code = code, .detail = detail});
}

void refund_runs_refuse(struct http_request *request, enum refund_run_verdict verdict)
{
    switch (verdict) {
    case REFUND_RUN_STARTED:
    case REFUND_RUN_REPEATED:
        return;
    case REFUND_RUN_KEY_REUSED:
        answer_no(request, 422, "IDEMPOTENCY_KEY_REUSED",
                  "This key came with another request before.");
        return;
    case REFUND_RUN_NOT_THERE:
        problem_not_found(request, "There is no such date.");
        return;
    case REFUND_RUN_NOT_CLOSED:
        answer_no(request, 409, "SALE_NOT_CLOSED",
                  "The date is still for sale: close its sale first.");
        return;
    case REFUND_RUN_RUNNING:
        answer_no(request, 409, "REFUNDS_RUNNING", "Its payments are going back already.");
        return;
    case REFUND_RUN_TOO_MANY_DATES:
        answer_no(request, 409, "TOO_MANY_DATES",
                  "This concert has too many dates: give each back by itself.");
        return;
    }
}

static void on_started(struct writing *writing, enum status status)
{
    const struct starting *starting = container_of(writing, struct starting, writing);
    if (status != STATUS_OK) { /* the same key, or the same date, in the same moment */
        problem_busy(writing->request);
        return;
    }
    bool is_there =
        starting->verdict == REFUND_RUN_STARTED || starting->verdict == REFUND_RUN_REPEATED;
    if (!is_there) {
        refund_runs_refuse(writing->request, starting->verdict);
        return;
    }
    refund_runs_wake(writing->app->refund_runs);
    answer_run(starting);
}

bool refund_runs_read_reason(struct http_request *request, struct text *out_reason)
{
    static const char *const known[] = {"reason", NULL};
    struct text reason;
    struct json_in *document = body_open(request, known);
    if (!document)
        return false;
    enum json_in_verdict verdict =
        json_in_read_text(document, "reason", 1, REFUND_REASON_BYTES_MAX, &reason);
    if (verdict == JSON_IN_OK)
        *out_reason = arena_copy(http_arena(request), reason);
    json_in_close(document);
    if (verdict != JSON_IN_OK)
        problem_field(request, "reason", verdict, "a text of 1 to 200 bytes");
    else if (!out_reason->bytes)
        problem_no_memory(request);
    return verdict == JSON_IN_OK && out_reason->bytes;
}

void refund_runs_post(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    struct text key, reason = {0};
    int64_t id;
    if (!caller_operator(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such date.", &id) ||
        !body_idempotency_key(request, &key) || !refund_runs_read_reason(request, &reason))
        return;
    struct starting *starting = arena_take_zeroed(http_arena(request), sizeof *starting);
    if (!starting) {
        problem_no_memory(request);
        return;
    }
    starting->order = (struct refund_run_order){.option = {id},
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
    struct option_id option;
    struct refund_run runs[RUNS_LISTED];
    struct refund_run_progress progress[RUNS_LISTED];
    size_t count;
};

static enum status read_runs(struct reading *reading, struct store_connection *reader)
{
    static const struct sql there = {"SELECT id FROM concert_option WHERE id = $1"};
    struct listing *listing = container_of(reading, struct listing, reading);
    struct sql_value values[] = {sql_int(listing->option.value)};
    int64_t found;
    enum status status = store_query_int(reader, &there, values, 1, &found);
    if (status == STATUS_OK)
        status =
            refund_run_list(reader, listing->option, listing->runs, RUNS_LISTED, &listing->count);
    for (size_t i = 0; status == STATUS_OK && i < listing->count; i++)
        status = refund_run_measure(reader, &listing->runs[i], &listing->progress[i]);
    return status;
}

static void answer_runs(struct reading *reading, enum status status)
{
    const struct listing *listing = container_of(reading, struct listing, reading);
    if (status != STATUS_OK) {
        problem_not_found(reading->request, "There is no such date.");
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(reading->request), 4096);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    for (size_t i = 0; i < listing->count; i++)
        refund_run_json(&out, &listing->runs[i], &listing->progress[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(reading->request, 200, &body);
}

void refund_runs_list(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    int64_t id;
    if (!caller_operator(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such date.", &id))
        return;
    struct listing *listing = arena_take_zeroed(http_arena(request), sizeof *listing);
    if (!listing) {
        problem_no_memory(request);
        return;
    }
    listing->option = (struct option_id){id};
    listing->reading.read = read_runs;
    listing->reading.answer = answer_runs;
    reading_start(&listing->reading, app, request);
}
