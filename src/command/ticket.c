/* ticket.c — what a gate without a network needs: the public key, and a check against it. */
#include <stdio.h>
#include <string.h>

#include "command/subcommands.h"
#include "payment/ticket.h"

static enum exit_code print_key(const struct command *command)
{
    char folder[COMMAND_PATH_BYTES], why[WHY_BYTES], key[TICKET_KEY_BYTES];
    struct ticket_signer *signer;
    command_data_path(command, COMMAND_KEYS_FOLDER, folder);
    if (ticket_signer_open(folder, why, &signer) != STATUS_OK)
        return command_fail(command, "%s.", why);
    ticket_public_key(signer, key);
    ticket_signer_close(signer);
    puts(key);
    return EXIT_DONE;
}

static enum exit_code check(const struct command *command, const char *key, const char *ticket)
{
    struct ticket_facts facts;
    switch (ticket_check_offline(text_of(key), text_of(ticket), &facts)) {
    case TICKET_CHECK_GOOD:
        printf("genuine: reservation %lld, date %lld, fan %lld\n",
               (long long)facts.reservation.value, (long long)facts.option.value,
               (long long)facts.fan.value);
        return EXIT_DONE;
    case TICKET_CHECK_BAD_KEY:
        return command_usage(command, "--key is no public key.");
    case TICKET_CHECK_FORGED:
        return command_fail(command, "this ticket was not signed with that key's other half.");
    }
    return EXIT_FAILED;
}

static enum exit_code run(struct command *command)
{
    static const struct option options[] = {{"key", required_argument, NULL, 'k'}, {0}};
    const char *key = NULL;
    int option;
    while ((option = command_option(command, options)) != -1) {
        if (option == '?')
            return EXIT_USAGE;
        key = optarg;
    }
    int count = command->argument_count - optind;
    char **words = command->arguments + optind;
    if (count == 1 && strcmp(words[0], "key") == 0)
        return print_key(command);
    if (count == 2 && strcmp(words[0], "check") == 0 && key)
        return check(command, key, words[1]);
    return command_usage(command, "`key`, or `check` with --key and a ticket.");
}

const struct subcommand subcommand_ticket = {
    .name = "ticket",
    .summary = "print the public key of the tickets, or check one without a server",
    .arguments = "key | check --key KEY TICKET",
    .help =
        "`key` prints the key that GET /api/tickets/key answers. `check` needs nothing but that\n"
        "key: exit code 0 says that the ticket is genuine. Whether it has been given back or\n"
        "used since, only the server knows: GET /api/options/{id}/tickets/void lists the first.\n",
    .run = run,
};
