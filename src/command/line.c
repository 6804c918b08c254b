/*
 * line.c — the command line: which subcommand, under which settings.
 *
 * The options that every subcommand shares are taken out first, wherever they stand, so that a
 * subcommand sees its own only. Nothing is opened and nothing written before the settings are
 * sound.
 */
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "command/command.h"
#include "limits.h"

struct line {
    char **rest; /* what is left for the subcommand, ended by NULL */
    int rest_count;
    const char *file;
    const char *assignments[COMMAND_ASSIGNMENTS_MAX];
    size_t assignment_count;
    bool help;
};

/* --- the shared options ----------------------------------------------------------------------- */

/* `--name value` or `--name=value`; *index moves on over the value. NULL when it is not this
   option. */
static const char *option_value(char **arguments, int *index, const char *name, bool *out_missing)
{
    size_t size = strlen(name);
    const char *argument = arguments[*index];
    if (strncmp(argument, name, size) != 0)
        return NULL;
    if (argument[size] == '=')
        return argument + size + 1;
    if (argument[size] != '\0')
        return NULL;
    if (!arguments[*index + 1]) {
        *out_missing = true;
        return NULL;
    }
    return arguments[++*index];
}

/* True when the argument was a shared option; *out_wrong is set when it cannot be used. */
static bool take_shared(struct line *line, char **arguments, int *index, bool *out_wrong)
{
    const char *argument = arguments[*index];
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
        return line->help = true;

    const char *value = option_value(arguments, index, "--config", out_wrong);
    if (value) {
        line->file = value;
        return true;
    }
    value = option_value(arguments, index, "--set", out_wrong);
    if (!value)
        return *out_wrong;
    *out_wrong = line->assignment_count == COMMAND_ASSIGNMENTS_MAX;
    if (!*out_wrong)
        line->assignments[line->assignment_count++] = value;
    return true;
}

static bool split(struct line *line, int argument_count, char **arguments)
{
    bool options_over = false;
    for (int i = 1; i < argument_count; i++) {
        bool wrong = false;
        options_over = options_over || strcmp(arguments[i], "--") == 0;
        if (options_over || !take_shared(line, arguments, &i, &wrong))
            line->rest[line->rest_count++] = arguments[i];
        if (!wrong)
            continue;
        fprintf(stderr, "ticketrush: %s needs a value and may be given %d times.\n", arguments[i],
                COMMAND_ASSIGNMENTS_MAX);
        return false;
    }
    return true;
}

/* --- help ------------------------------------------------------------------------------------- */

static void print_help(FILE *file)
{
    fprintf(file,
            "ticketrush %s sells concert tickets: first come, first served.\n\n"
            "Usage: ticketrush [--config FILE] [--set NAME=VALUE]... SUBCOMMAND [...]\n\n"
            "Subcommands (`ticketrush SUBCOMMAND --help` tells more):\n",
            TICKETRUSH_VERSION);
    for (const struct subcommand *const *each = subcommands; *each; each++)
        fprintf(file, "  %-11s %s\n", (*each)->name, (*each)->summary);
    fputs(
        "\nOptions of all subcommands:\n"
        "  --config FILE     read settings from FILE; it has a line `name = value` for each\n"
        "  --set NAME=VALUE  one setting; may be given several times\n"
        "  -h, --help        this page, or the subcommand's\n"
        "  --version         what `ticketrush version` prints\n"
        "\nSettings. In the file and for --set the name is in small letters, without\n"
        "TICKETRUSH_. Later sources win: default, file (--config, else TICKETRUSH_CONFIG, else\n"
        "./ticketrush.conf if there is one), environment, --set. `ticketrush config` shows all.\n",
        file);
    config_print_help(file);
    fputs("\nExit codes:\n"
          "  0  done\n"
          "  1  something of the world failed, or a check found something; the words say what\n"
          "  2  the command line or a setting is wrong; nothing was done\n",
          file);
}

