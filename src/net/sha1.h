/*
 * sha1.h — SHA-1 (FIPS 180-4), for the one handshake that asks for it.
 *
 * RFC 6455 §4.2.2 proves with it that a server has understood a WebSocket request. It protects
 * nothing, and nothing else here may use it; libsodium, our library for such things, leaves it out
 * for good reasons.
 *
 * Thread   Any: a pure function of its arguments.
 * Memory   The stack's.
 */
#ifndef NET_SHA1_H
#define NET_SHA1_H

#include <stdint.h>

#include "base/text.h"

enum { SHA1_BYTES = 20 };

void sha1(struct text text, uint8_t out[SHA1_BYTES]);

#endif
