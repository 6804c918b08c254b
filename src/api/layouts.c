/*
 * layouts.c — a hall in one document.
 *
 *     loop      token, type                                       layout_put
 *     worker    parsed, checked, drawn; is it in use?             read_document
 *     writer    old seats out, new seats in                       write_layout
 *     writer    the engine sells them                             effect.h
 *     loop      200 with the sections, or what is wrong           on_in_effect, on_read, on_written
 *
 * With ?dryRun=true it ends after the second step, and the answer is the map it would be.
 *
 * A table (text/csv) becomes JSON first, so that one set of rules holds for both.
 *
 * A document of 100,000 seats takes longer to read than a loop may stop, hence the worker.
 */
#include "api/layouts.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/edits.h"
#include "api/effect.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "catalog/catalog_json.h"
#include "catalog/changes.h"
#include "catalog/layout_csv.h"
#include "catalog/layout_map.h"
#include "catalog/layout_replace.h"
#include "catalog/layout_summary.h"

static const char missing[] = "There is no such date.";

struct layout_change {
    struct reading reading;
    struct writing writing;
    struct effect effect;
    struct option_id option;
    struct fan_id account;
    bool malformed;
    bool dry_run;
    bool is_csv;
    struct json_in_fault fault;
    struct complaints complaints;
    struct layout_document document;
    struct layout_look look;
    struct edit_guard guard;
    struct catalog_map map; /* of a dry run */
    enum layout_verdict verdict;
    struct layout_replaced replaced;
};

/* --- the answers ------------------------------------------------------------------------------ */

static void write_section(struct json_out *out, const struct layout_change *change, uint32_t index)
{
    const struct layout *layout = change->document.layout;
    const struct layout_section *drawn = &layout->sections[index];
    int64_t seat_count = 0;
    for (uint32_t i = 0; i < drawn->row_count; i++)
        seat_count += layout->rows[drawn->first_row + i].seat_count;
    json_out_object(out);
    json_out_int_field(out, "id", change->replaced.first_section_id + index);
    json_out_text_field(out, "name", change->document.sections[index].name);
    json_out_int_field(out, "seatCount", seat_count);
    json_out_object_end(out);
}

static void on_in_effect(struct effect *effect)
{
    const struct layout_change *change = container_of(effect, struct layout_change, effect);
    struct buffer body;
    buffer_init(&body, http_arena(effect->request), 4096);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_int_field(&out, "optionId", change->option.value);
    json_out_int_field(&out, "seatCount", change->document.layout->seat_count);
    json_out_int_field(&out, "firstSeatId", change->replaced.first_seat_id);
    json_out_key(&out, "sections");
    json_out_array(&out);
    for (uint32_t i = 0; i < change->document.layout->section_count; i++)
        write_section(&out, change, i);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(effect->request, 200, &body);
}

/* The shape of GET seat-map; no version, for nothing was written. */
static void answer_map(struct http_request *request, const struct catalog_map *map)
{
    struct buffer body;
    buffer_init(&body, http_arena(request), 4096);
    buffer_add(&body, text_of("{\"version\":0,"));
    catalog_json_map_tail(&body, map);
    body_answer(request, 200, &body);
}

static void answer_in_use(struct http_request *request)
{
    problem_answer(request,
                   &(struct problem){.status = 409,
                                     .code = "IN_USE",
                                     .detail = "Seats of this date have been reserved: its "
                                               "layout can no longer be replaced."});
}

/* --- writing ---------------------------------------------------------------------------------- */

static void on_written(struct writing *writing, enum status status)
{
    struct layout_change *change = container_of(writing, struct layout_change, writing);
    if (status != STATUS_OK) { /* a constraint of the store: the document passed by mistake */
        problem_status(writing->request, STATUS_IO);
        return;
    }
    switch (change->verdict) {
    case LAYOUT_REPLACED:
        change->effect.answer = on_in_effect;
        effect_start(&change->effect, writing->app, writing->request);
        return;
    case LAYOUT_NO_OPTION:
        problem_not_found(writing->request, missing);
        return;
    case LAYOUT_STALE:
        edits_answer_stale(writing->request);
        return;
    case LAYOUT_IN_USE:
        answer_in_use(writing->request);
        return;
    }
}

/* Who did it, and what the layout was and is: its sections, not its seats. */
static enum status record(const struct layout_change *change, struct store_connection *connection,
                          struct text before)
{
    struct arena *arena = http_arena(change->writing.request);
    struct text after;
    enum status status = layout_summary_read(connection, arena, change->option, &after);
    if (status != STATUS_OK)
        return status;
    return changes_record(connection, &(struct change){.at_ms = clock_wall_ms(),
                                                       .account = change->account,
                                                       .entity = text_of("layout"),
                                                       .entity_id = change->option.value,
                                                       .action = text_of("PUT"),
                                                       .before = before,
                                                       .after = after});
}

