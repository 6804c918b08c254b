/*
 * reservations_post.c — the press of the button.
 *
 *     loop     token, key, body → an ask; the door               reservations_post
 *     writer   decided and durable                               booking/
 *     worker   the same, for a sale of v1, v2 or v3              strategies/
 *     loop     201, or why not                                   on_answered
 *
 * This is the hot path: one arena, no copy of the body, an answer written straight from the plan.
 */
#include "api/body.h"
#include "api/caller.h"
#include "api/entry.h"
#include "api/presses.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/requests.h"
#include "api/reservation_json.h"
#include "api/reservations.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "booking/beside.h"
#include "strategies/strategies.h"

struct press {
    struct booking_ask ask;
    struct loop_note note;
    struct strategies_errand errand; /* v1, v2, v3 */
    struct reading reading;          /* of a repeat, or of an option without a sale */
    struct http_app *app;
    struct http_request *request;
    const struct board *board; /* of the option; NULL: it has no sale that the engine knows */
    struct reservation_view view;
    bool sent_on; /* to whoever sells the sale, by who does not */
};

/* --- reading the body ------------------------------------------------------------------------- */

static bool read_seat_ids(struct http_request *request, const struct json_in *array,
                          struct sale_wish *wish)
{
    size_t count = json_in_array_count(array);
    for (size_t i = 0; i < count; i++) {
        int64_t id;
        enum json_in_verdict verdict = json_in_as_int(json_in_array_at(array, i), 1, ID_MAX, &id);
        if (verdict != JSON_IN_OK) {
            problem_field(request, "seatIds", verdict,
                          "seat ids, whole numbers from 1 to 2^53 - 1");
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (wish->seats[j].value == id) {
                problem_validation(request, "seatIds", "The same seat is named twice.");
                return false;
            }
        }
        wish->seats[wish->seat_count++] = (struct seat_id){id};
    }
    return true;
}

/* A section by its name or by its id; the plan knows both. */
static bool read_section(struct press *press, const struct json_in *best)
{
    struct text name;
    int64_t id = 0;
    enum json_in_verdict by_name = json_in_read_text(best, "section", 1, 64, &name);
    if (by_name == JSON_IN_ABSENT)
        return true;
    enum json_in_verdict by_id = json_in_read_int(best, "section", 1, ID_MAX, &id);
    if (by_name != JSON_IN_OK && by_id != JSON_IN_OK) {
        problem_field(press->request, "best.section", by_name, "the name or the id of a section");
        return false;
    }
    const struct plan *plan = press->board ? board_plan(press->board) : NULL;
    for (uint32_t i = 0; plan && i < plan->section_count; i++) {
        bool same = by_name == JSON_IN_OK ? text_equal(plan->sections[i].name, name)
                                          : plan->sections[i].id == id;
        if (same) {
            press->ask.wish.best_section = i;
            return true;
        }
    }
    if (!plan)
        return true; /* no sale: the engine will say so */
    problem_answer(press->request, &(struct problem){.status = 404,
                                                     .code = "NOT_FOUND",
                                                     .detail = "There is no such section.",
                                                     .field = "best.section"});
    return false;
}

static bool read_best(struct press *press, const struct json_in *best)
{
    static const char *const known[] = {"count", "section", NULL};
    if (json_in_unknown_key(best, known).bytes) {
        problem_validation(press->request, "best", "best takes count and section.");
        return false;
    }
    int64_t count;
    enum json_in_verdict verdict =
        json_in_read_int(best, "count", 1, SEATS_PER_RESERVATION_MAX, &count);
    if (verdict != JSON_IN_OK) {
        problem_field(press->request, "best.count", verdict, "a whole number from 1 to 16");
        return false;
    }
    press->ask.wish.best_count = (uint32_t)count;
    return read_section(press, best);
}

static bool read_wish(struct press *press, const struct json_in *document)
{
    int64_t option;
    enum json_in_verdict verdict = json_in_read_int(document, "optionId", 1, ID_MAX, &option);
    if (verdict != JSON_IN_OK) {
        problem_field(press->request, "optionId", verdict, "an id, a whole number above 0");
        return false;
    }
    press->ask.option = (struct option_id){option};
    press->board = boards_find(press->app->boards, press->ask.option);
    press->ask.wish.best_section = -1;

    const struct json_in *seats = NULL, *best = NULL;
    enum json_in_verdict named =
        json_in_read_array(document, "seatIds", 1, SEATS_PER_RESERVATION_MAX, &seats);
    enum json_in_verdict sought = json_in_read_object(document, "best", &best);
    if (named == JSON_IN_ABSENT && sought == JSON_IN_OK)
        return read_best(press, best);
    if (named == JSON_IN_OK && sought == JSON_IN_ABSENT)
        return read_seat_ids(press->request, seats, &press->ask.wish);
    if (named == JSON_IN_OK && sought == JSON_IN_OK)
        problem_validation(press->request, "best", "Name seatIds or ask for best, not both.");
    else if (named != JSON_IN_ABSENT || sought == JSON_IN_ABSENT)
        problem_field(press->request, "seatIds", named, "a list of 1 to 16 seat ids");
    else
        problem_field(press->request, "best", sought, "an object with count and section");
    return false;
}

