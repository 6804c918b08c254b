/*
 * user.c — adds accounts from the command line: the only way to become an operator.
 *
 * The password comes through standard input and never as an argument: arguments can be read by
 * everybody on the machine, and stay in the shell's history.
 */
#include <inttypes.h>
#include <string.h>

#include "account/accounts.h"
#include "base/clock.h"
#include "command/subcommands.h"
#include "store/store.h"

struct wish {
    const char *email;
    const char *nickname; /* NULL: made from the e-mail */
    enum role role;
    bool password_comes;
};

static bool read_role(const struct command *command, const char *words, enum role *out_role)
{
    if (role_from_person(text_of(words), out_role))
        return true;
    command_usage(command, "--role is fan, operator or admin, not '%s'.", words);
    return false;
}

static bool read_options(const struct command *command, struct wish *out_wish)
{
    static const struct option options[] = {{"role", required_argument, NULL, 'r'},
                                            {"nickname", required_argument, NULL, 'n'},
                                            {"password-stdin", no_argument, NULL, 'p'},
                                            {0}};
    for (int option; (option = command_option(command, options)) != -1;) {
        if (option == '?' || (option == 'r' && !read_role(command, optarg, &out_wish->role)))
            return false;
        if (option == 'n')
            out_wish->nickname = optarg;
        if (option == 'p')
            out_wish->password_comes = true;
    }
    return true;
}

static bool read_wish(const struct command *command, struct wish *out_wish)
{
    *out_wish = (struct wish){.role = ROLE_FAN};
    if (!read_options(command, out_wish))
        return false;
    if (command->argument_count - optind != 2 || strcmp(command->arguments[optind], "add") != 0) {
        command_usage(command, "give `add` and one e-mail address.");
        return false;
    }
    out_wish->email = command->arguments[optind + 1];
    if (out_wish->password_comes)
        return true;
    command_usage(command, "give --password-stdin and the password through standard input.");
    return false;
}

/* The first line of standard input, without its end. */
static bool read_password(const struct command *command, char *line, size_t line_bytes,
                          struct text *out_password)
{
    if (!fgets(line, (int)line_bytes, stdin)) {
        command_fail(command, "no password came through standard input.");
        return false;
    }
    size_t size = strcspn(line, "\r\n");
    if (line[size] == '\0' && size == line_bytes - 1) {
        command_fail(command, "the password is too long.");
        return false;
    }
    *out_password = text_make(line, size);
    return true;
}

/* The part before the @ where it makes a nickname, else a word that does. */
static struct text nickname_of(const struct wish *wish)
{
    struct text domain;
    if (wish->nickname)
        return text_of(wish->nickname);
    struct text local = text_cut(text_of(wish->email), '@', &domain);
    if (local.size > ACCOUNT_NICKNAME_LENGTH_MAX)
        local.size = ACCOUNT_NICKNAME_LENGTH_MAX;
    return credentials_nickname(local) ? text_of(role_name(wish->role)) : local;
}

static enum exit_code add(const struct command *command, const struct wish *wish,
                          struct text password)
{
    struct store *store;
    if (!command_open_store(command, &store))
        return EXIT_FAILED;
    struct accounts_draft draft = {text_of(wish->email), nickname_of(wish), password, wish->role};
    char why[ACCOUNTS_WHY_BYTES];
    struct fan_id id;
    enum status status = accounts_add(store, &draft, clock_wall_ms(), why, &id);
    store_close(store);
    if (status != STATUS_OK)
        return command_fail(command, "%s", why);
    printf("%s: account %" PRId64 ", role %s\n", wish->email, id.value, role_name(wish->role));
    return EXIT_DONE;
}

static enum exit_code run(struct command *command)
{
    struct wish wish;
    if (!read_wish(command, &wish))
        return EXIT_USAGE;
    char line[ACCOUNT_PASSWORD_BYTES_MAX + 3]; /* "\r\n" and '\0' */
    struct text password;
    if (!read_password(command, line, sizeof line, &password))
        return EXIT_FAILED;
    return add(command, &wish, password);
}

const struct subcommand subcommand_user = {
    .name = "user",
    .summary = "add an account, an operator's too",
    .arguments = "add EMAIL --password-stdin [--role fan|operator|admin] [--nickname NAME]",
    .help =
        "  --password-stdin   take the password from the first line of standard input\n"
        "  --role ROLE        fan (the default), operator or admin\n"
        "  --nickname NAME    2 to 20 characters; by default the part before the @\n\n"
        "It may run beside a server. Example:\n"
        "  ticketrush user add op@example.com --role operator --password-stdin < password.txt\n",
    .run = run,
};
