/*
 * http_reader.c — bytes become a request.
 *
 * llhttp (strict) does the grammar. What arrives is copied once, into `head`, and llhttp reads the
 * copy: so the places of names and values stay good when the read buffer is used for others. A body
 * that came along in the same read stays where it is; a longer one is fed to llhttp straight from
 * the read buffer and gathered behind the head, or in a block that doubles.
 *
 * llhttp sets no limits and forgives more than we want, so the head is held to account once more
 * when it is complete: its lines must follow each other without a gap, each ended by CR LF. This
 * refuses a bare CR, a bare LF, a folded line and a space before the colon or the first name,
 * whatever llhttp thinks of them. Lengths are then unambiguous: one Content-Length or one
 * "chunked", never both.
 */
#include "net/http_request.h"

#include <assert.h>

#include "base/must.h"
#include "net/url.h"

enum { VERSION_BYTES = sizeof " HTTP/1.1\r\n" - 1 };

static_assert(HTTP_HEAD_BYTES_MAX <= UINT16_MAX, "places in the head have 16 bits");
static_assert(HTTP_REQUEST_LINE_BYTES_MAX + VERSION_BYTES + HTTP_HEADER_BYTES_MAX + 2 <=
                  HTTP_HEAD_BYTES_MAX,
              "the longest lines and the empty one fit");

static struct http_request *request_of(llhttp_t *parser)
{
    return parser->data;
}

/* For callbacks: what they return stops llhttp. */
static int refuse(struct http_request *request, int status, const char *code, const char *detail)
{
    if (request->refusal.status == 0)
        request->refusal = (struct http_refusal){status, code, detail};
    return HPE_USER;
}

static int refuse_bad(struct http_request *request, const char *detail)
{
    return refuse(request, 400, "BAD_REQUEST", detail);
}

static int refuse_long_url(struct http_request *request)
{
    return refuse(request, 414, "URI_TOO_LONG", "The path is too long.");
}

static int refuse_headers(struct http_request *request)
{
    return refuse(request, 431, "HEADERS_TOO_LARGE",
                  "The headers are too long or there are too many of them.");
}

static int refuse_body(struct http_request *request)
{
    return refuse(request, 413, "PAYLOAD_TOO_LARGE", "The body is longer than allowed here.");
}

static struct text text_at(const struct http_request *request, struct http_place place)
{
    return text_make(request->head + place.at, place.size);
}

/* Spans come in pieces when the input was cut; the pieces of one span touch each other. */
static bool place_extend(const struct http_request *request, struct http_place *place,
                         const char *at, size_t size)
{
    size_t from = (size_t)(at - request->head);
    if (place->size == 0)
        place->at = (uint16_t)from;
    else if (from != (size_t)place->at + place->size)
        return false;
    place->size = (uint16_t)(place->size + size);
    return true;
}

static int on_url(llhttp_t *parser, const char *at, size_t size)
{
    struct http_request *request = request_of(parser);
    if (!place_extend(request, &request->url, at, size))
        return refuse_bad(request, "The request line is ill-formed.");
    return 0;
}

/* Limits are checked where something ends, so that it does not matter where the input was cut. */
static int on_url_complete(llhttp_t *parser)
{
    struct http_request *request = request_of(parser);
    if (request->url.size > HTTP_URL_BYTES_MAX)
        return refuse_long_url(request);
    return 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t size)
{
    struct http_request *request = request_of(parser);
    if (request->head_done)
        return 0; /* a trailer: nobody here wants one */
    if (!place_extend(request, &request->headers[request->header_count].name, at, size))
        return refuse_bad(request, "A header is ill-formed.");
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t size)
{
    struct http_request *request = request_of(parser);
    if (request->head_done)
        return 0;
    if (!place_extend(request, &request->headers[request->header_count].value, at, size))
        return refuse_bad(request, "A header is folded over two lines.");
    return 0;
}

static int on_value_complete(llhttp_t *parser)
{
    struct http_request *request = request_of(parser);
    if (request->head_done)
        return 0;
    if (request->header_count == HTTP_HEADER_COUNT_MAX)
        return refuse_headers(request);
    request->header_count++;
    request->headers[request->header_count] = (struct http_header_place){0};
    return 0;
}

