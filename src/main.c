/*
 * main.c — the one file that names adapters.
 *
 * Everything else knows ports: to run on another database or another gateway, change this file
 * alone.
 */
#include <assert.h>

#include "command/command.h"
#include "payment/gateway.h"
#include "store/store_sqlite.h"

static_assert((int)WHY_BYTES == (int)STORE_SQLITE_WHY_BYTES, "one size of reasons");

static enum status open_database(const char *path, bool create, char out_why[WHY_BYTES],
                                 struct store **out_store)
{
    struct store_sqlite_settings settings = {.path = path, .create = create};
    return store_sqlite_open(&settings, out_why, out_store);
}

int main(int argument_count, char **arguments)
{
    static const struct adapters adapters = {.open_database = open_database,
                                             .create_gateway = gateway_builtin_create};
    return (int)command_line(argument_count, arguments, &adapters);
}
