/*
 * house.c — the wiring.
 *
 *     data folder ── core.db ── engine ── payments ──┐
 *              ├──── live.db                         ├── loops ── fans
 *              └──── keys ── tokens ── accounts ─────┘
 *
 * Parts are opened from the store outwards, so that nobody is let in before everything behind the
 * door stands, and closed from the door inwards. Each close function welcomes a part that was never
 * opened, so one way out serves the orderly stop and every failed start.
 */
#include "command/house.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "account/accounts.h"
#include "account/tokens.h"
#include "api/api.h"
#include "api/caller.h"
#include "api/catalog_news.h"
#include "api/observe.h"
#include "api/overview.h"
#include "api/waiting_news.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "base/workers.h"
#include "booking/booking.h"
#include "catalog/catalog.h"
#include "command/cashier.h"
#include "command/data_lock.h"
#include "command/neighbours.h"
#include "command/queueing.h"
#include "guard/breaker.h"
#include "guard/limiter.h"
#include "limits.h"
#include "metrics/metrics.h"
#include "net/http_server.h"
#include "net/static_files.h"
#include "payment/ticket.h"
#include "push/push.h"
#include "store/store.h"
#include "strategies/strategies.h"
#include "waiting/waiting.h"

struct house {
    struct http_app app;
    const struct command *command;
    struct data_lock lock;
    struct breakers *breakers; /* around every neighbour of the network */
    struct queueing queueing;
    struct neighbours neighbours;
    struct cashier cashier;
    struct store_connection *watching; /* the main thread's own reader */
    struct store_connection *readers[WORKERS_MAX];
    struct http_server *server;
    struct overview_feed *overview;
    struct metrics_route *routes;
    struct booking_watcher watcher;
    struct metrics_source source;
    const char *verdicts[BOOKING_VERDICT_COUNT];
    const char *breaker_states[METRICS_BREAKER_STATES];
    int64_t outside_version;
    int64_t next_look_ms; /* monotonic */
};

struct house *house_of(const struct command *command)
{
    static struct house house;
    house.command = command;
    house.lock.descriptor = -1;
    return &house;
}

static int64_t setting(const struct house *house, enum setting name)
{
    return config_int(house->command->config, name);
}

static bool fail_memory(const struct house *house)
{
    command_fail(house->command, "memory or threads are short.");
    return false;
}

/* --- what is counted -------------------------------------------------------------------------- */

static void on_turn(struct booking_watcher *watcher, const struct booking_turn *turn)
{
    struct house *house = container_of(watcher, struct house, watcher);
    metrics_observe_turn(house->app.metrics,
                         &(struct metrics_turn){.ask_count = turn->ask_count,
                                                .lapse_count = turn->lapse_count,
                                                .verdicts = turn->verdicts,
                                                .decide_us = turn->decide_us,
                                                .commit_us = turn->commit_us,
                                                .failed = turn->failed});
    if (!turn->failed && turn->release_count > 0)
        catalog_touch(house->app.catalog);
    if (house->app.waiting && turn->ask_count > 0)
        waiting_tell_commit(house->app.waiting, turn->commit_us);
}

/* Who has bought makes room for the next one in line. */
static void on_done(struct booking_watcher *watcher, const struct booking_ask *ask)
{
    struct house *house = container_of(watcher, struct house, watcher);
    bool has_bought = ask->kind == BOOKING_CONFIRM || ask->kind == BOOKING_REVIVE;
    const struct board *board = has_bought ? boards_find(house->app.boards, ask->option) : NULL;
    if (board && board_has_waiting_room(board) && house->app.waiting)
        waiting_tell_bought(house->app.waiting, ask->option, ask->fan);
}

static void read_breakers(struct house *house, struct metrics_readings *readings)
{
    static_assert((int)BREAKERS_MAX <= (int)METRICS_BREAKERS, "all have a place");
    readings->breaker_count = breakers_count(house->breakers);
    for (size_t i = 0; i < readings->breaker_count; i++) {
        struct breaker_reading now = breaker_read(breakers_at(house->breakers, i));
        readings->breakers[i] = (struct metrics_breaker){.name = now.name,
                                                         .states = house->breaker_states,
                                                         .state = (size_t)now.state,
                                                         .worked = now.worked_count,
                                                         .failed = now.failed_count,
                                                         .ignored = now.ignored_count,
                                                         .refused = now.refused_count,
                                                         .slow = now.slow_count,
                                                         .opened = now.opened_count};
    }
}

