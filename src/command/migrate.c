/*
 * migrate.c — brings both databases to the shape this binary knows, and makes them when missing.
 *
 * --dry-run applies everything inside one transaction, tells what came of it, and undoes it: so it
 * tells what will happen, not what somebody thinks would. What is told of the earlier artists can
 * be asked again at any time, for their words stay in the database.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/container.h"
#include "catalog/carried.h"
#include "command/subcommands.h"
#include "store/migrate.h"
#include "store/store.h"

struct dry_run {
    struct migrate_rehearsal rehearsal;
    struct carried_listener listener;
    struct carried_totals totals;
};

/* What an operator once typed may hold anything: control characters are shown as dots. */
static void print_words(struct text words)
{
    putchar('"');
    for (size_t i = 0; i < words.size; i++)
        putchar((unsigned char)words.bytes[i] < ' ' || words.bytes[i] == 127 ? '.'
                                                                             : words.bytes[i]);
    putchar('"');
}

static void print_string(struct carried_listener *listener, const struct carried_string *string)
{
    (void)listener;
    printf("  %-8s %5" PRId64 " x ",
           string->known     ? ""
           : string->bill[0] ? "unknown"
                             : "nobody",
           string->concert_count);
    print_words(string->words);
    printf("%s%s\n", string->bill[0] ? " -> " : "", string->bill);
}

static enum status look(struct migrate_rehearsal *rehearsal, struct store_connection *connection)
{
    struct dry_run *dry = container_of(rehearsal, struct dry_run, rehearsal);
    printf("Artists that once were strings on their concerts:\n");
    return carried_read(connection, &dry->listener, &dry->totals);
}

static void print_totals(const struct dry_run *dry)
{
    const struct carried_totals *totals = &dry->totals;
    printf("%" PRId64 " concerts, %" PRId64 " of them with such a string: %" PRId64
           " artists, %" PRId64 " of them unknown and under no agency; %" PRId64
           " strings name nobody. Every string is kept in earlier_artist.\n",
           totals->concert_count, totals->string_count, totals->artist_count, totals->unknown_count,
           totals->nobody_count);
    printf("%d migrations would be applied, up to number %d. Nothing was changed.\n",
           dry->rehearsal.report.applied_count, dry->rehearsal.report.newest);
}

static enum exit_code rehearse(const struct command *command)
{
    char place[COMMAND_PATH_BYTES], name[COMMAND_PATH_BYTES], why[WHY_BYTES] = "";
    struct store *store;
    command_core_place(command, place);
    command->adapters->name_database(place, name);
    enum status status = command->adapters->open_database(place, false, why, &store);
    if (status != STATUS_OK)
        return command_fail(command, "the database %s cannot be opened: %s", name, why);
    struct dry_run dry = {.rehearsal = {.look = look}, .listener = {print_string}};
    status = store_migrate_rehearse(store, SCHEMA_CORE, clock_wall_ms(), &dry.rehearsal);
    store_close(store);
    if (status != STATUS_OK)
        return command_fail(command, "the database %s cannot be migrated: %s", name,
                            dry.rehearsal.report.why[0] ? dry.rehearsal.report.why
                                                        : status_name(status));
    print_totals(&dry);
    return EXIT_DONE;
}

static enum exit_code migrate(const struct command *command)
{
    struct store *core, *live;
    if (!command_open_store(command, &core))
        return EXIT_FAILED;
    store_close(core);
    if (!command_open_live(command, &live))
        return EXIT_FAILED;
    store_close(live);
    printf("The databases are up to date.\n");
    return EXIT_DONE;
}

static enum exit_code run(struct command *command)
{
    static const struct option options[] = {{"dry-run", no_argument, NULL, 'd'}, {0}};
    bool dry = false;
    for (int option; (option = command_option(command, options)) != -1;) {
        if (option == '?')
            return EXIT_USAGE;
        dry = true;
    }
    if (optind < command->argument_count)
        return command_usage(command, "'%s' is one argument too many.", command->arguments[optind]);
    return dry ? rehearse(command) : migrate(command);
}

const struct subcommand subcommand_migrate = {
    .name = "migrate",
    .summary = "bring the databases to this version's shape",
    .arguments = "[--dry-run]",
    .help = "Makes the folder and the databases when they are missing. Running it again does\n"
            "nothing; `ticketrush serve` does the same at its start.\n\n"
            "  --dry-run   change nothing, and tell what becomes of the artists that once were\n"
            "              plain strings: whom each is taken for, and which are unknown\n",
    .run = run,
};
