/*
 * command.c — the way to the databases, and the words a subcommand ends with.
 *
 * The data folder is the house: core.db and live.db stand in it, the signing keys, and the lock of
 * a running server. It belongs to one user, so it is made with nobody else's rights.
 */
#include "command/command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/must.h"
#include "catalog/search_store.h"
#include "store/migrate.h"
#include "store/store.h"

/* --- the data folder -------------------------------------------------------------------------- */

void command_data_path(const struct command *command, const char *file_name,
                       char out_path[COMMAND_PATH_BYTES])
{
    int size = snprintf(out_path, COMMAND_PATH_BYTES, "%s/%s",
                        config_text(command->config, SETTING_DATA), file_name);
    if (size < 0 || size >= COMMAND_PATH_BYTES)
        out_path[0] = '\0';
}

/* Like mkdir -p; a folder that is there stays as it is. */
static bool make_folder(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int failed = mkdir(path, 0755);
        *slash = '/';
        if (failed && errno != EEXIST)
            return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool command_make_data_folder(const struct command *command)
{
    char path[COMMAND_PATH_BYTES];
    int size = snprintf(path, sizeof path, "%s", config_text(command->config, SETTING_DATA));
    if (size < COMMAND_PATH_BYTES && make_folder(path))
        return true;
    command_fail(command, "the data folder %s cannot be made: %s.", path, strerror(errno));
    return false;
}

static bool open_database(const struct command *command, const char *place, enum schema schema,
                          struct store **out_store)
{
    char name[COMMAND_PATH_BYTES];
    char why[WHY_BYTES] = "";

    command->adapters->name_database(place, name);
    if (!command_make_data_folder(command))
        return false;
    if (command->adapters->open_database(place, true, why, out_store) != STATUS_OK) {
        command_fail(command, "the database %s cannot be opened: %s", name, why);
        return false;
    }

    struct migrate_report report;
    if (store_migrate(*out_store, schema, clock_wall_ms(), &report) == STATUS_OK)
        return true;
    command_fail(command, "the database %s cannot be migrated: %s", name, report.why);
    store_close(*out_store);
    *out_store = NULL; /* nobody closes it again */
    return false;
}

void command_core_place(const struct command *command, char out_place[COMMAND_PATH_BYTES])
{
    const char *store = config_text(command->config, SETTING_STORE);
    if (strstr(store, "://"))
        snprintf(out_place, COMMAND_PATH_BYTES, "%s", store);
    else
        command_data_path(command, COMMAND_CORE_FILE, out_place);
}

bool command_open_store(const struct command *command, struct store **out_store)
{
    char place[COMMAND_PATH_BYTES];
    command_core_place(command, place);
    if (!open_database(command, place, SCHEMA_CORE, out_store))
        return false;
    if (search_fill(*out_store) == STATUS_OK)
        return true;
    command_fail(command, "the catalog could not be made findable; the log says why.");
    store_close(*out_store);
    *out_store = NULL; /* nobody closes it again */
    return false;
}

bool command_open_live(const struct command *command, struct store **out_store)
{
    char place[COMMAND_PATH_BYTES];
    command_data_path(command, COMMAND_LIVE_FILE, place);
    return open_database(command, place, SCHEMA_LIVE, out_store);
}

/* --- options ---------------------------------------------------------------------------------- */

static int wrong_option(const struct command *command, int found)
{
    /* getopt has stepped over the argument that it does not like. */
    const char *argument = command->arguments[optind - 1];
    if (found == ':')
        command_usage(command, "option %s needs a value.", argument);
    else
        command_usage(command, "there is no option %s, or it takes no value.", argument);
    return '?';
}

int command_option(const struct command *command, const struct option *options)
{
    opterr = 0; /* the words are ours */
    int found = getopt_long(command->argument_count, command->arguments, ":", options, NULL);
    return found == '?' || found == ':' ? wrong_option(command, found) : found;
}

bool command_no_arguments(const struct command *command)
{
    static const struct option no_options[] = {{0}};
    if (command_option(command, no_options) == '?')
        return false;
    if (optind == command->argument_count)
        return true;
    command_usage(command, "'%s' is one argument too many.", command->arguments[optind]);
    return false;
}

bool command_number(const struct command *command, const char *option, const char *words,
                    int64_t least, int64_t most, int64_t *out_value)
{
    int64_t value;
    if (text_to_int64(text_of(words), &value) && value >= least && value <= most) {
        *out_value = value;
        return true;
    }
    command_usage(command, "%s takes a whole number from %" PRId64 " to %" PRId64 ", not '%s'.",
                  option, least, most, words);
    return false;
}

/* --- words ------------------------------------------------------------------------------------ */

static void say(const struct command *command, const char *format, va_list values)
{
    fflush(stdout);
    fprintf(stderr, "ticketrush %s: ", command->subcommand->name);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
}

enum exit_code command_fail(const struct command *command, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say(command, format, values);
    va_end(values);
    return EXIT_FAILED;
}

enum exit_code command_usage(const struct command *command, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say(command, format, values);
    va_end(values);
    fprintf(stderr, "Try `ticketrush %s --help`.\n", command->subcommand->name);
    return EXIT_USAGE;
}
