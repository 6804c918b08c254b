/* sha1_test.c — the standard's own examples, and the handshake's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "net/sha1.h"

static void assert_hash(const char *words, const char *hexadecimal)
{
    uint8_t hash[SHA1_BYTES];
    char found[2 * SHA1_BYTES + 1];
    sha1(text_of(words), hash);
    for (size_t i = 0; i < SHA1_BYTES; i++)
        (void)snprintf(found + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(found, hexadecimal);
}

static void the_examples_of_the_standard_come_out(void **state)
{
    (void)state;
    assert_hash("", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_hash("abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

static void the_length_finds_room_behind_texts_of_every_length(void **state)
{
    (void)state;
    assert_hash("1234567890123456789012345678901234567890123456789012345",
                "827a683fdfdbef225a2421078b7789b134c7eafa"); /* 55 bytes: the last that fit */
    assert_hash("12345678901234567890123456789012345678901234567890123456",
                "0a84666b66e843a4146088fb46aabaa998b4c2b1");
    assert_hash("1234567890123456789012345678901234567890123456789012345678901234",
                "c71490fc24aa3d19e11282da77032dd9cdb33103"); /* 64: a whole block */
    assert_hash("12345678901234567890123456789012345678901234567890123456789012345",
                "586e902a0ea9ad0d3a53ba09269cbd1e5f90ff01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_come_out),
        cmocka_unit_test(the_length_finds_room_behind_texts_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
