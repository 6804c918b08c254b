/*
 * seed.c — fills the database with the initial data, beside a running server or not.
 *
 * The demonstration accounts get passwords of their own, made at random when they are made, and
 * written to a file that only the owner of the data folder can read: a fixed password would be
 * known to every stranger.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/accounts.h"
#include "base/clock.h"
#include "base/random.h"
#include "catalog/seed.h"
#include "command/subcommands.h"
#include "store/store.h"

#define ACCOUNTS_FILE "demo-accounts.txt"

/* --- demonstration accounts ------------------------------------------------------------------- */

struct demo {
    const char *email, *nickname;
    enum role role;
};

static const struct demo demos[] = {
    {"fan@ticketrush.test", "demo fan", ROLE_FAN},
    {"friend@ticketrush.test", "demo friend", ROLE_FAN},
    {"operator@ticketrush.test", "demo operator", ROLE_OPERATOR},
};

enum { PASSWORD_LETTERS = 16 };

/* Letters that nobody mistakes for each other; 32 of them, so that every byte is as good as any: 80
   bits. */
static void make_password(char out_password[PASSWORD_LETTERS + 1])
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char secret[PASSWORD_LETTERS];
    random_secret(secret, sizeof secret);
    for (size_t i = 0; i < PASSWORD_LETTERS; i++)
        out_password[i] = letters[secret[i] % (sizeof letters - 1)];
    out_password[PASSWORD_LETTERS] = '\0';
}

static FILE *open_accounts_file(const struct command *command)
{
    char path[COMMAND_PATH_BYTES];
    command_data_path(command, ACCOUNTS_FILE, path);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return file < 0 ? NULL : fdopen(file, "a");
}

static bool add_demo(const struct command *command, struct store *store, FILE *file,
                     const struct demo *demo)
{
    char password[PASSWORD_LETTERS + 1], why[ACCOUNTS_WHY_BYTES];
    make_password(password);
    struct accounts_draft draft = {.email = text_of(demo->email),
                                   .nickname = text_of(demo->nickname),
                                   .password = text_of(password),
                                   .role = demo->role};
    struct fan_id id;
    enum status status = accounts_add(store, &draft, clock_wall_ms(), why, &id);
    if (status == STATUS_CONFLICT)
        return true; /* made before, with a password of that time */
    if (status != STATUS_OK) {
        command_fail(command, "the account %s: %s", demo->email, why);
        return false;
    }
    if (fprintf(file, "%s %s\n", demo->email, password) < 0 || fflush(file) != 0 ||
        fsync(fileno(file)) != 0) {
        command_fail(command, "cannot write " ACCOUNTS_FILE " in the data folder");
        return false;
    }
    return true;
}

static bool add_demos(const struct command *command, struct store *store)
{
    FILE *file = open_accounts_file(command);
    if (!file) {
        command_fail(command, "cannot open " ACCOUNTS_FILE " in the data folder");
        return false;
    }
    bool added = true;
    for (size_t i = 0; added && i < sizeof demos / sizeof demos[0]; i++)
        added = add_demo(command, store, file, &demos[i]);
    if (fclose(file) != 0)
        added = false;
    return added;
}

/* --- the subcommand --------------------------------------------------------------------------- */

static bool read_size(const struct command *command, const char *words, enum seed_size *out_size)
{
    if (strcmp(words, "small") == 0)
        *out_size = SEED_SMALL;
    else if (strcmp(words, "full") == 0)
        *out_size = SEED_FULL;
    else {
        command_usage(command, "--size is small or full, not \"%s\"", words);
        return false;
    }
    return true;
}

static void print_report(const struct command *command, const struct seed_report *report,
                         int64_t duration_ms)
{
    char path[COMMAND_PATH_BYTES];
    command_data_path(command, ACCOUNTS_FILE, path);
    printf("Added %" PRId64 " agencies, %" PRId64 " artists, %" PRId64 " venues, %" PRId64
           " concerts, %" PRId64 " dates with %" PRId64 " seats, in %.1f s.\n"
           "Demonstration accounts: %s\n",
           report->agency_count, report->artist_count, report->venue_count, report->concert_count,
           report->sale_count, report->seat_count, (double)duration_ms / 1000, path);
}

static enum exit_code run(struct command *command)
{
    static const struct option options[] = {{"size", required_argument, NULL, 's'}, {0}};
    enum seed_size size = SEED_SMALL;
    for (int option; (option = command_option(command, options)) != -1;)
        if (option == '?' || !read_size(command, optarg, &size))
            return EXIT_USAGE;
    if (optind < command->argument_count)
        return command_usage(command, "there is no argument \"%s\"", command->arguments[optind]);

    struct store *store;
    if (!command_open_store(command, &store))
        return EXIT_FAILED;
    int64_t begin_ms = clock_monotonic_ms();
    struct seed_report report;
    enum exit_code code = EXIT_DONE;
    enum status status = seed_run(store, size, clock_wall_ms(), &report);
    if (status != STATUS_OK)
        code = command_fail(command, "could not write the data: %s", status_name(status));
    else if (!add_demos(command, store))
        code = EXIT_FAILED;
    else
        print_report(command, &report, clock_monotonic_ms() - begin_ms);
    store_close(store);
    return code;
}

const struct subcommand subcommand_seed = {
    .name = "seed",
    .summary = "fill the database with K-POP concerts to try things on",
    .arguments = "[--size small|full]",
    .help = "  --size small   6 concerts, 10 dates, some 43,000 seats (the default)\n"
            "  --size full    33 concerts, 65 dates, some 870,000 seats\n\n"
            "Running it again changes nothing. It may run beside a server. Accounts to log in with "
            "are\n"
            "made too; their passwords are written to demo-accounts.txt in the data folder.\n",
    .run = run,
};
