/*
 * concert_pack.h — a page of concerts as bytes, and back: for a cache that other nodes share.
 *
 * Thread   Any; pure.
 * Memory   Packing grows the buffer. What is unpacked lives in the arena, its texts in `bytes`.
 * Errors   Bytes that are no page, or not a whole one, unpack to NULL.
 */
#ifndef CATALOG_CONCERT_PACK_H
#define CATALOG_CONCERT_PACK_H

#include "base/buffer.h"
#include "catalog/catalog.h"

void concert_pack(struct buffer *out, const struct catalog_page *page);
struct catalog_page *concert_unpack(struct text bytes, struct arena *arena);
struct catalog_page *concert_unpack_one(struct text bytes, struct arena *arena); /* exactly one */

#endif