static void print_subcommand_help(const struct subcommand *subcommand)
{
    const char *arguments = subcommand->arguments;
    printf("ticketrush %s: %s.\n\nUsage: ticketrush %s%s%s\n", subcommand->name,
           subcommand->summary, subcommand->name, arguments[0] ? " " : "", arguments);
    if (subcommand->help[0])
        printf("\n%s", subcommand->help);
    puts("\n`ticketrush --help` lists the settings and the options of all subcommands.");
}

/* --- running ---------------------------------------------------------------------------------- */

/* What most programs call --version is the subcommand here. */
static const struct subcommand *find(const char *name)
{
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (const struct subcommand *const *each = subcommands; *each; each++)
        if (strcmp((*each)->name, name) == 0)
            return *each;
    return NULL;
}

/* The folder `web` beside the binary when a built page is in it, else "". */
static void find_web(char out_folder[COMMAND_PATH_BYTES])
{
    char binary[COMMAND_PATH_BYTES];
    char page[COMMAND_PATH_BYTES];

    out_folder[0] = '\0';
    ssize_t size = readlink("/proc/self/exe", binary, sizeof binary - 1);
    if (size <= 0)
        return;
    binary[size] = '\0';
    const char *folder = dirname(binary);
    if (snprintf(page, sizeof page, "%s/web/index.html", folder) >= COMMAND_PATH_BYTES ||
        access(page, R_OK) != 0)
        return;
    page[strlen(page) - strlen("/index.html")] = '\0';
    memcpy(out_folder, page, strlen(page) + 1);
}

static bool load_settings(const struct line *line, struct config *config)
{
    char web[COMMAND_PATH_BYTES];
    struct config_fault fault;

    find_web(web);
    struct config_sources sources = {.environment = environ,
                                     .file = line->file,
                                     .assignments = line->assignments,
                                     .assignment_count = line->assignment_count,
                                     .web_beside = web};
    if (config_load(config, &sources, &fault) != STATUS_OK) {
        fprintf(stderr, "ticketrush: %s\n", fault.words);
        return false;
    }
    enum log_level level;
    must(log_level_from_text(text_of(config_text(config, SETTING_LOG_LEVEL)), &level));
    log_set_level(level);
    return true;
}

static enum exit_code run(const struct subcommand *subcommand, const struct line *line,
                          const struct adapters *adapters)
{
    struct command command = {.subcommand = subcommand,
                              .argument_count = line->rest_count,
                              .arguments = line->rest,
                              .adapters = adapters};
    if (subcommand->without_settings)
        return subcommand->run(&command);

    struct config *config = config_create();
    if (!config)
        return command_fail(&command, "memory is short.");
    command.config = config;
    enum exit_code code = load_settings(line, config) ? subcommand->run(&command) : EXIT_USAGE;
    config_destroy(config);
    return code;
}

static enum exit_code choose(const struct line *line, const struct adapters *adapters)
{
    if (line->rest_count == 0) {
        print_help(line->help ? stdout : stderr);
        return line->help ? EXIT_DONE : EXIT_USAGE;
    }
    const struct subcommand *subcommand = find(line->rest[0]);
    if (!subcommand) {
        bool option = line->rest[0][0] == '-';
        fprintf(stderr, "ticketrush: there is no %s '%s'.\nTry `ticketrush --help`.\n",
                option ? "option" : "subcommand", line->rest[0]);
        return EXIT_USAGE;
    }
    if (line->help) {
        print_subcommand_help(subcommand);
        return EXIT_DONE;
    }
    return run(subcommand, line, adapters);
}

enum exit_code command_line(int argument_count, char **arguments, const struct adapters *adapters)
{
    struct line line = {.rest = calloc((size_t)argument_count + 1, sizeof *line.rest)};
    if (!line.rest) {
        fputs("ticketrush: memory is short.\n", stderr);
        return EXIT_FAILED;
    }
    enum exit_code code =
        split(&line, argument_count, arguments) ? choose(&line, adapters) : EXIT_USAGE;
    free(line.rest);
    return code;
}
