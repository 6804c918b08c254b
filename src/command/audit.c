/* audit.c — one database read whole, one verdict a promise, one exit code. */
#include "audit/audit.h"
#include "base/clock.h"
#include "command/subcommands.h"
#include "store/store.h"

static enum exit_code report(const struct command *command, const char *name, struct store *store)
{
    static struct audit_report found; /* large */
    struct store_connection *reader;
    if (store_reader_open(store, &reader) != STATUS_OK)
        return command_fail(command, "%s cannot be read.", name);

    enum exit_code code = EXIT_DONE;
    if (audit_run(reader, clock_wall_ms(), &found) == STATUS_OK) {
        printf("Audit of %s\n", name);
        audit_print(&found, stdout);
        code = found.clean ? EXIT_DONE : EXIT_FAILED;
    } else {
        code = command_fail(command, "%s cannot be read: %s", name, store_why(reader));
    }
    store_reader_close(reader);
    return code;
}

static enum exit_code run(struct command *command)
{
    static const struct option no_options[] = {{0}};
    if (command_option(command, no_options) == '?')
        return EXIT_USAGE;
    if (command->argument_count - optind > 1)
        return command_usage(command, "one file at a time.");

    char place[COMMAND_PATH_BYTES], name[COMMAND_PATH_BYTES];
    char why[WHY_BYTES] = "";
    struct store *store;
    if (optind < command->argument_count)
        snprintf(place, sizeof place, "%s", command->arguments[optind]);
    else
        command_core_place(command, place);
    command->adapters->name_database(place, name);
    if (command->adapters->open_database(place, false, why, &store) != STATUS_OK)
        return command_fail(command, "%s cannot be opened: %s", name, why);
    enum exit_code code = report(command, name, store);
    store_close(store);
    return code;
}

const struct subcommand subcommand_audit = {
    .name = "audit",
    .summary =
        "check every promise that can be read off the database; exit code 1 if one is broken",
    .arguments = "[FILE]",
    .help =
        "FILE is a core database: a copy, the file of a running server or that of a killed one;\n"
        "without it, core.db in the data folder, or the server that TICKETRUSH_STORE names.\n"
        "Nothing is changed in it.\n",
    .run = run,
};
