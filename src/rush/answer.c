/*
 * answer.c — JSON in, values out.
 *
 * The player checks what it is told more strictly than a page would: an answer of the right status
 * with a missing id or state is a defect of the server, and rush exists to find those.
 */
#include "rush/answer.h"

#include <stdlib.h>

#include "base/ids.h"
#include "base/json_in.h"
#include "base/must.h"

struct word {
    const char *words;
    int value;
};

static const struct word codes[] = {
    {"SEAT_TAKEN", ANSWER_SEAT_TAKEN},
    {"SOLD_OUT", ANSWER_SOLD_OUT},
    {"LIMIT_EXCEEDED", ANSWER_LIMIT_EXCEEDED},
    {"SALE_NOT_OPEN", ANSWER_SALE_NOT_OPEN},
    {"SALE_CLOSED", ANSWER_SALE_CLOSED},
    {"HOLD_EXPIRED", ANSWER_HOLD_EXPIRED},
    {"PAYMENT_DECLINED", ANSWER_PAYMENT_DECLINED},
    {"IDEMPOTENCY_KEY_REUSED", ANSWER_IDEMPOTENCY_KEY_REUSED},
    {"RATE_LIMITED", ANSWER_RATE_LIMITED},
    {"REJOIN_TOO_SOON", ANSWER_RATE_LIMITED},
    {"BUSY", ANSWER_BUSY},
    {"OUTCOME_UNKNOWN", ANSWER_OUTCOME_UNKNOWN},
    {"TOO_MANY_CONNECTIONS", ANSWER_TOO_MANY_CONNECTIONS},
    {"ENTRY_TOKEN_INVALID", ANSWER_ENTRY_TOKEN_INVALID},
};

static const struct word states[] = {
    {"HOLD", ANSWER_HOLD},       {"PAYING", ANSWER_PAYING},       {"CONFIRMED", ANSWER_CONFIRMED},
    {"EXPIRED", ANSWER_EXPIRED}, {"CANCELLED", ANSWER_CANCELLED}, {"CAPTURED", ANSWER_CAPTURED},
    {"WAITING", ANSWER_WAITING}, {"ADMITTED", ANSWER_ADMITTED},
};

enum { CODES = sizeof codes / sizeof codes[0], STATES = sizeof states / sizeof states[0] };
enum { WORD_BYTES = 64 };

static int look_up(const struct word *words, size_t count, struct text text, int other)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(text, text_of(words[i].words)))
            return words[i].value;
    return other;
}

const char *answer_code_name(enum answer_code code)
{
    must(code < ANSWER_CODE_COUNT);
    for (size_t i = 0; i < CODES; i++)
        if (codes[i].value == (int)code)
            return codes[i].words;
    return code == ANSWER_NO_CODE ? "no code" : "another code";
}

static bool read_problem(const struct json_in *json, struct answer *out)
{
    struct text code;
    if (json_in_read_text(json, "code", 1, WORD_BYTES, &code) != JSON_IN_OK)
        return false;
    out->code = (enum answer_code)look_up(codes, CODES, code, ANSWER_OTHER_CODE);
    return true;
}

/* A reservation has seats, a payment has none. */
static bool read_seats(const struct json_in *json, struct answer *out)
{
    const struct json_in *seats;
    enum json_in_verdict verdict =
        json_in_read_array(json, "seats", 1, RUSH_SEATS_EACH_MAX, &seats);
    if (verdict != JSON_IN_OK)
        return verdict == JSON_IN_ABSENT;

    size_t count = json_in_array_count(seats);
    for (size_t i = 0; i < count; i++) {
        const struct json_in *seat = json_in_array_at(seats, i);
        if (!json_in_is_object(seat) ||
            json_in_read_int(seat, "id", 1, ID_MAX, &out->seat_ids[i]) != JSON_IN_OK)
            return false;
    }
    out->seat_count = (uint32_t)count;
    return true;
}

