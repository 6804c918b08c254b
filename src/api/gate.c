/* gate.c — the signature on the loop, for it takes microseconds; the use of the ticket, written. */
#include "api/gate.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/reservation_json.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "payment/ticket.h"
#include "payment/ticket_use.h"

struct checking {
    struct writing writing;
    struct http_request *request;
    struct ticket_check check;
    struct fan_id fan; /* whose ticket it is */
    struct reservation_view view;
    enum ticket_verdict verdict;
    int64_t used_at_ms;
};

static enum status write_use(struct writing *writing, struct store_connection *connection)
{
    struct checking *checking = container_of(writing, struct checking, writing);
    enum status status =
        ticket_use(connection, &checking->check, &checking->verdict, &checking->used_at_ms);
    if (status != STATUS_OK || checking->verdict != TICKET_VALID)
        return status;
    return reservation_read(connection, checking->fan, checking->check.reservation,
                            http_arena(checking->request), &checking->view);
}

static void answer_valid(const struct checking *checking)
{
    struct buffer body;
    buffer_init(&body, http_arena(checking->request), 2048);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_bool_field(&out, "valid", true);
    json_out_int_field(&out, "reservationId", checking->view.id.value);
    json_out_int_field(&out, "optionId", checking->view.option.value);
    json_out_time_field(&out, "usedAt", checking->used_at_ms);
    json_out_key(&out, "seats");
    json_out_array(&out);
    for (size_t i = 0; i < checking->view.seat_count; i++)
        reservation_seat_json(&out, &checking->view.seats[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(checking->request, 200, &body);
}

static void answer_used(const struct checking *checking)
{
    struct buffer extra;
    buffer_init(&extra, http_arena(checking->request), 64);
    struct json_out out = json_out_to(&extra);
    json_out_time_field(&out, "usedAt", checking->used_at_ms);
    if (extra.failed) {
        problem_no_memory(checking->request);
        return;
    }
    problem_answer(checking->request,
                   &(struct problem){.status = 409,
                                     .code = "TICKET_USED",
                                     .detail = "This ticket has opened the gate before.",
                                     .extra = buffer_text(&extra)});
}

static void answer_checked(struct writing *writing, enum status status)
{
    const struct checking *checking = container_of(writing, struct checking, writing);
    enum ticket_verdict verdict = status == STATUS_OK ? checking->verdict : TICKET_VOID;
    switch (verdict) {
    case TICKET_VALID:
        answer_valid(checking);
        return;
    case TICKET_USED:
        answer_used(checking);
        return;
    case TICKET_VOID:
        problem_answer(checking->request,
                       &(struct problem){.status = 409,
                                         .code = "TICKET_VOID",
                                         .detail = "This ticket has been given back."});
        return;
    }
}

static bool read_ticket(struct checking *checking, const struct ticket_signer *signer,
                        const struct json_in *document)
{
    struct text ticket;
    enum json_in_verdict verdict =
        json_in_read_text(document, "ticket", 1, TICKET_BYTES_MAX, &ticket);
    if (verdict != JSON_IN_OK) {
        problem_field(checking->request, "ticket", verdict, "the text of a ticket");
        return false;
    }
    if (ticket_read(signer, ticket, &checking->check.reservation, &checking->fan))
        return true;
    problem_answer(checking->request, &(struct problem){.status = 422,
                                                        .code = "TICKET_INVALID",
                                                        .detail = "This is no ticket of ours.",
                                                        .field = "ticket"});
    return false;
}

/* The header is optional here; when it comes, it must be a good one. */
static bool read_key(struct checking *checking)
{
    if (!http_header(checking->request, "idempotency-key").bytes)
        return true;
    return body_idempotency_key(checking->request, &checking->check.key);
}

void tickets_verify(struct http_app *app, struct http_request *request)
{
    static const char *const known[] = {"ticket", NULL};
    struct identity identity;
    if (!caller_operator(app, request, &identity))
        return;
    struct checking *checking = arena_take_zeroed(http_arena(request), sizeof *checking);
    if (!checking) {
        problem_no_memory(request);
        return;
    }
    checking->request = request;
    checking->check = (struct ticket_check){
        .checked_by = identity.fan, .key = text_of(""), .now_ms = clock_wall_ms()};
    if (!read_key(checking))
        return;
    struct json_in *document = body_open(request, known);
    if (!document)
        return;
    bool good = read_ticket(checking, app->ticket_signer, document);
    json_in_close(document);
    if (!good)
        return;
    checking->writing.write = write_use;
    checking->writing.answer = answer_checked;
    writing_start(&checking->writing, app, request);
}
