/* show.c — `config` and `version`: what this binary is, and what it would run with. */
#include "command/subcommands.h"

static enum exit_code run_config(struct command *command)
{
    if (!command_no_arguments(command))
        return EXIT_USAGE;
    config_print(command->config, stdout);
    return EXIT_DONE;
}

static enum exit_code run_version(struct command *command)
{
    if (!command_no_arguments(command))
        return EXIT_USAGE;
    puts("ticketrush " TICKETRUSH_VERSION);
    return EXIT_DONE;
}

const struct subcommand subcommand_config = {
    .name = "config",
    .summary = "print every setting with its value and where it came from",
    .arguments = "",
    .help = "A setting that may hold a password shows as (set).\n",
    .run = run_config,
};

const struct subcommand subcommand_version = {
    .name = "version",
    .summary = "print the version",
    .arguments = "",
    .help = "",
    .run = run_version,
    .without_settings = true,
};
