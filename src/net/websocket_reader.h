/*
 * websocket_reader.h — a WebSocket client's bytes become messages and what must be replied; for
 * net/ only.
 *
 * Thread   One thread at a time: that of the connection's loop.
 * Memory   A reader exists only while a frame or a message is here in part; wslay's contexts have
 *          9 kB, which an idle connection must not pay for. The message grows to text_bytes_max.
 * Pure     websocket_read() sees no socket and no clock: the same bytes give the same messages and
 *          the same end however they are cut. tests/fuzz/websocket_fuzz.c drives exactly this.
 */
#ifndef NET_WEBSOCKET_READER_H
#define NET_WEBSOCKET_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/text.h"
#include "limits.h"

struct http_stream;
struct wslay_event_context;

struct websocket_reader {
    struct list link; /* in home->partial, or in no list */
    int64_t since_ms; /* when it was put there */
    struct http_stream *stream;
    struct wslay_event_context *context;
    struct websocket_hearing *hearing; /* of the call under way */
    struct text bytes;                 /* of that call, not read yet */
    uint64_t begun_bytes;              /* read, of a frame that has not ended */
    uint64_t frame_bytes;              /* of the frame under way, head and mask too */
    size_t frame_count;                /* of the message under way */
    bool in_message;                   /* a frame that is not the last of its message has come */
    uint16_t refusal;                  /* the code to close with; 0: none */
};

struct websocket_hearing { /* one call of websocket_read() */
    size_t text_bytes_max;
    void (*on_text)(struct websocket_hearing *hearing, struct text text);
    bool stop;            /* on_text() wants to hear no more */
    size_t message_count; /* that ended; control frames too, but not inside of a message */

    size_t reply_size; /* whole frames: pongs and a close frame */
    char reply[WEBSOCKET_REPLY_BYTES_MAX];
};

enum websocket_verdict {
    WEBSOCKET_GOES_ON,
    WEBSOCKET_ENDS, /* a close frame is the last of the reply; nothing more is read */
};

/* NULL when memory is short. */
struct websocket_reader *websocket_reader_create(void);
void websocket_reader_destroy(struct websocket_reader *reader); /* NULL is welcome */

/* Reads on, a few kB at a time: *out_taken of `bytes`. */
enum websocket_verdict websocket_read(struct websocket_reader *reader,
                                      struct websocket_hearing *hearing, struct text bytes,
                                      size_t *out_taken);

/* Nothing is here in part: the reader can go, and a new one reads on just as well. */
bool websocket_reader_is_idle(const struct websocket_reader *reader);

enum { WEBSOCKET_CLOSE_FRAME_BYTES = 4 };
void websocket_close_frame(uint16_t code, char out[WEBSOCKET_CLOSE_FRAME_BYTES]);

#endif
