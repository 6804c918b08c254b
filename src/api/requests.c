/*
 * requests.c — onto the queue, and the question what became of it.
 *
 *     loop      what the board knows already is refused at once      requests_press
 *     queue     on the bus, or not                                   strategies/queue.c
 *     loop      202, or why not                                      on_pressed
 *
 *     loop      the id                                               requests_get
 *     worker    states, store                                        look
 *     writer    a request whose time is over is settled              expire
 *     loop      200                                                  answer_state
 *
 * Who listens must not miss an outcome that comes between the look and the listening: the request's
 * channel is held from before the look (held_look) until the stream has joined it (answer_stream).
 */
#include "api/requests.h"

#include <stdio.h>

#include "api/body.h"
#include "api/caller.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/requests_inside.h"
#include "api/reservation_json.h"
#include "api/writing.h"
#include "base/container.h"
#include "base/must.h"
#include "net/leaflet.h"
#include "push/push.h"

static const char NO_SUCH[] = "There is no such request.";

void requests_json(struct json_out *out, const struct request_state *state,
                   const struct reservation_view *view)
{
    json_out_object(out);
    json_out_words_field(out, "requestId", state->id.digits);
    json_out_words_field(out, "state", request_progress_name(state->progress));
    json_out_time_field(out, "createdAt", request_id_time_ms(&state->id));
    json_out_time_field(out, "expiresAt", queue_expires_at_ms(&state->id));
    switch (state->progress) {
    case REQUEST_PENDING:
        break;
    case REQUEST_SUCCESS:
        json_out_key(out, "reservation");
        if (view) {
            reservation_json(out, view);
        } else {
            json_out_object(out);
            json_out_int_field(out, "id", state->reservation.value);
            json_out_object_end(out);
        }
        break;
    case REQUEST_FAILED:
        json_out_words_field(out, "code", state->code);
        if (state->extra[0] != '\0') {
            buffer_add_char(out->buffer, ',');
            buffer_add_words(out->buffer, state->extra);
        }
        break;
    }
    json_out_object_end(out);
}

/* --- pressing --------------------------------------------------------------------------------- */

struct asynchronous_press {
    struct queue_press press;
    struct loop_note note;
    struct http_request *request;
};

static void answer_accepted(struct asynchronous_press *one)
{
    struct http_request *request = one->request;
    const struct request_id *id = &one->press.message.id;
    struct buffer body, url;
    buffer_init(&url, http_arena(request), 96);
    buffer_add_words(&url, "/api/reservations/requests/");
    buffer_add_words(&url, id->digits);
    buffer_init(&body, http_arena(request), 256);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_words_field(&out, "requestId", id->digits);
    json_out_text_field(&out, "statusUrl", buffer_text(&url));
    json_out_time_field(&out, "expiresAt", queue_expires_at_ms(id));
    json_out_object_end(&out);
    if (body.failed || url.failed) {
        problem_no_memory(request);
        return;
    }
    const struct http_field fields[] = {
        {text_of("Location"), buffer_text(&url)},
        {text_of("Idempotent-Replayed"), text_of("true")},
    };
    http_answer(request, &(struct http_answer){.status = 202,
                                               .type = text_of("application/json"),
                                               .body = buffer_text(&body),
                                               .fields = fields,
                                               .field_count = one->press.repeated ? 2 : 1});
}

static void on_pressed(struct loop_note *note)
{
    struct asynchronous_press *one = container_of(note, struct asynchronous_press, note);
    switch (one->press.verdict) {
    case QUEUE_ACCEPTED:
        answer_accepted(one);
        return;
    case QUEUE_KEY_REUSED:
        problem_answer(one->request,
                       &(struct problem){.status = 422,
                                         .code = "IDEMPOTENCY_KEY_REUSED",
                                         .field = "Idempotency-Key",
                                         .detail = "This key came with another request before."});
        return;
    case QUEUE_REFUSED:
        problem_status(one->request, one->press.status);
        return;
    }
}

static void on_decided(struct queue_press *press)
{
    struct asynchronous_press *one = container_of(press, struct asynchronous_press, press);
    loop_post(http_loop(one->request), &one->note); /* continues in on_pressed */
}

void requests_press(struct http_app *app, struct http_request *request,
                    const struct booking_ask *ask)
{
    struct asynchronous_press *one = arena_take_zeroed(http_arena(request), sizeof *one);
    if (!one) {
        problem_no_memory(request);
        return;
    }
    one->request = request;
    one->note.on_arrive = on_pressed;
    one->press.on_answer = on_decided;
    one->press.message = (struct queue_message){.fan = ask->fan,
                                                .option = ask->option,
                                                .strategy = ask->strategy,
                                                .key_hash = ask->key_hash,
                                                .request_hash = ask->request_hash,
                                                .wish = ask->wish};
    enum status status = queue_press(app->queue, &one->press, http_arena(request));
    if (status != STATUS_OK)
        problem_status(request, status);
}

/* --- what became of it ------------------------------------------------------------------------ */

struct question {
    struct reading reading;
    struct writing writing;
    struct http_app *app;
    struct http_request *request;
    struct fan_id fan;
    struct request_id id;
    struct request_state state;
    bool expired;
    bool held; /* its channel, until the stream has joined it */
    struct reservation_view view;
    void (*answer)(struct question *question);
};