/* --- the head is complete --------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The place behind "CR LF" at `at`; 0 when it is not there. */
static size_t behind_line_end(const struct http_request *request, size_t at)
{
    bool ends =
        at + 2 <= request->head_size && request->head[at] == '\r' && request->head[at + 1] == '\n';
    return ends ? at + 2 : 0;
}

/*
 * The place behind the line of this header, which must begin at `at`; 0 when it is not as it must
 * be.
 */
static size_t behind_header(struct http_request *request, struct http_header_place *header,
                            size_t at)
{
    if (header->name.at != at || header->name.size == 0)
        return 0;
    at += header->name.size;
    if (at >= request->head_size || request->head[at] != ':')
        return 0;
    at++;
    while (at < request->head_size && is_blank(request->head[at]))
        at++;
    while (header->value.size > 0 &&
           is_blank(request->head[header->value.at + header->value.size - 1]))
        header->value.size--;
    if (header->value.size > 0) {
        if (header->value.at != at)
            return 0;
        at += header->value.size;
    }
    while (at < request->head_size && is_blank(request->head[at]))
        at++;
    return behind_line_end(request, at);
}

static bool lines_follow_each_other(struct http_request *request)
{
    size_t url_at = request->url.at;
    if (request->head[url_at - 1] != ' ' || request->head[url_at - 2] == ' ')
        return false; /* there is a method before it, of three letters at least */
    size_t at = url_at + request->url.size + VERSION_BYTES;
    if (behind_line_end(request, at - 2) != at)
        return false;
    for (size_t i = 0; i < request->header_count; i++) {
        at = behind_header(request, &request->headers[i], at);
        if (at == 0)
            return false;
    }
    size_t header_bytes = at - url_at - request->url.size - VERSION_BYTES;
    if (header_bytes > HTTP_HEADER_BYTES_MAX) {
        (void)refuse_headers(request);
        return false;
    }
    return behind_line_end(request, at) != 0;
}

static bool is(const struct http_request *request, struct http_place place, const char *lower_case)
{
    return text_equal_nocase(text_at(request, place), text_of(lower_case));
}

struct head_facts {
    size_t host_count, coding_count;
    bool coding_is_chunked;
    bool expects, expects_continue;
};

/* The size first: most headers are none of these. */
static void learn(const struct http_request *request, const struct http_header_place *header,
                  struct head_facts *facts)
{
    switch (header->name.size) {
    case sizeof "host" - 1:
        facts->host_count += is(request, header->name, "host");
        return;
    case sizeof "expect" - 1:
        if (!is(request, header->name, "expect"))
            return;
        facts->expects = true;
        facts->expects_continue = is(request, header->value, "100-continue");
        return;
    case sizeof "transfer-encoding" - 1:
        if (!is(request, header->name, "transfer-encoding"))
            return;
        facts->coding_count++;
        facts->coding_is_chunked = is(request, header->value, "chunked");
        return;
    default:
        return;
    }
}

static int check_framing(struct http_request *request, const struct head_facts *facts)
{
    if (facts->host_count > 1 || (facts->host_count == 0 && !request->is_http_1_0))
        return refuse_bad(request, "A request has exactly one Host.");
    if (facts->coding_count == 0)
        return 0;
    if (request->is_http_1_0 || facts->coding_count > 1 || !facts->coding_is_chunked)
        return refuse_bad(request, "The only transfer coding known here is a single \"chunked\".");
    if (request->parser.flags & F_CONTENT_LENGTH)
        return refuse_bad(request, "A request has a Content-Length or is chunked, never both.");
    return 0;
}

static int check_expectation(struct http_request *request, const struct head_facts *facts)
{
    if (!facts->expects || request->is_http_1_0)
        return 0;
    if (!facts->expects_continue)
        return refuse(request, 417, "EXPECTATION_FAILED", "Only 100-continue can be expected.");
    request->wants_continue =
        (request->parser.flags & F_CHUNKED) || request->parser.content_length > 0;
    return 0;
}