static void read_push(struct house *house, struct metrics_readings *out_readings)
{
    struct push_counts push = push_counts(house->app.push);
    out_readings->push_channels = push.channels;
    out_readings->push_published = push.published;
    out_readings->push_told = push.told;
    out_readings->push_written = push.written;
    out_readings->push_coalesced = push.coalesced;
    out_readings->push_skipped = push.skipped;
    out_readings->push_dropped = push.dropped;
}

static void read_waiting(struct house *house, struct metrics_readings *out_readings)
{
    struct waiting_totals totals = waiting_totals(house->app.waiting);
    out_readings->waiting_fans = totals.waiting;
    out_readings->waiting_hall = totals.hall;
    out_readings->waiting_active = totals.active;
    out_readings->waiting_joined = totals.joined;
    out_readings->waiting_called = totals.called;
    out_readings->waiting_entered = totals.entered;
    out_readings->waiting_bought = totals.bought;
    out_readings->waiting_gone = totals.gone;
}

static void read_numbers(struct metrics_source *source, struct metrics_readings *out_readings)
{
    struct house *house = container_of(source, struct house, source);
    struct http_server_counts http = http_server_counts(house->server);
    struct store_counts store = store_counts(house->app.store);
    *out_readings = (struct metrics_readings){.connections_open = http.connections_open,
                                              .connections_accepted = http.connections_accepted,
                                              .connections_refused = http.connections_refused,
                                              .streams_open = http.streams_open,
                                              .streams_refused = http.streams_refused,
                                              .asks_waiting = booking_waiting(house->app.booking),
                                              .sells = booking_sells(house->app.booking),
                                              .store_jobs_waiting = store.waiting_count,
                                              .store_jobs = store.job_count,
                                              .store_commits = store.commit_count,
                                              .store_commit_failures = store.commit_failure_count,
                                              .store_commit_us = store.commit_us_total};
    read_breakers(house, out_readings);
    read_push(house, out_readings);
    read_waiting(house, out_readings);
    queueing_read(&house->queueing, out_readings);
    neighbours_read(&house->neighbours, out_readings);
    cashier_read(&house->cashier, out_readings);
}

static bool open_metrics(struct house *house)
{
    house->routes = calloc(api_route_count, sizeof *house->routes);
    if (!house->routes)
        return fail_memory(house);
    api_metrics_routes(house->routes);
    for (int verdict = 0; verdict < BOOKING_VERDICT_COUNT; verdict++)
        house->verdicts[verdict] = booking_verdict_name((enum booking_verdict)verdict);
    static_assert((int)BREAKER_STATE_COUNT == (int)METRICS_BREAKER_STATES, "each has a word");
    for (int state = 0; state < BREAKER_STATE_COUNT; state++)
        house->breaker_states[state] = breaker_state_name((enum breaker_state)state);
    house->source.read = read_numbers;
    house->app.metrics = metrics_create(
        &(struct metrics_settings){.loop_count = (size_t)setting(house, SETTING_IO_THREADS),
                                   .routes = house->routes,
                                   .route_count = api_route_count,
                                   .verdicts = house->verdicts,
                                   .verdict_count = BOOKING_VERDICT_COUNT,
                                   .source = &house->source,
                                   .start_wall_ms = clock_wall_ms()});
    return house->app.metrics || fail_memory(house);
}

/* --- what is kept ----------------------------------------------------------------------------- */

/* It opens sooner than others, since nothing can be sold meanwhile, and closes sooner. */
static bool guard_store(struct house *house)
{
    struct breaker_settings settings = breaker_usual("database", STORE_SLOW_MS);
    settings.window_calls = STORE_BREAKER_CALLS;
    settings.calls_least = STORE_BREAKER_CALLS / 2;
    settings.open_ms = STORE_BREAKER_OPEN_MS;
    if (!store_has_server(house->app.store))
        return true;
    struct breaker *breaker = breakers_add(house->breakers, &settings);
    store_guard(house->app.store, breaker);
    return breaker || fail_memory(house);
}

