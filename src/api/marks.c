/*
 * marks.c — seats that are not for everybody.
 *
 *     loop      operator, seats                                   begin
 *     writer    the engine decides, writes, records who did it    booking_mark, record
 *     loop      what was changed, or which seats are in the way   on_answered
 */
#include "api/marks.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/reading.h"
#include "base/clock.h"
#include "base/container.h"
#include "booking/booking.h"
#include "catalog/allotments.h"
#include "catalog/catalog.h"
#include "catalog/changes.h"

static const char no_date[] = "There is no such date.";
static const char no_allotment[] = "There is no such allotment.";

struct marks_change {
    struct booking_ask ask;
    struct booking_marking marking;
    struct loop_note note;
    struct http_app *app;
    struct http_request *request;
    struct fan_id account;
};

/* --- the record ------------------------------------------------------------------------------- */

static const char *action_of(enum booking_kind kind)
{
    if (kind == BOOKING_BLOCK)
        return "BLOCK_SEATS";
    if (kind == BOOKING_UNBLOCK)
        return "UNBLOCK_SEATS";
    return kind == BOOKING_ALLOT ? "ALLOT_SEATS" : "END_ALLOTMENT";
}

static void write_marking(struct json_out *out, const struct marks_change *change)
{
    const struct booking_marking *marking = &change->marking;
    json_out_object(out);
    if (marking->allotment)
        json_out_int_field(out, "allotmentId", marking->allotment);
    if (marking->releases_at_ms)
        json_out_time_field(out, "releasesAt", marking->releases_at_ms);
    json_out_int_field(out, "seatCount", (int64_t)marking->seat_count);
    json_out_key(out, "seatIds");
    json_out_array(out);
    for (size_t i = 0; i < marking->seat_count && i < CHANGE_SEATS_MAX; i++)
        json_out_int(out, marking->seats[i].value);
    json_out_array_end(out);
    json_out_object_end(out);
}

static enum status record(struct booking_ask *ask, struct store_connection *connection)
{
    const struct marks_change *change = container_of(ask, struct marks_change, ask);
    struct buffer after;
    buffer_init(&after, http_arena(change->request), 1024);
    struct json_out out = json_out_to(&after);
    write_marking(&out, change);
    if (after.failed)
        return STATUS_NO_MEMORY;
    return changes_record(connection, &(struct change){.at_ms = ask->now_ms,
                                                       .account = change->account,
                                                       .entity = text_of("option"),
                                                       .entity_id = ask->option.value,
                                                       .action = text_of(action_of(ask->kind)),
                                                       .after = buffer_text(&after)});
}

/* --- the answers ------------------------------------------------------------------------------ */

static void answer_allotment(const struct marks_change *change)
{
    const struct booking_marking *marking = &change->marking;
    struct arena *arena = http_arena(change->request);
    struct buffer body, location;
    buffer_init(&body, arena, 256 + 20 * marking->seat_count);
    buffer_init(&location, arena, 80);
    buffer_add_format(&location, "/api/options/%lld/allotments/%lld",
                      (long long)change->ask.option.value, (long long)marking->allotment);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    allotment_json(&out, &(struct allotment_item){.id = marking->allotment,
                                                  .option = change->ask.option.value,
                                                  .name = marking->name,
                                                  .group = marking->group,
                                                  .releases_at_ms = marking->releases_at_ms});
    json_out_key(&out, "seatIds");
    json_out_array(&out);
    for (size_t i = 0; i < marking->seat_count; i++)
        json_out_int(&out, marking->seats[i].value);
    json_out_array_end(&out);
    json_out_object_end(&out);
    if (body.failed) {
        problem_no_memory(change->request);
        return;
    }
    struct http_field field = {text_of("Location"), buffer_text(&location)};
    http_answer(change->request, &(struct http_answer){.status = 201,
                                                       .type = text_of("application/json"),
                                                       .body = buffer_text(&body),
                                                       .fields = &field,
                                                       .field_count = 1});
}

static void answer_done(const struct marks_change *change)
{
    catalog_touch(change->app->catalog);
    if (change->ask.kind == BOOKING_ALLOT) {
        answer_allotment(change);
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(change->request), 64);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_int_field(&out, "optionId", change->ask.option.value);
    json_out_int_field(&out, "changedCount", (int64_t)change->marking.changed_count);
    json_out_object_end(&out);
    body_answer(change->request, 200, &body);
}