static bool method_known(uint8_t method, enum http_method *out_method)
{
    static const enum http_method known[] = {
        [HTTP_GET] = HTTP_METHOD_GET,         [HTTP_HEAD] = HTTP_METHOD_HEAD,
        [HTTP_POST] = HTTP_METHOD_POST,       [HTTP_PUT] = HTTP_METHOD_PUT,
        [HTTP_PATCH] = HTTP_METHOD_PATCH,     [HTTP_DELETE] = HTTP_METHOD_DELETE,
        [HTTP_OPTIONS] = HTTP_METHOD_OPTIONS,
    };
    if (method >= sizeof known / sizeof known[0])
        return false;
    *out_method = known[method];
    return *out_method != HTTP_METHOD_GET || method == HTTP_GET; /* gaps in the table read as 0 */
}

static int check_start_line(struct http_request *request)
{
    if (request->parser.http_major != 1 || request->parser.http_minor > 1)
        return refuse(request, 505, "VERSION_NOT_SUPPORTED",
                      "HTTP/1.1 and HTTP/1.0 are spoken here.");
    request->is_http_1_0 = request->parser.http_minor == 0;
    request->keep_alive = llhttp_should_keep_alive(&request->parser);
    if (!method_known(request->parser.method, &request->method))
        return refuse(request, 501, "NOT_IMPLEMENTED", "This method is not known here.");
    request->is_head = request->method == HTTP_METHOD_HEAD;
    if (request->is_head)
        request->method = HTTP_METHOD_GET;
    return 0;
}

/* "http://host/path" is how a proxy is asked; the host is not ours to judge. */
static struct text without_authority(struct text url)
{
    struct text rest;
    if (text_starts(url, text_of("http://")))
        rest = text_make(url.bytes + 7, url.size - 7);
    else if (text_starts(url, text_of("https://")))
        rest = text_make(url.bytes + 8, url.size - 8);
    else
        return url;
    const char *slash = memchr(rest.bytes, '/', rest.size);
    if (!slash)
        return text_of("/");
    return text_make(slash, rest.size - (size_t)(slash - rest.bytes));
}

static bool query_well_formed(struct http_request *request)
{
    size_t pair_count = request->query.size > 0;
    for (size_t i = 0; i < request->query.size; i++)
        pair_count += request->query.bytes[i] == '&';
    struct text decoded;
    return pair_count <= HTTP_QUERY_MAX &&
           url_decode(request->query, URL_PLUS_IS_SPACE, request->arena, &decoded);
}

/* Cut first, decoded afterwards: an encoded slash belongs to its segment. */
static bool route(struct http_request *request, struct text raw_path)
{
    struct text segments[HTTP_SEGMENTS_MAX];
    size_t count = 0;
    struct text rest = text_make(raw_path.bytes + 1, raw_path.size - 1);
    bool more = true;
    while (more && count < HTTP_SEGMENTS_MAX) {
        const char *slash = rest.size > 0 ? memchr(rest.bytes, '/', rest.size) : NULL;
        size_t size = slash ? (size_t)(slash - rest.bytes) : rest.size;
        if (!url_decode(text_make(rest.bytes, size), URL_PLUS_IS_PLUS, request->arena,
                        &segments[count++]))
            return false;
        more = slash != NULL;
        if (more)
            rest = text_make(slash + 1, rest.size - size - 1);
    }
    request->match.route = http_router_count(request->router);
    if (!more) /* longer paths than any route has are for the fallback */
        http_router_find(request->router, request->method, segments, count, &request->match);
    return true;
}

static int check_url(struct http_request *request)
{
    struct text url = without_authority(text_at(request, request->url));
    if (text_equal(url, text_of("*")) && request->method == HTTP_METHOD_OPTIONS) {
        request->path = url; /* the server as a whole: it knows every method somewhere */
        request->match.methods = (1u << HTTP_METHOD_COUNT) - 1;
        return 0;
    }
    if (url.size == 0 || url.bytes[0] != '/' || memchr(url.bytes, '#', url.size))
        return refuse_bad(request, "The request line has no path.");

    struct text path = text_cut(url, '?', &request->query);
    if (!url_decode(path, URL_PLUS_IS_PLUS, request->arena, &request->path) ||
        !route(request, path))
        return refuse_bad(request, "The path has an ill-formed escape.");
    if (!query_well_formed(request))
        return refuse_bad(request, "The query string is ill-formed or has too many parts.");
    return 0;
}

