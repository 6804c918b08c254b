/*
 * members.h — who is in which group of fans, as far as the engine has read it.
 *
 * Thread   One thread at a time: the engine's.
 * Memory   24 bytes a membership, growing with them.
 * Limits   GROUP_MEMBERS_MAX memberships, GROUPS_READ_MAX groups.
 */
#ifndef BOOKING_MEMBERS_H
#define BOOKING_MEMBERS_H

#include "base/ids.h"
#include "base/table.h"

struct members {
    struct table by_fan_and_group;
    struct table places; /* group → the last place that was read */
};

void members_init(struct members *members);
void members_deinit(struct members *members);
void members_clear(struct members *members);

bool members_has(const struct members *members, int64_t group, struct fan_id fan);

/* The last place of the group that was read; 0: none. */
int64_t members_place(const struct members *members, int64_t group);

/* STATUS_FULL at the limits: the fan is then no member. */
MUST_USE enum status members_add(struct members *members, int64_t group, struct fan_id fan,
                                 int64_t place);

#endif
