/*
 * request.c — requests put together from pieces.
 *
 * Not snprintf(): the player shares the machine with the server it measures, and formatting would
 * cost it as much as the whole rest of a request outside the kernel.
 */
#include "rush/request.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"

struct pen {
    char *bytes;
    size_t size;
};

static void put(struct pen *pen, struct text text)
{
    must(pen->size + text.size <= RUSH_REQUEST_BYTES_MAX);
    if (text.size > 0)
        memcpy(pen->bytes + pen->size, text.bytes, text.size);
    pen->size += text.size;
}

static void put_words(struct pen *pen, const char *words)
{
    put(pen, text_of(words));
}

static void put_int(struct pen *pen, int64_t number)
{
    must(number >= 0);
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    put(pen, text_make(digits + first, sizeof digits - first));
}

/* --- keys ------------------------------------------------------------------------------------- */

void request_reserve_key(struct option_id option, struct fan_id fan, uint32_t reserve_no,
                         char out_key[REQUEST_KEY_BYTES])
{
    int size = snprintf(out_key, REQUEST_KEY_BYTES, "o%lld-f%lld-r%u", (long long)option.value,
                        (long long)fan.value, reserve_no);
    must(size < REQUEST_KEY_BYTES);
}

void request_pay_key(struct option_id option, struct fan_id fan, uint32_t pay_no,
                     char out_key[REQUEST_KEY_BYTES])
{
    int size = snprintf(out_key, REQUEST_KEY_BYTES, "o%lld-f%lld-p%u", (long long)option.value,
                        (long long)fan.value, pay_no);
    must(size < REQUEST_KEY_BYTES);
}

static void put_key(struct pen *pen, const struct request_place *place, struct fan_id fan,
                    const char *kind, uint32_t number)
{
    put_words(pen, "\r\nIdempotency-Key: o");
    put_int(pen, place->option.value);
    put_words(pen, "-f");
    put_int(pen, fan.value);
    put_words(pen, kind);
    put_int(pen, number);
}

/* --- bodies ----------------------------------------------------------------------------------- */

static void put_seats(struct pen *pen, const struct request_place *place, const struct fan *fan,
                      uint32_t seat_count)
{
    put_words(pen, "\"seatIds\":[");
    for (uint32_t i = 0; i < seat_count; i++) {
        if (i > 0)
            put_words(pen, ",");
        put_int(pen, place->first_seat_id + fan->seats[i]);
    }
    put_words(pen, "]}");
}

static void put_best(struct pen *pen, uint32_t seat_count)
{
    put_words(pen, "\"best\":{\"count\":");
    put_int(pen, seat_count);
    put_words(pen, "}}");
}

static void put_reservation(struct pen *pen, const struct request_place *place,
                            const struct fan *fan)
{
    put_words(pen, "{\"optionId\":");
    put_int(pen, place->option.value);
    put_words(pen, ",");
    bool other = fan->step == FAN_BENDING; /* the same key, and the other way of asking */
    if (fan->best != other)
        put_best(pen, fan->seat_count);
    else
        put_seats(pen, place, fan, fan->seat_count);
}

static void put_payment(struct pen *pen, const struct fan *fan)
{
    put_words(pen, "{\"method\":\"test\",\"gatewayData\":{\"outcome\":\"");
    put_words(pen, fan->step == FAN_DECLINING ? "decline" : fan->gateway_outcome);
    put_words(pen, "\"}}");
}

/* --- requests --------------------------------------------------------------------------------- */

static void put_head(struct pen *pen, const struct request_place *place, struct text token)
{
    put_words(pen, " HTTP/1.1\r\nHost: ");
    put(pen, place->host);
    put_words(pen, "\r\nAuthorization: Bearer ");
    put(pen, token);
}

static void put_body(struct pen *pen, const struct pen *body)
{
    put_words(pen, "\r\nContent-Type: application/json\r\nContent-Length: ");
    put_int(pen, (int64_t)body->size);
    put_words(pen, "\r\n\r\n");
    put(pen, text_make(body->bytes, body->size));
}

static void put_reservation_path(struct pen *pen, const char *method, const struct fan *fan)
{
    put_words(pen, method);
    put_words(pen, " /api/reservations/");
    put_int(pen, fan->reservation_id);
}

static void write_reserve(struct pen *pen, const struct request_place *place, struct fan_id id,
                          struct text token, const struct fan *fan)
{
    char bytes[RUSH_REQUEST_BYTES_MAX];
    struct pen body = {.bytes = bytes};
    put_reservation(&body, place, fan);
    put_words(pen, "POST /api/reservations");
    put_head(pen, place, token);
    put_key(pen, place, id, "-r", fan->reserve_no);
    if (fan->entry.size > 0) {
        put_words(pen, "\r\nEntry-Token: ");
        put(pen, fan->entry);
    }
    put_body(pen, &body);
}

static void write_pay(struct pen *pen, const struct request_place *place, struct fan_id id,
                      struct text token, const struct fan *fan)
{
    char bytes[RUSH_REQUEST_BYTES_MAX];
    struct pen body = {.bytes = bytes};
    put_payment(&body, fan);
    put_reservation_path(pen, "POST", fan);
    put_words(pen, "/payments");
    put_head(pen, place, token);
    put_key(pen, place, id, "-p", fan->pay_no);
    put_body(pen, &body);
}

static void write_line(struct pen *pen, const struct request_place *place, struct text token,
                       const struct fan *fan)
{
    bool joins = fan->step == FAN_JOINING;
    put_words(pen, joins ? "POST /api/options/" : "GET /api/options/");
    put_int(pen, place->option.value);
    put_words(pen, joins ? "/waiting" : "/waiting/me");
    put_head(pen, place, token);
    put_words(pen, joins ? "\r\nContent-Length: 0\r\n\r\n" : "\r\n\r\n");
}

size_t request_write(const struct request_place *place, struct fan_id id, struct text token,
                     const struct fan *fan, char out[RUSH_REQUEST_BYTES_MAX])
{
    struct pen pen = {.bytes = out};
    switch (fan->step) {
    case FAN_JOINING:
    case FAN_WAITING:
        write_line(&pen, place, token, fan);
        break;
    case FAN_RESERVING:
    case FAN_REPEATING:
    case FAN_BENDING:
        write_reserve(&pen, place, id, token, fan);
        break;
    case FAN_DECLINING:
    case FAN_PAYING:
    case FAN_REPAYING:
        write_pay(&pen, place, id, token, fan);
        break;
    case FAN_CANCELLING:
        put_reservation_path(&pen, "DELETE", fan);
        put_head(&pen, place, token);
        put_words(&pen, "\r\n\r\n");
        break;
    case FAN_CHOOSING:
    case FAN_WATCHING:
    case FAN_SERVED:
    case FAN_LEFT:
    case FAN_STEP_COUNT:
        must(fan_presses(fan) > 0);
        break;
    }
    return pen.size;
}

size_t request_write_read(const struct request_place *place, const char *below_option,
                          char out[RUSH_REQUEST_BYTES_MAX])
{
    struct pen pen = {.bytes = out};
    put_words(&pen, "GET /api/options/");
    put_int(&pen, place->option.value);
    put_words(&pen, below_option);
    put_words(&pen, " HTTP/1.1\r\nHost: ");
    put(&pen, place->host);
    put_words(&pen, "\r\n\r\n");
    return pen.size;
}