/* The same wish has the same hash, however its JSON was written. */
static int64_t hash_wish(const struct booking_ask *ask)
{
    int64_t words[3 + SEATS_PER_RESERVATION_MAX] = {ask->option.value, ask->wish.best_count,
                                                    ask->wish.best_section};
    for (size_t i = 0; i < ask->wish.seat_count; i++)
        words[3 + i] = ask->wish.seats[i].value;
    size_t size = (3 + ask->wish.seat_count) * sizeof words[0];
    return hash_lasting(text_make((const char *)words, size));
}

/* --- answering -------------------------------------------------------------------------------- */

static void answer_created(struct press *press, bool repeated)
{
    struct http_request *request = press->request;
    press->view.state = RESERVATION_HOLD; /* a repeat gets the answer of the first time */
    press->view.payment.value = 0;
    struct buffer body;
    buffer_init(&body, http_arena(request), 1024);
    struct json_out out = json_out_to(&body);
    reservation_json(&out, &press->view);
    if (body.failed) {
        problem_no_memory(request);
        return;
    }
    struct buffer location;
    buffer_init(&location, http_arena(request), 48);
    buffer_add_words(&location, "/api/reservations/");
    buffer_add_int(&location, press->view.id.value);
    struct http_field fields[] = {
        {text_of("Location"), buffer_text(&location)},
        {text_of("Idempotent-Replayed"), text_of("true")},
    };
    http_answer(request, &(struct http_answer){.status = 201,
                                               .type = text_of("application/json"),
                                               .body = buffer_text(&body),
                                               .fields = fields,
                                               .field_count = repeated ? 2 : 1});
}

static enum status read_repeated(struct reading *reading, struct store_connection *reader)
{
    struct press *press = container_of(reading, struct press, reading);
    return reservation_read(reader, press->ask.fan, press->ask.reservation,
                            http_arena(press->request), &press->view);
}

static void answer_repeated(struct reading *reading, enum status status)
{
    struct press *press = container_of(reading, struct press, reading);
    if (status == STATUS_OK)
        answer_created(press, true);
    else
        problem_busy(press->request); /* committed, and not there yet for this reader */
}

static enum status read_option(struct reading *reading, struct store_connection *reader)
{
    static const struct sql find = {
        "SELECT id FROM concert_option WHERE id = $1 AND deleted_at_ms IS NULL"};
    struct press *press = container_of(reading, struct press, reading);
    struct sql_value values[] = {sql_int(press->ask.option.value)};
    int64_t id;
    return store_query_int(reader, &find, values, 1, &id);
}

static void answer_no_sale(struct reading *reading, enum status status)
{
    struct press *press = container_of(reading, struct press, reading);
    if (status == STATUS_MISSING)
        problem_answer(press->request, &(struct problem){.status = 404,
                                                         .code = "NOT_FOUND",
                                                         .detail = "There is no such option.",
                                                         .field = "optionId"});
    else
        problem_answer(press->request, &(struct problem){.status = 409,
                                                         .code = "SALE_NOT_OPEN",
                                                         .detail = "This date is not on sale."});
}

static void read_and_answer(struct press *press,
                            enum status (*read)(struct reading *, struct store_connection *),
                            void (*answer)(struct reading *, enum status))
{
    press->reading.read = read;
    press->reading.answer = answer;
    reading_start(&press->reading, press->app, press->request);
}

static void answer_not_open(struct press *press)
{
    bool is_closed = press->ask.verdict == BOOKING_CLOSED;
    const char *state = is_closed ? "CLOSED" : "SCHEDULED";
    const char *detail = is_closed ? "The sale has closed." : "The sale has not opened yet.";
    if (press->ask.verdict == BOOKING_PAUSED) {
        state = "PAUSED";
        detail = "The sale is paused.";
    }
    struct buffer extra;
    buffer_init(&extra, http_arena(press->request), 128);
    struct json_out out = json_out_to(&extra);
    json_out_words_field(&out, "saleState", state);
    json_out_time_field(&out, "opensAt", press->ask.opens_at_ms);
    problem_answer(press->request, &(struct problem){.status = 409,
                                                     .code = "SALE_NOT_OPEN",
                                                     .detail = detail,
                                                     .extra = buffer_text(&extra)});
}

