/*
 * concert_refunds.h — operators give back everything that was paid for a concert, whatever the
 * date.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_CONCERT_REFUNDS_H
#define API_CONCERT_REFUNDS_H

#include "net/http.h"

http_handler concert_refunds_post;
http_handler concert_refunds_list;

#endif
