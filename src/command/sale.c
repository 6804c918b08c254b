/* sale.c — makes a date with plain seats and opens its sale, for load tests. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "catalog/plain_sale.h"
#include "command/subcommands.h"
#include "limits.h"
#include "store/store.h"

static const int64_t OPEN_FOR_MS = INT64_C(7) * 24 * 60 * 60 * 1000;

struct wishes {
    int64_t seats, sections, price, hold_seconds, max_per_fan, opens_in_seconds;
    const char *strategy, *lock; /* NULL: the engine sells it */
};

static const char *const strategies[] = {"v1", "v2", "v3", "v4", "v5", NULL};
static const char *const locks[] = {"none", "mutex", "optimistic", "pessimistic", NULL};

static bool read_word(const struct command *command, const char *name, const char *const *words,
                      const char **out_word)
{
    for (; *words; words++) {
        if (strcmp(*words, optarg) == 0) {
            *out_word = *words;
            return true;
        }
    }
    command_usage(command, "%s does not take this word", name);
    return false;
}

static bool lock_fits(const struct wishes *wishes)
{
    if (!wishes->lock)
        return true;
    bool of_v1 = strcmp(wishes->lock, "none") == 0 || strcmp(wishes->lock, "mutex") == 0;
    return wishes->strategy && strcmp(wishes->strategy, of_v1 ? "v1" : "v2") == 0;
}

static bool read_options(const struct command *command, struct wishes *wishes)
{
    static const struct option options[] = {
        {"seats", required_argument, NULL, 's'},
        {"sections", required_argument, NULL, 'k'},
        {"price", required_argument, NULL, 'p'},
        {"hold-seconds", required_argument, NULL, 'h'},
        {"max-per-fan", required_argument, NULL, 'm'},
        {"opens-in", required_argument, NULL, 'o'},
        {"strategy", required_argument, NULL, 'y'},
        {"lock", required_argument, NULL, 'l'},
        {0},
    };
    for (int option; (option = command_option(command, options)) != -1;) {
        bool good = false;
        if (option == 's')
            good =
                command_number(command, "--seats", optarg, 1, SEATS_PER_OPTION_MAX, &wishes->seats);
        else if (option == 'k')
            good = command_number(command, "--sections", optarg, 1, CATALOG_SECTIONS_MAX,
                                  &wishes->sections);
        else if (option == 'p')
            good = command_number(command, "--price", optarg, PRICE_WON_MIN, PRICE_WON_MAX,
                                  &wishes->price);
        else if (option == 'h')
            good = command_number(command, "--hold-seconds", optarg, 1, HOLD_SECONDS_MAX,
                                  &wishes->hold_seconds);
        else if (option == 'm')
            good = command_number(command, "--max-per-fan", optarg, 1, SEATS_PER_OPTION_MAX,
                                  &wishes->max_per_fan);
        else if (option == 'o')
            good = command_number(command, "--opens-in", optarg, 0, SALE_OPENS_IN_SECONDS_MAX,
                                  &wishes->opens_in_seconds);
        else if (option == 'y')
            good = read_word(command, "--strategy", strategies, &wishes->strategy);
        else if (option == 'l')
            good = read_word(command, "--lock", locks, &wishes->lock);
        if (!good)
            return false;
    }
    return true;
}

static enum exit_code create(struct command *command, const struct wishes *wishes)
{
    int64_t now_ms = clock_wall_ms();
    struct plain_sale settings = {
        .seat_count = (uint32_t)wishes->seats,
        .section_count = (uint32_t)wishes->sections,
        .price = wishes->price,
        .hold_seconds = wishes->hold_seconds,
        .max_per_fan = wishes->max_per_fan,
        .opens_at_ms = now_ms + wishes->opens_in_seconds * 1000,
        .closes_at_ms = now_ms + wishes->opens_in_seconds * 1000 + OPEN_FOR_MS,
        .strategy = wishes->strategy,
        .lock = wishes->lock,
    };
    struct store *store;
    if (!command_open_store(command, &store))
        return EXIT_FAILED;
    struct plain_sale_made made;
    enum status status = plain_sale_create(store, &settings, now_ms, &made);
    store_close(store);
    if (status != STATUS_OK)
        return command_fail(command, "could not make the sale: %s", status_name(status));

    char opens_at[CLOCK_TEXT_BYTES];
    clock_write_iso(settings.opens_at_ms, opens_at);
    printf("{\"optionId\":%" PRId64 ",\"firstSeatId\":%" PRId64 ",\"seatCount\":%" PRIu32
           ",\"opensAt\":\"%s\"}\n",
           made.option.value, made.first_seat_id, made.seat_count, opens_at);
    return EXIT_DONE;
}

static enum exit_code run(struct command *command)
{
    struct wishes wishes = {
        .seats = 5000, .sections = 10, .price = 99000, .hold_seconds = 300, .max_per_fan = 4};
    if (!read_options(command, &wishes))
        return EXIT_USAGE;
    if (optind + 1 != command->argument_count || strcmp(command->arguments[optind], "create") != 0)
        return command_usage(command, "say what to do: sale create");
    if (!lock_fits(&wishes))
        return command_usage(command,
                             "v1 takes --lock none or mutex, v2 optimistic or pessimistic");
    if (wishes.sections > wishes.seats)
        return command_usage(command, "there are more sections than seats");
    return create(command, &wishes);
}

const struct subcommand subcommand_sale = {
    .name = "sale",
    .summary = "make a date with plain seats, for load tests",
    .arguments = "create [--seats N] [--sections K] [--price WON] [--hold-seconds H] "
                 "[--max-per-fan M] [--opens-in S] [--strategy V] [--lock L]",
    .help = "  --seats N          how many seats (5,000)\n"
            "  --sections K       in how many sections (10)\n"
            "  --price WON        what each costs (99,000)\n"
            "  --hold-seconds H   how long a seat is kept for a fan who has not paid (300)\n"
            "  --max-per-fan M    seats one fan may have (4)\n"
            "  --opens-in S       seconds until the sale opens (0); it closes seven days later\n"
            "  --strategy V       what sells it: v1, v2, v3, v4 or v5 (v5)\n"
            "  --lock L           of v1: none or mutex; of v2: optimistic or pessimistic\n\n"
            "Prints one line of JSON: optionId, firstSeatId, seatCount, opensAt.\n",
    .run = run,
};
