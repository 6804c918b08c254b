/*
 * sales.c — a sale changes while fans press.
 *
 *     loop      token, body → what is wanted                      sale_put, sale_pause, …
 *     writer    decided and durable                               catalog/sale_edit.h
 *     writer    the engine sells by it                            effect.h
 *     loop      200 with the sale, or why not                     on_in_effect, on_written
 */
#include "api/sales.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/edits.h"
#include "api/effect.h"
#include "api/problem.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "catalog/catalog_json.h"
#include "catalog/changes.h"
#include "catalog/sale_edit.h"

static const char missing[] = "There is no such date.";

struct sale_change {
    struct writing writing;
    struct effect effect;
    struct fan_id account;
    bool is_put;
    struct sale_document document; /* of a PUT */
    enum catalog_sale_status to;   /* of the others */
    struct sale_edit edit;
};

static void answer_sale(struct sale_change *change)
{
    struct http_request *request = change->writing.request;
    struct arena *arena = http_arena(request);
    const struct catalog_option option = {.id = change->edit.option.value,
                                          .sale = change->edit.after};
    const struct catalog_live *live =
        catalog_live_of(arena, change->writing.app->boards, &option, 1, clock_wall_ms());
    if (!live) {
        problem_no_memory(request);
        return;
    }
    struct buffer body;
    buffer_init(&body, arena, 512);
    catalog_json_sale(&body, &change->edit.after, live);
    body_answer(request, 200, &body);
}

static void on_in_effect(struct effect *effect)
{
    answer_sale(container_of(effect, struct sale_change, effect));
}

static void answer_conflict(struct http_request *request, const char *code, const char *detail)
{
    problem_answer(request, &(struct problem){.status = 409, .code = code, .detail = detail});
}

static void on_written(struct writing *writing, enum status status)
{
    struct sale_change *change = container_of(writing, struct sale_change, writing);
    if (status != STATUS_OK) { /* a constraint of the store: the document passed by mistake */
        problem_status(writing->request, STATUS_IO);
        return;
    }
    switch (change->edit.verdict) {
    case SALE_EDIT_DONE:
    case SALE_EDIT_SAME:
        change->effect.answer = on_in_effect;
        effect_start(&change->effect, writing->app, writing->request);
        return;
    case SALE_EDIT_NO_OPTION:
        problem_not_found(writing->request, missing);
        return;
    case SALE_EDIT_STALE:
        edits_answer_stale(writing->request);
        return;
    case SALE_EDIT_NO_SALE:
        problem_not_found(writing->request, "This date has no sale yet.");
        return;
    case SALE_EDIT_NO_LAYOUT:
        answer_conflict(writing->request, "LAYOUT_MISSING",
                        "This date has no seats yet: put its layout first.");
        return;
    case SALE_EDIT_NO_GROUP:
        problem_validation(writing->request, "presale", "The presale names an unknown group.");
        return;
    case SALE_EDIT_IN_USE:
        answer_conflict(writing->request, "IN_USE",
                        "Somebody has a seat, or seats are set aside: the strategy can no longer "
                        "change.");
        return;
    case SALE_EDIT_MIXED_DATES:
        answer_conflict(writing->request, "STRATEGY_MISMATCH",
                        "With maxPerConcert every date of the concert is sold by v5.");
        return;
    case SALE_EDIT_CLOSED:
        answer_conflict(writing->request, "SALE_CLOSED", "This sale is closed for ever.");
        return;
    }
}

static const char *action_of(const struct sale_change *change)
{
    if (change->is_put)
        return "PUT";
    switch (change->to) {
    case CATALOG_SALE_ACTIVE:
        return "RESUME";
    case CATALOG_SALE_PAUSED:
        return "PAUSE";
    case CATALOG_SALE_CLOSED:
        return "CLOSE";
    }
    return "PUT";
}

