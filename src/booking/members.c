/* members.c — one table of pairs; and where each group goes on. */
#include "booking/members.h"

#include "base/hash.h"
#include "base/must.h"
#include "limits.h"

static uint64_t key_of(int64_t group, struct fan_id fan)
{
    return (hash_id(fan.value) ^ (hash_id(group) << 1)) | 1; /* no key is 0 */
}

void members_init(struct members *members)
{
    table_init(&members->by_fan_and_group, GROUP_MEMBERS_MAX);
    table_init(&members->places, GROUPS_READ_MAX);
}

void members_deinit(struct members *members)
{
    table_deinit(&members->by_fan_and_group);
    table_deinit(&members->places);
}

void members_clear(struct members *members)
{
    table_clear(&members->by_fan_and_group);
    table_clear(&members->places);
}

bool members_has(const struct members *members, int64_t group, struct fan_id fan)
{
    uint32_t place;
    return table_get(&members->by_fan_and_group, key_of(group, fan), &place);
}

int64_t members_place(const struct members *members, int64_t group)
{
    uint32_t place;
    return table_get(&members->places, hash_id(group), &place) ? place : 0;
}

enum status members_add(struct members *members, int64_t group, struct fan_id fan, int64_t place)
{
    must(group > 0 && place > 0 && place <= UINT32_MAX);
    enum status status = table_set(&members->by_fan_and_group, key_of(group, fan), (uint32_t)place);
    return status == STATUS_OK ? table_set(&members->places, hash_id(group), (uint32_t)place)
                               : status;
}
