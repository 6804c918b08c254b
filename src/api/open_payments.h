/*
 * open_payments.h — what an operator asks when money does not add up: which payments have no
 * outcome yet.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_OPEN_PAYMENTS_H
#define API_OPEN_PAYMENTS_H

#include "net/http.h"

http_handler open_payments_list;

#endif