static bool open_stores(struct house *house)
{
    struct store *live;
    if (!data_lock_open(house->command, &house->lock) || !command_open_live(house->command, &live))
        return false;
    store_close(live); /* this version has no live service, but its database keeps the shape */
    if (!command_open_store(house->command, &house->app.store) || !guard_store(house))
        return false;
    if (store_start(house->app.store) == STATUS_OK)
        return true;
    return fail_memory(house);
}

/* Tokens say who somebody is, tickets what was bought; their keys stand side by side. */
static bool open_keys(struct house *house)
{
    char folder[COMMAND_PATH_BYTES];
    char why[WHY_BYTES] = "";
    command_data_path(house->command, COMMAND_KEYS_FOLDER, folder);
    if (tokens_open(folder, why, &house->app.tokens) == STATUS_OK &&
        ticket_signer_open(folder, why, &house->app.ticket_signer) == STATUS_OK)
        return true;
    command_fail(house->command, "the signing keys in %s cannot be used: %s", folder, why);
    return false;
}

static bool open_neighbours(struct house *house)
{
    if (!neighbours_open(&house->neighbours, house->command, house->breakers))
        return false;
    house->app.lock = house->neighbours.lock;
    house->app.cache = house->neighbours.cache;
    return true;
}

/* --- who works -------------------------------------------------------------------------------- */

static bool open_reader(struct house *house, struct store_connection **out_reader)
{
    if (store_reader_open(house->app.store, out_reader) == STATUS_OK) {
        store_reader_hurry(*out_reader);
        return true;
    }
    *out_reader = NULL;
    command_fail(house->command, "the database cannot be opened for reading.");
    return false;
}

static bool open_workers(struct house *house)
{
    size_t count = (size_t)setting(house, SETTING_WORKERS);
    must(count <= WORKERS_MAX);
    house->app.readers = house->readers;
    for (size_t i = 0; i < count; i++)
        if (!open_reader(house, &house->readers[i]))
            return false;
    if (!open_reader(house, &house->watching))
        return false;
    house->app.workers = workers_create(count, WORKER_JOBS_MAX);
    house->app.catalog_news = catalog_news_create(&house->app);
    return (house->app.workers && house->app.catalog_news) || fail_memory(house);
}

static bool open_booking(struct house *house)
{
    char why[WHY_BYTES] = "";
    house->watcher.on_turn = on_turn;
    house->watcher.on_done = on_done;
    house->app.boards = boards_create();
    house->app.catalog = catalog_create();
    if (!house->app.boards || !house->app.catalog)
        return fail_memory(house);
    struct booking_settings settings = {
        .store = house->app.store, .boards = house->app.boards, .watcher = &house->watcher};
    if (booking_open(&settings, why, &house->app.booking) == STATUS_OK)
        return true;
    command_fail(house->command, "the sales cannot be loaded: %s", why);
    return false;
}

static bool open_strategies(struct house *house)
{
    struct strategies_settings settings = {
        .store = house->app.store,
        .booking = house->app.booking,
        .boards = house->app.boards,
        .lock = house->app.lock,
        .worker_count = (size_t)setting(house, SETTING_STRATEGY_WORKERS),
        .lab = config_switch(house->command->config, SETTING_LAB)};
    house->app.lab = settings.lab;
    house->app.strategies = strategies_create(&settings);
    return house->app.strategies || fail_memory(house);
}

/* News of payments is for other services. Without a broker there are none that could hear of it,
   and it waits in the store for the day there are. */
static bool open_cashier(struct house *house)
{
    bool has_broker = config_text(house->command->config, SETTING_KAFKA)[0] != '\0';
    return cashier_open(&house->cashier, house->command, &house->app, house->watching,
                        house->breakers, has_broker ? house->queueing.bus : NULL);
}

static bool open_bus(struct house *house)
{
    return queueing_open_bus(&house->queueing, house->command, house->breakers);
}

