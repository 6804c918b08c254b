/*
 * layout_map.h — the seat map that a layout document would become, before anything is written.
 *
 * Seat ids count from 1, as in a catalog that is empty, and sections have no ids (0).
 *
 * Thread   Any; pure.
 * Memory   The arena's; names are the document's.
 */
#ifndef CATALOG_LAYOUT_MAP_H
#define CATALOG_LAYOUT_MAP_H

#include "base/ids.h"
#include "catalog/catalog_seats.h"
#include "catalog/layout_document.h"

/* STATUS_NO_MEMORY: the arena is full. */
MUST_USE enum status layout_map(const struct layout_document *document, struct option_id option,
                                struct arena *arena, struct catalog_map *out_map);

#endif
