/*
 * overview.c — the operator's screen in one document: what is on sale, how full it is, how the
 * engine does.
 *
 * Names and times come from the store, seats from the engine's boards: the seats are of this
 * instant, also while a rush is on, and reading them costs the engine nothing. A sale that the
 * engine does not hold (it closed long ago) has no seats here.
 */
#include "api/overview.h"
#include "api/admission.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/operations.h"
#include "api/problem.h"
#include "api/reading.h"
#include "base/clock.h"
#include "base/container.h"
#include "booking/board.h"
#include "metrics/metrics.h"
#include "metrics/process.h"
#include "store/store.h"

struct overview {
    struct reading reading;
    struct buffer body;
};

/* --- sales ------------------------------------------------------------------------------------ */

static void write_seats(struct json_out *out, const struct board *board)
{
    json_out_object(out);
    json_out_int_field(out, "total", board_seat_count(board));
    json_out_int_field(out, "available", board_count(board, SEAT_AVAILABLE));
    json_out_int_field(out, "held", board_count(board, SEAT_HELD));
    json_out_int_field(out, "sold", board_count(board, SEAT_SOLD));
    json_out_int_field(out, "blocked", board_count(board, SEAT_BLOCKED));
    json_out_object_end(out);
}

static void write_waiting(struct http_app *app, struct json_out *out, struct option_id option)
{
    struct waiting_numbers numbers;
    json_out_key(out, "waitingRoom");
    if (!waiting_numbers(app->waiting, option, &numbers)) {
        json_out_null(out);
        return;
    }
    json_out_object(out);
    json_out_words_field(out, "mode", admission_mode_name(numbers.terms.mode));
    admission_json_numbers(out, &numbers);
    json_out_object_end(out);
}

/* option, concert, title, titleKo, startsAt, opensAt, closesAt, strategy */
static void write_sale(struct http_app *app, struct json_out *out, const struct rows *rows,
                       int64_t now_ms)
{
    const struct board *board = boards_find(app->boards, (struct option_id){rows_int(rows, 0)});

    json_out_object(out);
    json_out_int_field(out, "optionId", rows_int(rows, 0));
    json_out_int_field(out, "concertId", rows_int(rows, 1));
    json_out_text_field(out, "title", rows_text(rows, 2));
    json_out_text_field(out, "titleKo", rows_text(rows, 3));
    json_out_time_field(out, "startsAt", rows_int(rows, 4));
    json_out_time_field(out, "opensAt", rows_int(rows, 5));
    json_out_time_field(out, "closesAt", rows_int(rows, 6));
    json_out_text_field(out, "strategy", rows_text(rows, 7));
    json_out_key(out, "state");
    if (board)
        json_out_words(out, sale_state_name(board_sale_state(board, now_ms)));
    else
        json_out_null(out);
    json_out_key(out, "seats");
    if (board)
        write_seats(out, board);
    else
        json_out_null(out);
    write_waiting(app, out, (struct option_id){rows_int(rows, 0)});
    json_out_object_end(out);
}

static enum status write_sales(struct http_app *app, struct json_out *out,
                               struct store_connection *reader, int64_t now_ms)
{
    static const struct sql newest_sales = {
        "SELECT s.option_id, o.concert_id, c.title, c.title_ko, o.starts_at_ms, s.opens_at_ms,"
        " s.closes_at_ms, s.strategy FROM sale s JOIN concert_option o ON o.id = s.option_id"
        " JOIN concert c ON c.id = o.concert_id WHERE o.deleted_at_ms IS NULL"
        " ORDER BY s.opens_at_ms DESC, s.option_id LIMIT $1"};
    const struct sql_value most = sql_int(SALES_MAX);
    struct rows rows;
    enum status status = store_query(reader, &newest_sales, &most, 1, &rows);
    if (status != STATUS_OK)
        return status;
    json_out_key(out, "sales");
    json_out_array(out);
    while (rows_next(&rows))
        write_sale(app, out, &rows, now_ms);
    json_out_array_end(out);
    return rows_end(&rows);
}

/* --- the machine ------------------------------------------------------------------------------ */

static int64_t mean(uint64_t sum, uint64_t count)
{
    return count == 0 ? 0 : (int64_t)(sum / count);
}

