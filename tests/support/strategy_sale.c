/* strategy_sale.c — what an operator and a fan would send. */
#include "support/strategy_sale.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/must.h"

enum { PATH_BYTES = 96, BODY_BYTES = 512, LOCK_BYTES = 32, BEFORE_MS = 10000, OPEN_MS = 3600000 };

static struct http_reply answer_to(struct http_client *client, bool sent)
{
    struct http_reply reply;
    bool answered = sent && http_client_read(client, false, &reply);
    must(answered);
    return reply;
}

bool strategy_sale_send_put(const struct test_sale *sale, struct http_client *client,
                            const char *strategy, const char *lock, int max_per_fan)
{
    char path[PATH_BYTES], json[BODY_BYTES], quoted[LOCK_BYTES] = "null";
    char opens[CLOCK_TEXT_BYTES], closes[CLOCK_TEXT_BYTES];
    int64_t now_ms = clock_wall_ms();
    clock_write_iso(now_ms - BEFORE_MS, opens);
    clock_write_iso(now_ms + OPEN_MS, closes);
    if (lock)
        snprintf(quoted, sizeof quoted, "\"%s\"", lock);
    snprintf(path, sizeof path, "/api/options/%lld/sale", (long long)sale->option);
    snprintf(json, sizeof json,
             "{\"opensAt\":\"%s\",\"closesAt\":\"%s\",\"strategy\":\"%s\",\"lock\":%s,"
             "\"holdSeconds\":600,\"maxPerFan\":%d,\"waitingRoom\":false}",
             opens, closes, strategy, quoted, max_per_fan);
    return http_client_send_ask(
        client,
        &(struct http_ask){.method = "PUT", .path = path, .token = sale->operator, .json = json});
}

struct http_reply strategy_sale_put(struct test_sale *sale, const char *strategy, const char *lock,
                                    int max_per_fan)
{
    return answer_to(sale->client,
                     strategy_sale_send_put(sale, sale->client, strategy, lock, max_per_fan));
}

bool strategy_sale_send_press(const struct test_sale *sale, struct http_client *client,
                              const char *path, const char *token, int seat, const char *key)
{
    char json[BODY_BYTES];
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld]}", (long long)sale->option,
             (long long)sale->first_seat + seat);
    return http_client_send_ask(
        client,
        &(struct http_ask){
            .method = "POST", .path = path, .token = token, .idempotency_key = key, .json = json});
}

struct http_reply strategy_sale_press(struct test_sale *sale, const char *path, const char *token,
                                      int seat, const char *key)
{
    return answer_to(sale->client,
                     strategy_sale_send_press(sale, sale->client, path, token, seat, key));
}
