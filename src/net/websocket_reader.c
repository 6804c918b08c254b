/*
 * websocket_reader.c — wslay's event interface, for what comes in.
 *
 * wslay knows RFC 6455: masks, reserved bits, opcodes, fragments, UTF-8, close codes. It would keep
 * 9 kB a connection for that, most of it buffers, so a reader lives only as long as something is
 * here in part. wslay does not say when that is; so we count: the bytes it has read against those
 * of the frames it has finished.
 *
 * What wslay leaves open and is decided here: binary messages are refused (1003), messages in more
 * than WEBSOCKET_FRAMES_MAX frames too (1009), and a frame that wslay cannot read at all is a
 * protocol error with a code (1002).
 */
#include "net/websocket_reader.h"

#include <assert.h>
#include <stdlib.h>
#include <wslay/wslay.h>

#include "base/must.h"

enum {
    STEP_BYTES = 4096, /* read before replies are sent: a ping is longer than its pong */
    FRAME_LENGTH_16 = 126,
    FRAME_LEAST_BYTES = 6, /* two bytes and the mask */
    CLOSE_FRAME_START = 0x88,
};

static_assert(WEBSOCKET_REPLY_BYTES_MAX >= STEP_BYTES + 2 * (WEBSOCKET_CONTROL_BYTES_MAX + 2),
              "pongs to a step, to a ping begun before it, and a close frame");

void websocket_close_frame(uint16_t code, char out[WEBSOCKET_CLOSE_FRAME_BYTES])
{
    must(code >= 1000);
    must(code <= 4999);
    const unsigned char frame[] = {CLOSE_FRAME_START, 2, (unsigned char)(code >> 8),
                                   (unsigned char)(code & 0xFF)};
    memcpy(out, frame, WEBSOCKET_CLOSE_FRAME_BYTES);
}

/* --- what wslay asks and tells ---------------------------------------------------------------- */

static ssize_t on_want_bytes(wslay_event_context_ptr context, uint8_t *out, size_t size, int flags,
                             void *user)
{
    (void)flags;
    struct websocket_reader *reader = user;
    if (reader->bytes.size == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (size > reader->bytes.size)
        size = reader->bytes.size;
    memcpy(out, reader->bytes.bytes, size);
    reader->bytes = text_make(reader->bytes.bytes + size, reader->bytes.size - size);
    reader->begun_bytes += size;
    return (ssize_t)size;
}

static ssize_t on_reply(wslay_event_context_ptr context, const uint8_t *bytes, size_t size,
                        int flags, void *user)
{
    (void)context;
    (void)flags;
    struct websocket_hearing *hearing = ((struct websocket_reader *)user)->hearing;
    must(size <= sizeof hearing->reply - hearing->reply_size);
    memcpy(hearing->reply + hearing->reply_size, bytes, size);
    hearing->reply_size += size;
    return (ssize_t)size;
}

static void refuse(struct websocket_reader *reader, uint16_t code)
{
    if (reader->refusal == 0)
        reader->refusal = code;
    wslay_event_shutdown_read(reader->context);
}

static void on_frame(wslay_event_context_ptr context,
                     const struct wslay_event_on_frame_recv_start_arg *frame, void *user)
{
    (void)context;
    struct websocket_reader *reader = user;
    uint64_t length_bytes = 0;
    if (frame->payload_length >= FRAME_LENGTH_16)
        length_bytes = frame->payload_length <= UINT16_MAX ? 2 : 8;
    reader->frame_bytes = FRAME_LEAST_BYTES + length_bytes + frame->payload_length;
    if (wslay_is_ctrl_frame(frame->opcode))
        return;
    reader->in_message = !frame->fin;
    if (++reader->frame_count > WEBSOCKET_FRAMES_MAX)
        refuse(reader, WSLAY_CODE_MESSAGE_TOO_BIG);
}

static void on_frame_end(wslay_event_context_ptr context, void *user)
{
    (void)context;
    struct websocket_reader *reader = user;
    must(reader->begun_bytes >= reader->frame_bytes);
    reader->begun_bytes -= reader->frame_bytes;
}

static void on_message(wslay_event_context_ptr context,
                       const struct wslay_event_on_msg_recv_arg *message, void *user)
{
    (void)context;
    struct websocket_reader *reader = user;
    struct websocket_hearing *hearing = reader->hearing;
    bool is_control = wslay_is_ctrl_frame(message->opcode);
    hearing->message_count += !is_control || !reader->in_message;
    if (is_control)
        return; /* wslay replies */
    reader->frame_count = 0;
    if (reader->refusal != 0)
        return;
    if (message->opcode == WSLAY_BINARY_FRAME) {
        refuse(reader, WSLAY_CODE_UNSUPPORTED_DATA);
        return;
    }
    const char *words = message->msg_length > 0 ? (const char *)message->msg : "";
    hearing->on_text(hearing, text_make(words, message->msg_length));
    if (hearing->stop)
        wslay_event_shutdown_read(reader->context);
}

/* --- reading ---------------------------------------------------------------------------------- */

struct websocket_reader *websocket_reader_create(void)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_want_bytes,
        .send_callback = on_reply,
        .on_frame_recv_start_callback = on_frame,
        .on_frame_recv_end_callback = on_frame_end,
        .on_msg_recv_callback = on_message,
    };
    struct websocket_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    list_init(&reader->link);
    if (wslay_event_context_server_init(&reader->context, &callbacks, reader) != 0) {
        free(reader);
        return NULL;
    }
    return reader;
}

void websocket_reader_destroy(struct websocket_reader *reader)
{
    if (!reader)
        return;
    wslay_event_context_free(reader->context);
    free(reader);
}

bool websocket_reader_is_idle(const struct websocket_reader *reader)
{
    return reader->begun_bytes == 0 && !reader->in_message;
}

static enum websocket_verdict end_with(struct websocket_hearing *hearing, uint16_t code)
{
    must(sizeof hearing->reply - hearing->reply_size >= WEBSOCKET_CLOSE_FRAME_BYTES);
    websocket_close_frame(code, hearing->reply + hearing->reply_size);
    hearing->reply_size += WEBSOCKET_CLOSE_FRAME_BYTES;
    return WEBSOCKET_ENDS;
}

enum websocket_verdict websocket_read(struct websocket_reader *reader,
                                      struct websocket_hearing *hearing, struct text bytes,
                                      size_t *out_taken)
{
    must(hearing->reply_size == 0);
    *out_taken = bytes.size < STEP_BYTES ? bytes.size : STEP_BYTES;
    reader->bytes = text_make(bytes.bytes, *out_taken);
    reader->hearing = hearing;
    size_t most = hearing->text_bytes_max;
    if (most < WEBSOCKET_CONTROL_BYTES_MAX)
        most = WEBSOCKET_CONTROL_BYTES_MAX; /* wslay measures pings by it too */
    wslay_event_config_set_max_recv_msg_length(reader->context, most);

    int failed = wslay_event_recv(reader->context);
    if (failed == WSLAY_ERR_NOMEM)
        return end_with(hearing, WSLAY_CODE_INTERNAL_SERVER_ERROR);
    if (failed && reader->refusal == 0)
        reader->refusal = WSLAY_CODE_PROTOCOL_ERROR;
    if (reader->refusal != 0)
        return end_with(hearing, reader->refusal);
    if (wslay_event_send(reader->context) != 0)
        return end_with(hearing, WSLAY_CODE_INTERNAL_SERVER_ERROR);
    return wslay_event_get_close_sent(reader->context) ? WEBSOCKET_ENDS : WEBSOCKET_GOES_ON;
}
