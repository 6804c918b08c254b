/* cashier.c — opened from the gateway outwards, closed in reverse. */
#include "command/cashier.h"

#include <poll.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/log.h"
#include "command/command.h"
#include "guard/limiter.h"
#include "limits.h"
#include "metrics/metrics.h"
#include "payment/gateway.h"
#include "payment/ledger_watch.h"
#include "payment/news.h"
#include "payment/payments.h"
#include "payment/refund_runs.h"

enum { SETTLE_LOOK_MS = 5 };

static bool fail_memory(const struct cashier *cashier)
{
    command_fail(cashier->command, "memory or threads are short.");
    return false;
}

static bool open_gateway(struct cashier *cashier, struct breakers *breakers)
{
    const struct config *config = cashier->command->config;
    char why[WHY_BYTES] = "memory is short";
    cashier->app->webhook_secret = config_text(config, SETTING_GATEWAY_WEBHOOK_SECRET);
    cashier->app->gateway_client_key = config_text(config, SETTING_GATEWAY_CLIENT_KEY);
    if (cashier->command->adapters->open_gateway(config, breakers, why, &cashier->gateway) ==
        STATUS_OK)
        return true;
    command_fail(cashier->command, "the gateway cannot be used: %s.", why);
    return false;
}

static bool open_payments(struct cashier *cashier, struct store_connection *reader)
{
    struct http_app *app = cashier->app;
    app->payments = payments_create(&(struct payments_settings){
        .store = app->store, .booking = app->booking, .gateway = cashier->gateway});
    if (!app->payments)
        return fail_memory(cashier);
    app->refund_runs = refund_runs_create(&(struct refund_runs_settings){
        .store = app->store,
        .reader = reader,
        .refunds = payments_refunds(app->payments),
        .per_second = config_int(cashier->command->config, SETTING_GATEWAY_REFUNDS_PER_SECOND)});
    app->hint_limiter =
        limiter_create(&(struct limiter_settings){.keys_max = 1,
                                                  .per_interval = WEBHOOK_HINTS_PER_SECOND,
                                                  .interval_ms = 1000,
                                                  .burst = WEBHOOK_HINTS_PER_SECOND});
    cashier->watch = ledger_watch_create(app->workers, app->readers);
    return (app->refund_runs && app->hint_limiter && cashier->watch) || fail_memory(cashier);
}

bool cashier_open(struct cashier *cashier, const struct command *command, struct http_app *app,
                  struct store_connection *reader, struct breakers *breakers, struct bus *bus)
{
    cashier->command = command;
    cashier->app = app;
    if (!open_gateway(cashier, breakers) || !open_payments(cashier, reader))
        return false;
    if (bus)
        cashier->publisher = publisher_create(app->store, reader, bus);
    return !bus || cashier->publisher || fail_memory(cashier);
}

bool cashier_take_up(struct cashier *cashier, struct store_connection *reader)
{
    size_t open_count = 0;
    if (payments_take_up(cashier->app->payments, reader, &open_count) != STATUS_OK) {
        command_fail(cashier->command, "the open payments cannot be read.");
        return false;
    }
    if (open_count > 0)
        log_info("payments taken up", log_int("count", (int64_t)open_count));
    return true;
}

void cashier_tick(struct cashier *cashier, int64_t monotonic_ms)
{
    payments_tick(cashier->app->payments);
    refund_runs_tick(cashier->app->refund_runs, monotonic_ms);
    ledger_watch_tick(cashier->watch, monotonic_ms);
    if (cashier->publisher &&
        booking_sells(cashier->app->booking)) /* two would overtake each other */
        publisher_tick(cashier->publisher, clock_wall_ms());
}

bool cashier_settle(struct cashier *cashier, int64_t drain_ms)
{
    struct payments *payments = cashier->app ? cashier->app->payments : NULL;
    int64_t until_ms = clock_monotonic_ms() + drain_ms;
    while (payments && payments_under_way(payments) > 0) {
        if (clock_monotonic_ms() >= until_ms) {
            log_warn("payments left for the next start",
                     log_int("count", (int64_t)payments_under_way(payments)));
            return false;
        }
        poll(NULL, 0, SETTLE_LOOK_MS);
        payments_tick(payments);
    }
    return true;
}

const char *cashier_page_origins(const struct cashier *cashier)
{
    const char *origins = cashier->gateway->ops->page_origins;
    return origins ? origins : "";
}

void cashier_close(struct cashier *cashier)
{
    if (!cashier->app)
        return;
    payments_destroy(cashier->app->payments);
    refund_runs_destroy(cashier->app->refund_runs);
    limiter_destroy(cashier->app->hint_limiter);
    publisher_destroy(cashier->publisher);
    ledger_watch_destroy(cashier->watch);
    gateway_destroy(cashier->gateway);
}

static int64_t age_ms(int64_t since_ms)
{
    int64_t now_ms = clock_wall_ms();
    return since_ms > 0 && now_ms > since_ms ? now_ms - since_ms : 0;
}

void cashier_read(const struct cashier *cashier, struct metrics_readings *readings)
{
    struct payments_reading payments = payments_read(cashier->app->payments);
    struct ledger_reading ledger = ledger_watch_read(cashier->watch);
    struct metrics_payment *out = &readings->payment;
    *out = (struct metrics_payment){.under_way = payments.under_way_count,
                                    .unknown = payments.unknown_count,
                                    .unknown_oldest_ms =
                                        (uint64_t)age_ms(payments.oldest_unknown_at_ms),
                                    .ledger_imbalance_won = ledger.imbalance_won,
                                    .unmatched_webhooks = (uint64_t)ledger.unmatched_webhook_count};
    if (!cashier->publisher)
        return;
    struct publisher_reading news = publisher_read(cashier->publisher);
    out->news_handed_on = news.handed_on_count;
    out->news_waiting = news.waiting_count;
    out->news_oldest_ms = (uint64_t)age_ms(news.oldest_waiting_at_ms);
}
