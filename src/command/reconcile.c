/* reconcile.c — reads the gateway's file line by line, then compares; the exit code tells. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "command/subcommands.h"
#include "payment/reconcile.h"

struct asked {
    struct reconcile_settings settings;
    const char *path;
};

/* A line that is none stops the whole: half a file would name differences that are not there. */
static enum exit_code add_line(const struct command *command, struct settlement *settlement,
                               struct text line, int number)
{
    struct settlement_line read;
    switch (settlement_read_line(line, &read)) {
    case SETTLEMENT_BLANK:
        return EXIT_DONE;
    case SETTLEMENT_BAD:
        return command_fail(command, "line %d is no transaction: orderId, status, amount.", number);
    case SETTLEMENT_LINE:
        break;
    }
    if (settlement_add(settlement, &read) == STATUS_OK)
        return EXIT_DONE;
    return command_fail(command, "line %d: too many orders for one file.", number);
}

static enum exit_code read_file(const struct command *command, const char *path,
                                struct settlement *settlement)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!file)
        return command_fail(command, "%s cannot be read: %s.", path, strerror(errno));
    static char bytes[SETTLEMENT_LINE_BYTES_MAX + 2];
    enum exit_code code = EXIT_DONE;
    for (int number = 1; code == EXIT_DONE && fgets(bytes, sizeof bytes, file); number++)
        code = add_line(command, settlement, text_of(bytes), number);
    if (code == EXIT_DONE && ferror(file))
        code = command_fail(command, "%s cannot be read to its end.", path);
    if (file != stdin)
        fclose(file);
    return code;
}

static enum exit_code compare(const struct command *command, struct settlement *settlement,
                              const struct reconcile_settings *settings)
{
    struct store *store;
    struct store_connection *reader;
    struct reconcile_report report;
    if (!command_open_store(command, &store))
        return EXIT_FAILED;
    enum status status = store_reader_open(store, &reader);
    if (status == STATUS_OK) {
        status = reconcile_run(reader, settlement, settings, &report);
        store_reader_close(reader);
    }
    store_close(store);
    if (status != STATUS_OK)
        return command_fail(command, "the payments cannot be read.");
    printf("%zu orders here, %zu in the file, %zu differences\n", report.order_count,
           settlement_count(settlement), report.difference_count);
    return report.difference_count == 0 ? EXIT_DONE : EXIT_FAILED;
}

static bool read_time(const struct command *command, const char *option, const char *words,
                      int64_t *out_ms)
{
    if (clock_read_iso(text_of(words), out_ms))
        return true;
    command_usage(command, "--%s takes a moment such as 2026-12-01T00:00:00Z.", option);
    return false;
}

static bool read_options(const struct command *command, struct asked *asked)
{
    static const struct option options[] = {{"gateway", required_argument, NULL, 'g'},
                                            {"since", required_argument, NULL, 's'},
                                            {"until", required_argument, NULL, 'u'},
                                            {0}};
    int option;
    while ((option = command_option(command, options)) != -1) {
        if (option == 'g')
            asked->settings.gateway = optarg;
        else if (option == 's' && !read_time(command, "since", optarg, &asked->settings.since_ms))
            return false;
        else if (option == 'u' && !read_time(command, "until", optarg, &asked->settings.until_ms))
            return false;
        else if (option == '?')
            return false;
    }
    if (command->argument_count - optind != 1) {
        command_usage(command, "one file, or - for standard input.");
        return false;
    }
    asked->path = command->arguments[optind];
    return true;
}

static enum exit_code run(struct command *command)
{
    struct asked asked = {.settings = {.gateway = "toss", .until_ms = INT64_MAX, .out = stdout}};
    if (!read_options(command, &asked))
        return EXIT_USAGE;
    struct settlement *settlement = settlement_create();
    if (!settlement)
        return command_fail(command, "memory is short.");
    enum exit_code code = read_file(command, asked.path, settlement);
    if (code == EXIT_DONE)
        code = compare(command, settlement, &asked.settings);
    settlement_destroy(settlement);
    return code;
}

const struct subcommand subcommand_reconcile = {
    .name = "reconcile",
    .summary = "hold the payments against a gateway's settlement file; exit code 1 if they differ",
    .arguments = "[--gateway toss|test] [--since TIME] [--until TIME] FILE",
    .help =
        "FILE has one JSON object a line: orderId, status (DONE, CANCELED, PARTIAL_CANCELED) and\n"
        "amount; other members are passed over. `jq -c '.[]'` makes such lines of the "
        "transactions\n"
        "that the API of Toss Payments gives. - reads standard input.\n"
        "Every difference is a line. With --since and --until, payments begun outside of that "
        "time\n"
        "are not missed in the file. Nothing is changed.\n",
    .run = run,
};
