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

static enum exit_code run(struct command *command)
{
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
    .help = "  --size S      quick takes five minutes, full half an hour (quick)\n"
            "  --fans N      how many press at once (64)\n"
            "  --only WORDS  those with these words in their name, such as 'v2 optimistic'\n"
            "  --out FOLDER  where strategies.md, .html and .json go "
            "(docs/knowledge/experiments)\n"
            "  --compare     tells what has changed between two results\n\n"
            "Needs the source tree, two cores, and what `tools/need.sh lab` names.\n",
    .run = run,
    .without_settings = true,
};
