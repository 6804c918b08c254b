/*
 * peer.c — addresses are read once more from their text, as endpoints know nothing else of a peer.
 */
#include "guard/peer.h"

#include <arpa/inet.h>

#include "base/hash.h"

enum { PREFIX_BYTES = 8, ADDRESS_BYTES = 16, MAPPED_BYTES = 12 };

/* What counts of the address; `room` holds it. Anything that is no IPv6 address counts as it is. */
static struct text counted(struct text peer, unsigned char room[ADDRESS_BYTES])
{
    static const unsigned char mapped[MAPPED_BYTES] = {[10] = 0xFF, [11] = 0xFF};
    char words[INET6_ADDRSTRLEN];
    if (peer.size >= sizeof words)
        return peer;
    if (peer.size > 0)
        memcpy(words, peer.bytes, peer.size);
    words[peer.size] = '\0';
    if (inet_pton(AF_INET, words, room + MAPPED_BYTES) == 1)
        memcpy(room, mapped, sizeof mapped);
    else if (inet_pton(AF_INET6, words, room) != 1)
        return peer;
    bool is_mapped = memcmp(room, mapped, sizeof mapped) == 0;
    return text_make((const char *)room, is_mapped ? ADDRESS_BYTES : PREFIX_BYTES);
}

uint64_t peer_key(struct text peer)
{
    unsigned char room[ADDRESS_BYTES];
    return hash_text(counted(peer, room)).low;
}

uint64_t peer_key_with(struct text peer, struct text what)
{
    uint64_t both[2] = {peer_key(peer), hash_text(what).low};
    return hash_text(text_make((const char *)both, sizeof both)).low;
}
