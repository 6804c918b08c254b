/*
 * gate.h — checking tickets at the door.
 *
 * Thread   The request's loop.
 * Memory   The request's arena.
 */
#ifndef API_GATE_H
#define API_GATE_H

#include "api/api.h"

http_handler tickets_verify; /* POST /api/tickets/verify */

#endif
