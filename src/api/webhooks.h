/*
 * webhooks.h — POST /api/webhooks/payments/{gateway}: news that the gateway sends by itself.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_WEBHOOKS_H
#define API_WEBHOOKS_H

#include "net/http.h"

http_handler webhooks_payments_post;
http_handler payment_methods_get;

#endif