static bool open_accounts(struct house *house)
{
    struct accounts_settings settings = {.logins_per_address_per_minute =
                                             setting(house, SETTING_LOGINS_PER_ADDRESS_PER_MINUTE)};
    int64_t rate = setting(house, SETTING_REQUESTS_PER_ACCOUNT_PER_SECOND);
    house->app.accounts = accounts_create(&settings);
    house->app.fan_limiter =
        limiter_create(&(struct limiter_settings){.keys_max = FANS_COUNTED_MAX,
                                                  .per_interval = rate,
                                                  .interval_ms = 1000,
                                                  .burst = rate * REQUESTS_PER_ACCOUNT_BURST});
    return (house->app.accounts && house->app.fan_limiter) || fail_memory(house);
}

/* --- the line --------------------------------------------------------------------------------- */

static struct limiter *create_join_limiter(int64_t per_minute)
{
    return limiter_create(&(struct limiter_settings){.keys_max = FANS_COUNTED_MAX,
                                                     .per_interval = per_minute,
                                                     .interval_ms = 60000,
                                                     .burst = per_minute});
}

static bool open_seals(struct house *house)
{
    char folder[COMMAND_PATH_BYTES];
    char why[WHY_BYTES] = "";
    command_data_path(house->command, COMMAND_SEALS_FOLDER, folder);
    if (seals_open(folder, why, &house->app.seals) == STATUS_OK)
        return true;
    command_fail(house->command, "the keys of the waiting room in %s cannot be used: %s", folder,
                 why);
    return false;
}

static bool open_waiting(struct house *house)
{
    char why[WHY_BYTES] = "";
    house->app.waiting_news = waiting_news_create(&house->app);
    house->app.join_fan_limiter = create_join_limiter(WAITING_JOINS_PER_ACCOUNT_PER_MINUTE);
    house->app.join_peer_limiter =
        create_join_limiter(setting(house, SETTING_JOINS_PER_ADDRESS_PER_MINUTE));
    if (!house->app.waiting_news || !house->app.join_fan_limiter || !house->app.join_peer_limiter)
        return fail_memory(house);
    struct waiting_settings settings = {
        .store = house->app.store,
        .boards = house->app.boards,
        .seals = house->app.seals,
        .lines = house->command->adapters->create_lines(house->neighbours.redis),
        .watcher = waiting_news_watcher(house->app.waiting_news)};
    if (waiting_open(&settings, why, &house->app.waiting) != STATUS_OK) {
        command_fail(house->command, "%s.", why);
        return false;
    }
    return waiting_start(house->app.waiting) == STATUS_OK || fail_memory(house);
}

/* --- the door --------------------------------------------------------------------------------- */

static bool open_page(struct house *house)
{
    const char *folder = config_text(house->command->config, SETTING_WEB);
    char why[WHY_BYTES] = "";
    if (folder[0] == '\0')
        return true;
    if (static_files_load(folder, why, &house->app.page) == STATUS_OK &&
        static_files_allow(house->app.page, cashier_page_origins(&house->cashier)))
        return true;
    command_fail(house->command, "the page in %s cannot be loaded: %s", folder, why);
    return false;
}

static bool open_push(struct house *house)
{
    struct push_settings settings = {.loop_count = (size_t)setting(house, SETTING_IO_THREADS)};
    house->app.push = push_create(&settings);
    house->overview = overview_feed_create(&house->app);
    return (house->app.push && house->overview) || fail_memory(house);
}

static bool open_queueing(struct house *house)
{
    return queueing_open(&house->queueing, house->command, &house->app, house->neighbours.redis);
}

