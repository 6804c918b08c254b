/* request_id.c — numbers in hexadecimal digits, and a seal over them. */
#include "strategies/request_id.h"

#include <assert.h>

#include "base/hash.h"
#include "base/must.h"
#include "base/random.h"

enum { TIME_DIGITS = 12, NUMBER_DIGITS = 16, SEAL_DIGITS = 16 };

static_assert(TIME_DIGITS + NUMBER_DIGITS + SEAL_DIGITS == REQUEST_ID_DIGITS, "all of it");

static void write_digits(uint64_t value, int count, char *out)
{
    for (int i = count - 1; i >= 0; i--, value >>= 4)
        out[i] = "0123456789abcdef"[value & 15];
}

static bool read_digits(const char *digits, int count, uint64_t *out_value)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++) {
        char digit = digits[i];
        bool decimal = digit >= '0' && digit <= '9';
        if (!decimal && (digit < 'a' || digit > 'f'))
            return false;
        value = value << 4 | (uint64_t)(decimal ? digit - '0' : digit - 'a' + 10);
    }
    *out_value = value;
    return true;
}

static uint64_t seal_of(const struct request_secret *secret, struct fan_id fan, uint64_t time_ms,
                        uint64_t number)
{
    struct { /* no holes: all of its bytes are hashed */
        struct request_secret secret;
        uint64_t words[3];
    } sealed = {*secret, {(uint64_t)fan.value, time_ms, number}};
    return (uint64_t)hash_lasting(text_make((const char *)&sealed, sizeof sealed));
}

void request_id_make(const struct request_secret *secret, struct fan_id fan, int64_t now_ms,
                     struct request_id *out_id)
{
    uint64_t number, time_ms = (uint64_t)now_ms & ((UINT64_C(1) << 48) - 1);
    random_secret(&number, sizeof number);
    write_digits(time_ms, TIME_DIGITS, out_id->digits);
    write_digits(number, NUMBER_DIGITS, out_id->digits + TIME_DIGITS);
    write_digits(seal_of(secret, fan, time_ms, number), SEAL_DIGITS,
                 out_id->digits + TIME_DIGITS + NUMBER_DIGITS);
    out_id->digits[REQUEST_ID_DIGITS] = '\0';
}

bool request_id_read(const struct request_secret *secret, struct fan_id fan, struct text text,
                     struct request_id *out_id)
{
    uint64_t time_ms, number, seal;
    if (text.size != REQUEST_ID_DIGITS || !read_digits(text.bytes, TIME_DIGITS, &time_ms) ||
        !read_digits(text.bytes + TIME_DIGITS, NUMBER_DIGITS, &number) ||
        !read_digits(text.bytes + TIME_DIGITS + NUMBER_DIGITS, SEAL_DIGITS, &seal) ||
        seal != seal_of(secret, fan, time_ms, number))
        return false;
    memcpy(out_id->digits, text.bytes, REQUEST_ID_DIGITS);
    out_id->digits[REQUEST_ID_DIGITS] = '\0';
    return true;
}

int64_t request_id_time_ms(const struct request_id *id)
{
    uint64_t time_ms = 0;
    bool ours = read_digits(id->digits, TIME_DIGITS, &time_ms);
    must(ours);
    return (int64_t)time_ms;
}

uint64_t request_id_number(const struct request_id *id)
{
    uint64_t number = 0;
    bool ours = read_digits(id->digits + TIME_DIGITS, NUMBER_DIGITS, &number);
    must(ours);
    return number;
}