static void answer_presale(struct press *press)
{
    struct buffer extra;
    buffer_init(&extra, http_arena(press->request), 64);
    struct json_out out = json_out_to(&extra);
    json_out_time_field(&out, "opensAt", press->ask.opens_at_ms);
    problem_answer(press->request,
                   &(struct problem){.status = 403,
                                     .code = "PRESALE_ONLY",
                                     .detail = "This is a presale for a group that you are not in.",
                                     .extra = buffer_text(&extra)});
}

static void answer_no(struct press *press, int status, const char *code, const char *field,
                      const char *detail)
{
    problem_answer(
        press->request,
        &(struct problem){.status = status, .code = code, .field = field, .detail = detail});
}

static void pass_door(struct press *press);

/* The sale is new, or has just got another strategy: the board that the press went by was none, or
   said otherwise. Once. */
static bool send_on(struct press *press)
{
    if (press->ask.strategy != 0 || press->sent_on)
        return false;
    press->sent_on = true;
    press->board = boards_find(press->app->boards, press->ask.option);
    pass_door(press);
    return true;
}

static void answer_not_sold_here(struct press *press)
{
    if (press->ask.verdict == BOOKING_STRATEGY_MISMATCH && send_on(press))
        return; /* and comes back */
    if (press->ask.verdict == BOOKING_LAB_ONLY)
        answer_no(press, 409, "LAB_ONLY", NULL,
                  "This sale shows what happens without a guard; it sells in a lab only.");
    else
        answer_no(press, 409, "STRATEGY_MISMATCH", NULL,
                  "This sale is not sold by this version of the API.");
}

static void answer_taken(struct press *press)
{
    const struct booking_ask *ask = &press->ask;
    struct buffer extra;
    buffer_init(&extra, http_arena(press->request), 256);
    struct json_out out = json_out_to(&extra);
    json_out_key(&out, "seatIds");
    json_out_array(&out);
    for (size_t i = 0; i < ask->choice.seat_count; i++)
        json_out_int(&out, plan_seat_id(ask->plan, ask->choice.seat_indexes[i]).value);
    json_out_array_end(&out);
    problem_answer(press->request,
                   &(struct problem){.status = 409,
                                     .code = "SEAT_TAKEN",
                                     .detail = ask->wish.best_count > 0
                                                   ? "There are not that many free seats "
                                                     "beside each other."
                                                   : "These seats have just gone to somebody else.",
                                     .extra = buffer_text(&extra)});
}

static void on_answered(struct loop_note *note)
{
    struct press *press = container_of(note, struct press, note);
    switch (press->ask.verdict) {
    case BOOKING_DONE:
        entry_tell_held(press->app, press->ask.fan, press->ask.option, press->board,
                        press->ask.expires_at_ms);
        reservation_view_of_ask(&press->ask, &press->view);
        answer_created(press, false);
        return;
    case BOOKING_REPEATED:
        read_and_answer(press, read_repeated, answer_repeated);
        return;
    case BOOKING_KEY_REUSED:
        answer_no(press, 422, "IDEMPOTENCY_KEY_REUSED", "Idempotency-Key",
                  "This key came with another request before.");
        return;
    case BOOKING_NO_SALE:
        read_and_answer(press, read_option, answer_no_sale);
        return;
    case BOOKING_STRATEGY_MISMATCH:
    case BOOKING_LAB_ONLY:
        answer_not_sold_here(press);
        return;
    case BOOKING_PRESALE_ONLY:
        answer_presale(press);
        return;
    case BOOKING_NOT_OPEN_YET:
    case BOOKING_PAUSED:
    case BOOKING_CLOSED:
        answer_not_open(press);
        return;
    case BOOKING_SOLD_OUT:
        answer_no(press, 409, "SOLD_OUT", NULL, "Every seat has been sold.");
        return;
    case BOOKING_NO_SUCH_SEAT:
        answer_no(press, 404, "NOT_FOUND", "seatIds", "This option has no such seat.");
        return;
    case BOOKING_NO_SUCH_SECTION:
        answer_no(press, 404, "NOT_FOUND", "best.section", "There is no such section.");
        return;
    case BOOKING_SEAT_TAKEN:
        answer_taken(press);
        return;
    case BOOKING_LIMIT_EXCEEDED:
        answer_no(press, 403, "LIMIT_EXCEEDED", NULL,
                  "You would have more seats than this sale allows one fan.");
        return;
    case BOOKING_FAILED:
        problem_status(press->request, press->ask.status);
        return;
    case BOOKING_NOT_LIVE:
    case BOOKING_WRONG_STATE:
    case BOOKING_NO_SUCH_GROUP:
    case BOOKING_NO_SUCH_ALLOTMENT:
    case BOOKING_TOO_MANY_ALLOTMENTS:
    case BOOKING_VERDICT_COUNT:
        problem_busy(press->request);
        return;
    }
}