static int check_body_length(struct http_request *request)
{
    const struct http_route *routes = http_router_routes(request->router);
    size_t limit = 0;
    if (request->match.route < http_router_count(request->router))
        limit = routes[request->match.route].body_bytes_max;
    request->body_max = limit > 0 ? limit : HTTP_BODY_BYTES_MAX;
    if ((request->parser.flags & F_CONTENT_LENGTH) &&
        request->parser.content_length > request->body_max)
        return refuse_body(request);
    request->body_announced =
        request->parser.flags & F_CONTENT_LENGTH ? (size_t)request->parser.content_length : 0;
    return 0;
}

/* The order decides which of several faults a stranger hears of: what cannot be read goes first. */
static int on_head_complete(llhttp_t *parser)
{
    struct http_request *request = request_of(parser);
    request->head_done = true;

    struct head_facts facts = {0};
    if (check_start_line(request) != 0)
        return HPE_USER;
    if (!lines_follow_each_other(request))
        return refuse_bad(request, "A header is ill-formed.");
    for (size_t i = 0; i < request->header_count; i++)
        learn(request, &request->headers[i], &facts);
    if (check_framing(request, &facts) != 0 || check_url(request) != 0 ||
        check_body_length(request) != 0 || check_expectation(request, &facts) != 0)
        return HPE_USER;
    return 0;
}

/* --- the body --------------------------------------------------------------------------------- */

static bool body_make_room(struct http_request *request, size_t size)
{
    if (size <= request->body_capacity - request->body_size)
        return true;
    size_t capacity = request->body_capacity * 2;
    if (capacity < request->body_size + size)
        capacity = request->body_size + size;
    if (request->may_send_much && capacity < request->body_announced)
        capacity = request->body_announced; /* what doubles takes its length three times over */
    if (capacity > request->body_max)
        capacity = request->body_max;
    char *body = arena_take(request->arena, capacity);
    if (!body)
        return false;
    if (request->body)
        memcpy(body, request->body, request->body_size);
    request->body = body;
    request->body_capacity = capacity;
    return true;
}

static int on_body(llhttp_t *parser, const char *at, size_t size)
{
    struct http_request *request = request_of(parser);
    if (size > request->body_max - request->body_size)
        return refuse_body(request);
    bool in_head = at >= request->head && at < request->head + request->head_size;
    if (!request->body && in_head) { /* stays where it is; chunks close up behind it */
        request->body = request->head + (at - request->head);
        request->body_capacity = request->head_capacity - (size_t)(at - request->head);
    }
    if (!body_make_room(request, size))
        return refuse(request, 503, "BUSY", "Memory is short.");
    must(request->body);
    if (size > 0 && request->body + request->body_size != at)
        memmove(request->body + request->body_size, at, size);
    request->body_size += size;
    return 0;
}

static int on_whole(llhttp_t *parser)
{
    request_of(parser)->whole = true;
    return HPE_PAUSED; /* what follows is another request's */
}

static const llhttp_settings_t callbacks = {
    .on_url = on_url,
    .on_url_complete = on_url_complete,
    .on_header_field = on_name,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_head_complete,
    .on_body = on_body,
    .on_message_complete = on_whole,
};

/* --- feeding ---------------------------------------------------------------------------------- */

struct http_request *http_request_create(struct arena *arena, const struct http_router *router)
{
    struct http_request *request = arena_take(arena, sizeof *request);
    char *head = arena_take(arena, HTTP_REQUEST_LINE_BYTES_MAX);
    if (!request || !head)
        return NULL;
    memset(request, 0, offsetof(struct http_request, headers) + sizeof request->headers[0]);
    request->arena = arena;
    request->router = router;
    request->match.route = http_router_count(router);
    request->head = head;
    request->head_capacity = HTTP_REQUEST_LINE_BYTES_MAX;
    llhttp_init(&request->parser, HTTP_REQUEST, &callbacks);
    request->parser.data = request;
    return request;
}

