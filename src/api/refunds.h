/*
 * refunds.h — giving money back for a payment (API: Paying).
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_REFUNDS_H
#define API_REFUNDS_H

#include "api/api.h"

http_handler refunds_post; /* POST /api/payments/{id}/refunds */

#endif
