/*
 * lab.c — `lab`: hands over to the lab of the source tree.
 *
 * The lab is no part of the server: it builds load tools, starts databases and writes into the
 * docs. So this finds the tree that the binary was built in and lets tools/lab.sh take the
 * process's place, with all options as they are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/subcommands.h"
#include "limits.h"

/* Two folders above the binary: TREE/build/ticketrush. */
static bool find_script(char out_path[COMMAND_PATH_BYTES])
{
    ssize_t size = readlink("/proc/self/exe", out_path, COMMAND_PATH_BYTES - 1);
    if (size <= 0)
        return false;
    out_path[size] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(out_path, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
    size_t used = strlen(out_path);
    int added = snprintf(out_path + used, COMMAND_PATH_BYTES - used, "/tools/lab.sh");
    return (size_t)added < COMMAND_PATH_BYTES - used && access(out_path, X_OK) == 0;
}

static bool read_size(const struct command *command)
{
    static const char *const sizes[] = {"tiny", "quick", "full"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (strcmp(optarg, sizes[i]) == 0)
            return true;
    command_usage(command, "--size is tiny, quick or full, not '%s'.", optarg);
    return false;
}

/* The script reads them again: but it sets up for minutes before it does. */
static bool check_options(const struct command *command)
{
    static const struct option options[] = {
        {"size", required_argument, NULL, 's'}, {"fans", required_argument, NULL, 'f'},
        {"only", required_argument, NULL, 'w'}, {"out", required_argument, NULL, 'o'},
        {"compare", no_argument, NULL, 'c'},    {0}};
    bool compares = false;
    int64_t fans;
    for (int option; (option = command_option(command, options)) != -1;) {
        if (option == '?' || (option == 's' && !read_size(command)) ||
            (option == 'f' &&
             !command_number(command, "--fans", optarg, 1, COMMAND_LAB_FANS_MAX, &fans)))
            return false;
        compares = compares || option == 'c';
    }
    int more = command->argument_count - optind;
    if (compares && more != 2)
        command_usage(command, "--compare takes two results.");
    else if (!compares && more > 0)
        command_usage(command, "'%s' is one argument too many.", command->arguments[optind]);
    return more == (compares ? 2 : 0);
}

static enum exit_code run(struct command *command)
{
    if (!check_options(command))
        return EXIT_USAGE;
    static char script[COMMAND_PATH_BYTES];
    char *arguments[COMMAND_LAB_ARGUMENTS_MAX + 2] = {script};
    if (!find_script(script))
        return command_fail(command, "the lab is not beside this binary: run `make lab` in the "
                                     "source tree.");
    if (command->argument_count - 1 > COMMAND_LAB_ARGUMENTS_MAX)
        return command_usage(command, "there are too many arguments");
    for (int i = 1; i < command->argument_count; i++)
        arguments[i] = command->arguments[i];
    execv(script, arguments);
    return command_fail(command, "%s cannot be run: %s", script, strerror(errno));
}

const struct subcommand subcommand_lab = {
    .name = "lab",
    .summary = "compare every strategy on every backing, and write a report",
    .arguments = "[--size quick|full] [--out FOLDER] | --compare A.json B.json",
    .help =
        "  --size S      tiny only tries it, quick takes five minutes, full half an hour (quick)\n"
        "  --fans N      how many press at once (64)\n"
        "  --only WORDS  those with these words in their name, such as 'v2 optimistic'\n"
        "  --out FOLDER  where strategies.md, .html and .json go "
        "(docs/knowledge/experiments)\n"
        "  --compare     tells what has changed between two results\n\n"
        "Needs the source tree, two cores, and what `tools/need.sh lab` names.\n",
    .run = run,
    .without_settings = true,
};
