/*
 * websocket_reader_test.c — what a WebSocket client may say, and what it hears when it says
 * something else. Every story is told whole, and again cut in two at each byte.
 */
#include "net/websocket_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/container.h"

enum { SAID_BYTES = 70000, STORY_BYTES = 140000, TEXT_BYTES_MAX = 1000 };

/* --- what is said ----------------------------------------------------------------------------- */

struct said {
    char bytes[STORY_BYTES];
    size_t size;
};

static void say_bytes(struct said *said, const void *bytes, size_t size)
{
    assert_true(said->size + size <= sizeof said->bytes);
    memcpy(said->bytes + said->size, bytes, size);
    said->size += size;
}

/* `first` is the first byte of the frame: opcode and upper bits. */
static void say(struct said *said, unsigned first, const char *bytes, size_t size)
{
    static const unsigned char mask[4] = {0x9A, 0x01, 0xFF, 0x40};
    unsigned char head[8] = {(unsigned char)first};
    size_t head_size = 2;
    if (size < 126) {
        head[1] = (unsigned char)(0x80 | size);
    } else {
        head[1] = 0x80 | 126;
        head[2] = (unsigned char)(size >> 8);
        head[3] = (unsigned char)(size & 0xFF);
        head_size = 4;
    }
    say_bytes(said, head, head_size);
    say_bytes(said, mask, sizeof mask);
    for (size_t i = 0; i < size; i++) {
        unsigned char masked = (unsigned char)bytes[i] ^ mask[i % 4];
        say_bytes(said, &masked, 1);
    }
}

static void say_words(struct said *said, unsigned first, const char *words)
{
    say(said, first, words, strlen(words));
}

/* --- what is heard ---------------------------------------------------------------------------- */

struct heard {
    struct websocket_hearing hearing;
    char texts[SAID_BYTES]; /* each in brackets */
    size_t texts_size;
    char replies[SAID_BYTES];
    size_t replies_size;
    enum websocket_verdict verdict;
    bool idle; /* at the end */
};

static void on_text(struct websocket_hearing *hearing, struct text text)
{
    struct heard *heard = container_of(hearing, struct heard, hearing);
    assert_true(heard->texts_size + text.size + 3 < sizeof heard->texts);
    heard->texts[heard->texts_size++] = '[';
    memcpy(heard->texts + heard->texts_size, text.bytes, text.size);
    heard->texts_size += text.size;
    heard->texts[heard->texts_size++] = ']';
    heard->texts[heard->texts_size] = '\0';
    hearing->stop = text_equal(text, text_of("stop"));
}

/* A reader goes when nothing is here in part, as it does under a stream. */
static void hear(struct heard *heard, struct websocket_reader **reader, struct text bytes)
{
    while (bytes.size > 0 && heard->verdict == WEBSOCKET_GOES_ON && !heard->hearing.stop) {
        size_t taken = 0;
        if (!*reader)
            *reader = websocket_reader_create();
        assert_non_null(*reader);
        heard->hearing.reply_size = 0;
        heard->verdict = websocket_read(*reader, &heard->hearing, bytes, &taken);
        assert_true(taken > 0);
        bytes = text_make(bytes.bytes + taken, bytes.size - taken);
        assert_true(heard->replies_size + heard->hearing.reply_size <= sizeof heard->replies);
        memcpy(heard->replies + heard->replies_size, heard->hearing.reply,
               heard->hearing.reply_size);
        heard->replies_size += heard->hearing.reply_size;
        if (websocket_reader_is_idle(*reader)) {
            websocket_reader_destroy(*reader);
            *reader = NULL;
        }
    }
}

static void hear_cut(struct heard *heard, const struct said *said, size_t cut)
{
    struct websocket_reader *reader = NULL;
    memset(heard, 0, offsetof(struct heard, texts));
    heard->hearing =
        (struct websocket_hearing){.text_bytes_max = TEXT_BYTES_MAX, .on_text = on_text};
    heard->texts[0] = '\0';
    heard->texts_size = heard->replies_size = 0;
    heard->verdict = WEBSOCKET_GOES_ON;
    hear(heard, &reader, text_make(said->bytes, cut));
    hear(heard, &reader, text_make(said->bytes + cut, said->size - cut));
    heard->idle = reader == NULL;
    websocket_reader_destroy(reader);
}

