/*
 * websocket_fuzz.c — any bytes, cut anywhere, through the reader of WebSocket frames.
 *
 * The first byte says how the rest is cut. The same bytes are read once in one piece and once in
 * pieces, by readers that come and go as under a stream; both readings must hear the same texts and
 * come to the same end, and every reply must be whole frames without a mask. One thing is forgiven:
 * wslay looks at the reason of a close frame piece by piece, and may call it bad (1007) sooner or
 * later than in one piece. Nothing follows a close frame, so nobody is hurt.
 *
 * Thread   One.
 * Memory   Every piece is copied into a block of its own size, so that a look behind it is noticed.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/must.h"
#include "net/websocket_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_BYTES_MAX = 500, PONG = 0x8A, CLOSE = 0x88, BAD_TEXT = 1007 };

struct ear {
    struct websocket_hearing hearing;
    struct websocket_reader *reader;
    enum websocket_verdict verdict;
    bool ended_by_bad_text; /* 1007 */
    size_t text_count;
    uint64_t texts; /* a hash over all of them */
};

static void on_text(struct websocket_hearing *hearing, struct text text)
{
    struct ear *ear = container_of(hearing, struct ear, hearing);
    must(text.size <= TEXT_BYTES_MAX);
    ear->text_count++;
    ear->texts = (uint64_t)hash_id((int64_t)ear->texts) ^ hash_text(text).low;
}

static void check_reply(struct ear *ear)
{
    const uint8_t *reply = (const uint8_t *)ear->hearing.reply;
    size_t size = ear->hearing.reply_size;
    bool closed = false;
    for (size_t at = 0; at < size;) {
        must(!closed);
        must(size - at >= 2);
        must(reply[at] == PONG || reply[at] == CLOSE);
        must(reply[at + 1] <= WEBSOCKET_CONTROL_BYTES_MAX);
        closed = reply[at] == CLOSE;
        ear->ended_by_bad_text =
            closed && reply[at + 1] == 2 && (reply[at + 2] << 8 | reply[at + 3]) == BAD_TEXT;
        at += 2u + reply[at + 1];
        must(at <= size);
    }
    must(closed == (ear->verdict == WEBSOCKET_ENDS));
}

static void hear(struct ear *ear, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size && ear->verdict == WEBSOCKET_GOES_ON;) {
        size_t taken = 0;
        if (!ear->reader)
            ear->reader = websocket_reader_create();
        must(ear->reader);
        ear->hearing.reply_size = 0;
        ear->verdict =
            websocket_read(ear->reader, &ear->hearing, text_make(bytes + at, size - at), &taken);
        must(taken > 0);
        at += taken;
        check_reply(ear);
        if (websocket_reader_is_idle(ear->reader)) {
            websocket_reader_destroy(ear->reader);
            ear->reader = NULL;
        }
    }
}

/* Pieces of 1 … 16 bytes for a `cut` above 0, else one piece. */
static struct ear hear_all(const uint8_t *data, size_t size, size_t cut)
{
    struct ear ear = {.hearing = {.text_bytes_max = TEXT_BYTES_MAX, .on_text = on_text},
                      .verdict = WEBSOCKET_GOES_ON};
    for (size_t at = 0; at < size;) {
        size_t left = size - at;
        size_t piece = cut == 0 ? left : 1 + (at * cut) % 16;
        piece = piece < left ? piece : left;
        char *copy = malloc(piece);
        must(copy);
        memcpy(copy, data + at, piece);
        hear(&ear, copy, piece);
        free(copy);
        at += piece;
    }
    websocket_reader_destroy(ear.reader);
    return ear;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct ear whole = hear_all(data + 1, size - 1, 0);
    struct ear cut = hear_all(data + 1, size - 1, 1u + data[0]);
    must(whole.verdict == cut.verdict || whole.ended_by_bad_text || cut.ended_by_bad_text);
    must(whole.text_count == cut.text_count);
    must(whole.texts == cut.texts);
    return 0;
}