static void write_engine(struct json_out *out, const struct metrics_summary *summary)
{
    json_out_key(out, "engine");
    json_out_object(out);
    json_out_int_field(out, "asksWaiting", (int64_t)summary->readings.asks_waiting);
    json_out_int_field(out, "turns", (int64_t)summary->turn_count);
    json_out_int_field(out, "asks", (int64_t)summary->ask_count);
    json_out_int_field(out, "lapsed", (int64_t)summary->lapse_count);
    json_out_int_field(out, "failedTurns", (int64_t)summary->turn_failure_count);
    json_out_int_field(out, "meanDecideUs", mean(summary->decide_us, summary->turn_count));
    json_out_int_field(out, "meanCommitUs", mean(summary->commit_us, summary->turn_count));
    json_out_object_end(out);
}

static void write_store(struct json_out *out, const struct metrics_readings *readings)
{
    json_out_key(out, "store");
    json_out_object(out);
    json_out_int_field(out, "jobsWaiting", (int64_t)readings->store_jobs_waiting);
    json_out_int_field(out, "jobs", (int64_t)readings->store_jobs);
    json_out_int_field(out, "commits", (int64_t)readings->store_commits);
    json_out_int_field(out, "failedCommits", (int64_t)readings->store_commit_failures);
    json_out_object_end(out);
}

static void write_streams(struct json_out *out, const struct metrics_readings *readings)
{
    json_out_key(out, "streams");
    json_out_object(out);
    json_out_int_field(out, "open", (int64_t)readings->streams_open);
    json_out_int_field(out, "refused", (int64_t)readings->streams_refused);
    json_out_int_field(out, "published", (int64_t)readings->push_published);
    json_out_int_field(out, "written", (int64_t)readings->push_written);
    json_out_int_field(out, "skipped", (int64_t)readings->push_skipped);
    json_out_object_end(out);
}

static void write_connections(struct json_out *out, const struct metrics_readings *readings)
{
    json_out_key(out, "connections");
    json_out_object(out);
    json_out_int_field(out, "open", (int64_t)readings->connections_open);
    json_out_int_field(out, "accepted", (int64_t)readings->connections_accepted);
    json_out_int_field(out, "refused", (int64_t)readings->connections_refused);
    json_out_object_end(out);
}

static void write_machine(struct http_app *app, struct json_out *out, int64_t now_ms)
{
    struct metrics_summary summary = metrics_summary(app->metrics);
    json_out_words_field(out, "version", TICKETRUSH_VERSION);
    json_out_time_field(out, "startedAt", summary.start_wall_ms);
    json_out_int_field(out, "uptimeSeconds", (now_ms - summary.start_wall_ms) / 1000);
    json_out_int_field(out, "answers", (int64_t)summary.answer_count);
    json_out_int_field(out, "memoryBytes", (int64_t)process_resident_bytes());
    json_out_int_field(out, "cpuMs", process_cpu_us() / 1000);
    write_connections(out, &summary.readings);
    write_streams(out, &summary.readings);
    write_engine(out, &summary);
    write_store(out, &summary.readings);
}

/* --- the endpoint ----------------------------------------------------------------------------- */

enum status overview_write(struct http_app *app, struct store_connection *reader,
                           struct buffer *body)
{
    int64_t now_ms = clock_wall_ms();
    struct json_out out = json_out_to(body);
    json_out_object(&out);
    write_machine(app, &out, now_ms);
    enum status status = write_sales(app, &out, reader, now_ms);
    json_out_object_end(&out);
    return status;
}

static enum status read_overview(struct reading *reading, struct store_connection *reader)
{
    struct overview *overview = container_of(reading, struct overview, reading);
    buffer_init(&overview->body, http_arena(reading->request), OVERVIEW_FIRST_BYTES);
    return overview_write(reading->app, reader, &overview->body);
}

static void on_overview_read(struct reading *reading, enum status status)
{
    struct overview *overview = container_of(reading, struct overview, reading);
    (void)status; /* a failure has been answered */
    body_answer(reading->request, 200, &overview->body);
}

void overview_get(struct http_app *app, struct http_request *request)
{
    struct identity caller;
    if (!caller_operator(app, request, &caller))
        return;
    struct overview *overview = arena_take_zeroed(http_arena(request), sizeof *overview);
    if (!overview) {
        problem_no_memory(request);
        return;
    }
    overview->reading.read = read_overview;
    overview->reading.answer = on_overview_read;
    reading_start(&overview->reading, app, request); /* continues in on_overview_read */
}
