/* challenge.c — one hash to check, two to the bits to find. */
#include "waiting/challenge.h"

#include <sodium.h>

int64_t challenge_write(const struct seals *seals, struct option_id option, struct fan_id fan,
                        int64_t now_ms, char out_text[PASS_TEXT_BYTES])
{
    struct pass pass = {.kind = PASS_CHALLENGE,
                        .option = option,
                        .fan = fan,
                        .number = now_ms,
                        .expires_at_ms = now_ms + CHALLENGE_GOOD_MS};
    pass_write(seals, &pass, out_text);
    return pass.expires_at_ms;
}

static int64_t leading_zero_bits(const unsigned char *bytes, size_t size)
{
    int64_t bits = 0;
    for (size_t i = 0; i < size; i++) {
        for (int bit = 7; bit >= 0; bit--, bits++)
            if (bytes[i] >> bit & 1)
                return bits;
    }
    return bits;
}

static bool is_solution(struct text solution)
{
    if (solution.size < 1 || solution.size > WAITING_SOLUTION_BYTES_MAX)
        return false;
    for (size_t i = 0; i < solution.size; i++)
        if (solution.bytes[i] < 0x21 || solution.bytes[i] > 0x7E)
            return false;
    return true;
}

bool challenge_check(const struct seals *seals, struct text challenge, struct text solution,
                     struct option_id option, struct fan_id fan, int64_t now_ms, int64_t *out_bits,
                     int64_t *out_set_at_ms)
{
    struct pass pass;
    if (!is_solution(solution) || !pass_read(seals, challenge, PASS_CHALLENGE, &pass) ||
        pass.option.value != option.value || pass.fan.value != fan.value ||
        pass.expires_at_ms <= now_ms)
        return false;
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)challenge.bytes, challenge.size);
    crypto_hash_sha256_update(&state, (const unsigned char *)":", 1);
    crypto_hash_sha256_update(&state, (const unsigned char *)solution.bytes, solution.size);
    crypto_hash_sha256_final(&state, hash);
    *out_bits = leading_zero_bits(hash, sizeof hash);
    *out_set_at_ms = pass.number;
    return true;
}
