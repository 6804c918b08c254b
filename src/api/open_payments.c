/* open_payments.c — the oldest first, for they are the ones to look up at the gateway's desk. */
#include "api/open_payments.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/payments.h"
#include "api/problem.h"
#include "api/reading.h"
#include "base/container.h"

enum { PAYMENTS_LISTED = 100 };

struct listing {
    struct reading reading;
    struct payment payments[PAYMENTS_LISTED];
    size_t count;
};

static enum status read_open(struct reading *reading, struct store_connection *reader)
{
    struct listing *listing = container_of(reading, struct listing, reading);
    return payment_store_open(reader, (struct payment_id){0}, listing->payments, PAYMENTS_LISTED,
                              &listing->count);
}

static void write_payment(struct json_out *out, const struct payment *payment)
{
    json_out_object(out);
    payment_json(out, payment);
    json_out_int_field(out, "fanId", payment->fan.value);
    json_out_key(out, "unknownSince");
    if (payment->state == PAYMENT_UNKNOWN)
        json_out_time(out, payment->unknown_since_ms);
    else
        json_out_null(out);
    json_out_object_end(out);
}

static void answer_open(struct reading *reading, enum status status)
{
    const struct listing *listing = container_of(reading, struct listing, reading);
    struct buffer body;
    (void)status; /* where there is none, the list is empty */
    buffer_init(&body, http_arena(reading->request), 4096);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    for (size_t i = 0; i < listing->count; i++)
        write_payment(&out, &listing->payments[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(reading->request, 200, &body);
}

void open_payments_list(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    if (!caller_operator(app, request, &identity))
        return;
    struct listing *listing = arena_take_zeroed(http_arena(request), sizeof *listing);
    if (!listing) {
        problem_no_memory(request);
        return;
    }
    listing->reading.read = read_open;
    listing->reading.answer = answer_open;
    reading_start(&listing->reading, app, request);
}