static struct heard *hear_all(const struct said *said)
{
    static struct heard whole, cut;
    hear_cut(&whole, said, said->size);
    for (size_t at = 1; at < said->size && said->size < 3000; at++) {
        hear_cut(&cut, said, at);
        assert_int_equal(cut.verdict, whole.verdict);
        assert_string_equal(cut.texts, whole.texts);
        assert_int_equal(cut.replies_size, whole.replies_size);
        assert_memory_equal(cut.replies, whole.replies, whole.replies_size);
    }
    return &whole;
}

static void assert_goes_on(const struct said *said, const char *texts)
{
    const struct heard *heard = hear_all(said);
    assert_int_equal(heard->verdict, WEBSOCKET_GOES_ON);
    assert_string_equal(heard->texts, texts);
    assert_true(heard->idle);
}

/* The last reply is a close frame with this code. */
static void assert_refused(const struct said *said, unsigned code)
{
    const struct heard *heard = hear_all(said);
    assert_int_equal(heard->verdict, WEBSOCKET_ENDS);
    assert_true(heard->replies_size >= WEBSOCKET_CLOSE_FRAME_BYTES);
    const char *last = heard->replies + heard->replies_size - WEBSOCKET_CLOSE_FRAME_BYTES;
    const char frame[] = {(char)0x88, 2, (char)(code >> 8), (char)(code & 0xFF)};
    assert_memory_equal(last, frame, sizeof frame);
}

static void assert_frame_refused(unsigned first, const char *words, unsigned code)
{
    struct said said = {.size = 0};
    say_words(&said, first, words);
    assert_refused(&said, code);
}

/* --- stories ---------------------------------------------------------------------------------- */

static void messages_are_heard_one_by_one(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    say_words(&said, 0x81, "hello");
    say_words(&said, 0x81, "");
    say_words(&said, 0x81, "안녕 👋");
    assert_goes_on(&said, "[hello][][안녕 👋]");
}

static void a_message_may_come_in_frames_with_pings_between(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    say_words(&said, 0x01, "one ");
    say_words(&said, 0x89, "p1");
    say(&said, 0x00, "\xEC\x95", 2); /* cut inside a letter */
    say_words(&said, 0x89, "p2");
    say(&said, 0x80, "\x88!", 2);
    say_words(&said, 0x81, "next");
    assert_goes_on(&said, "[one 안!][next]");
    const struct heard *heard = hear_all(&said);
    assert_int_equal(heard->replies_size, 8);
    assert_memory_equal(heard->replies, "\x8A\x02p1\x8A\x02p2", 8);
}

static void a_ping_is_answered_with_the_same_words(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    char longest[WEBSOCKET_CONTROL_BYTES_MAX + 1] = "";
    memset(longest, 'x', WEBSOCKET_CONTROL_BYTES_MAX);
    say_words(&said, 0x89, "");
    say_words(&said, 0x89, longest);
    say_words(&said, 0x8A, "a pong nobody asked for");
    assert_goes_on(&said, "");
    const struct heard *heard = hear_all(&said);
    assert_int_equal(heard->replies_size, 2 + 2 + WEBSOCKET_CONTROL_BYTES_MAX);
    assert_memory_equal(heard->replies, "\x8A\x00\x8A\x7Dxxx", 7);
}

static void a_flood_of_pings_is_answered_a_step_at_a_time(void **state)
{
    (void)state;
    static struct said said;
    said.size = 0;
    for (size_t i = 0; i < 5000; i++)
        say_words(&said, 0x89, "0123456789");
    const struct heard *heard = hear_all(&said);
    assert_int_equal(heard->verdict, WEBSOCKET_GOES_ON);
    assert_int_equal(heard->replies_size, 5000 * 12);
}