static void answer_taken(const struct marks_change *change)
{
    const struct booking_marking *marking = &change->marking;
    struct buffer extra;
    buffer_init(&extra, http_arena(change->request), 64 + 20 * marking->taken_count);
    struct json_out out = json_out_to(&extra);
    json_out_key(&out, "seatIds");
    json_out_array(&out);
    for (size_t i = 0; i < marking->taken_count; i++)
        json_out_int(&out, plan_seat_id(change->ask.plan, marking->taken[i]).value);
    json_out_array_end(&out);
    problem_answer(change->request,
                   &(struct problem){.status = 409,
                                     .code = "SEAT_TAKEN",
                                     .detail = "Somebody has these seats, or they are off the sale "
                                               "already. Nothing was changed.",
                                     .extra = buffer_text(&extra)});
}

static void answer_conflict(const struct marks_change *change, const char *code, const char *detail)
{
    problem_answer(change->request,
                   &(struct problem){.status = 409, .code = code, .detail = detail});
}

/* BOOKING_NO_SALE and the like; the other verdicts are about fans. */
static void answer_refused(const struct marks_change *change)
{
    if (change->ask.verdict == BOOKING_NO_SALE)
        problem_not_found(change->request, "This date has no sale.");
    else if (change->ask.verdict == BOOKING_NO_SUCH_SEAT)
        problem_not_found(change->request, "One of these seats is not of this date.");
    else if (change->ask.verdict == BOOKING_NO_SUCH_ALLOTMENT)
        problem_not_found(change->request, no_allotment);
    else if (change->ask.verdict == BOOKING_NO_SUCH_GROUP)
        problem_validation(change->request, "groupId", "There is no such group.");
    else if (change->ask.verdict == BOOKING_STRATEGY_MISMATCH)
        answer_conflict(change, "STRATEGY_MISMATCH", "Only a sale with v5 has such seats.");
    else if (change->ask.verdict == BOOKING_TOO_MANY_ALLOTMENTS)
        answer_conflict(change, "TOO_MANY", "This date has as many allotments as it can.");
    else
        problem_busy(change->request);
}

static void on_answered(struct loop_note *note)
{
    const struct marks_change *change = container_of(note, struct marks_change, note);
    if (change->ask.verdict == BOOKING_DONE)
        answer_done(change);
    else if (change->ask.verdict == BOOKING_SEAT_TAKEN)
        answer_taken(change);
    else if (change->ask.verdict == BOOKING_FAILED)
        problem_status(change->request, change->ask.status);
    else
        answer_refused(change);
}

static void on_decided(struct booking_ask *ask)
{
    struct marks_change *change = container_of(ask, struct marks_change, ask);
    loop_post(http_loop(change->request), &change->note); /* continues in on_answered */
}

/* --- the requests ----------------------------------------------------------------------------- */

/* Each once; false: answered. */
static bool read_seats(struct http_request *request, const struct json_in *body,
                       struct booking_marking *marking)
{
    static const char expected[] = "a list of 1 to 10000 seat ids, each once, in rising order";
    const struct json_in *list;
    enum json_in_verdict verdict = json_in_read_array(body, "seatIds", 1, MARKED_SEATS_MAX, &list);
    size_t count = verdict == JSON_IN_OK ? json_in_array_count(list) : 0;
    struct seat_id *seats = arena_take(http_arena(request), (count + 1) * sizeof *seats);
    marking->taken = arena_take(http_arena(request), (count + 1) * sizeof *marking->taken);
    if (!seats || !marking->taken) {
        problem_no_memory(request);
        return false;
    }
    for (size_t i = 0; verdict == JSON_IN_OK && i < count; i++) {
        verdict = json_in_as_int(json_in_array_at(list, i), 1, ID_MAX, &seats[i].value);
        if (verdict == JSON_IN_OK && i > 0 && seats[i].value <= seats[i - 1].value)
            verdict = JSON_IN_OUT_OF_RANGE;
    }
    if (verdict != JSON_IN_OK)
        problem_field(request, "seatIds", verdict, expected);
    marking->seats = seats;
    marking->seat_count = count;
    return verdict == JSON_IN_OK;
}

static bool read_release(struct http_request *request, const struct json_in *body,
                         struct booking_marking *marking)
{
    struct text text;
    enum json_in_verdict verdict = json_in_read_text(body, "releasesAt", 1, 64, &text);
    if (verdict == JSON_IN_ABSENT)
        return true;
    if (verdict == JSON_IN_OK && (!clock_read_iso(text, &marking->releases_at_ms) ||
                                  marking->releases_at_ms <= clock_wall_ms()))
        verdict = JSON_IN_OUT_OF_RANGE;
    if (verdict != JSON_IN_OK)
        problem_field(request, "releasesAt", verdict,
                      "a moment to come, such as 2026-12-01T11:00:00Z, or null");
    return verdict == JSON_IN_OK;
}

