/*
 * main.c — the one file that names adapters.
 *
 * Everything else knows ports: to run on another database or another gateway, change this file
 * alone.
 */
#include <assert.h>
#include <stdio.h>

#include "command/command.h"
#include "payment/gateway.h"
#include "store/store_postgres.h"
#include "store/store_sqlite.h"

static_assert((int)WHY_BYTES == (int)STORE_SQLITE_WHY_BYTES, "one size of reasons");
static_assert((int)WHY_BYTES == (int)STORE_POSTGRES_WHY_BYTES, "one size of reasons");
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

int main(int argument_count, char **arguments)
{
    static const struct adapters adapters = {.open_database = open_database,
                                             .name_database = name_database,
                                             .create_gateway = gateway_builtin_create};
    return (int)command_line(argument_count, arguments, &adapters);
}