static enum status read_reservation(struct question *question, struct store_connection *reader)
{
    if (question->state.progress != REQUEST_SUCCESS)
        return STATUS_OK;
    return reservation_read(reader, question->fan, question->state.reservation,
                            http_arena(question->request), &question->view);
}

static enum status look_at(struct question *question, struct store_connection *reader)
{
    enum status status = queue_look(question->app->queue, reader, question->fan, &question->id,
                                    &question->state, &question->expired);
    return status == STATUS_OK ? read_reservation(question, reader) : status;
}

static enum status look(struct reading *reading, struct store_connection *reader)
{
    struct question *question = container_of(reading, struct question, reading);
    return look_at(question, reader);
}

static struct push_channel channel_of(const struct question *question)
{
    return push_channel(PUSH_REQUEST, request_id_number(&question->id));
}

static void let_go(struct question *question)
{
    if (question->held)
        push_release(question->app->push, channel_of(question));
    question->held = false;
}

static enum status held_look(struct reading *reading, struct store_connection *reader)
{
    struct question *question = container_of(reading, struct question, reading);
    enum status status = push_hold(question->app->push, channel_of(question));
    if (status != STATUS_OK)
        return status;
    question->held = true;
    status = look_at(question, reader);
    if (status != STATUS_OK)
        let_go(question);
    return status;
}

static enum status expire(struct writing *writing, struct store_connection *connection)
{
    struct question *question = container_of(writing, struct question, writing);
    enum status status = queue_expire(question->app->queue, connection, &question->state);
    return status == STATUS_OK ? read_reservation(question, connection) : status;
}

static void on_expired(struct writing *writing, enum status status)
{
    struct question *question = container_of(writing, struct question, writing);
    if (status != STATUS_OK) {
        problem_busy(question->request);
        return;
    }
    queue_expired(question->app->queue, &question->state);
    question->answer(question);
}

static void on_looked(struct reading *reading, enum status status)
{
    struct question *question = container_of(reading, struct question, reading);
    if (status == STATUS_MISSING) {
        problem_not_found(question->request, NO_SUCH);
    } else if (question->expired) {
        let_go(question); /* settled in a moment, by us */
        question->writing.write = expire;
        question->writing.answer = on_expired;
        writing_start(&question->writing, question->app, question->request);
    } else {
        question->answer(question);
    }
}

static void answer_state(struct question *question)
{
    struct buffer body;
    buffer_init(&body, http_arena(question->request), 1024);
    struct json_out out = json_out_to(&body);
    requests_json(&out, &question->state, &question->view);
    if (body.failed) {
        problem_no_memory(question->request);
        return;
    }
    const struct http_field fields[] = {
        {text_of("Cache-Control"), text_of("no-store")},
        {text_of("Retry-After"), text_of("1")},
    };
    bool pending = question->state.progress == REQUEST_PENDING;
    http_answer(question->request, &(struct http_answer){.status = 200,
                                                         .type = text_of("application/json"),
                                                         .body = buffer_text(&body),
                                                         .fields = fields,
                                                         .field_count = pending ? 2 : 1});
}

static void ask(struct http_app *app, struct http_request *request, struct fan_id fan,
                enum status (*read)(struct reading *, struct store_connection *),
                void (*answer)(struct question *))
{
    struct question *question = arena_take_zeroed(http_arena(request), sizeof *question);
    if (!question) {
        problem_no_memory(request);
        return;
    }
    question->app = app;
    question->request = request;
    question->fan = fan;
    question->answer = answer;
    question->reading.read = read;
    question->reading.answer = on_looked;
    if (!queue_read_id(app->queue, fan, http_param(request, 0), &question->id)) {
        problem_not_found(request, NO_SUCH);
        return;
    }
    reading_start(&question->reading, app, request);
}

void requests_get(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    if (caller_fan(app, request, &identity))
        ask(app, request, identity.fan, look, answer_state);
}

/* --- the same by SSE -------------------------------------------------------------------------- */

static struct leaflet *print(const struct request_state *state, struct arena *arena)
{
    struct buffer data;
    buffer_init(&data, arena, 256);
    struct json_out out = json_out_to(&data);
    requests_json(&out, state, NULL);
    return data.failed ? NULL
                       : leaflet_event(
                             &(struct leaflet_event){.name = "state", .data = buffer_text(&data)});
}

/* What was settled since the look is the channel's document, and follows the first by itself. */
static void answer_stream(struct question *question)
{
    struct http_app *app = question->app;
    struct push_channel channel = channel_of(question);
    struct leaflet *first = print(&question->state, http_arena(question->request));
    bool pending = question->state.progress == REQUEST_PENDING;
    bool held = question->held;
    if (pending)
        request_news_watch(app->request_news, &question->state);
    bool listens = push_listen(
        app->push, question->request,
        &(struct push_listening){.channel = channel, .fan = question->fan, .first = first});
    if (listens && (!pending || push_spoken(app->push, channel)))
        push_end(app->push, channel);
    if (held)
        push_release(app->push, channel);
    leaflet_drop(first);
}

void requests_events(struct http_app *app, struct http_request *request)
{
    struct identity identity;
    if (caller_stream(app, request, &identity))
        ask(app, request, identity.fan, held_look, answer_stream);
}