static void a_close_is_answered_with_its_code(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    say(&said, 0x88,
        "\x03\xE8"
        "bye",
        5);
    say_words(&said, 0x81, "too late");
    const struct heard *heard = hear_all(&said);
    assert_int_equal(heard->verdict, WEBSOCKET_ENDS);
    assert_string_equal(heard->texts, "");
    assert_int_equal(heard->replies_size, 7);
    assert_memory_equal(heard->replies,
                        "\x88\x05\x03\xE8"
                        "bye",
                        7);

    said.size = 0;
    say_words(&said, 0x88, "");
    heard = hear_all(&said);
    assert_int_equal(heard->verdict, WEBSOCKET_ENDS);
    assert_int_equal(heard->replies_size, 2);
    assert_memory_equal(heard->replies, "\x88\x00", 2);
}

static void a_frame_without_a_mask_is_refused(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    say_bytes(&said, "\x81\x05hello", 7);
    assert_refused(&said, 1002);
    said.size = 0;
    say_bytes(&said, "\x89\x00", 2);
    assert_refused(&said, 1002);
}

static void reserved_bits_and_opcodes_are_refused(void **state)
{
    (void)state;
    static const unsigned firsts[] = {0xC1, 0xA1, 0x91, 0xF1, 0x83, 0x84, 0x85, 0x86,
                                      0x87, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0xC9, 0xC8};
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
        assert_frame_refused(firsts[i], "x", 1002);
}

static void control_frames_are_whole_and_short(void **state)
{
    (void)state;
    char too_long[WEBSOCKET_CONTROL_BYTES_MAX + 2] = "";
    memset(too_long, 'x', WEBSOCKET_CONTROL_BYTES_MAX + 1);
    assert_frame_refused(0x09, "x", 1002);
    assert_frame_refused(0x08, "", 1002);
    assert_frame_refused(0x89, too_long, 1002);
    assert_frame_refused(0x88, too_long, 1002);
}

static void frames_of_a_message_follow_each_other(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    assert_frame_refused(0x80, "no beginning", 1002);
    assert_frame_refused(0x00, "no beginning", 1002);
    say_words(&said, 0x01, "one");
    say_words(&said, 0x81, "another one");
    assert_refused(&said, 1002);
}

static void a_length_has_one_spelling(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    say_bytes(&said, "\x81\xFE\x00\x05\0\0\0\0hello", 13);
    assert_refused(&said, 1002);
    said.size = 0;
    say_bytes(&said, "\x81\xFF\0\0\0\0\0\0\x01\x00\0\0\0\0", 14);
    assert_refused(&said, 1002);
    said.size = 0;
    say_bytes(&said, "\x81\xFF\x80\0\0\0\0\0\0\0\0\0\0\0", 14);
    assert_refused(&said, 1002);
}

static void only_text_is_spoken_here(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    assert_frame_refused(0x82, "bytes", 1003);
    say_words(&said, 0x81, "heard");
    say_words(&said, 0x02, "by");
    say_words(&said, 0x80, "tes");
    say_words(&said, 0x81, "not heard");
    assert_refused(&said, 1003);
    assert_string_equal(hear_all(&said)->texts, "[heard]");
}

static void text_is_utf_8(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xFF",     "\xC0\x80",         "\xED\xA0\x80",
                                      "a\x80",    "\xF5\x80\x80\x80", "\xE2\x82",
                                      "\xF0\x9F", "\xEC\x95\x88\xC3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_frame_refused(0x81, bad[i], 1007);
}

/* wslay looks at the reason as it comes: cut in two it may miss the fault, but it ends anyway. */
static void the_reason_of_a_close_is_utf_8_too(void **state)
{
    (void)state;
    static struct heard heard;
    struct said said = {.size = 0};
    say(&said, 0x88, "\x03\xE8\xFF", 3);
    hear_cut(&heard, &said, said.size);
    assert_int_equal(heard.verdict, WEBSOCKET_ENDS);
    assert_memory_equal(heard.replies, "\x88\x02\x03\xEF", 4);
    for (size_t at = 1; at < said.size; at++) {
        hear_cut(&heard, &said, at);
        assert_int_equal(heard.verdict, WEBSOCKET_ENDS);
    }
}

