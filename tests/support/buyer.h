/*
 * buyer.h — a fan with two seats of a test's sale: holds, pays, looks, gives back.
 *
 * Thread   One thread at a time.
 * Memory   A value; it borrows its sale. A reply lives until the next request on the connection.
 * Failure  An answer that the function does not expect ends the test with its words.
 */
#ifndef SUPPORT_BUYER_H
#define SUPPORT_BUYER_H

#include "support/test_sale.h"

struct buyer {
    struct test_sale *sale;
    char token[TEST_TOKEN_BYTES];
    int64_t reservation, amount, payment, first_seat;
};

/* What anybody may ask of the sale's server; NULL: no token, no key, no body. */
struct http_reply sale_post(struct test_sale *sale, const char *token, const char *key,
                            const char *path, const char *json);
struct http_reply sale_get(struct test_sale *sale, const char *token, const char *path);

/* Two seats, from the `seat_index`th of the sale on. */
void buyer_hold(struct test_sale *sale, int64_t fan, int64_t seat_index, struct buyer *out_buyer);
void buyer_buy(struct test_sale *sale, int64_t fan, int64_t seat_index, struct buyer *out_buyer);

struct http_reply buyer_pay(const struct buyer *buyer, const char *key, const char *outcome);
struct http_reply buyer_look(const struct buyer *buyer, const char *token);

/* Until the payment is in `state`; a test that waits for ever is ended from outside. */
struct http_reply buyer_look_until(const struct buyer *buyer, const char *state);

/* With `token`, the fan's or an operator's; amount 0: everything. */
struct http_reply buyer_refund(const struct buyer *buyer, const char *token, const char *key,
                               int64_t amount);

#endif
