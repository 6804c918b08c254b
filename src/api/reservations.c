/* reservations.c — a fan's own reservations: the list, one of them, and giving one back. Pressing
 * the button has a file of its own: reservations_post.c. */
#include "api/reservations.h"

#include <stdio.h>

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/reservation_json.h"
#include "base/container.h"

static const char NO_SUCH[] = "There is no such reservation.";

/* --- one -------------------------------------------------------------------------------------- */

struct one {
    struct reading reading;
    struct booking_ask ask; /* giving back */
    struct loop_note note;
    struct http_app *app;
    struct http_request *request;
    struct fan_id fan;
    struct reservation_id id;
    struct reservation_view view;
};

static enum status read_one(struct reading *reading, struct store_connection *reader)
{
    struct one *one = container_of(reading, struct one, reading);
    return reservation_read(reader, one->fan, one->id, http_arena(one->request), &one->view);
}

static void answer_view(struct one *one)
{
    struct buffer body;
    buffer_init(&body, http_arena(one->request), 1024);
    struct json_out out = json_out_to(&body);
    reservation_json(&out, &one->view);
    body_answer(one->request, 200, &body);
}

static void answer_one(struct reading *reading, enum status status)
{
    struct one *one = container_of(reading, struct one, reading);
    if (status == STATUS_MISSING)
        problem_not_found(one->request, NO_SUCH);
    else
        answer_view(one);
}

/* NULL when the request has been answered. */
static struct one *begin(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    int64_t id;
    if (!caller_fan(app, request, &identity) || !body_path_id(request, 0, NO_SUCH, &id))
        return NULL;
    struct one *one = arena_take_zeroed(http_arena(request), sizeof *one);
    if (!one) {
        problem_no_memory(request);
        return NULL;
    }
    one->app = app;
    one->request = request;
    one->fan = identity.fan;
    one->id = (struct reservation_id){id};
    one->reading.read = read_one;
    one->reading.answer = answer_one;
    return one;
}

void reservations_get(struct http_app *app, struct http_request *request)
{
    struct one *one = begin(app, request);
    if (one)
        reading_start(&one->reading, app, request);
}

/* --- giving back ------------------------------------------------------------------------------ */

static void answer_wrong_state(struct http_request *request, enum reservation_state state)
{
    bool paying = state == RESERVATION_PAYING;
    problem_answer(request,
                   &(struct problem){
                       .status = 409,
                       .code = paying ? "PAYMENT_IN_PROGRESS" : "WRONG_STATE",
                       .detail = paying ? "A payment of this reservation is under way."
                                        : "Only a hold can be cancelled; this has been paid for."});
}

/* The reservation is no longer live: what became of it decides. */
static void answer_ended(struct reading *reading, enum status status)
{
    struct one *one = container_of(reading, struct one, reading);
    if (status == STATUS_MISSING)
        problem_not_found(one->request, NO_SUCH);
    else if (one->view.state == RESERVATION_CANCELLED)
        answer_view(one); /* cancelled before: the same answer again */
    else if (one->view.state == RESERVATION_EXPIRED)
        problem_answer(one->request, &(struct problem){.status = 410,
                                                       .code = "HOLD_EXPIRED",
                                                       .detail = "The hold has ended by itself."});
    else
        answer_wrong_state(one->request, one->view.state);
}

static void on_cancel_answered(struct loop_note *note)
{
    struct one *one = container_of(note, struct one, note);
    switch (one->ask.verdict) {
    case BOOKING_FAILED:
        problem_status(one->request, one->ask.status);
        return;
    case BOOKING_WRONG_STATE:
        answer_wrong_state(one->request, one->ask.state);
        return;
    case BOOKING_DONE:
    case BOOKING_NOT_LIVE:
    case BOOKING_REPEATED:
    case BOOKING_KEY_REUSED:
    case BOOKING_NO_SALE:
    case BOOKING_STRATEGY_MISMATCH:
    case BOOKING_LAB_ONLY:
    case BOOKING_NOT_OPEN_YET:
    case BOOKING_PRESALE_ONLY:
    case BOOKING_PAUSED:
    case BOOKING_CLOSED:
    case BOOKING_SOLD_OUT:
    case BOOKING_NO_SUCH_SEAT:
    case BOOKING_NO_SUCH_SECTION:
    case BOOKING_NO_SUCH_GROUP:
    case BOOKING_NO_SUCH_ALLOTMENT:
    case BOOKING_TOO_MANY_ALLOTMENTS:
    case BOOKING_SEAT_TAKEN:
    case BOOKING_LIMIT_EXCEEDED:
    case BOOKING_VERDICT_COUNT:
        one->reading.answer = answer_ended;
        reading_start(&one->reading, one->app, one->request);
        return;
    }
}