static bool read_line_place(const struct json_in *json, struct answer *out)
{
    struct text state, entry;
    if (json_in_read_int(json, "sequence", 1, WAITING_PLACES_MAX, &out->sequence) != JSON_IN_OK ||
        json_in_read_text(json, "state", 1, WORD_BYTES, &state) != JSON_IN_OK)
        return false;
    out->state = (enum answer_state)look_up(states, STATES, state, ANSWER_OTHER_STATE);
    if (json_in_read_text(json, "entryToken", 1, WAITING_PASS_BYTES_MAX, &entry) == JSON_IN_OK)
        memcpy(out->entry, entry.bytes, entry.size);
    return true;
}

static bool read_success(const struct json_in *json, struct answer *out)
{
    struct text state;
    if (json_in_has(json, "sequence"))
        return read_line_place(json, out);
    if (json_in_read_int(json, "id", 1, ID_MAX, &out->id) != JSON_IN_OK ||
        json_in_read_text(json, "state", 1, WORD_BYTES, &state) != JSON_IN_OK)
        return false;
    enum json_in_verdict amount = json_in_read_int(json, "amount", 0, ID_MAX, &out->amount_won);
    if (amount != JSON_IN_OK && amount != JSON_IN_ABSENT)
        return false;
    out->state = (enum answer_state)look_up(states, STATES, state, ANSWER_OTHER_STATE);
    return read_seats(json, out);
}

bool answer_read(int status, struct text body, struct answer *out)
{
    *out = (struct answer){.status = status};
    struct json_in_fault fault;
    struct json_in *json = json_in_open(body, &fault);
    if (!json)
        return false;

    struct answer answer = *out;
    bool readable = json_in_is_object(json) &&
                    (status < 300 ? read_success(json, &answer) : read_problem(json, &answer));
    json_in_close(json);
    if (readable)
        *out = answer;
    return readable;
}

/* --- seat states ------------------------------------------------------------------------------ */

/* RFC 4648 §4; -1 for anything else. */
static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Exactly `size` bytes, padded or not. */
static bool decode(struct text base64, unsigned char *out, size_t size)
{
    while (base64.size > 0 && base64.bytes[base64.size - 1] == '=')
        base64.size--;
    if (base64.size != (size * 8 + 5) / 6)
        return false;

    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t written = 0;
    for (size_t i = 0; i < base64.size; i++) {
        int digit = digit_of(base64.bytes[i]);
        if (digit < 0)
            return false;
        bits = (bits << 6 | (uint32_t)digit) & 0xFFFFu;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            out[written++] = (unsigned char)(bits >> bit_count);
        }
    }
    return written == size;
}

static bool read_states(const struct json_in *json, uint32_t seat_count, unsigned char *out_states)
{
    int64_t told_count = 0;
    struct text encoding, base64;
    if (json_in_read_int(json, "seatCount", seat_count, seat_count, &told_count) != JSON_IN_OK ||
        json_in_read_text(json, "encoding", 1, WORD_BYTES, &encoding) != JSON_IN_OK ||
        json_in_read_text(json, "states", 1, RUSH_ANSWER_BYTES_MAX, &base64) != JSON_IN_OK)
        return false;
    if (!text_equal(encoding, text_of("base64-2bit")))
        return false;

    size_t size = ((size_t)seat_count + 3) / 4;
    unsigned char *decoded = malloc(size);
    bool fits = decoded && decode(base64, decoded, size);
    if (fits)
        memcpy(out_states, decoded, size);
    free(decoded);
    return fits;
}

bool answer_read_states(struct text body, uint32_t seat_count, unsigned char *out_states)
{
    must(seat_count > 0);
    struct json_in_fault fault;
    struct json_in *json = json_in_open(body, &fault);
    bool readable = json && json_in_is_object(json) && read_states(json, seat_count, out_states);
    if (json)
        json_in_close(json);
    return readable;
}
