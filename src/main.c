/*
 * main.c — the one file that names adapters.
 *
 * Everything else knows ports: to run on another database or another gateway, change this file
 * alone.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "bus/bus_kafka.h"
#include "bus/bus_memory.h"
#include "cache/cache_memory.h"
#include "cache/cache_redis.h"
#include "command/command.h"
#include "guard/breaker.h"
#include "limits.h"
#include "lock/lock_memory.h"
#include "lock/lock_redis.h"
#include "payment/gateway_builtin.h"
#include "payment/gateway_toss.h"
#include "store/store_postgres.h"
#include "store/store_sqlite.h"
#include "strategies/request_states_memory.h"
#include "strategies/request_states_redis.h"
#include "waiting/line_memory.h"
#include "waiting/line_redis.h"

static_assert((int)WHY_BYTES == (int)STORE_SQLITE_WHY_BYTES, "one size of reasons");
static_assert((int)WHY_BYTES == (int)STORE_POSTGRES_WHY_BYTES, "one size of reasons");
static_assert((int)WHY_BYTES == (int)BUS_KAFKA_WHY_BYTES, "one size of reasons");
static_assert((int)COMMAND_PATH_BYTES >= (int)STORE_POSTGRES_NAME_BYTES, "names fit");

static enum status open_database(const char *place, bool create, char out_why[WHY_BYTES],
                                 struct store **out_store)
{
    struct store_sqlite_settings file = {.path = place, .create = create};
    struct store_postgres_settings server = {.url = place, .create = create};
    return store_postgres_is_url(place) ? store_postgres_open(&server, out_why, out_store)
                                        : store_sqlite_open(&file, out_why, out_store);
}

static void name_database(const char *place, char out_name[COMMAND_PATH_BYTES])
{
    if (store_postgres_is_url(place))
        store_postgres_name(place, out_name);
    else
        snprintf(out_name, COMMAND_PATH_BYTES, "%s", place);
}

static enum status open_gateway(const struct config *config, struct breakers *breakers,
                                char out_why[WHY_BYTES], struct gateway **out_gateway)
{
    struct gateway_chance chance = {.faults_of_10000 = config_int(config, SETTING_GATEWAY_FAULTS),
                                    .declines_of_10000 =
                                        config_int(config, SETTING_GATEWAY_DECLINES),
                                    .seed = (uint64_t)config_int(config, SETTING_GATEWAY_SEED)};
    if (strcmp(config_text(config, SETTING_GATEWAY), "toss") != 0) {
        *out_gateway = gateway_builtin_create(&chance);
        return *out_gateway ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (chance.faults_of_10000 > 0 || chance.declines_of_10000 > 0) {
        snprintf(out_why, WHY_BYTES, "gateway_faults and gateway_declines are of `test` only");
        return STATUS_INVALID;
    }
    struct gateway_toss_settings settings = {
        .url = config_text(config, SETTING_GATEWAY_URL),
        .secret_key = config_text(config, SETTING_GATEWAY_SECRET),
        .connect_timeout_ms = config_int(config, SETTING_GATEWAY_CONNECT_MS),
        .total_timeout_ms = config_int(config, SETTING_GATEWAY_TOTAL_MS),
        .breakers = breakers,
    };
    return gateway_toss_open(&settings, out_why, out_gateway);
}

static struct lock *create_lock(struct redis *redis)
{
    static const struct lock_settings usual;
    struct lock *lock;
    if (!redis)
        return lock_memory_create(&usual);
    return lock_redis_open(redis, &usual, &lock) == STATUS_OK ? lock : NULL;
}

static struct line_maker *create_lines(struct redis *redis)
{
    return redis ? line_redis_open(redis) : line_memory_maker();
}

static struct cache *create_cache(struct redis *redis)
{
    struct cache *cache;
    if (!redis)
        return cache_memory_create(CACHE_BYTES_MAX, clock_monotonic_ms);
    return cache_redis_open(redis, clock_wall_ms, &cache) == STATUS_OK ? cache : NULL;
}

static struct request_states *create_request_states(struct redis *redis)
{
    return redis ? request_states_redis_create(redis) : request_states_memory_create(clock_wall_ms);
}

static enum status open_bus(const struct config *config, const struct bus_topic *const *topics,
                            struct breakers *breakers, char out_why[WHY_BYTES],
                            struct bus **out_bus)
{
    const char *brokers = config_text(config, SETTING_KAFKA);
    if (brokers[0] == '\0') {
        *out_bus = bus_memory_create(topics);
        return *out_bus ? STATUS_OK : STATUS_NO_MEMORY;
    }
    struct breaker_settings usual = breaker_usual("kafka", BUS_SLOW_MS);
    const struct bus_kafka_settings settings = {.brokers = brokers,
                                                .prefix = config_text(config, SETTING_KAFKA_PREFIX),
                                                .topics = topics,
                                                .breaker = breakers_add(breakers, &usual)};
    return bus_kafka_open(&settings, out_why, out_bus);
}

int main(int argument_count, char **arguments)
{
    static const struct adapters adapters = {.open_database = open_database,
                                             .name_database = name_database,
                                             .open_gateway = open_gateway,
                                             .create_lock = create_lock,
                                             .create_cache = create_cache,
                                             .create_lines = create_lines,
                                             .create_request_states = create_request_states,
                                             .open_bus = open_bus};
    return (int)command_line(argument_count, arguments, &adapters);
}
