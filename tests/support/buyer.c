/* buyer.c — requests as a page would send them. */
#include "support/buyer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct http_reply sale_post(struct test_sale *sale, const char *token, const char *key,
                            const char *path, const char *json)
{
    return http_client_ask(
        sale->client,
        &(struct http_ask){
            .method = "POST", .path = path, .token = token, .idempotency_key = key, .json = json});
}

struct http_reply sale_get(struct test_sale *sale, const char *token, const char *path)
{
    return http_client_ask(sale->client, &(struct http_ask){.path = path, .token = token});
}

void buyer_hold(struct test_sale *sale, int64_t fan, int64_t seat_index, struct buyer *out_buyer)
{
    struct buyer buyer = {.sale = sale, .first_seat = sale->first_seat + seat_index};
    char json[160];
    test_sale_token(sale, fan, 0, buyer.token);
    snprintf(json, sizeof json, "{\"optionId\":%lld,\"seatIds\":[%lld,%lld]}",
             (long long)sale->option, (long long)buyer.first_seat, (long long)buyer.first_seat + 1);
    struct http_reply reply = sale_post(sale, buyer.token, "hold", "/api/reservations", json);
    reply_must_be(&reply, 201);
    buyer.reservation = reply_number(&reply, "id");
    buyer.amount = reply_number(&reply, "amount");
    *out_buyer = buyer;
}

struct http_reply buyer_pay(const struct buyer *buyer, const char *key, const char *outcome)
{
    char path[96], json[128];
    snprintf(path, sizeof path, "/api/reservations/%lld/payments", (long long)buyer->reservation);
    snprintf(json, sizeof json, "{\"method\":\"test\",\"gatewayData\":{\"outcome\":\"%s\"}}",
             outcome);
    return sale_post(buyer->sale, buyer->token, key, path, json);
}

void buyer_buy(struct test_sale *sale, int64_t fan, int64_t seat_index, struct buyer *out_buyer)
{
    buyer_hold(sale, fan, seat_index, out_buyer);
    struct http_reply reply = buyer_pay(out_buyer, "pay", "approve");
    reply_must_be(&reply, 201);
    out_buyer->payment = reply_number(&reply, "id");
}

struct http_reply buyer_look(const struct buyer *buyer, const char *token)
{
    char path[96];
    snprintf(path, sizeof path, "/api/payments/%lld", (long long)buyer->payment);
    return sale_get(buyer->sale, token, path);
}

struct http_reply buyer_look_until(const struct buyer *buyer, const char *state)
{
    char words[64];
    struct http_reply reply;
    snprintf(words, sizeof words, "\"state\":\"%s\"", state);
    do
        reply = buyer_look(buyer, buyer->token);
    while (!http_reply_says(&reply, words));
    return reply;
}

struct http_reply buyer_refund(const struct buyer *buyer, const char *token, const char *key,
                               int64_t amount)
{
    char path[96], json[128];
    snprintf(path, sizeof path, "/api/payments/%lld/refunds", (long long)buyer->payment);
    snprintf(json, sizeof json, "{\"amount\":%lld,\"reason\":\"ill\"}", (long long)amount);
    return sale_post(buyer->sale, token, key, path, amount > 0 ? json : "{\"reason\":\"ill\"}");
}
