/* waiting_sale.c — a few requests, and patience. */
#include "support/waiting_sale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

enum { PATH_BYTES = 160, BODY_BYTES = 1024 };

/* --- answers ---------------------------------------------------------------------------------- */

void reply_must_say(const struct http_reply *reply, const char *words)
{
    reply_must_be(reply, 200);
    if (!http_reply_says(reply, words))
        fail_msg("no %s in %.*s", words, (int)reply->body.size, reply->body.bytes);
}

void reply_text(const struct http_reply *reply, const char *name, char out[WAITING_TEXT_BYTES])
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *found = memmem(reply->body.bytes, reply->body.size, key, strlen(key));
    if (!found) {
        fail_msg("no %s in %.*s", name, (int)reply->body.size, reply->body.bytes);
        return;
    }
    found += strlen(key);
    size_t size = strcspn(found, "\"");
    assert_true(size < WAITING_TEXT_BYTES);
    memcpy(out, found, size);
    out[size] = '\0';
}

/* --- asking ----------------------------------------------------------------------------------- */

struct http_reply waiting_ask(struct test_sale *sale, const char *method, const char *token,
                              const char *rest, const char *json)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/api/options/%lld%s", (long long)sale->option, rest);
    return http_client_ask(
        sale->client,
        &(struct http_ask){.method = method, .path = path, .token = token, .json = json});
}

struct http_reply waiting_ask_until(struct test_sale *sale, const char *token, const char *rest,
                                    const char *words)
{
    int64_t until_ms = clock_monotonic_ms() + WAITING_PATIENCE_MS;
    for (;;) {
        struct http_reply reply = waiting_ask(sale, "GET", token, rest, NULL);
        if (http_reply_says(&reply, words))
            return reply;
        if (clock_monotonic_ms() > until_ms)
            fail_msg("never %s, but %.*s", words, (int)reply.body.size, reply.body.bytes);
    }
}

struct http_reply waiting_join(struct test_sale *sale, const char *token)
{
    return waiting_ask(sale, "POST", token, "/waiting", "{}");
}

void waiting_put_sale(struct test_sale *sale, const char *strategy, int opens_in_s,
                      const char *more)
{
    char json[BODY_BYTES], opens[CLOCK_TEXT_BYTES], closes[CLOCK_TEXT_BYTES];
    int64_t opens_at_ms = clock_wall_ms() + opens_in_s * 1000LL;
    clock_write_iso(opens_at_ms, opens);
    clock_write_iso(opens_at_ms + 3600 * 1000, closes);
    snprintf(json, sizeof json,
             "{\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"strategy\":\"%s\",\"holdSeconds\":600,"
             "\"maxPerFan\":4,\"waitingRoom\":true%s}",
             opens, closes, strategy, more);
    struct http_reply reply = waiting_ask(sale, "PUT", sale->operator, "/sale", json);
    reply_must_say(&reply, "\"waitingRoom\":true");
    reply = waiting_ask(sale, "GET", sale->operator, "/admission", NULL);
    reply_must_be(&reply, 200); /* in effect when answered */
    (void)waiting_ask_until(sale, NULL, "/waiting/serving", "\"state\":");
    if (*more == '\0')
        (void)waiting_ask_until(sale, NULL, "/waiting/serving", opens_in_s > 0 ? "HALL" : "OPEN");
}

void waiting_put_admission(struct test_sale *sale, const char *mode, int fans_per_second,
                           int active_max, int challenge_bits)
{
    char json[BODY_BYTES], words[64];
    snprintf(json, sizeof json,
             "{\"mode\":\"%s\",\"fansPerSecond\":%d,\"activeMax\":%d,\"entrySeconds\":300,"
             "\"challengeBits\":%d}",
             mode, fans_per_second, active_max, challenge_bits);
    struct http_reply reply = waiting_ask(sale, "PUT", sale->operator, "/admission", json);
    snprintf(words, sizeof words, "\"mode\":\"%s\"", mode);
    reply_must_say(&reply, words);
    json[strlen(json) - 1] = '\0'; /* the answer goes on where the body ends */
    (void)waiting_ask_until(sale, sale->operator, "/admission", json);
}

struct http_reply waiting_reserve(struct test_sale *sale, const char *token, const char *key,
                                  const char *version, int64_t seat, const char *entry)
{
    char json[BODY_BYTES], fields[WAITING_TEXT_BYTES + 32], path[PATH_BYTES];
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)sale->option,
             (long long)sale->first_seat + seat);
    snprintf(fields, sizeof fields, "Entry-Token: %s\r\n", entry ? entry : "");
    snprintf(path, sizeof path, "/api%s/reservations", version);
    return http_client_ask(sale->client, &(struct http_ask){.method = "POST",
                                                            .path = path,
                                                            .token = token,
                                                            .idempotency_key = key,
                                                            .fields = entry ? fields : NULL,
                                                            .json = json});
}

/* --- listening -------------------------------------------------------------------------------- */

static struct http_client *listen_as(struct test_sale *sale, const char *token, const char *rest,
                                     const char *fields, int status)
{
    char path[PATH_BYTES];
    struct http_client *tab = server_process_connect(sale->server);
    snprintf(path, sizeof path, "/api/options/%lld%s", (long long)sale->option, rest);
    struct http_reply reply =
        http_client_ask(tab, &(struct http_ask){.path = path, .token = token, .fields = fields});
    reply_must_be(&reply, status);
    return tab;
}

struct http_client *waiting_listen(struct test_sale *sale, const char *token)
{
    return listen_as(sale, token, "/waiting/events", NULL, 200);
}

void waiting_must_hear(struct http_client *tab, const char *name, const char *words)
{
    struct http_event event;
    do
        assert_true(http_client_event(tab, &event));
    while (!text_equal(event.name, text_of(name)) ||
           !memmem(event.data.bytes, event.data.size, words, strlen(words)));
}

struct http_client *waiting_listen_by_socket(struct test_sale *sale, const char *token)
{
    return listen_as(sale, token, "/waiting/ws",
                     "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                     101);
}

void waiting_must_hear_by_socket(struct http_client *tab, const char *name, const char *words)
{
    char event[64];
    struct text said;
    snprintf(event, sizeof event, "{\"event\":\"%s\",", name);
    do
        assert_true(http_client_socket_text(tab, &said));
    while (!text_starts(said, text_of(event)) ||
           !memmem(said.bytes, said.size, words, strlen(words)));
}