/* bytes == NULL when memory is short; empty for no sale. */
static struct text describe(struct arena *arena, struct option_id id,
                            const struct catalog_sale *sale, int64_t now_ms)
{
    const struct catalog_option option = {.id = id.value, .sale = *sale};
    const struct catalog_live *live = catalog_live_of(arena, NULL, &option, 1, now_ms);
    struct buffer words;
    buffer_init(&words, arena, 512);
    if (live && sale->exists)
        catalog_json_sale(&words, sale, live);
    return live && !words.failed ? buffer_text(&words) : text_make(NULL, 0);
}

/* Who did it, and what the sale was and is. */
static enum status record(const struct sale_change *change, struct store_connection *connection)
{
    const struct sale_edit *edit = &change->edit;
    struct arena *arena = http_arena(change->writing.request);
    struct text before = describe(arena, edit->option, &edit->before, edit->now_ms);
    struct text after = describe(arena, edit->option, &edit->after, edit->now_ms);
    if (!before.bytes || !after.bytes)
        return STATUS_NO_MEMORY;
    return changes_record(connection, &(struct change){.at_ms = edit->now_ms,
                                                       .account = change->account,
                                                       .entity = text_of("sale"),
                                                       .entity_id = edit->option.value,
                                                       .action = text_of(action_of(change)),
                                                       .before = before,
                                                       .after = after});
}

static enum status write_change(struct writing *writing, struct store_connection *connection)
{
    struct sale_change *change = container_of(writing, struct sale_change, writing);
    struct arena *arena = http_arena(writing->request);
    change->edit.now_ms = clock_wall_ms();
    enum status status = change->is_put
                             ? sale_edit_put(connection, arena, &change->document, &change->edit)
                             : sale_edit_move(connection, arena, change->to, &change->edit);
    if (status == STATUS_OK && change->edit.verdict == SALE_EDIT_DONE)
        status = record(change, connection);
    booking_refresh(writing->app->booking); /* no turn after this one goes by the old terms */
    return status;
}

/* NULL: answered. */
static struct sale_change *begin(struct http_app *app, struct http_request *request)
{
    struct identity caller;
    int64_t option;
    if (!caller_operator(app, request, &caller) || !body_path_id(request, 0, missing, &option))
        return NULL;
    struct sale_change *change = arena_take_zeroed(http_arena(request), sizeof *change);
    if (!change) {
        problem_no_memory(request);
        return NULL;
    }
    change->edit.option = (struct option_id){option};
    change->account = caller.fan;
    change->writing.write = write_change;
    change->writing.answer = on_written;
    return change;
}

void sale_put(struct http_app *app, struct http_request *request)
{
    static const char *const known[] = {
        "opensAt",       "closesAt",    "strategy", "lock",         "holdSeconds", "maxPerFan",
        "maxPerConcert", "waitingRoom", "presale",  "refundPolicy", NULL};
    struct sale_change *change = begin(app, request);
    struct json_in *body = change ? body_open(request, known) : NULL;
    if (!body)
        return;
    struct complaints complaints;
    complaints_init(&complaints, http_arena(request));
    sale_document_read(body, &change->document, &complaints);
    json_in_close(body);
    if (complaints.count > 0) {
        problem_complaints(request, &complaints);
        return;
    }
    if (text_equal(text_of(change->document.lock), text_of("none")) && !app->lab) {
        answer_conflict(request, "LAB_ONLY",
                        "Without a lock a seat is sold twice; only TICKETRUSH_LAB=on allows that.");
        return;
    }
    change->is_put = true;
    edits_read_guard(request, &change->edit.guard);
    writing_start(&change->writing, app, request); /* continues in write_change, on_written */
}

static void move(struct http_app *app, struct http_request *request, enum catalog_sale_status to)
{
    struct sale_change *change = begin(app, request);
    if (!change)
        return;
    change->to = to;
    writing_start(&change->writing, app, request); /* continues in write_change, on_written */
}

void sale_pause(struct http_app *app, struct http_request *request)
{
    move(app, request, CATALOG_SALE_PAUSED);
}

void sale_resume(struct http_app *app, struct http_request *request)
{
    move(app, request, CATALOG_SALE_ACTIVE);
}

void sale_close(struct http_app *app, struct http_request *request)
{
    move(app, request, CATALOG_SALE_CLOSED);
}
