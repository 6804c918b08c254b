/*
 * memberships.h — who is in which group of fans, and the codes that make members.
 *
 * Thread   Writing: inside a store_job. Reading: the connection's.
 * Memory   Texts of what was read live in the arena.
 * Promise  A code makes one fan a member, once; a fan who was a member uses none up. A place is
 *          given under the lock of the group's row, so places are committed in their order.
 */
#ifndef ACCOUNT_MEMBERSHIPS_H
#define ACCOUNT_MEMBERSHIPS_H

#include "account/fan_code.h"
#include "base/arena.h"
#include "base/ids.h"
#include "store/store.h"

/* STATUS_MISSING: there is no such group. STATUS_CONFLICT: one of the codes is known already. */
MUST_USE enum status memberships_add_codes(struct store_connection *connection, int64_t group,
                                           const struct fan_code_hash *codes, size_t code_count,
                                           int64_t now_ms);

struct membership {
    int64_t group;
    struct text name, name_ko;
    int64_t joined_at_ms;
};

/* STATUS_MISSING: no such code, or another fan has used it. */
MUST_USE enum status memberships_join(struct store_connection *connection, struct arena *arena,
                                      struct fan_id fan, const struct fan_code_hash *code,
                                      int64_t now_ms, struct membership *out_membership,
                                      bool *out_new);

/* All of the fan's, in the order of the groups' ids, at most `most`. */
MUST_USE enum status memberships_of(struct store_connection *connection, struct arena *arena,
                                    struct fan_id fan, struct membership *out_memberships,
                                    size_t most, size_t *out_count);

#endif
