/*
 * waiting_sale.h — the line of a test sale: joining it, hearing of it, steering its door.
 *
 * Thread   One thread at a time.
 * Memory   A listener is the caller's: http_client_close().
 * Failure  An answer that is not the expected one ends the test with what was answered.
 * Waiting  The usher works in rounds: what takes a moment is asked for until it is there, for
 *          WAITING_PATIENCE_MS at most.
 */
#ifndef SUPPORT_WAITING_SALE_H
#define SUPPORT_WAITING_SALE_H

#include "support/test_sale.h"

enum {
    WAITING_TEXT_BYTES = 512, /* receipts, tokens, challenges */
    WAITING_PATIENCE_MS = 120000,
};

/* --- answers ---------------------------------------------------------------------------------- */

void reply_must_say(const struct http_reply *reply, const char *words); /* with 200 */
/* The first text behind "name": in a JSON body. */
void reply_text(const struct http_reply *reply, const char *name, char out[WAITING_TEXT_BYTES]);

/* --- asking ----------------------------------------------------------------------------------- */

/* `rest` follows /api/options/{id}; token and json may be NULL. */
struct http_reply waiting_ask(struct test_sale *sale, const char *method, const char *token,
                              const char *rest, const char *json);
struct http_reply waiting_ask_until(struct test_sale *sale, const char *token, const char *rest,
                                    const char *words);
struct http_reply waiting_join(struct test_sale *sale, const char *token);

/* A sale with a waiting room, which opens in so many seconds; `strategy` is "v5", or
   "v2\",\"lock\":\"optimistic"; `more` are members of the body behind a comma, or "". Returns when
   the line is there. */
void waiting_put_sale(struct test_sale *sale, const char *strategy, int opens_in_s,
                      const char *more);
void waiting_put_admission(struct test_sale *sale, const char *mode, int fans_per_second,
                           int active_max, int challenge_bits);

/* Presses for the sale's seat number `seat`; `version` is "", "/v1", …; `entry` may be NULL. */
struct http_reply waiting_reserve(struct test_sale *sale, const char *token, const char *key,
                                  const char *version, int64_t seat, const char *entry);

/* --- listening -------------------------------------------------------------------------------- */

/* By Server-Sent Events. */
struct http_client *waiting_listen(struct test_sale *sale, const char *token);
/* Other news may come before. */
void waiting_must_hear(struct http_client *tab, const char *name, const char *words);

/* By WebSocket. */
struct http_client *waiting_listen_by_socket(struct test_sale *sale, const char *token);
void waiting_must_hear_by_socket(struct http_client *tab, const char *name, const char *words);

#endif