/* How long the head may be as far as we know: the URL goes first and has a limit of its own. */
static size_t head_bytes_max(const struct http_request *request)
{
    bool url_done =
        request->url.size > 0 && (size_t)request->url.at + request->url.size < request->head_size;
    if (!url_done)
        return HTTP_REQUEST_LINE_BYTES_MAX;
    return (size_t)request->url.at + request->url.size + VERSION_BYTES + HTTP_HEADER_BYTES_MAX + 2;
}

/* Copies what fits behind the head; 0 when it is as long as it may be. */
static size_t head_append(struct http_request *request, const char *bytes, size_t size)
{
    size_t most = head_bytes_max(request);
    if (request->head_size >= most)
        return 0;
    if (request->head_size == request->head_capacity) {
        size_t capacity = request->head_capacity * 2 < HTTP_HEAD_BYTES_MAX
                              ? request->head_capacity * 2
                              : HTTP_HEAD_BYTES_MAX;
        char *head = arena_take(request->arena, capacity);
        if (!head)
            return 0;
        memcpy(head, request->head, request->head_size);
        request->head = head;
        request->head_capacity = capacity;
    }
    if (most > request->head_capacity)
        most = request->head_capacity;
    if (size > most - request->head_size)
        size = most - request->head_size;
    memcpy(request->head + request->head_size, bytes, size);
    request->head_size += size;
    return size;
}

static void refuse_long_head(struct http_request *request)
{
    if (request->url.size == 0)
        (void)refuse_bad(request, "This is not HTTP.");
    else if (head_bytes_max(request) == HTTP_REQUEST_LINE_BYTES_MAX)
        (void)refuse_long_url(request);
    else
        (void)refuse_headers(request);
}

/* A method is upper-case letters; anything else at the very beginning is not HTTP at all. */
static void refuse_method(struct http_request *request, const char *until)
{
    const char *at = request->head;
    while (at < until && (*at == '\r' || *at == '\n'))
        at++;
    bool letters = true;
    for (; at <= until && letters; at++)
        letters = (*at >= 'A' && *at <= 'Z') || *at == '-';
    if (letters)
        (void)refuse(request, 501, "NOT_IMPLEMENTED", "This method is not known here.");
    else
        (void)refuse_bad(request, "This is not HTTP.");
}

static void refuse_as_llhttp_says(struct http_request *request, llhttp_errno_t error)
{
    if (request->refusal.status != 0)
        return; /* a callback knew better */
    const char *reason = llhttp_get_error_reason(&request->parser);
    if (error == HPE_INVALID_METHOD)
        refuse_method(request, llhttp_get_error_pos(&request->parser));
    else if (error == HPE_INVALID_VERSION || error == HPE_PAUSED_H2_UPGRADE)
        (void)refuse(request, 505, "VERSION_NOT_SUPPORTED",
                     "HTTP/1.1 and HTTP/1.0 are spoken here.");
    else
        (void)refuse_bad(request, reason && *reason ? reason : "This is not HTTP.");
}

static bool framing_endless(struct http_request *request, size_t size)
{
    request->raw_body_size += size;
    return request->raw_body_size >
           request->body_max * HTTP_CHUNK_FRAMING_FACTOR_MAX + HTTP_CHUNK_FRAMING_BYTES_MAX;
}

enum http_reading http_request_read(struct http_request *request, struct text bytes,
                                    size_t *out_taken)
{
    *out_taken = 0;
    while (*out_taken < bytes.size) {
        const char *from = bytes.bytes + *out_taken;
        size_t size = bytes.size - *out_taken;
        if (request->head_done) {
            if (framing_endless(request, size)) {
                (void)refuse_body(request);
                return HTTP_READING_REFUSED;
            }
        } else {
            size = head_append(request, from, size);
            if (size == 0) {
                refuse_long_head(request);
                return HTTP_READING_REFUSED;
            }
            from = request->head + request->head_size - size;
        }
        llhttp_errno_t error = llhttp_execute(&request->parser, from, size);
        if (request->whole) {
            *out_taken += (size_t)(llhttp_get_error_pos(&request->parser) - from);
            return HTTP_READING_WHOLE;
        }
        if (error != HPE_OK) {
            refuse_as_llhttp_says(request, error);
            return HTTP_READING_REFUSED;
        }
        *out_taken += size;
    }
    return HTTP_READING_MORE;
}
