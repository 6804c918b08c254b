/*
 * leaflet_private.h — the bytes of a leaflet, as they go to the socket; for the files of net/ only.
 *
 * Thread   Any.
 * Memory   The leaflet's.
 */
#ifndef NET_LEAFLET_PRIVATE_H
#define NET_LEAFLET_PRIVATE_H

#include "net/http_stream.h"

/* A heartbeat, a goodbye, an answer to a ping: bytes of one kind of stream, as they are. */
struct leaflet *leaflet_raw(enum http_stream_kind kind, const void *bytes, size_t size);

/* Empty when the leaflet cannot be said on this kind of stream. */
struct text leaflet_bytes(const struct leaflet *leaflet, enum http_stream_kind kind);

#endif
