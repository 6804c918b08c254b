/*
 * strategy_sale.h — a test's sale that sells by one of the strategies, and a press for a seat.
 *
 * Thread   One thread at a time.
 * Memory   A reply lives until the next request on the sale's connection.
 */
#ifndef SUPPORT_STRATEGY_SALE_H
#define SUPPORT_STRATEGY_SALE_H

#include "support/test_sale.h"

/* From now on "v2" with `lock` "optimistic", say; `lock` NULL: it has none. Open, for an hour, with
   holds of ten minutes. */
struct http_reply strategy_sale_put(struct test_sale *sale, const char *strategy, const char *lock,
                                    int max_per_fan);
/* Sent on `client`, and not waited for. */
bool strategy_sale_send_put(const struct test_sale *sale, struct http_client *client,
                            const char *strategy, const char *lock, int max_per_fan);

/* "/api/v2/reservations", for the `seat`th seat of the sale. */
struct http_reply strategy_sale_press(struct test_sale *sale, const char *path, const char *token,
                                      int seat, const char *key);
bool strategy_sale_send_press(const struct test_sale *sale, struct http_client *client,
                              const char *path, const char *token, int seat, const char *key);

#endif
