/*
 * serve.c — the server as a process: its signals, its one line, its end.
 *
 * The main thread does no work of its own. It waits for a signal, at most one tick long, and lets
 * the house look after itself in between. SIGTERM and SIGINT stop it in order; a second one, at
 * once, because then the signal has its default meaning again. Nothing durable is lost by that
 * either.
 */
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/must.h"
#include "command/house.h"
#include "command/subcommands.h"
#include "store/store.h"

/* --- signals ---------------------------------------------------------------------------------- */

/* Threads made from here on leave these signals to the main thread. */
static void block_signals(sigset_t *out_stops)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow: the write fails, and is answered */
    signal(SIGHUP, SIG_IGN);  /* a terminal that closes takes no sale with it */
    sigemptyset(out_stops);
    sigaddset(out_stops, SIGTERM);
    sigaddset(out_stops, SIGINT);
    must(sigprocmask(SIG_BLOCK, out_stops, NULL) == 0);
}

static void tick_until_stopped(struct house *house, const sigset_t *stops)
{
    const struct timespec tick = {.tv_nsec = HOUSE_TICK_MS * 1000000L};
    while (sigtimedwait(stops, NULL, &tick) < 0)
        house_tick(house);
}

/* --- serving ---------------------------------------------------------------------------------- */

static void print_ready_line(const struct command *command, const struct house *house)
{
    char host[CONFIG_HOST_BYTES];
    uint16_t port;
    config_address(command->config, SETTING_LISTEN, host, &port);
    bool v6 = strchr(host, ':') != NULL;
    printf("Ticket-Rush %s serves http://%s%s%s:%u (data: %s)\n", TICKETRUSH_VERSION, v6 ? "[" : "",
           host, v6 ? "]" : "", house_port(house), config_text(command->config, SETTING_DATA));
    fflush(stdout);
}

static enum exit_code serve(struct command *command)
{
    sigset_t stops;
    block_signals(&stops);

    struct house *house = house_of(command);
    bool up = house_open(house) && house_start(house);
    if (up) {
        print_ready_line(command, house);
        tick_until_stopped(house, &stops);
        log_info("stopping", log_words("data", config_text(command->config, SETTING_DATA)));
    }
    sigprocmask(SIG_UNBLOCK, &stops, NULL);
    enum exit_code exit_code = up ? EXIT_DONE : EXIT_FAILED;
    house_close(house, exit_code);
    return exit_code;
}

/* --- the subcommand --------------------------------------------------------------------------- */

/* Its database is kept in shape, so that the service can come to it. */
static enum exit_code refuse_live(struct command *command)
{
    struct store *live;
    if (!command_open_live(command, &live))
        return EXIT_FAILED;
    store_close(live);
    return command_fail(command, "this version has no live service; its database %s/%s is ready.",
                        config_text(command->config, SETTING_DATA), COMMAND_LIVE_FILE);
}

static enum exit_code run(struct command *command)
{
    static const struct option no_options[] = {{0}};
    if (command_option(command, no_options) == '?')
        return EXIT_USAGE;
    int argument_count = command->argument_count - optind;
    const char *service = argument_count > 0 ? command->arguments[optind] : "core";
    if (argument_count > 1)
        return command_usage(command, "one service at a time: core or live.");
    if (strcmp(service, "core") == 0)
        return serve(command);
    if (strcmp(service, "live") == 0)
        return refuse_live(command);
    return command_usage(command, "there is no service '%s'; there are core and live.", service);
}

const struct subcommand subcommand_serve = {
    .name = "serve",
    .summary = "run the server until SIGTERM or SIGINT",
    .arguments = "[core|live]",
    .help =
        "Without an argument it runs all services of this version, which is core. The data\n"
        "folder and the databases are made and migrated first. When it is ready it prints one\n"
        "line with its address; the log goes to standard error, a JSON object a line.\n"
        "The first SIGTERM or SIGINT lets requests in flight finish, a second one ends at once.\n",
    .run = run,
};
