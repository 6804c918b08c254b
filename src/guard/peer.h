/*
 * peer.h — whom a limit counts when it counts addresses.
 *
 * Thread   Any.
 * Memory   None.
 * Meaning  An IPv6 peer counts with its whole /64, which is what one subscriber has; an IPv4 peer,
 *          also in IPv6's clothes (::ffff:192.0.2.1), with its address.
 */
#ifndef GUARD_PEER_H
#define GUARD_PEER_H

#include <stdint.h>

#include "base/text.h"

/* A keyed hash, for limiter_ask(); `peer` is an address in text form. */
uint64_t peer_key(struct text peer);

/* The same for a peer together with what it asks for, such as an e-mail. */
uint64_t peer_key_with(struct text peer, struct text what);

#endif
