/* tickets.c — signed and drawn on a worker: a QR code takes longer than a loop should. */
#include "api/tickets.h"

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/reservation_json.h"
#include "base/container.h"
#include "payment/ticket.h"

struct fetching {
    struct reading reading;
    const struct ticket_signer *signer;
    struct http_request *request;
    struct fan_id fan;
    struct reservation_id id;
    struct reservation_view view;
    struct text title, title_ko, venue, venue_ko;
    int64_t starts_at_ms;
    struct text ticket, qr_svg;
};

static enum status read_concert(struct fetching *fetching, struct store_connection *reader)
{
    static const struct sql find = {
        "SELECT c.title, c.title_ko, v.name, v.name_ko, o.starts_at_ms FROM concert_option o"
        " JOIN concert c ON c.id = o.concert_id JOIN venue v ON v.id = o.venue_id WHERE o.id = $1"};
    struct arena *arena = http_arena(fetching->request);
    struct sql_value values[] = {sql_int(fetching->view.option.value)};
    struct rows rows;
    enum status status = store_query(reader, &find, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bool found = rows_next(&rows);
    if (found) {
        fetching->title = arena_copy(arena, rows_text(&rows, 0));
        fetching->title_ko = arena_copy(arena, rows_text(&rows, 1));
        fetching->venue = arena_copy(arena, rows_text(&rows, 2));
        fetching->venue_ko = arena_copy(arena, rows_text(&rows, 3));
        fetching->starts_at_ms = rows_int(&rows, 4) < 0 ? 0 : rows_int(&rows, 4);
    }
    status = rows_end(&rows);
    return status == STATUS_OK && !found ? STATUS_MISSING : status;
}

static enum status read_ticket(struct reading *reading, struct store_connection *reader)
{
    struct fetching *fetching = container_of(reading, struct fetching, reading);
    struct arena *arena = http_arena(fetching->request);
    enum status status =
        reservation_read(reader, fetching->fan, fetching->id, arena, &fetching->view);
    if (status != STATUS_OK || fetching->view.state != RESERVATION_CONFIRMED)
        return status;
    status = read_concert(fetching, reader);
    if (status != STATUS_OK)
        return status;
    fetching->ticket = ticket_sign(fetching->signer, &fetching->view, arena);
    if (fetching->ticket.bytes)
        fetching->qr_svg = ticket_qr_svg(fetching->ticket, arena);
    return fetching->qr_svg.bytes ? STATUS_OK : STATUS_NO_MEMORY;
}

static void write_ticket(struct json_out *out, const struct fetching *fetching)
{
    json_out_object(out);
    json_out_int_field(out, "reservationId", fetching->view.id.value);
    json_out_text_field(out, "ticket", fetching->ticket);
    json_out_text_field(out, "qrSvg", fetching->qr_svg);
    json_out_key(out, "concert");
    json_out_object(out);
    json_out_text_field(out, "title", fetching->title);
    json_out_text_field(out, "titleKo", fetching->title_ko);
    json_out_object_end(out);
    json_out_key(out, "option");
    json_out_object(out);
    json_out_int_field(out, "id", fetching->view.option.value);
    json_out_time_field(out, "startsAt", fetching->starts_at_ms);
    json_out_key(out, "venue");
    json_out_object(out);
    json_out_text_field(out, "name", fetching->venue);
    json_out_text_field(out, "nameKo", fetching->venue_ko);
    json_out_object_end(out);
    json_out_object_end(out);
    json_out_key(out, "seats");
    json_out_array(out);
    for (size_t i = 0; i < fetching->view.seat_count; i++)
        reservation_seat_json(out, &fetching->view.seats[i]);
    json_out_array_end(out);
    json_out_object_end(out);
}

static void answer_ticket(struct reading *reading, enum status status)
{
    struct fetching *fetching = container_of(reading, struct fetching, reading);
    if (status == STATUS_MISSING) {
        problem_not_found(fetching->request, "There is no such reservation.");
        return;
    }
    if (fetching->view.state != RESERVATION_CONFIRMED) {
        problem_answer(fetching->request,
                       &(struct problem){.status = 409,
                                         .code = "NOT_CONFIRMED",
                                         .detail = "A ticket is for seats that are paid for."});
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(fetching->request), 32768);
    struct json_out out = json_out_to(&body);
    write_ticket(&out, fetching);
    body_answer(fetching->request, 200, &body);
}

void tickets_get(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    int64_t id;
    if (!caller_fan(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such reservation.", &id))
        return;
    struct fetching *fetching = arena_take_zeroed(http_arena(request), sizeof *fetching);
    if (!fetching) {
        problem_no_memory(request);
        return;
    }
    fetching->signer = app->ticket_signer;
    fetching->request = request;
    fetching->fan = identity.fan;
    fetching->id = (struct reservation_id){id};
    fetching->reading.read = read_ticket;
    fetching->reading.answer = answer_ticket;
    reading_start(&fetching->reading, app, request);
}

/* --- for gates without a network -------------------------------------------------------------- */

void tickets_key_get(struct http_app *app, struct http_request *request)
{
    char key[TICKET_KEY_BYTES];
    struct buffer body;
    ticket_public_key(app->ticket_signer, key);
    buffer_init(&body, http_arena(request), 256);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_words_field(&out, "form", "TR1");
    json_out_words_field(&out, "algorithm", "Ed25519");
    json_out_words_field(&out, "publicKey", key);
    json_out_object_end(&out);
    body_answer(request, 200, &body);
}

struct listing {
    struct reading reading;
    struct option_id option;
    struct buffer ids; /* a JSON array */
};

/* What has been given back, or is about to be. */
static enum status read_void(struct reading *reading, struct store_connection *reader)
{
    static const struct sql find = {
        "SELECT DISTINCT r.id FROM refund f JOIN payment p ON p.id = f.payment_id"
        " JOIN reservation r ON r.id = p.reservation_id"
        " WHERE f.ends = 1 AND f.state <> 'FAILED' AND r.option_id = $1 ORDER BY r.id"};
    struct listing *listing = container_of(reading, struct listing, reading);
    struct sql_value values[] = {sql_int(listing->option.value)};
    struct rows rows;
    enum status status = store_query(reader, &find, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    struct json_out out = json_out_to(&listing->ids);
    json_out_array(&out);
    while (rows_next(&rows))
        json_out_int(&out, rows_int(&rows, 0));
    json_out_array_end(&out);
    return rows_end(&rows);
}

static void answer_void(struct reading *reading, enum status status)
{
    const struct listing *listing = container_of(reading, struct listing, reading);
    struct buffer body;
    (void)status; /* a date without any has an empty list */
    if (listing->ids.failed) {
        problem_no_memory(reading->request);
        return;
    }
    buffer_init(&body, http_arena(reading->request), listing->ids.size + 64);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_key(&out, "reservationIds");
    json_out_raw(&out, buffer_text(&listing->ids));
    json_out_object_end(&out);
    body_answer(reading->request, 200, &body);
}

void tickets_void_list(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    int64_t id;
    if (!caller_operator(app, request, &identity) ||
        !body_path_id(request, 0, "There is no such date.", &id))
        return;
    struct listing *listing = arena_take_zeroed(http_arena(request), sizeof *listing);
    if (!listing) {
        problem_no_memory(request);
        return;
    }
    listing->option = (struct option_id){id};
    buffer_init(&listing->ids, http_arena(request), 4096);
    listing->reading.read = read_void;
    listing->reading.answer = answer_void;
    reading_start(&listing->reading, app, request);
}
