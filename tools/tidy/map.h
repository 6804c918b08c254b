/*
 * map.h — who may include whom.
 *
 * Thread   One thread.
 * Memory   map_read() takes what it needs; map_destroy() gives it back.
 *
 * The folders' map has one source, the table `uses` of meson.build, which also says what is linked
 * with what. Where a vendor's header may appear stands in map.c.
 */
#ifndef TIDY_MAP_H
#define TIDY_MAP_H

#include "findings.h"
#include "source.h"

struct map;

/* NULL when there is no table `uses = {` in it. */
struct map *map_read(const char *meson_build);
void map_destroy(struct map *map); /* NULL is welcome */

/* Every #include of the file: folders against the map, vendor headers, adapters. */
void map_check(const struct map *map, const struct source *source, struct findings *findings);

#endif