static bool open_server(struct house *house)
{
    char host[CONFIG_HOST_BYTES];
    char why[WHY_BYTES] = "";
    struct http_server_settings settings = {
        .address = host,
        .loop_count = (size_t)setting(house, SETTING_IO_THREADS),
        .connections_max = (size_t)setting(house, SETTING_CONNECTIONS),
        .connections_per_address_max = (size_t)setting(house, SETTING_CONNECTIONS_PER_ADDRESS),
        .streams_max = (size_t)setting(house, SETTING_STREAMS),
        .origins = config_text(house->command->config, SETTING_ORIGINS),
        .header_timeout_ms = setting(house, SETTING_HEADER_TIMEOUT_MS),
        .body_timeout_ms = setting(house, SETTING_BODY_TIMEOUT_MS),
        .idle_timeout_ms = setting(house, SETTING_IDLE_TIMEOUT_MS),
        .drain_ms = setting(house, SETTING_DRAIN_MS),
        .routes = api_routes,
        .route_count = api_route_count,
        .fallback = api_fallback,
        .app = &house->app,
        .may_send_much = caller_is_operator,
        .loop_data_create = api_loop_create,
        .loop_data_destroy = api_loop_destroy,
    };
    config_address(house->command->config, SETTING_LISTEN, host, &settings.port);
    if (http_server_create(&settings, api_observe, why, &house->server) == STATUS_OK)
        return true;
    command_fail(house->command, "%s. TICKETRUSH_LISTEN names another address.", why);
    return false;
}

/* --- life ------------------------------------------------------------------------------------- */

bool house_open(struct house *house)
{
    house->breakers = breakers_create();
    if (!house->breakers)
        return fail_memory(house);
    return open_stores(house) && open_keys(house) && open_metrics(house) &&
           open_neighbours(house) && open_booking(house) && open_workers(house) &&
           open_strategies(house) && open_bus(house) && open_cashier(house) &&
           open_accounts(house) && open_page(house) && open_push(house) && open_queueing(house) &&
           open_seals(house) && open_waiting(house) && open_server(house) &&
           cashier_take_up(&house->cashier, house->watching);
}

bool house_start(struct house *house)
{
    if (http_server_start(house->server) != STATUS_OK)
        return fail_memory(house);
    house->app.ready = true;
    return true;
}

uint16_t house_port(const struct house *house)
{
    return http_server_port(house->server);
}

/* `ticketrush seed` or `sale` beside a running server: sales appear, pages change. */
static void look_outside(struct house *house)
{
    int64_t version;
    if (store_outside_version(house->watching, &version) != STATUS_OK ||
        version == house->outside_version ||
        !catalog_news_look(house->app.catalog_news, house->watching))
        return;
    house->outside_version = version;
    booking_refresh(house->app.booking);
    waiting_refresh(house->app.waiting);
}

void house_tick(struct house *house)
{
    int64_t now_ms = clock_monotonic_ms();
    booking_tick(house->app.booking);
    waiting_tick(house->app.waiting);
    cashier_tick(&house->cashier, now_ms);
    push_tick(house->app.push);
    overview_feed_tick(house->overview, now_ms);
    queueing_tick(&house->queueing);
    if (now_ms < house->next_look_ms)
        return;
    house->next_look_ms = now_ms + OUTSIDE_LOOK_MS;
    look_outside(house);
}

static void close_readers(struct house *house)
{
    for (size_t i = 0; i < WORKERS_MAX; i++)
        store_reader_close(house->readers[i]);
    store_reader_close(house->watching);
}

void house_close(struct house *house, enum exit_code exit_code)
{
    house->app.ready = false;
    if (house->server)
        http_server_stop(house->server);
    if (!cashier_settle(&house->cashier, setting(house, SETTING_DRAIN_MS)))
        _exit((int)exit_code); /* the next start takes up what is left */
    queueing_stop(&house->queueing);
    workers_stop(house->app.workers);
    queueing_hang_up(&house->queueing);
    waiting_stop(house->app.waiting);
    overview_feed_destroy(house->overview);
    accounts_destroy(house->app.accounts);
    close_readers(house);
    strategies_destroy(house->app.strategies);
    store_close(house->app.store);
    booking_close(house->app.booking);
    waiting_close(house->app.waiting); /* until here on_turn() may have spoken to it */
    cashier_close(&house->cashier);
    queueing_close(&house->queueing);
    workers_destroy(house->app.workers);
    neighbours_close(&house->neighbours);
    catalog_news_destroy(house->app.catalog_news);
    data_lock_close(&house->lock);
}
