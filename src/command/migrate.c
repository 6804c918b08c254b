/* migrate.c — brings both databases to the shape this binary knows, and makes them when missing. */
#include "command/subcommands.h"
#include "store/store.h"

static enum exit_code run(struct command *command)
{
    if (!command_no_arguments(command))
        return EXIT_USAGE;

    struct store *core, *live;
    if (!command_open_store(command, &core))
        return EXIT_FAILED;
    store_close(core);
    if (!command_open_live(command, &live))
        return EXIT_FAILED;
    store_close(live);
    printf("The databases are up to date.\n");
    return EXIT_DONE;
}

const struct subcommand subcommand_migrate = {
    .name = "migrate",
    .summary = "bring the databases in the data folder to this version's shape",
    .arguments = "",
    .help = "Makes the folder and the databases when they are missing. Running it again does\n"
            "nothing; `ticketrush serve` does the same at its start.\n",
    .run = run,
};
