/*
 * allotments.h — the seats of a date that are set aside, as they are read; the engine writes them.
 *
 * Thread   The reader's.
 * Memory   The buffer's.
 */
#ifndef CATALOG_ALLOTMENTS_H
#define CATALOG_ALLOTMENTS_H

#include "base/buffer.h"
#include "base/ids.h"
#include "base/json_out.h"
#include "store/store.h"

struct allotment_item {
    int64_t id, option;
    struct text name;
    int64_t group;          /* 0: nobody can hold its seats */
    int64_t releases_at_ms; /* 0: when somebody ends it */
};

/* The item without its seats: `"id":…,"optionId":…,"name":…,"groupId":…,"releasesAt":…` */
void allotment_json(struct json_out *out, const struct allotment_item *item);

/* {"items":[…]}: those whose group the fan is in; fan 0: all of them. STATUS_MISSING: there is no
   such date. */
MUST_USE enum status allotments_write(struct store_connection *reader, struct option_id option,
                                      struct fan_id fan, struct buffer *body);

#endif
