/* audit.c — one database read whole, one verdict a promise, one exit code. */
#include "audit/audit.h"
#include "base/clock.h"
#include "command/subcommands.h"
#include "store/store.h"

static enum exit_code report(const struct command *command, const char *path, struct store *store)
{
    static struct audit_report found; /* large */
    struct store_connection *reader;
    if (store_reader_open(store, &reader) != STATUS_OK)
        return command_fail(command, "%s cannot be read.", path);

    enum exit_code code = EXIT_DONE;
    if (audit_run(reader, clock_wall_ms(), &found) == STATUS_OK) {
        printf("Audit of %s\n", path);
        audit_print(&found, stdout);
        code = found.clean ? EXIT_DONE : EXIT_FAILED;
    } else {
        code = command_fail(command, "%s cannot be read: %s", path, store_why(reader));
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

    char path[COMMAND_PATH_BYTES];
    char why[WHY_BYTES] = "";
    struct store *store;
    if (optind < command->argument_count)
        snprintf(path, sizeof path, "%s", command->arguments[optind]);
    else
        command_data_path(command, COMMAND_CORE_FILE, path);
    if (command->adapters->open_database(path, false, why, &store) != STATUS_OK)
        return command_fail(command, "%s cannot be opened: %s", path, why);
    enum exit_code code = report(command, path, store);
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
        "without it, core.db in the data folder. Nothing is changed in it.\n",
    .run = run,
};
