/*
 * addresses.h — how many connections each peer address has, over all loops.
 *
 * Thread   Any: one lock, held for a few instructions, taken when a connection comes or goes.
 * Memory   Taken at creation for `addresses_max` different addresses; untouched pages cost nothing.
 * Meaning  An IPv6 peer counts with its whole /64: whoever has one address there has them all.
 */
#ifndef NET_ADDRESSES_H
#define NET_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct addresses;

struct address { /* IPv4 as ::ffff:a.b.c.d */
    uint8_t bytes[16];
};

enum { ADDRESS_TEXT_BYTES = 46 }; /* INET6_ADDRSTRLEN */

struct address address_of(const struct sockaddr_storage *peer);
void address_write(struct address address, char out_text[ADDRESS_TEXT_BYTES]);

/* NULL when memory is short. */
struct addresses *addresses_create(size_t addresses_max, size_t connections_per_address_max);
void addresses_destroy(struct addresses *addresses); /* NULL is welcome */

/* False when the address has its share already, or no room is left; then nothing was counted. */
bool addresses_enter(struct addresses *addresses, struct address address);
void addresses_leave(struct addresses *addresses, struct address address);

#endif
