/* admission.c — terms in, one row written, the usher looks in its next round. */
#include "api/admission.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "catalog/changes.h"

static const char missing[] = "There is no waiting room for this date.";

struct admission_change {
    struct writing writing;
    struct option_id option;
    struct fan_id account;
    struct admission_terms before, after;
};

/* --- as JSON ---------------------------------------------------------------------------------- */

static void write_terms(struct json_out *out, const struct admission_terms *terms)
{
    json_out_words_field(out, "mode", admission_mode_name(terms->mode));
    json_out_int_field(out, "fansPerSecond", terms->fans_per_second);
    json_out_int_field(out, "activeMax", terms->active_max);
    json_out_int_field(out, "entrySeconds", terms->entry_seconds);
    json_out_int_field(out, "challengeBits", terms->challenge_bits);
}

static void write_share(struct json_out *out, const char *key, double share)
{
    json_out_key(out, key);
    json_out_double(out, share);
}

void admission_json_numbers(struct json_out *out, const struct waiting_numbers *numbers)
{
    const struct line_counts *counts = &numbers->counts;
    json_out_words_field(out, "state", room_state_name(numbers->state));
    json_out_int_field(out, "waiting", counts->in[PLACE_WAITING]);
    json_out_int_field(out, "hall", counts->in[PLACE_HALL]);
    json_out_int_field(out, "called", counts->in[PLACE_CALLED]);
    json_out_int_field(out, "active", counts->in[PLACE_ENTERED]);
    json_out_int_field(out, "admitted", counts->called);
    json_out_int_field(out, "entered", counts->entered);
    json_out_int_field(out, "bought", counts->in[PLACE_BOUGHT]);
    write_share(out, "admittedPerSecond", numbers->pace.usual);
    write_share(out, "soldPerSecond", numbers->sold_per_second);
    write_share(out, "comeShare", numbers->come_share);
    write_share(out, "buyShare", numbers->buy_share);
}

static void answer_numbers(struct http_request *request, const struct waiting_numbers *numbers)
{
    struct buffer body;
    buffer_init(&body, http_arena(request), 512);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    write_terms(&out, &numbers->terms);
    admission_json_numbers(&out, numbers);
    json_out_int_field(&out, "numbersLeft", WAITING_PLACES_MAX - (int64_t)numbers->counts.joined);
    json_out_object_end(&out);
    body_answer(request, 200, &body);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_number(const struct json_in *body, const char *key, int64_t least, int64_t most,
                        const char *expected, int64_t *out, struct complaints *complaints)
{
    if (json_in_read_int(body, key, least, most, out) != JSON_IN_OK)
        complaints_add(complaints, expected, "%s", key);
}

static void read_terms(const struct json_in *body, struct admission_terms *terms,
                       struct complaints *complaints)
{
    struct text mode;
    if (json_in_read_text(body, "mode", 1, 16, &mode) != JSON_IN_OK ||
        !admission_mode_from_text(mode, &terms->mode))
        complaints_add(complaints, "Expected one of FIXED, ADAPTIVE and PAUSED.", "mode");
    read_number(body, "fansPerSecond", 0, WAITING_FANS_PER_SECOND_MAX,
                "Expected a whole number from 0 to 10,000.", &terms->fans_per_second, complaints);
    read_number(body, "activeMax", 0, WAITING_ACTIVE_MAX,
                "Expected a whole number from 0 to 100,000.", &terms->active_max, complaints);
    read_number(body, "entrySeconds", WAITING_ENTRY_SECONDS_MIN, WAITING_ENTRY_SECONDS_MAX,
                "Expected a whole number from 10 to 3,600.", &terms->entry_seconds, complaints);
    terms->challenge_bits = 0;
    if (json_in_has(body, "challengeBits"))
        read_number(body, "challengeBits", 0, WAITING_CHALLENGE_BITS_MAX,
                    "Expected a whole number from 0 to 24.", &terms->challenge_bits, complaints);
}

/* --- the endpoints ---------------------------------------------------------------------------- */

static bool find(struct http_app *app, struct http_request *request, struct identity *out_caller,
                 struct waiting_numbers *out_numbers)
{
    int64_t option;
    if (!caller_operator(app, request, out_caller) || !body_path_id(request, 0, missing, &option))
        return false;
    if (waiting_numbers(app->waiting, (struct option_id){option}, out_numbers))
        return true;
    problem_not_found(request, missing);
    return false;
}

void admission_get(struct http_app *app, struct http_request *request)
{
    struct identity caller;
    struct waiting_numbers numbers;
    if (find(app, request, &caller, &numbers))
        answer_numbers(request, &numbers);
}

/* bytes == NULL when memory is short. */
static struct text describe(struct arena *arena, const struct admission_terms *terms)
{
    struct buffer words;
    buffer_init(&words, arena, 256);
    struct json_out out = json_out_to(&words);
    json_out_object(&out);
    write_terms(&out, terms);
    json_out_object_end(&out);
    return words.failed ? text_make(NULL, 0) : buffer_text(&words);
}

static enum status write_terms_row(struct writing *writing, struct store_connection *connection)
{
    struct admission_change *change = container_of(writing, struct admission_change, writing);
    struct arena *arena = http_arena(writing->request);
    struct text before = describe(arena, &change->before);
    struct text after = describe(arena, &change->after);
    if (!before.bytes || !after.bytes)
        return STATUS_NO_MEMORY;
    enum status status =
        waiting_put_terms(writing->app->waiting, connection, change->option, &change->after);
    if (status == STATUS_OK)
        status = changes_record(connection, &(struct change){.at_ms = clock_wall_ms(),
                                                             .account = change->account,
                                                             .entity = text_of("admission"),
                                                             .entity_id = change->option.value,
                                                             .action = text_of("PUT"),
                                                             .before = before,
                                                             .after = after});
    return status;
}

static void on_written(struct writing *writing, enum status status)
{
    struct admission_change *change = container_of(writing, struct admission_change, writing);
    struct waiting_numbers numbers;
    if (status != STATUS_OK) {
        problem_status(writing->request, STATUS_IO);
        return;
    }
    waiting_refresh(writing->app->waiting);
    waiting_tick(writing->app->waiting);
    if (!waiting_numbers(writing->app->waiting, change->option, &numbers)) {
        problem_not_found(writing->request, missing);
        return;
    }
    numbers.terms = change->after; /* in force from the next round on, a moment later */
    answer_numbers(writing->request, &numbers);
}

void admission_put(struct http_app *app, struct http_request *request)
{
    static const char *const known[] = {"mode",         "fansPerSecond", "activeMax",
                                        "entrySeconds", "challengeBits", NULL};
    struct identity caller;
    struct waiting_numbers numbers;
    if (!find(app, request, &caller, &numbers))
        return;
    struct admission_change *change = arena_take_zeroed(http_arena(request), sizeof *change);
    struct json_in *body = change ? body_open(request, known) : NULL;
    if (!change)
        problem_no_memory(request);
    if (!body)
        return;
    struct complaints complaints;
    complaints_init(&complaints, http_arena(request));
    read_terms(body, &change->after, &complaints);
    json_in_close(body);
    if (complaints.count > 0) {
        problem_complaints(request, &complaints);
        return;
    }
    change->option = numbers.option;
    change->account = caller.fan;
    change->before = numbers.terms;
    change->writing.write = write_terms_row;
    change->writing.answer = on_written;
    writing_start(&change->writing, app, request); /* continues in on_written */
}