static void on_cancelled(struct booking_ask *ask)
{
    struct one *one = container_of(ask, struct one, ask);
    loop_post(http_loop(one->request), &one->note);
}

void reservations_delete(struct http_app *app, struct http_request *request)
{
    struct one *one = begin(app, request);
    if (!one)
        return;
    one->note.on_arrive = on_cancel_answered;
    one->ask = (struct booking_ask){
        .kind = BOOKING_CANCEL, .fan = one->fan, .reservation = one->id, .on_answer = on_cancelled};
    if (booking_submit(app->booking, &one->ask) != STATUS_OK)
        problem_busy(request);
}

/* --- the list --------------------------------------------------------------------------------- */

struct page {
    struct reading reading;
    struct http_request *request;
    struct fan_id fan;
    struct reservation_id before;
    size_t limit, count;
    struct reservation_view
        *views; /* limit + 1 of them: one more tells whether there is a next page */
};

static enum status read_page(struct reading *reading, struct store_connection *reader)
{
    struct page *page = container_of(reading, struct page, reading);
    return reservation_read_page(reader, page->fan, page->before, http_arena(page->request),
                                 page->views, page->limit + 1, &page->count);
}

static void answer_page(struct reading *reading, enum status status)
{
    (void)status;
    struct page *page = container_of(reading, struct page, reading);
    size_t shown = page->count > page->limit ? page->limit : page->count;
    struct buffer body;
    buffer_init(&body, http_arena(page->request), 4096);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    for (size_t i = 0; i < shown; i++)
        reservation_json(&out, &page->views[i]);
    json_out_array_end(&out);
    json_out_key(&out, "nextCursor");
    if (page->count > page->limit) {
        char cursor[24];
        int size =
            snprintf(cursor, sizeof cursor, "%lld", (long long)page->views[shown - 1].id.value);
        json_out_text(&out, text_make(cursor, (size_t)size));
    } else {
        json_out_null(&out);
    }
    json_out_object_end(&out);
    body_answer(page->request, 200, &body);
}

/* A number from the query string; false: it is ill-formed and the request has been answered. */
static bool query_number(struct http_request *request, const char *name, int64_t most,
                         int64_t *value)
{
    struct text text = http_query(request, name);
    if (!text.bytes)
        return true;
    if (text_to_int64(text, value) && *value >= 1 && *value <= most)
        return true;
    char detail[96];
    snprintf(detail, sizeof detail, "The query parameter %s takes a whole number from 1 to %lld.",
             name, (long long)most);
    problem_validation(request, name, detail);
    return false;
}

void reservations_list(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    int64_t limit = RESERVATIONS_PAGE_DEFAULT, before = ID_MAX;
    if (!caller_fan(app, request, &identity) ||
        !query_number(request, "limit", RESERVATIONS_PAGE_MAX, &limit) ||
        !query_number(request, "cursor", ID_MAX, &before))
        return;
    struct page *page = arena_take_zeroed(http_arena(request), sizeof *page);
    if (page)
        page->views = arena_take(http_arena(request), ((size_t)limit + 1) * sizeof *page->views);
    if (!page || !page->views) {
        problem_no_memory(request);
        return;
    }
    page->request = request;
    page->fan = identity.fan;
    page->before = (struct reservation_id){before};
    page->limit = (size_t)limit;
    page->reading.read = read_page;
    page->reading.answer = answer_page;
    reading_start(&page->reading, app, request);
}