static void on_decided(struct booking_ask *ask)
{
    struct press *press = container_of(ask, struct press, ask);
    loop_post(http_loop(press->request), &press->note); /* continues in on_answered */
}

/* --- pressing --------------------------------------------------------------------------------- */

/* Only what will be decided there waits on the bus; the engine refuses the others at once. */
static bool sells_v4(const struct press *press)
{
    return press->board && board_strategy(press->board) == 4 &&
           board_sale_state(press->board, clock_wall_ms()) != SALE_CLOSED;
}

/* To whoever sells the sale: the endpoint's version says so, or the sale itself. A version that is
   not the sale's is refused there. */
static void hand_over(struct press *press)
{
    int strategy = press->ask.strategy;
    if (strategy == 0)
        strategy = press->board ? board_strategy(press->board) : 5;
    if (strategy >= 1 && strategy <= 3) {
        if (strategies_submit(press->app->strategies, &press->errand, &press->ask) != STATUS_OK)
            problem_busy(press->request);
        return; /* continues in on_decided */
    }
    if (strategy == 4 && sells_v4(press)) {
        requests_press(press->app, press->request, &press->ask);
        return;
    }
    struct api_loop *loop = http_loop_data(press->request);
    presses_add(loop->presses, &press->ask); /* continues in on_decided */
}

static enum status read_key(struct reading *reading, struct store_connection *reader)
{
    struct press *press = container_of(reading, struct press, reading);
    struct booking_ask *ask = &press->ask;
    struct key_act act;
    enum status status = beside_find_key(reader, ask->fan, ask->key_hash, &act);
    if (status != STATUS_OK)
        return status;
    ask->reservation = act.reservation;
    ask->verdict = act.request_hash == ask->request_hash ? BOOKING_REPEATED : BOOKING_KEY_REUSED;
    return STATUS_OK;
}

static void answer_late(struct reading *reading, enum status status)
{
    struct press *press = container_of(reading, struct press, reading);
    if (status == STATUS_OK)
        on_answered(&press->note);
    else
        entry_refuse(press->request, ENTRY_EXPIRED);
}

/* Who has been inside may have pressed in time and lost the answer: the key knows. Nobody else
   costs a look-up, least of all who comes with a good token. */
static void pass_door(struct press *press)
{
    enum entry_verdict verdict =
        entry_check(press->app, press->request, press->ask.fan, press->ask.option, press->board);
    switch (verdict) {
    case ENTRY_OPEN:
        hand_over(press);
        return;
    case ENTRY_EXPIRED:
        read_and_answer(press, read_key, answer_late);
        return;
    case ENTRY_MISSING:
    case ENTRY_INVALID:
        entry_refuse(press->request, verdict);
        return;
    }
}

static void press_button(struct http_app *app, struct http_request *request, int strategy)
{
    static const char *const known[] = {"optionId", "seatIds", "best", NULL};
    struct identity identity;
    struct text key;
    if (!caller_fan(app, request, &identity) || !body_idempotency_key(request, &key))
        return;
    struct press *press = arena_take(http_arena(request), sizeof *press);
    if (!press) {
        problem_no_memory(request);
        return;
    }
    press->app = app;
    press->request = request;
    press->sent_on = false;
    press->ask = (struct booking_ask){.kind = BOOKING_HOLD, .on_answer = on_decided};
    struct json_in *document = body_open(request, known);
    if (!document)
        return;
    bool good = read_wish(press, document);
    json_in_close(document);
    if (!good)
        return;
    press->note.on_arrive = on_answered;
    press->ask.fan = identity.fan;
    press->ask.strategy = strategy;
    press->ask.key_hash = hash_lasting(key);
    press->ask.request_hash = hash_wish(&press->ask);
    pass_door(press);
}

void reservations_post(struct http_app *app, struct http_request *request)
{
    press_button(app, request, 0);
}

void reservations_v1_post(struct http_app *app, struct http_request *request)
{
    press_button(app, request, 1);
}

void reservations_v2_post(struct http_app *app, struct http_request *request)
{
    press_button(app, request, 2);
}

void reservations_v3_post(struct http_app *app, struct http_request *request)
{
    press_button(app, request, 3);
}

void reservations_v4_post(struct http_app *app, struct http_request *request)
{
    press_button(app, request, 4);
}

void reservations_v5_post(struct http_app *app, struct http_request *request)
{
    press_button(app, request, 5);
}
