/*
 * command.h — what every subcommand of `ticketrush` is given, and how it ends.
 *
 * A subcommand is a file of its name that defines one `const struct subcommand subcommand_NAME`,
 * declared in subcommands.h and listed in subcommands.c. The command line is `ticketrush [options]
 * NAME [options] [arguments]`: --config, --set and --help are taken out before the subcommand runs,
 * wherever they stand, and the settings are loaded and sound by then.
 *
 * Thread   The main thread.
 * Memory   The command outlives the subcommand's run. What command_open_store() gives is the
 *          caller's.
 * Failure  A sentence on standard error by command_fail(), and one of the exit codes below.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <getopt.h>
#include <stddef.h>

#include "base/status.h"
#include "config/config.h"

struct breakers;
struct bus;
struct bus_topic;
struct cache;
struct gateway;
struct line_maker;
struct lock;
struct redis;
struct request_states;
struct store;

/* What a script may rely on; printed by `ticketrush --help`. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1, /* the world failed, or a check found something */
    EXIT_USAGE = 2,  /* the command line or a setting is wrong; nothing was done */
};

enum { WHY_BYTES = 256 }; /* a sentence that says why something of the world failed */
enum { COMMAND_PATH_BYTES = 4096 };

/* The adapters, named by main.c and by nobody else. */
struct adapters {
    /* One database: the path of a file, or the URL of a server. STATUS_MISSING: there is none of
       ours, and it is not to be made. */
    enum status (*open_database)(const char *place, bool create, char out_why[WHY_BYTES],
                                 struct store **out_store);
    /* What may be shown of its place: no password. */
    void (*name_database)(const char *place, char out_name[COMMAND_PATH_BYTES]);
    /* The one that the settings name; out_why may stay empty when memory is short. */
    enum status (*open_gateway)(const struct config *config, struct breakers *breakers,
                                char out_why[WHY_BYTES], struct gateway **out_gateway);
    /* On a Redis server, or, with NULL, in the process. NULL when memory or threads are short. */
    struct lock *(*create_lock)(struct redis *redis);
    struct cache *(*create_cache)(struct redis *redis); /* the same */
    /* Those of the waiting room, the same way. */
    struct line_maker *(*create_lines)(struct redis *redis);
    struct request_states *(*create_request_states)(struct redis *redis);
    /* On Kafka where the settings name it, else in the process. */
    enum status (*open_bus)(const struct config *config, const struct bus_topic *const *topics,
                            struct breakers *breakers, char out_why[WHY_BYTES],
                            struct bus **out_bus);
};

struct subcommand;

struct command {
    const struct config *config;
    const struct subcommand *subcommand;
    int argument_count; /* arguments[0] is the subcommand's name, as getopt likes it */
    char **arguments;
    const struct adapters *adapters;
};

struct subcommand {
    const char *name;
    const char *summary;   /* one line in `ticketrush --help`, without a full stop */
    const char *arguments; /* behind the name in the usage line: "[--size small|full]"; may be "" */
    const char *help;      /* the rest of `ticketrush NAME --help`: options and examples, with \n */
    enum exit_code (*run)(struct command *command);
    bool without_settings; /* runs whatever the settings are; command->config is NULL */
};

/* All of them, in the order of the help, ended by NULL. */
extern const struct subcommand *const subcommands[];

/* Finds the subcommand, loads the settings, runs it. For main() only. */
enum exit_code command_line(int argument_count, char **arguments, const struct adapters *adapters);

/* Where the core's database is: the file in the data folder, or the server the settings name. */
void command_core_place(const struct command *command, char out_place[COMMAND_PATH_BYTES]);

/*
 * The core's database, made and migrated when needed, beside a running server or
 * not. No writer thread: use store_submit_and_wait(), or store_start() it. False: the user has been
 * told why.
 */
bool command_open_store(const struct command *command, struct store **out_store);

/* The same of the live service's own database. */
bool command_open_live(const struct command *command, struct store **out_store);

/* What stands in the data folder. */
#define COMMAND_CORE_FILE "core.db"
#define COMMAND_LIVE_FILE "live.db"
#define COMMAND_SEALS_FOLDER "keys/waiting" /* those of the waiting room: waiting/seals.h */
#define COMMAND_KEYS_FOLDER "keys"          /* the tokens' signing keys: account/tokens.h */

/* Makes the data folder, for its owner only. False: the user has been told why not. */
bool command_make_data_folder(const struct command *command);

/* The path of a file in the data folder; "" when it is too long to be one. */
void command_data_path(const struct command *command, const char *file_name,
                       char out_path[COMMAND_PATH_BYTES]);

/*
 * getopt_long() over the subcommand's arguments; long options only. Returns the option's `val`, -1
 * after the last option (`optind` is then the first argument), '?' for a wrong one: the user has
 * been told, end with EXIT_USAGE. `options` ends with a row of zeroes.
 */
int command_option(const struct command *command, const struct option *options);

/* For a subcommand without options and arguments; false: there was one, and the user has been
   told. */
bool command_no_arguments(const struct command *command);

/* A whole number within bounds given for an option; false: the user has been told. */
bool command_number(const struct command *command, const char *option, const char *words,
                    int64_t least, int64_t most, int64_t *out_value);

/* "ticketrush NAME: …" on standard error, and the exit code back, so that `return command_fail(…)`
   reads well. command_usage() adds where the help is and returns EXIT_USAGE. */
enum exit_code command_fail(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
enum exit_code command_usage(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
