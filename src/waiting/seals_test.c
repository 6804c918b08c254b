/* seals_test.c — what is ours is known, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "account/token_keys.h"
#include "waiting/challenge.h"
#include "waiting/seals.h"

static char folder[] = "/tmp/seals-test-XXXXXX";
static struct seals *seals;
static const struct option_id option = {7};
static const struct fan_id mina = {1};

static int open_seals(void **state)
{
    (void)state;
    char why[256];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(seals_open(folder, why, &seals), STATUS_OK);
    return 0;
}

static int close_seals(void **state)
{
    (void)state;
    char command[64];
    seals_close(seals);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void an_entry_token_says_whose_it_is(void **state)
{
    (void)state;
    char text[PASS_TEXT_BYTES];
    struct pass pass = {PASS_ENTRY, option, mina, 42, 1000}, read;
    pass_write(seals, &pass, text);
    assert_true(pass_read(seals, text_of(text), PASS_ENTRY, &read));
    assert_int_equal(read.option.value, 7);
    assert_int_equal(read.fan.value, 1);
    assert_int_equal(read.number, 42);
    assert_int_equal(read.expires_at_ms, 1000);
    assert_false(pass_read(seals, text_of(text), PASS_CHALLENGE, &read));
}

static void a_changed_token_is_no_token(void **state)
{
    (void)state;
    char text[PASS_TEXT_BYTES];
    struct pass pass = {PASS_ENTRY, option, mina, 42, 1000}, read;
    pass_write(seals, &pass, text);
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        char kept = text[i];
        text[i] = kept == 'x' ? 'y' : 'x';
        assert_false(pass_read(seals, text_of(text), PASS_ENTRY, &read));
        text[i] = kept;
        assert_false(pass_read(seals, text_make(text, i), PASS_ENTRY, &read));
    }
    assert_true(pass_read(seals, text_of(text), PASS_ENTRY, &read));
}

static void another_node_with_the_same_keys_accepts_it_after_a_rotation_too(void **state)
{
    (void)state;
    char text[PASS_TEXT_BYTES], why[256];
    struct pass pass = {PASS_ENTRY, option, mina, 42, 1000}, read;
    struct seals *node;
    pass_write(seals, &pass, text);
    assert_int_equal(token_keys_add(folder, why), STATUS_OK);
    assert_int_equal(seals_open(folder, why, &node), STATUS_OK);
    assert_string_not_equal(seals_newest(node), seals_newest(seals));
    assert_true(pass_read(node, text_of(text), PASS_ENTRY, &read));
    pass_write(node, &pass, text);
    assert_false(pass_read(seals, text_of(text), PASS_ENTRY, &read)); /* has not read the new key */
    seals_close(node);
}

static void a_receipt_is_checked_with_the_public_key_alone(void **state)
{
    (void)state;
    char text[RECEIPT_TEXT_BYTES], again[RECEIPT_TEXT_BYTES];
    unsigned char key[RECEIPT_KEY_BYTES], tag[RECEIPT_TAG_BYTES], read_tag[RECEIPT_TAG_BYTES];
    struct receipt receipt = {option, mina, 1874, 2}, read;
    const char *kid = seals_newest(seals);
    assert_true(receipt_public_key(seals, kid, key));
    assert_true(receipt_write(seals, kid, &receipt, text));
    assert_true(receipt_write(seals, kid, &receipt, again));
    assert_string_equal(text, again);
    assert_true(receipt_tag(seals, kid, &receipt, tag));
    assert_true(receipt_check(text_of(text), key, &read, read_tag));
    assert_memory_equal(tag, read_tag, sizeof tag);
    assert_int_equal(read.sequence, 1874);
    assert_int_equal(read.door, 2);
    for (size_t i = 0; text[i]; i++) {
        char kept = text[i];
        text[i] = kept == 'x' ? 'y' : 'x';
        assert_false(receipt_check(text_of(text), key, &read, read_tag));
        text[i] = kept;
    }
    key[0] ^= 1;
    assert_false(receipt_check(text_of(text), key, &read, read_tag));
    assert_false(receipt_write(seals, "ffffffffffffffff", &receipt, text));
}

static void a_challenge_is_for_one_fan_and_one_sale(void **state)
{
    (void)state;
    char text[PASS_TEXT_BYTES];
    int64_t bits, set_at_ms;
    struct text solution = text_of("17");
    int64_t expires_at_ms = challenge_write(seals, option, mina, 5000, text);
    assert_int_equal(expires_at_ms, 5000 + CHALLENGE_GOOD_MS);
    assert_true(
        challenge_check(seals, text_of(text), solution, option, mina, 6000, &bits, &set_at_ms));
    assert_int_equal(set_at_ms, 5000);
    assert_false(challenge_check(seals, text_of(text), solution, option, (struct fan_id){2}, 6000,
                                 &bits, &set_at_ms));
    assert_false(challenge_check(seals, text_of(text), solution, (struct option_id){8}, mina, 6000,
                                 &bits, &set_at_ms));
    assert_false(challenge_check(seals, text_of(text), solution, option, mina, expires_at_ms, &bits,
                                 &set_at_ms));
    assert_false(challenge_check(seals, text_of(text), text_of("a b"), option, mina, 6000, &bits,
                                 &set_at_ms));
    int most = 0;
    for (int i = 0; i < 4096; i++) {
        char words[16];
        snprintf(words, sizeof words, "%d", i);
        assert_true(challenge_check(seals, text_of(text), text_of(words), option, mina, 6000, &bits,
                                    &set_at_ms));
        most = bits > most ? (int)bits : most;
    }
    assert_in_range(most, 6, 30); /* four thousand tries find some ten bits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_token_says_whose_it_is),
        cmocka_unit_test(a_changed_token_is_no_token),
        cmocka_unit_test(another_node_with_the_same_keys_accepts_it_after_a_rotation_too),
        cmocka_unit_test(a_receipt_is_checked_with_the_public_key_alone),
        cmocka_unit_test(a_challenge_is_for_one_fan_and_one_sale),
    };
    return cmocka_run_group_tests(tests, open_seals, close_seals);
}