static enum status write_layout(struct writing *writing, struct store_connection *connection)
{
    struct layout_change *change = container_of(writing, struct layout_change, writing);
    struct arena *arena = http_arena(writing->request);
    struct text before;
    enum status status = layout_summary_read(connection, arena, change->option, &before);
    if (status == STATUS_OK)
        status = layout_replace(connection, change->option, &change->document, &change->look,
                                &change->guard, &change->replaced, &change->verdict);
    if (status == STATUS_OK && change->verdict == LAYOUT_REPLACED)
        status = record(change, connection, before);
    booking_refresh(writing->app->booking); /* no turn after this one sells an old seat */
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum status read_json(struct layout_change *change, struct text json, struct arena *arena)
{
    struct json_in *body = json_in_open(json, &change->fault);
    change->malformed = !body;
    if (!body)
        return STATUS_OK;
    enum status status = layout_document_read(body, arena, &change->document, &change->complaints);
    json_in_close(body);
    return status;
}

static enum status read_csv(struct layout_change *change, struct text table, struct arena *arena)
{
    struct layout_csv csv;
    enum status status = layout_csv_read(table, arena, &csv, &change->complaints);
    size_t about_the_table = change->complaints.count;
    if (status == STATUS_OK && csv.record_count > 0)
        status = read_json(change, buffer_text(&csv.json), arena);
    else if (status == STATUS_OK && about_the_table == 0)
        complaints_add(&change->complaints, "The table has no record behind the first.", "line 1");
    if (status == STATUS_OK)
        layout_csv_name_lines(&csv, &change->complaints, about_the_table);
    return status;
}

static enum status read_document(struct reading *reading, struct store_connection *reader)
{
    struct layout_change *change = container_of(reading, struct layout_change, reading);
    struct arena *arena = http_arena(reading->request);
    struct text body = http_body(reading->request);
    complaints_init(&change->complaints, arena);
    enum status status =
        change->is_csv ? read_csv(change, body, arena) : read_json(change, body, arena);
    if (status != STATUS_OK || change->malformed || change->complaints.count > 0)
        return status;
    status = layout_look(reader, change->option, &change->look);
    if (status == STATUS_OK && change->dry_run)
        status = layout_map(&change->document, change->option, arena, &change->map);
    return status;
}

static void on_read(struct reading *reading, enum status status)
{
    struct layout_change *change = container_of(reading, struct layout_change, reading);
    (void)status; /* a failure has been answered */
    bool has_board = boards_find(reading->app->boards, change->option) != NULL;
    if (change->malformed)
        body_answer_malformed(reading->request, change->fault.words);
    else if (change->complaints.count > 0)
        problem_complaints(reading->request, &change->complaints);
    else if (change->look.reserved)
        answer_in_use(reading->request);
    else if (change->dry_run)
        answer_map(reading->request, &change->map);
    else if (has_board && !boards_can_retire(reading->app->boards))
        problem_busy(reading->request); /* BOARDS_RETIRED_MAX since the server started */
    else
        writing_start(&change->writing, reading->app, reading->request); /* → write_layout */
}

static bool read_dry_run(struct http_request *request, bool *out_dry_run)
{
    struct text value = http_query(request, "dryRun");
    *out_dry_run = text_equal(value, text_of("true"));
    if (*out_dry_run || text_empty(value) || text_equal(value, text_of("false")))
        return true;
    problem_validation(request, "dryRun", "dryRun is true or false.");
    return false;
}

void layout_put(struct http_app *app, struct http_request *request)
{
    struct identity caller;
    int64_t option;
    bool dry_run;
    if (!caller_operator(app, request, &caller) || !body_path_id(request, 0, missing, &option) ||
        !read_dry_run(request, &dry_run) || !(body_is_csv(request) || body_is_json(request)))
        return;
    struct layout_change *change = arena_take_zeroed(http_arena(request), sizeof *change);
    if (!change) {
        problem_no_memory(request);
        return;
    }
    change->option = (struct option_id){option};
    change->account = caller.fan;
    change->dry_run = dry_run;
    change->is_csv = body_is_csv(request);
    edits_read_guard(request, &change->guard);
    change->reading.read = read_document;
    change->reading.answer = on_read;
    change->writing.write = write_layout;
    change->writing.answer = on_written;
    reading_start(&change->reading, app, request); /* continues in read_document, on_read */
}
