/*
 * token.c — access tokens by the thousand, for load tools and operators' scripts.
 *
 * A token needs no account: it says "fan N" and is signed with the house's key. Whoever may read
 * the key folder may do this anyway.
 */
#include <string.h>

#include "account/tokens.h"
#include "base/arena.h"
#include "base/clock.h"
#include "command/subcommands.h"
#include "limits.h"

struct wish {
    int64_t fan; /* the first one; the others follow */
    int64_t token_count;
    int64_t hours;
    enum role role;
    bool rotate; /* no token, but a new key */
};

static bool read_role(const struct command *command, const char *words, enum role *out_role)
{
    if (role_from_person(text_of(words), out_role))
        return true;
    command_usage(command, "--role is fan, operator or admin, not '%s'.", words);
    return false;
}

static bool read_option(const struct command *command, int option, struct wish *wish)
{
    switch (option) {
    case 'f':
        return command_number(command, "--fan", optarg, 1, ID_MAX - ACCOUNT_TOKENS_PRINTED_MAX,
                              &wish->fan);
    case 'c':
        return command_number(command, "--count", optarg, 1, ACCOUNT_TOKENS_PRINTED_MAX,
                              &wish->token_count);
    case 'h':
        return command_number(command, "--hours", optarg, 1, ACCOUNT_TOKEN_HOURS_MAX, &wish->hours);
    case 'r':
        return read_role(command, optarg, &wish->role);
    case 'k':
        return wish->rotate = true;
    default:
        return false;
    }
}

static bool read_wish(const struct command *command, struct wish *out_wish)
{
    static const struct option options[] = {
        {"fan", required_argument, NULL, 'f'},   {"count", required_argument, NULL, 'c'},
        {"hours", required_argument, NULL, 'h'}, {"role", required_argument, NULL, 'r'},
        {"rotate", no_argument, NULL, 'k'},      {0}};
    *out_wish = (struct wish){.token_count = 1, .hours = 1, .role = ROLE_FAN};
    for (int option; (option = command_option(command, options)) != -1;)
        if (!read_option(command, option, out_wish))
            return false;
    if (optind < command->argument_count) {
        command_usage(command, "'%s' is one argument too many.", command->arguments[optind]);
        return false;
    }
    if ((out_wish->fan > 0) != out_wish->rotate)
        return true;
    command_usage(command, "give --fan and the id of an account, or --rotate alone.");
    return false;
}

static bool print_tokens(const struct tokens *tokens, const struct wish *wish, struct arena *arena)
{
    int64_t now_ms = clock_wall_ms();
    struct identity identity = {.role = wish->role,
                                .expires_at_ms = now_ms + wish->hours * 3600 * 1000};
    for (int64_t i = 0; i < wish->token_count; i++) {
        identity.fan = (struct fan_id){wish->fan + i};
        struct text token = tokens_issue(tokens, &identity, now_ms, arena);
        if (!token.bytes || puts(token.bytes) == EOF)
            return false;
        arena_reset(arena);
    }
    return fflush(stdout) == 0;
}

static enum exit_code print(const struct command *command, const struct wish *wish,
                            const char *folder)
{
    char why[WHY_BYTES];
    struct tokens *tokens;
    if (tokens_open(folder, why, &tokens) != STATUS_OK)
        return command_fail(command, "%s", why);
    struct arena *arena = arena_create(2 * TOKEN_BYTES_MAX, 4 * TOKEN_BYTES_MAX);
    bool printed = arena && print_tokens(tokens, wish, arena);
    arena_destroy(arena);
    tokens_close(tokens);
    return printed ? EXIT_DONE : command_fail(command, "the tokens could not be written.");
}

static enum exit_code rotate(const struct command *command, const char *folder)
{
    char why[WHY_BYTES];
    if (tokens_rotate(folder, why) != STATUS_OK)
        return command_fail(command, "%s", why);
    printf(
        "There is a new key. Start the servers again now: they sign with it then, and until then\n"
        "they refuse what `ticketrush token` makes. Remove an old key file from %s\n"
        "when its tokens have expired, or at once to end them.\n",
        folder);
    return EXIT_DONE;
}

static enum exit_code run(struct command *command)
{
    struct wish wish;
    if (!read_wish(command, &wish))
        return EXIT_USAGE;
    if (!command_make_data_folder(command))
        return EXIT_FAILED;
    char folder[COMMAND_PATH_BYTES];
    command_data_path(command, COMMAND_KEYS_FOLDER, folder);
    return wish.rotate ? rotate(command, folder) : print(command, &wish, folder);
}

const struct subcommand subcommand_token = {
    .name = "token",
    .summary = "print access tokens, one a line, for load tools and scripts",
    .arguments = "--fan ID [--count N] [--hours N] [--role fan|operator|admin] | --rotate",
    .help =
        "  --fan ID      whose token; with --count, the first of as many fans in a row\n"
        "  --count N     how many (default 1)\n"
        "  --hours N     how long they stay good, at most 24 (default 1)\n"
        "  --role ROLE   fan (the default), operator or admin\n"
        "  --rotate      no token, but a new signing key; the old ones stay good for checking\n",
    .run = run,
};