static bool read_allotment(struct http_request *request, const struct json_in *body,
                           struct booking_marking *marking)
{
    struct text name;
    enum json_in_verdict verdict =
        json_in_read_text(body, "name", 1, CATALOG_NAME_BYTES_MAX, &name);
    if (verdict != JSON_IN_OK) {
        problem_field(request, "name", verdict, "a line of 1 to 200 bytes");
        return false;
    }
    marking->name = arena_copy(http_arena(request), name);
    if (!marking->name.bytes) {
        problem_no_memory(request);
        return false;
    }
    verdict = json_in_read_int(body, "groupId", 1, ID_MAX, &marking->group);
    if (verdict == JSON_IN_OK || verdict == JSON_IN_ABSENT)
        return read_release(request, body, marking);
    problem_field(request, "groupId", verdict, "the id of a group, or null");
    return false;
}

/* NULL: answered. */
static struct marks_change *begin(struct http_app *app, struct http_request *request,
                                  enum booking_kind kind)
{
    struct identity who;
    int64_t option;
    if (!caller_operator(app, request, &who) || !body_path_id(request, 0, no_date, &option))
        return NULL;
    struct marks_change *change = arena_take_zeroed(http_arena(request), sizeof *change);
    if (!change) {
        problem_no_memory(request);
        return NULL;
    }
    change->app = app;
    change->request = request;
    change->account = who.fan;
    change->note.on_arrive = on_answered;
    change->ask.kind = kind;
    change->ask.option = (struct option_id){option};
    change->ask.marking = &change->marking;
    change->ask.also = record;
    change->ask.on_answer = on_decided;
    return change;
}

static void submit(struct marks_change *change)
{
    if (booking_submit(change->app->booking, &change->ask) != STATUS_OK) /* → on_decided */
        problem_busy(change->request);
}

static void mark(struct http_app *app, struct http_request *request, enum booking_kind kind)
{
    static const char *const of_seats[] = {"seatIds", NULL};
    static const char *const of_allotments[] = {"name", "groupId", "releasesAt", "seatIds", NULL};
    struct marks_change *change = begin(app, request, kind);
    struct json_in *body =
        change ? body_open(request, kind == BOOKING_ALLOT ? of_allotments : of_seats) : NULL;
    if (!body)
        return;
    bool good = read_seats(request, body, &change->marking) &&
                (kind != BOOKING_ALLOT || read_allotment(request, body, &change->marking));
    json_in_close(body);
    if (good)
        submit(change);
}

void seats_block(struct http_app *app, struct http_request *request)
{
    mark(app, request, BOOKING_BLOCK);
}

void seats_unblock(struct http_app *app, struct http_request *request)
{
    mark(app, request, BOOKING_UNBLOCK);
}

void allotments_post(struct http_app *app, struct http_request *request)
{
    mark(app, request, BOOKING_ALLOT);
}

void allotments_delete(struct http_app *app, struct http_request *request)
{
    struct marks_change *change = begin(app, request, BOOKING_RELEASE);
    if (change && body_path_id(request, 1, no_allotment, &change->marking.allotment))
        submit(change);
}

/* --- reading ---------------------------------------------------------------------------------- */

struct allotments {
    struct reading reading;
    struct option_id option;
    struct fan_id fan;
    struct buffer body;
};

static enum status read_allotments(struct reading *reading, struct store_connection *reader)
{
    struct allotments *allotments = container_of(reading, struct allotments, reading);
    buffer_init(&allotments->body, http_arena(reading->request), 4096);
    return allotments_write(reader, allotments->option, allotments->fan, &allotments->body);
}

static void on_allotments_read(struct reading *reading, enum status status)
{
    const struct allotments *allotments = container_of(reading, struct allotments, reading);
    if (status == STATUS_MISSING)
        problem_not_found(reading->request, no_date);
    else
        body_answer(reading->request, 200, &allotments->body);
}

void allotments_list(struct http_app *app, struct http_request *request)
{
    struct identity who;
    int64_t option;
    if (!caller_fan(app, request, &who) || !body_path_id(request, 0, no_date, &option))
        return;
    struct allotments *allotments = arena_take_zeroed(http_arena(request), sizeof *allotments);
    if (!allotments) {
        problem_no_memory(request);
        return;
    }
    allotments->option = (struct option_id){option};
    if (who.role == ROLE_FAN)
        allotments->fan = who.fan;
    allotments->reading.read = read_allotments;
    allotments->reading.answer = on_allotments_read;
    reading_start(&allotments->reading, app, request); /* continues in on_allotments_read */
}