static void close_codes_are_those_of_the_standard(void **state)
{
    (void)state;
    static const unsigned bad[] = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char code[] = {(char)(bad[i] >> 8), (char)(bad[i] & 0xFF)};
        struct said said = {.size = 0};
        say(&said, 0x88, code, 2);
        assert_refused(&said, 1002);
    }
    static const unsigned good[] = {1000, 1001, 1003, 1011, 3000, 4999};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char code[] = {(char)(good[i] >> 8), (char)(good[i] & 0xFF)};
        struct said said = {.size = 0};
        say(&said, 0x88, code, 2);
        assert_refused(&said, good[i]);
    }
}

static void a_message_has_a_length_it_may_reach(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    char longest[TEXT_BYTES_MAX + 2] = "";
    memset(longest, 'y', TEXT_BYTES_MAX);
    say_words(&said, 0x81, longest);
    const struct heard *heard = hear_all(&said);
    assert_int_equal(heard->verdict, WEBSOCKET_GOES_ON);
    assert_int_equal(heard->texts_size, TEXT_BYTES_MAX + 2);
    longest[TEXT_BYTES_MAX] = 'y';
    assert_frame_refused(0x81, longest, 1009);
    said.size = 0;
    say(&said, 0x01, longest, TEXT_BYTES_MAX);
    say_words(&said, 0x80, "y");
    assert_refused(&said, 1009);
    said.size = 0;
    say_bytes(&said, "\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\0y", 15); /* announced */
    assert_refused(&said, 1009);
}

static void a_message_has_a_number_of_frames_it_may_reach(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    say_words(&said, 0x01, "");
    for (size_t i = 2; i < WEBSOCKET_FRAMES_MAX; i++)
        say_words(&said, 0x00, "");
    say_words(&said, 0x80, "!");
    say_words(&said, 0x01, "the next one counts anew");
    say_words(&said, 0x80, "");
    assert_goes_on(&said, "[!][the next one counts anew]");

    said.size = 0;
    say_words(&said, 0x01, "");
    for (size_t i = 1; i < WEBSOCKET_FRAMES_MAX; i++)
        say_words(&said, 0x00, "");
    say_words(&said, 0x80, "!");
    assert_refused(&said, 1009);
}

static void who_has_heard_enough_hears_no_more(void **state)
{
    (void)state;
    struct said said = {.size = 0};
    say_words(&said, 0x81, "stop");
    say_words(&said, 0x81, "more");
    assert_string_equal(hear_all(&said)->texts, "[stop]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_heard_one_by_one),
        cmocka_unit_test(a_message_may_come_in_frames_with_pings_between),
        cmocka_unit_test(a_ping_is_answered_with_the_same_words),
        cmocka_unit_test(a_flood_of_pings_is_answered_a_step_at_a_time),
        cmocka_unit_test(a_close_is_answered_with_its_code),
        cmocka_unit_test(a_frame_without_a_mask_is_refused),
        cmocka_unit_test(reserved_bits_and_opcodes_are_refused),
        cmocka_unit_test(control_frames_are_whole_and_short),
        cmocka_unit_test(frames_of_a_message_follow_each_other),
        cmocka_unit_test(a_length_has_one_spelling),
        cmocka_unit_test(only_text_is_spoken_here),
        cmocka_unit_test(text_is_utf_8),
        cmocka_unit_test(the_reason_of_a_close_is_utf_8_too),
        cmocka_unit_test(close_codes_are_those_of_the_standard),
        cmocka_unit_test(a_message_has_a_length_it_may_reach),
        cmocka_unit_test(a_message_has_a_number_of_frames_it_may_reach),
        cmocka_unit_test(who_has_heard_enough_hears_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
