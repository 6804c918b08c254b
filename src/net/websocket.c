/*
 * websocket.c — the handshake of RFC 6455 §4.2.
 *
 * Whose pages may connect? A browser lets any page open a WebSocket anywhere and says in Origin
 * whose page it is. Ours need a token, so a foreign page can do nothing in a fan's name; still a
 * page that is neither ours nor allowed is turned away, as nothing good comes of it. A client
 * without an Origin is no browser. We do not know whether the proxy in front of us speaks TLS, so
 * an Origin is ours when its host is the one that was asked for.
 */
#include <assert.h>

#include "net/http_refusal.h"
#include "net/sha1.h"
#include "net/stream_private.h"

enum { KEY_WORDS = 24, KEY_LETTERS = 22, ACCEPT_WORDS = 28 };

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The next element of a comma-separated header; empty at the end. */
static struct text cut_element(struct text rest, struct text *out_rest)
{
    return text_trim(text_cut(rest, ',', out_rest));
}

static bool lists(const struct http_request *request, const char *name, const char *wanted)
{
    struct text rest = http_header(request, name);
    while (rest.size > 0)
        if (text_equal_nocase(cut_element(rest, &rest), text_of(wanted)))
            return true;
    return false;
}

bool http_websocket_wanted(const struct http_request *request)
{
    return lists(request, "upgrade", "websocket") && lists(request, "connection", "upgrade");
}

bool http_websocket_offers(const struct http_request *request, const char *protocol)
{
    struct text rest = http_header(request, "sec-websocket-protocol");
    while (rest.size > 0)
        if (text_equal(cut_element(rest, &rest), text_of(protocol)))
            return true;
    return false;
}

/* --- whose page ------------------------------------------------------------------------------- */

static bool is_allowed(const char *origins, struct text origin)
{
    struct text rest = text_of(origins);
    while (rest.size > 0) {
        struct text one = text_cut(rest, ' ', &rest);
        if (text_equal(one, text_of("*")) || text_equal_nocase(one, origin))
            return true;
    }
    return false;
}

static bool is_ours(const struct http_request *request, struct text origin)
{
    struct text host = http_header(request, "host");
    struct text rest;
    if (text_starts(origin, text_of("https://")))
        rest = text_make(origin.bytes + 8, origin.size - 8);
    else if (text_starts(origin, text_of("http://")))
        rest = text_make(origin.bytes + 7, origin.size - 7);
    else
        return false;
    return host.size > 0 && text_equal_nocase(rest, host);
}

static bool is_welcome(const struct http_request *request)
{
    struct text origin = http_header(request, "origin");
    return !origin.bytes || is_ours(request, origin) ||
           is_allowed(request->connection->home->shared->settings.origins, origin);
}

/* --- the handshake ---------------------------------------------------------------------------- */

/* 16 bytes: 22 letters, and two signs that say so. */
static bool has_good_key(const struct http_request *request)
{
    struct text key = http_header(request, "sec-websocket-key");
    if (key.size != KEY_WORDS || memcmp(key.bytes + KEY_LETTERS, "==", 2) != 0)
        return false;
    for (size_t i = 0; i < KEY_LETTERS; i++)
        if (!memchr(base64, key.bytes[i], sizeof base64 - 1))
            return false;
    return true;
}

static_assert(ACCEPT_WORDS == (SHA1_BYTES + 2) / 3 * 4, "the hash in base64");

static void write_base64(const uint8_t hash[SHA1_BYTES], char out[ACCEPT_WORDS])
{
    for (size_t i = 0, at = 0; i < SHA1_BYTES; i += 3, at += 4) {
        uint32_t second = i + 1 < SHA1_BYTES ? hash[i + 1] : 0;
        uint32_t third = i + 2 < SHA1_BYTES ? hash[i + 2] : 0;
        uint32_t three = (uint32_t)hash[i] << 16 | second << 8 | third;
        for (size_t j = 0; j < 4; j++)
            out[at + j] = base64[three >> (18 - 6 * j) & 63];
    }
    out[ACCEPT_WORDS - 1] = '='; /* 20 bytes are one short of seven threes */
}

static void write_accept(struct text key, char out[ACCEPT_WORDS])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char words[KEY_WORDS + sizeof guid - 1];
    uint8_t hash[SHA1_BYTES];
    memcpy(words, key.bytes, KEY_WORDS);
    memcpy(words + KEY_WORDS, guid, sizeof guid - 1);
    sha1(text_make(words, sizeof words), hash);
    write_base64(hash, out);
}

static void refuse(struct http_request *request, int status, const char *code, const char *detail)
{
    http_refuse(request, &(struct http_problem){.status = status, .code = code, .detail = detail});
}

static void refuse_version(struct http_request *request)
{
    const struct http_field fields[] = {
        {text_of("Sec-WebSocket-Version"), text_of("13")},
        {text_of("Upgrade"), text_of("websocket")},
    };
    http_refuse(request, &(struct http_problem){.status = 426,
                                                .code = "UPGRADE_REQUIRED",
                                                .detail = "WebSocket version 13 is spoken here.",
                                                .fields = fields,
                                                .field_count = 2});
}

/* False when the request has been answered. */
static bool check_handshake(struct http_request *request)
{
    if (request->is_http_1_0 || request->is_head || !http_websocket_wanted(request))
        refuse(request, 400, "BAD_REQUEST", "This path is for WebSockets.");
    else if (!text_equal(http_header(request, "sec-websocket-version"), text_of("13")))
        refuse_version(request);
    else if (!has_good_key(request))
        refuse(request, 400, "BAD_REQUEST", "Sec-WebSocket-Key is not 16 bytes in base64.");
    else if (!is_welcome(request))
        refuse(request, 403, "FORBIDDEN_ORIGIN", "This page is not one of ours.");
    else
        return true;
    return false;
}

bool http_stream_open_websocket(struct http_request *request, struct http_stream *stream,
                                const struct http_stream_ops *ops,
                                const struct http_websocket_rules *rules)
{
    must(ops->on_closed);
    must(rules->text_bytes_max <= WEBSOCKET_TEXT_BYTES_MAX);
    if (request->connection->state != CONNECTION_CLOSING && !check_handshake(request))
        return false;
    if (!stream_may_open(request))
        return false;

    char accept[ACCEPT_WORDS];
    write_accept(http_header(request, "sec-websocket-key"), accept);
    const struct http_field fields[] = {
        {text_of("Sec-WebSocket-Accept"), text_make(accept, sizeof accept)},
        {text_of("Sec-WebSocket-Protocol"), text_of(rules->protocol ? rules->protocol : "")},
    };
    const struct http_answer answer = {
        .status = 101, .fields = fields, .field_count = rules->protocol ? 2 : 1};
    stream->ops = ops;
    stream->kind = HTTP_STREAM_WEBSOCKET;
    stream->text_bytes_max = ops->on_text ? (uint32_t)rules->text_bytes_max : 0;
    stream_open(request, stream, &answer, text_make(NULL, 0));
    return true;
}
