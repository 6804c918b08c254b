/*
 * queue_message.c — written by json_out, read by json_in.
 *
 *     {"id": "…", "fan": 7, "option": 3, "strategy": 4, "key": 1234, "hash": 5678,
 *      "seats": [11, 12]}            or  "best": 2, "section": -1
 */
#include "strategies/queue_message.h"

#include <stdio.h>

#include "base/json_in.h"
#include "base/json_out.h"

void queue_message_write(const struct queue_message *message, struct buffer *buffer)
{
    const struct sale_wish *wish = &message->wish;
    struct json_out out = json_out_to(buffer);
    json_out_object(&out);
    json_out_words_field(&out, "id", message->id.digits);
    json_out_int_field(&out, "fan", message->fan.value);
    json_out_int_field(&out, "option", message->option.value);
    json_out_int_field(&out, "strategy", message->strategy);
    json_out_int_field(&out, "key", message->key_hash);
    json_out_int_field(&out, "hash", message->request_hash);
    if (wish->best_count > 0) {
        json_out_int_field(&out, "best", wish->best_count);
        json_out_int_field(&out, "section", wish->best_section);
    } else {
        json_out_key(&out, "seats");
        json_out_array(&out);
        for (size_t i = 0; i < wish->seat_count; i++)
            json_out_int(&out, wish->seats[i].value);
        json_out_array_end(&out);
    }
    json_out_object_end(&out);
}

static bool read_seats(const struct json_in *array, struct sale_wish *wish)
{
    size_t count = json_in_array_count(array);
    for (size_t i = 0; i < count; i++) {
        int64_t id;
        if (json_in_as_int(json_in_array_at(array, i), 1, ID_MAX, &id) != JSON_IN_OK)
            return false;
        wish->seats[wish->seat_count++] = (struct seat_id){id};
    }
    return true;
}

static bool read_wish(const struct json_in *document, struct sale_wish *wish)
{
    const struct json_in *seats;
    int64_t best_count, section;
    *wish = (struct sale_wish){.best_section = -1};
    if (json_in_read_array(document, "seats", 1, SEATS_PER_RESERVATION_MAX, &seats) == JSON_IN_OK)
        return !json_in_has(document, "best") && read_seats(seats, wish);
    if (json_in_read_int(document, "best", 1, SEATS_PER_RESERVATION_MAX, &best_count) !=
            JSON_IN_OK ||
        json_in_read_int(document, "section", -1, CATALOG_SECTIONS_MAX - 1, &section) != JSON_IN_OK)
        return false;
    wish->best_count = (uint32_t)best_count;
    wish->best_section = section;
    return true;
}

/* NULL, or the field that is wrong. */
static const char *read_fields(const struct json_in *document, const struct request_secret *secret,
                               struct queue_message *message)
{
    int64_t strategy;
    struct text id;
    if (json_in_read_int(document, "fan", 1, ID_MAX, &message->fan.value) != JSON_IN_OK)
        return "fan";
    if (json_in_read_text(document, "id", REQUEST_ID_DIGITS, REQUEST_ID_DIGITS, &id) !=
            JSON_IN_OK ||
        !request_id_read(secret, message->fan, id, &message->id))
        return "id";
    if (json_in_read_int(document, "option", 1, ID_MAX, &message->option.value) != JSON_IN_OK)
        return "option";
    if (json_in_read_int(document, "strategy", 0, 4, &strategy) != JSON_IN_OK ||
        (strategy != 0 && strategy != 4))
        return "strategy";
    message->strategy = (int)strategy;
    if (json_in_read_int(document, "key", 0, INT64_MAX, &message->key_hash) != JSON_IN_OK)
        return "key";
    if (json_in_read_int(document, "hash", 0, INT64_MAX, &message->request_hash) != JSON_IN_OK)
        return "hash";
    return read_wish(document, &message->wish) ? NULL : "seats";
}

bool queue_message_read(struct text bytes, const struct request_secret *secret,
                        struct queue_message *out_message, char out_why[QUEUE_WHY_BYTES])
{
    struct json_in_fault fault;
    struct json_in *document = json_in_open(bytes, &fault);
    if (!document) {
        snprintf(out_why, QUEUE_WHY_BYTES, "not JSON: %s", fault.words);
        return false;
    }
    const char *wrong = json_in_is_object(document) ? read_fields(document, secret, out_message)
                                                    : "all: not an object";
    json_in_close(document);
    if (wrong)
        snprintf(out_why, QUEUE_WHY_BYTES, "not a request: %s", wrong);
    return !wrong;
}
