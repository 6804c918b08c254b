/*
 * names.h — the key of a name: what makes `IU`, ` iu ` and `I U` the same.
 *
 * White space gone (the ASCII kinds, the no-break and the ideographic space), ASCII letters small,
 * full-width brackets made plain. Migration 0002 makes the same keys in SQL.
 *
 * Thread   Any; pure.
 * Memory   The arena's.
 */
#ifndef CATALOG_NAMES_H
#define CATALOG_NAMES_H

#include "base/arena.h"
#include "base/text.h"

/* The name must be UTF-8. bytes == NULL when memory is short. */
struct text name_key(struct arena *arena, struct text name);

#endif
