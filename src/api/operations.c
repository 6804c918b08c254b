/*
 * operations.c — alive, ready, metrics.
 *
 * Alive and ready are two questions. A process that is alive but not ready must not be restarted,
 * only left alone by the load balancer; so /healthz looks at nothing but itself, and /readyz sends
 * a read the way every read goes: through a worker to the store and back.
 */
#include "api/operations.h"

#include "api/problem.h"
#include "api/reading.h"
#include "api/strategy_metrics.h"
#include "base/container.h"
#include "base/json_out.h"
#include "booking/board.h"
#include "booking/plan.h"
#include "metrics/exposition.h"
#include "metrics/metrics.h"
#include "store/store.h"

/* --- alive ------------------------------------------------------------------------------------ */

void health_get(struct http_app *app, struct http_request *request)
{
    (void)app;
    http_answer(request, &(struct http_answer){.status = 200,
                                               .type = text_of("application/json"),
                                               .body = text_of("{\"status\":\"alive\"}")});
}

/* --- ready ------------------------------------------------------------------------------------ */

struct ready {
    struct reading reading;
    enum status found; /* what the store said: the answer is ours, whatever it was */
};

/* `missing` names the part that is. */
static void answer_not_ready(struct http_request *request, const char *missing, const char *detail)
{
    struct buffer extra;
    buffer_init(&extra, http_arena(request), 64);
    struct json_out out = json_out_to(&extra);
    json_out_words_field(&out, "missing", missing);
    problem_answer(request, &(struct problem){.status = 503,
                                              .code = "NOT_READY",
                                              .detail = detail,
                                              .extra = buffer_text(&extra),
                                              .retry_after_s = 1});
}

static enum status read_something(struct reading *reading, struct store_connection *reader)
{
    static const struct sql any_sale = {"SELECT option_id FROM sale LIMIT 1"};
    struct ready *ready = container_of(reading, struct ready, reading);
    int64_t option;
    ready->found = store_query_int(reader, &any_sale, NULL, 0, &option);
    return STATUS_OK;
}

static void on_ready_read(struct reading *reading, enum status status)
{
    (void)status;
    struct ready *ready = container_of(reading, struct ready, reading);
    if (ready->found != STATUS_OK && ready->found != STATUS_MISSING) {
        answer_not_ready(reading->request, "store", "The store does not answer.");
        return;
    }
    http_answer(reading->request, &(struct http_answer){.status = 200,
                                                        .type = text_of("application/json"),
                                                        .body = text_of("{\"status\":\"ready\"}")});
}

void ready_get(struct http_app *app, struct http_request *request)
{
    if (!app->ready) {
        answer_not_ready(request, "server", "The server is starting or stopping.");
        return;
    }
    struct ready *ready = arena_take_zeroed(http_arena(request), sizeof *ready);
    if (!ready) {
        problem_no_memory(request);
        return;
    }
    ready->reading.read = read_something;
    ready->reading.answer = on_ready_read;
    reading_start(&ready->reading, app, request); /* continues in on_ready_read */
}

/* --- metrics ---------------------------------------------------------------------------------- */

static void write_seats(struct buffer *out, const struct board *board)
{
    static const enum seat_state states[] = {SEAT_AVAILABLE, SEAT_HELD, SEAT_SOLD, SEAT_BLOCKED};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        exposition_start(out, "ticketrush_seats");
        exposition_label_int(out, "option", board_plan(board)->option.value);
        exposition_label(out, "state", text_of(seat_state_name(states[i])));
        exposition_value_int(out, board_count(board, states[i]));
    }
}

/* At most SALES_MAX sales, each with four lines. */
static void write_boards(struct http_app *app, struct arena *arena, struct buffer *out)
{
    struct board **boards = arena_take(arena, SALES_MAX * sizeof *boards);
    if (!boards) {
        out->failed = true;
        return;
    }
    size_t count = boards_list(app->boards, boards, SALES_MAX);
    exposition_family(out, "ticketrush_seats", "gauge", "Seats of a sale, by state.");
    for (size_t i = 0; i < count; i++)
        write_seats(out, boards[i]);
}

void metrics_get(struct http_app *app, struct http_request *request)
{
    struct buffer out;
    buffer_init(&out, http_arena(request), 64 * 1024);
    metrics_write(app->metrics, &out);
    strategy_metrics_write(app->strategies, &out);
    write_boards(app, http_arena(request), &out);
    if (out.failed) {
        problem_no_memory(request);
        return;
    }
    const struct http_field fields[] = {{text_of("Cache-Control"), text_of("no-store")}};
    http_answer(request, &(struct http_answer){.status = 200,
                                               .type = text_of("text/plain; version=0.0.4; "
                                                               "charset=utf-8"),
                                               .body = buffer_text(&out),
                                               .fields = fields,
                                               .field_count = 1});
}
