/*
 * payment_body.h — what a fan sends along to pay: the gateway, and what that gateway wants to know.
 *
 * Thread   The request's loop.
 * Memory   Texts of the order live in the request's arena.
 */
#ifndef API_PAYMENT_BODY_H
#define API_PAYMENT_BODY_H

#include "base/json_in.h"
#include "net/http.h"
#include "payment/payments.h"

/*
 * Fills in what comes from the body; `order` knows its fan, reservation and key already. False: the
 * request has been answered with what is wrong. `gateway` is the name of the one this server has.
 */
bool payment_body_read(struct http_request *request, const struct json_in *document,
                       const char *gateway, struct payment_order *order);

#endif
