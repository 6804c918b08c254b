/*
 * addresses.c — an open table with linear probing, half empty at most.
 *
 * Slots are found with a hash keyed by a secret of the process, so nobody can pick addresses that
 * collide. Leaving closes the gap (Knuth, volume 3, 6.4, algorithm R): no tombstones gather.
 */
#include "net/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/must.h"

struct slot {
    struct address key;
    uint32_t connection_count; /* 0: free */
};

struct addresses {
    pthread_mutex_t lock;
    size_t slot_count; /* a power of two */
    size_t used_count;
    size_t addresses_max;
    size_t connections_per_address_max;
    struct slot slots[];
};

static const uint8_t mapped_prefix[12] = {[10] = 0xFF, [11] = 0xFF};

static bool is_mapped(struct address address)
{
    return memcmp(address.bytes, mapped_prefix, sizeof mapped_prefix) == 0;
}

struct address address_of(const struct sockaddr_storage *peer)
{
    struct address address = {{0}};
    if (peer->ss_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)peer;
        memcpy(address.bytes, mapped_prefix, sizeof mapped_prefix);
        memcpy(address.bytes + sizeof mapped_prefix, &ipv4->sin_addr, 4);
    } else if (peer->ss_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)peer;
        memcpy(address.bytes, &ipv6->sin6_addr, 16);
    }
    return address;
}

void address_write(struct address address, char out_text[ADDRESS_TEXT_BYTES])
{
    const char *written =
        is_mapped(address)
            ? inet_ntop(AF_INET, address.bytes + sizeof mapped_prefix, out_text, ADDRESS_TEXT_BYTES)
            : inet_ntop(AF_INET6, address.bytes, out_text, ADDRESS_TEXT_BYTES);
    must(written);
}

struct addresses *addresses_create(size_t addresses_max, size_t connections_per_address_max)
{
    must(addresses_max > 0);
    must(connections_per_address_max > 0);

    size_t slot_count = 16;
    while (slot_count < addresses_max * 2)
        slot_count *= 2;
    struct addresses *addresses = calloc(1, sizeof *addresses + slot_count * sizeof(struct slot));
    if (!addresses)
        return NULL;
    int failed = pthread_mutex_init(&addresses->lock, NULL);
    must(!failed);
    addresses->slot_count = slot_count;
    addresses->addresses_max = addresses_max;
    addresses->connections_per_address_max = connections_per_address_max;
    return addresses;
}

void addresses_destroy(struct addresses *addresses)
{
    if (!addresses)
        return;
    pthread_mutex_destroy(&addresses->lock);
    free(addresses);
}

static struct address key_of(struct address address)
{
    if (!is_mapped(address))
        memset(address.bytes + 8, 0, 8);
    return address;
}

static size_t home_of(const struct addresses *addresses, const struct address *key)
{
    struct hash hash = hash_text(text_make((const char *)key->bytes, sizeof key->bytes));
    return hash.low & (addresses->slot_count - 1);
}

/* The slot of this key, or the free one where it belongs. */
static size_t find(const struct addresses *addresses, const struct address *key)
{
    size_t at = home_of(addresses, key);
    while (addresses->slots[at].connection_count > 0 &&
           memcmp(&addresses->slots[at].key, key, sizeof *key) != 0)
        at = (at + 1) & (addresses->slot_count - 1);
    return at;
}

static void close_gap(struct addresses *addresses, size_t gap)
{
    size_t mask = addresses->slot_count - 1;
    for (size_t at = (gap + 1) & mask; addresses->slots[at].connection_count > 0;
         at = (at + 1) & mask) {
        size_t home = home_of(addresses, &addresses->slots[at].key);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue; /* its home lies behind the gap */
        addresses->slots[gap] = addresses->slots[at];
        gap = at;
    }
    addresses->slots[gap] = (struct slot){0};
}

bool addresses_enter(struct addresses *addresses, struct address address)
{
    struct address key = key_of(address);
    pthread_mutex_lock(&addresses->lock);
    struct slot *slot = &addresses->slots[find(addresses, &key)];
    bool is_new = slot->connection_count == 0;
    bool fits = is_new ? addresses->used_count < addresses->addresses_max
                       : slot->connection_count < addresses->connections_per_address_max;
    if (fits) {
        addresses->used_count += is_new;
        slot->key = key;
        slot->connection_count++;
    }
    pthread_mutex_unlock(&addresses->lock);
    return fits;
}

void addresses_leave(struct addresses *addresses, struct address address)
{
    struct address key = key_of(address);
    pthread_mutex_lock(&addresses->lock);
    size_t at = find(addresses, &key);
    must(addresses->slots[at].connection_count > 0);
    if (--addresses->slots[at].connection_count == 0) {
        addresses->used_count--;
        close_gap(addresses, at);
    }
    pthread_mutex_unlock(&addresses->lock);
}
