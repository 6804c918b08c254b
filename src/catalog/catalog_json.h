/*
 * catalog_json.h — what was read, as the JSON documents of docs/api/catalog.md.
 *
 * Thread   Any; pure.
 * Memory   The buffer's; its sticky `failed` tells when memory was short.
 */
#ifndef CATALOG_CATALOG_JSON_H
#define CATALOG_CATALOG_JSON_H

#include "base/buffer.h"
#include "catalog/catalog_live.h"
#include "catalog/catalog_seats.h"

void catalog_json_agencies(struct buffer *body, const struct catalog_page *page);
void catalog_json_agency(struct buffer *body, const struct catalog_agency *item);
void catalog_json_artists(struct buffer *body, const struct catalog_page *page);
void catalog_json_artist(struct buffer *body, const struct catalog_artist *item);
void catalog_json_venues(struct buffer *body, const struct catalog_page *page);
void catalog_json_venue(struct buffer *body, const struct catalog_venue *item);
void catalog_json_group(struct buffer *body, const struct catalog_group *item);
void catalog_json_groups(struct buffer *body, const struct catalog_page *page);

/* `lives` of all dates of all concerts of the page, one behind the other. */
void catalog_json_concerts(struct buffer *body, const struct catalog_page *page,
                           const struct catalog_live *lives);
/* The same with its description. */
void catalog_json_concert(struct buffer *body, const struct catalog_concert *concert,
                          const struct catalog_live *lives);

void catalog_json_options(struct buffer *body, const struct catalog_page *page,
                          const struct catalog_live *lives);
/* A date's sale by itself; `live` is the date's. */
void catalog_json_sale(struct buffer *body, const struct catalog_sale *sale,
                       const struct catalog_live *live);

void catalog_json_option(struct buffer *body, const struct catalog_option *item,
                         const struct catalog_live *live);

/* Everything of the map but its version, without the opening bracket: `"optionId":…}`. The version
   is made of these bytes. */
void catalog_json_map_tail(struct buffer *body, const struct catalog_map *map);

void catalog_json_seats(struct buffer *body, const struct catalog_seat *seats, size_t count,
                        bool more);

/* Two bits a seat, in base64. */
void catalog_json_states(struct buffer *body, uint64_t version, uint32_t seat_count,
                         const unsigned char *bytes);
void catalog_json_changes(struct buffer *body, uint64_t version, uint64_t since,
                          const uint32_t *seat_indexes, const enum seat_state *states,
                          size_t count);

/* The state the concert is listed under: OPEN if any date is, else the one nearest to it. False: no
   date has a sale. *out_opens_at_ms is the opening of the date that decided. */
bool catalog_concert_state(const struct catalog_concert *concert, const struct catalog_live *lives,
                           enum sale_state *out_state, int64_t *out_opens_at_ms);

#endif
