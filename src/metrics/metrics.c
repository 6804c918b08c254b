/*
 * metrics.c — one shard a loop, one for the engine.
 *
 * A cell counts one route on one loop: answers by status code, and how long they took. Statuses are
 * the few that this server sends; anything else falls into the last one. Cells and shards begin on
 * cache lines of their own, so that two loops never write to the same line.
 */
#include "metrics/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "metrics/exposition.h"
#include "metrics/histogram.h"
#include "metrics/process.h"

enum { CACHE_LINE_BYTES = 64 };

static const int statuses[] = {101, 200, 201, 202, 204, 304, 400, 401, 402, 403,
                               404, 405, 408, 409, 410, 412, 413, 414, 415, 417,
                               422, 426, 429, 431, 500, 501, 503, 505, 0};
enum { STATUS_COUNT = sizeof statuses / sizeof statuses[0] };

struct cell {
    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t by_status[STATUS_COUNT];
    struct histogram duration_us;
};

struct shelf_cell { /* of one loop */
    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t by_verdict[METRICS_CACHE_VERDICTS];
    _Atomic uint64_t bytes, documents;
};

struct engine {
    _Alignas(CACHE_LINE_BYTES) struct histogram asks;
    struct histogram commit_us;
    _Atomic uint64_t turns, lapses, failures, decide_us;
    _Atomic uint64_t verdicts[METRICS_VERDICTS];
};

struct metrics {
    struct metrics_settings settings;
    struct engine engine;
    struct cell *cells;         /* loop_count rows of route_count + 1: the last one is "other" */
    struct shelf_cell *shelves; /* loop_count */
};

struct metrics *metrics_create(const struct metrics_settings *settings)
{
    must(settings->loop_count > 0);
    must(settings->verdict_count <= METRICS_VERDICTS);

    size_t cell_count = settings->loop_count * (settings->route_count + 1);
    struct metrics *metrics = aligned_alloc(CACHE_LINE_BYTES, sizeof *metrics);
    size_t shelves_bytes = settings->loop_count * sizeof(struct shelf_cell);
    struct cell *cells = aligned_alloc(CACHE_LINE_BYTES, cell_count * sizeof *cells);
    struct shelf_cell *shelves = aligned_alloc(CACHE_LINE_BYTES, shelves_bytes);
    if (!metrics || !cells || !shelves) {
        free(metrics);
        free(cells);
        free(shelves);
        return NULL;
    }
    memset(metrics, 0, sizeof *metrics);
    memset(cells, 0, cell_count * sizeof *cells);
    memset(shelves, 0, shelves_bytes);
    metrics->settings = *settings;
    metrics->cells = cells;
    metrics->shelves = shelves;
    return metrics;
}

void metrics_destroy(struct metrics *metrics)
{
    if (!metrics)
        return;
    free(metrics->cells);
    free(metrics->shelves);
    free(metrics);
}

/* --- counting --------------------------------------------------------------------------------- */

static struct cell *cell_of(struct metrics *metrics, size_t loop, size_t route)
{
    return &metrics->cells[loop * (metrics->settings.route_count + 1) + route];
}

static size_t status_index(int status)
{
    size_t index = 0;
    while (index < STATUS_COUNT - 1 && statuses[index] != status)
        index++;
    return index;
}

void metrics_observe_answer(struct metrics *metrics, size_t loop, size_t route, int status,
                            int64_t duration_us)
{
    must(loop < metrics->settings.loop_count);
    size_t last = metrics->settings.route_count;
    struct cell *cell = cell_of(metrics, loop, route < last ? route : last);
    count_add(&cell->by_status[status_index(status)], 1);
    histogram_add(&cell->duration_us, &histogram_latency_us, duration_us);
}

void metrics_observe_shelf(struct metrics *metrics, size_t loop, size_t verdict, size_t bytes,
                           size_t documents)
{
    must(loop < metrics->settings.loop_count);
    must(verdict < METRICS_CACHE_VERDICTS);
    struct shelf_cell *shelf = &metrics->shelves[loop];
    count_add(&shelf->by_verdict[verdict], 1);
    atomic_store_explicit(&shelf->bytes, bytes, memory_order_relaxed);
    atomic_store_explicit(&shelf->documents, documents, memory_order_relaxed);
}

void metrics_observe_turn(struct metrics *metrics, const struct metrics_turn *turn)
{
    struct engine *engine = &metrics->engine;
    count_add(&engine->turns, 1);
    count_add(&engine->lapses, turn->lapse_count);
    count_add(&engine->failures, turn->failed);
    count_add(&engine->decide_us, (uint64_t)(turn->decide_us > 0 ? turn->decide_us : 0));
    histogram_add(&engine->asks, &histogram_sizes, (int64_t)turn->ask_count);
    histogram_add(&engine->commit_us, &histogram_latency_us, turn->commit_us);
    for (size_t i = 0; i < metrics->settings.verdict_count; i++)
        count_add(&engine->verdicts[i], turn->verdicts[i]);
}

/* --- answers, by route ------------------------------------------------------------------------ */

static struct histogram_label label_route(const struct metrics *metrics, size_t route)
{
    bool other = route == metrics->settings.route_count;
    return (struct histogram_label){
        "route", text_of(other ? "other" : metrics->settings.routes[route].pattern)};
}

static struct histogram_label label_method(const struct metrics *metrics, size_t route)
{
    bool other = route == metrics->settings.route_count;
    return (struct histogram_label){
        "method", text_of(other ? "other" : metrics->settings.routes[route].method)};
}

static uint64_t answers_of(struct metrics *metrics, size_t route, size_t status)
{
    uint64_t count = 0;
    for (size_t loop = 0; loop < metrics->settings.loop_count; loop++)
        count += count_read(&cell_of(metrics, loop, route)->by_status[status]);
    return count;
}

static void write_answer_count(struct metrics *metrics, struct buffer *out, size_t route,
                               size_t status)
{
    uint64_t count = answers_of(metrics, route, status);
    if (count == 0)
        return;
    struct histogram_label labels[] = {label_route(metrics, route), label_method(metrics, route)};
    exposition_start(out, "ticketrush_http_requests_total");
    exposition_label(out, labels[0].name, labels[0].value);
    exposition_label(out, labels[1].name, labels[1].value);
    if (statuses[status] == 0)
        exposition_label(out, "status", text_of("other"));
    else
        exposition_label_int(out, "status", statuses[status]);
    exposition_value_int(out, count);
}

static void write_durations(struct metrics *metrics, struct buffer *out, size_t route)
{
    struct histogram_sum sum = {0};
    for (size_t loop = 0; loop < metrics->settings.loop_count; loop++)
        histogram_gather(&cell_of(metrics, loop, route)->duration_us, &sum);
    if (sum.count == 0)
        return;
    struct histogram_label labels[] = {label_route(metrics, route), label_method(metrics, route)};
    histogram_write(out, "ticketrush_http_request_duration_seconds", &sum, &histogram_latency_us,
                    labels, 2);
}

static void write_answers(struct metrics *metrics, struct buffer *out)
{
    exposition_family(out, "ticketrush_http_requests_total", "counter",
                      "Answers, by route, method and status.");
    for (size_t route = 0; route <= metrics->settings.route_count; route++)
        for (size_t status = 0; status < STATUS_COUNT; status++)
            write_answer_count(metrics, out, route, status);
    exposition_family(out, "ticketrush_http_request_duration_seconds", "histogram",
                      "From the first byte of a request to the last byte of its answer.");
    for (size_t route = 0; route <= metrics->settings.route_count; route++)
        write_durations(metrics, out, route);
}

/* --- the engine ------------------------------------------------------------------------------- */

static void write_histogram(struct buffer *out, const char *name, const char *help,
                            const struct histogram *histogram,
                            const struct histogram_bounds *bounds)
{
    struct histogram_sum sum = {0};
    histogram_gather(histogram, &sum);
    exposition_family(out, name, "histogram", help);
    histogram_write(out, name, &sum, bounds, NULL, 0);
}

static void write_verdicts(struct metrics *metrics, struct buffer *out)
{
    exposition_family(out, "ticketrush_engine_verdicts_total", "counter",
                      "Asks the engine has answered, by verdict.");
    for (size_t i = 0; i < metrics->settings.verdict_count; i++) {
        exposition_start(out, "ticketrush_engine_verdicts_total");
        exposition_label(out, "verdict", text_of(metrics->settings.verdicts[i]));
        exposition_value_int(out, count_read(&metrics->engine.verdicts[i]));
    }
}

static void write_engine(struct metrics *metrics, struct buffer *out)
{
    struct engine *engine = &metrics->engine;
    write_histogram(out, "ticketrush_engine_turn_asks", "Asks decided in one turn.", &engine->asks,
                    &histogram_sizes);
    write_histogram(out, "ticketrush_engine_commit_seconds",
                    "From the last decision of a turn until it was durable.", &engine->commit_us,
                    &histogram_latency_us);
    exposition_single(out, "ticketrush_engine_decide_seconds_total", "counter",
                      "Time spent deciding and writing, before the commits.",
                      (double)count_read(&engine->decide_us) * 1e-6);
    exposition_single(out, "ticketrush_engine_lapsed_total", "counter",
                      "Holds that ended because their time was over.",
                      (double)count_read(&engine->lapses));
    exposition_single(out, "ticketrush_engine_turn_failures_total", "counter",
                      "Turns that were not kept, or of which nobody knows.",
                      (double)count_read(&engine->failures));
    write_verdicts(metrics, out);
}

/* --- what others keep ------------------------------------------------------------------------- */

static struct metrics_readings read_source(struct metrics *metrics)
{
    struct metrics_readings readings = {0};
    if (metrics->settings.source)
        metrics->settings.source->read(metrics->settings.source, &readings);
    return readings;
}

static void write_breaker_states(const struct metrics_readings *now, struct buffer *out)
{
    exposition_family(out, "ticketrush_breaker_state", "gauge",
                      "1 for the state a circuit breaker is in.");
    for (size_t i = 0; i < now->breaker_count; i++) {
        for (size_t state = 0; state < METRICS_BREAKER_STATES; state++) {
            exposition_start(out, "ticketrush_breaker_state");
            exposition_label(out, "breaker", text_of(now->breakers[i].name));
            exposition_label(out, "state", text_of(now->breakers[i].states[state]));
            exposition_value_int(out, now->breakers[i].state == state);
        }
    }
}

static void write_breaker_calls(const struct metrics_breaker *breaker, struct buffer *out)
{
    const struct {
        const char *kind;
        uint64_t count;
    } rows[] = {{"worked", breaker->worked},
                {"failed", breaker->failed},
                {"ignored", breaker->ignored},
                {"refused", breaker->refused}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exposition_start(out, "ticketrush_breaker_calls_total");
        exposition_label(out, "breaker", text_of(breaker->name));
        exposition_label(out, "kind", text_of(rows[i].kind));
        exposition_value_int(out, rows[i].count);
    }
}

static void write_breaker_count(const char *family, const struct metrics_breaker *breaker,
                                uint64_t count, struct buffer *out)
{
    exposition_start(out, family);
    exposition_label(out, "breaker", text_of(breaker->name));
    exposition_value_int(out, count);
}

static void write_breakers(const struct metrics_readings *now, struct buffer *out)
{
    if (now->breaker_count == 0)
        return;
    write_breaker_states(now, out);
    exposition_family(out, "ticketrush_breaker_calls_total", "counter",
                      "Calls of a neighbour, by outcome; refused: not even tried.");
    for (size_t i = 0; i < now->breaker_count; i++)
        write_breaker_calls(&now->breakers[i], out);
    exposition_family(out, "ticketrush_breaker_slow_calls_total", "counter",
                      "Calls that took longer than their callers can bear.");
    for (size_t i = 0; i < now->breaker_count; i++)
        write_breaker_count("ticketrush_breaker_slow_calls_total", &now->breakers[i],
                            now->breakers[i].slow, out);
    exposition_family(out, "ticketrush_breaker_opened_total", "counter",
                      "How often a breaker has opened.");
    for (size_t i = 0; i < now->breaker_count; i++)
        write_breaker_count("ticketrush_breaker_opened_total", &now->breakers[i],
                            now->breakers[i].opened, out);
}

struct row { /* a family of one sample */
    const char *name, *type, *help;
    double value;
};

static void write_rows(const struct row *rows, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++)
        exposition_single(out, rows[i].name, rows[i].type, rows[i].help, rows[i].value);
}

static void write_connections(const struct metrics_readings *now, struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_http_connections", "gauge", "Connections open now.",
         (double)now->connections_open},
        {"ticketrush_http_connections_accepted_total", "counter", "Connections accepted.",
         (double)now->connections_accepted},
        {"ticketrush_http_connections_refused_total", "counter",
         "Connections refused because there were too many.", (double)now->connections_refused},
        {"ticketrush_streams", "gauge", "Connections that wait for news, of those open now.",
         (double)now->streams_open},
        {"ticketrush_streams_refused_total", "counter",
         "Streams refused because there were too many.", (double)now->streams_refused},
    };
    write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static void write_push(const struct metrics_readings *now, struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_push_channels", "gauge", "What can be listened to now.",
         (double)now->push_channels},
        {"ticketrush_push_published_total", "counter", "Documents handed to all loops.",
         (double)now->push_published},
        {"ticketrush_push_told_total", "counter", "Words to one fan, handed to all loops.",
         (double)now->push_told},
        {"ticketrush_push_written_total", "counter", "Documents and words given to streams.",
         (double)now->push_written},
        {"ticketrush_push_coalesced_total", "counter",
         "Documents replaced by newer ones before their time had come.",
         (double)now->push_coalesced},
        {"ticketrush_push_skipped_total", "counter",
         "Documents replaced by newer ones before a slow reader took them.",
         (double)now->push_skipped},
        {"ticketrush_push_dropped_total", "counter",
         "Streams ended for being too slow for words that must not be missed.",
         (double)now->push_dropped},
    };
    write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static void write_waiting(const struct metrics_readings *now, struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_waiting_fans", "gauge", "Fans who wait with a turn, in all lines.",
         (double)now->waiting_fans},
        {"ticketrush_waiting_hall_fans", "gauge", "Fans who wait for their line to open.",
         (double)now->waiting_hall},
        {"ticketrush_waiting_active_fans", "gauge", "Fans who have come in and have not bought.",
         (double)now->waiting_active},
        {"ticketrush_waiting_joined_total", "counter", "Places given.",
         (double)now->waiting_joined},
        {"ticketrush_waiting_called_total", "counter", "Fans called.", (double)now->waiting_called},
        {"ticketrush_waiting_entered_total", "counter", "Fans who came in.",
         (double)now->waiting_entered},
        {"ticketrush_waiting_bought_total", "counter", "Fans who came in and bought.",
         (double)now->waiting_bought},
        {"ticketrush_waiting_gone_total", "counter",
         "Places that ended otherwise: left, lapsed, missed, over.", (double)now->waiting_gone},
    };
    write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static uint64_t of_all_shelves(const struct metrics *metrics, size_t verdict)
{
    uint64_t sum = 0;
    for (size_t loop = 0; loop < metrics->settings.loop_count; loop++)
        sum += count_read(&metrics->shelves[loop].by_verdict[verdict]);
    return sum;
}

static void write_level(struct buffer *out, const char *family, const char *level, uint64_t value)
{
    exposition_start(out, family);
    exposition_label(out, "level", text_of(level));
    exposition_value_int(out, value);
}

static void write_lookup(struct buffer *out, const char *level, const char *result, uint64_t count)
{
    exposition_start(out, "ticketrush_cache_lookups_total");
    exposition_label(out, "level", text_of(level));
    exposition_label(out, "result", text_of(result));
    exposition_value_int(out, count);
}

static void write_lookups(const struct metrics *metrics, const struct metrics_cache *now,
                          struct buffer *out)
{
    exposition_family(out, "ticketrush_cache_lookups_total", "counter",
                      "Catalog documents looked for, by level (a loop's shelf, or the cache behind "
                      "all shelves) and by what was found.");
    for (size_t i = 0; i < METRICS_CACHE_VERDICTS && now->verdicts[i]; i++) {
        write_lookup(out, "shelf", now->verdicts[i], of_all_shelves(metrics, i));
        write_lookup(out, "shared", now->verdicts[i], now->lookups[i]);
    }
}

static void write_cache_sizes(const struct metrics *metrics, const struct metrics_cache *now,
                              struct buffer *out)
{
    uint64_t bytes = 0, documents = 0;
    for (size_t loop = 0; loop < metrics->settings.loop_count; loop++) {
        bytes += count_read(&metrics->shelves[loop].bytes);
        documents += count_read(&metrics->shelves[loop].documents);
    }
    exposition_family(out, "ticketrush_cache_bytes", "gauge",
                      "Memory of the caches in this process, by level.");
    write_level(out, "ticketrush_cache_bytes", "shelf", bytes);
    write_level(out, "ticketrush_cache_bytes", "shared", now->bytes);
    exposition_family(out, "ticketrush_cache_entries", "gauge",
                      "Documents in the caches of this process, by level.");
    write_level(out, "ticketrush_cache_entries", "shelf", documents);
    write_level(out, "ticketrush_cache_entries", "shared", now->entries);
}

static void write_cache(const struct metrics *metrics, const struct metrics_cache *now,
                        struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_cache_puts_total", "counter", "Documents put into the shared cache.",
         (double)now->puts},
        {"ticketrush_cache_refused_total", "counter",
         "Documents not kept: too large, or older than what is there.", (double)now->refused},
        {"ticketrush_cache_evictions_total", "counter", "Documents dropped for want of room.",
         (double)now->evictions},
        {"ticketrush_cache_shared_loads_total", "counter",
         "Lookups that waited for another's load.", (double)now->shared},
        {"ticketrush_cache_failures_total", "counter",
         "Calls that the server behind the cache did not answer.", (double)now->failures},
    };
    write_lookups(metrics, now, out);
    write_cache_sizes(metrics, now, out);
    write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static void write_lock(const struct metrics_lock *now, struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_lock_acquired_total", "counter", "Locks acquired.", (double)now->acquired},
        {"ticketrush_lock_waited_total", "counter", "Locks that had to be waited for.",
         (double)now->waited},
        {"ticketrush_lock_wait_seconds_total", "counter", "Time spent waiting for locks.",
         (double)now->wait_us * 1e-6},
        {"ticketrush_lock_timeouts_total", "counter", "Locks that were not free in time.",
         (double)now->timed_out},
        {"ticketrush_lock_lost_total", "counter", "Leases that ended before their owner had done.",
         (double)now->lost},
        {"ticketrush_lock_failures_total", "counter",
         "Calls that the server behind the locks did not answer.", (double)now->failed},
        {"ticketrush_lock_waiting", "gauge", "Threads that wait for a lock.", (double)now->waiting},
        {"ticketrush_lock_holding", "gauge", "Locks held now.", (double)now->holding},
    };
    write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static void write_redis(const struct metrics_redis *now, struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_redis_commands_total", "counter", "Commands and scripts sent to Redis.",
         (double)now->commands},
        {"ticketrush_redis_failures_total", "counter",
         "Calls that found no Redis, or no answer in time.", (double)now->failures},
        {"ticketrush_redis_connections", "gauge", "Connections of the pool.",
         (double)now->connections},
        {"ticketrush_redis_connections_made_total", "counter", "Connections made.",
         (double)now->connections_made},
        {"ticketrush_redis_messages_total", "counter", "Messages heard.", (double)now->messages},
        {"ticketrush_redis_subscriptions_total", "counter",
         "Channels subscribed to, again after each break.", (double)now->subscriptions},
        {"ticketrush_redis_listening", "gauge", "1 while the channels are heard.",
         (double)now->listening},
    };
    if (now->exists)
        write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static void write_queue(const struct metrics_queue *now, struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_bus_ready", "gauge", "1 while messages are taken.", (double)now->ready},
        {"ticketrush_bus_produced_total", "counter", "Messages that are safe on the bus.",
         (double)now->produced},
        {"ticketrush_bus_failed_total", "counter", "Messages that the bus did not confirm.",
         (double)now->failed},
        {"ticketrush_bus_taken_total", "counter", "Messages taken from the bus.",
         (double)now->taken},
        {"ticketrush_bus_under_way", "gauge", "Messages that wait for the bus's word.",
         (double)now->under_way},
        {"ticketrush_bus_lag", "gauge", "Messages not dealt with yet.", (double)now->lag},
        {"ticketrush_bus_dead_letters_total", "counter", "Messages buried with their reason.",
         (double)now->dead},
        {"ticketrush_queue_refused_total", "counter", "Requests not let onto the bus.",
         (double)now->refused},
        {"ticketrush_queue_batches_total", "counter", "Transactions that decided requests.",
         (double)now->batches},
        {"ticketrush_queue_succeeded_total", "counter", "Requests decided with a reservation.",
         (double)now->succeeded},
        {"ticketrush_queue_declined_total", "counter", "Requests decided with a no.",
         (double)now->declined},
        {"ticketrush_queue_redelivered_total", "counter",
         "Requests that came after their decision.", (double)now->redelivered},
        {"ticketrush_queue_expired_total", "counter", "Requests whose time was over.",
         (double)now->expired},
    };
    if (now->exists)
        write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static void write_payment(const struct metrics_payment *now, struct buffer *out)
{
    const struct row rows[] = {
        {"ticketrush_payments_under_way", "gauge", "Payments whose outcome is still to come.",
         (double)now->under_way},
        {"ticketrush_payments_unknown", "gauge", "Payments that the gateway does not answer for.",
         (double)now->unknown},
        {"ticketrush_payments_unknown_oldest_seconds", "gauge",
         "How long the eldest of them has been unknown.", (double)now->unknown_oldest_ms * 1e-3},
        {"ticketrush_ledger_imbalance_won", "gauge",
         "The sum of all ledger entries; anything but 0 is wrong.",
         (double)now->ledger_imbalance_won},
        {"ticketrush_webhooks_unmatched", "gauge",
         "Webhooks about payments that nobody here knows.", (double)now->unmatched_webhooks},
        {"ticketrush_payment_news_total", "counter", "News of payments that the bus has.",
         (double)now->news_handed_on},
        {"ticketrush_payment_news_waiting", "gauge", "News of payments on its way to the bus.",
         (double)now->news_waiting},
        {"ticketrush_payment_news_oldest_seconds", "gauge", "How long the eldest of it has waited.",
         (double)now->news_oldest_ms * 1e-3},
    };
    write_rows(rows, sizeof rows / sizeof rows[0], out);
}

static void write_readings(struct metrics *metrics, struct buffer *out)
{
    struct metrics_readings now = read_source(metrics);
    const struct row rows[] = {
        {"ticketrush_engine_asks_waiting", "gauge", "Asks waiting for their turn.",
         (double)now.asks_waiting},
        {"ticketrush_engine_sells", "gauge",
         "1 where this server's engine sells, 0 where another one's does.", now.sells ? 1 : 0},
        {"ticketrush_store_jobs_waiting", "gauge", "Jobs waiting for the store's writer.",
         (double)now.store_jobs_waiting},
        {"ticketrush_store_jobs_total", "counter", "Jobs the store's writer has done.",
         (double)now.store_jobs},
        {"ticketrush_store_commits_total", "counter", "Commits.", (double)now.store_commits},
        {"ticketrush_store_commit_failures_total", "counter", "Commits that failed.",
         (double)now.store_commit_failures},
        {"ticketrush_store_commit_seconds_total", "counter", "Time inside COMMIT.",
         (double)now.store_commit_us * 1e-6},
    };
    write_connections(&now, out);
    write_push(&now, out);
    write_waiting(&now, out);
    write_cache(metrics, &now.cache, out);
    write_lock(&now.lock, out);
    write_redis(&now.redis, out);
    write_queue(&now.queue, out);
    write_rows(rows, sizeof rows / sizeof rows[0], out);
    write_payment(&now.payment, out);
    write_breakers(&now, out);
}

static void write_process(const struct metrics *metrics, struct buffer *out)
{
    exposition_single(out, "process_cpu_seconds_total", "counter", "User and system time.",
                      (double)process_cpu_us() * 1e-6);
    exposition_single(out, "process_resident_memory_bytes", "gauge", "Memory in use.",
                      (double)process_resident_bytes());
    exposition_single(out, "process_start_time_seconds", "gauge",
                      "When the process started, since 1970 UTC.",
                      (double)metrics->settings.start_wall_ms * 1e-3);
    exposition_family(out, "ticketrush_build_info", "gauge", "The version, as a label.");
    exposition_start(out, "ticketrush_build_info");
    exposition_label(out, "version", text_of(TICKETRUSH_VERSION));
    exposition_value_int(out, 1);
}

/* --- all together ----------------------------------------------------------------------------- */

void metrics_write(struct metrics *metrics, struct buffer *out)
{
    write_answers(metrics, out);
    write_engine(metrics, out);
    write_readings(metrics, out);
    write_process(metrics, out);
}

struct metrics_summary metrics_summary(struct metrics *metrics)
{
    struct engine *engine = &metrics->engine;
    struct histogram_sum asks = {0}, commits = {0};
    histogram_gather(&engine->asks, &asks);
    histogram_gather(&engine->commit_us, &commits);

    struct metrics_summary summary = {.readings = read_source(metrics),
                                      .turn_count = count_read(&engine->turns),
                                      .ask_count = asks.sum,
                                      .lapse_count = count_read(&engine->lapses),
                                      .turn_failure_count = count_read(&engine->failures),
                                      .decide_us = count_read(&engine->decide_us),
                                      .commit_us = commits.sum,
                                      .start_wall_ms = metrics->settings.start_wall_ms};
    for (size_t route = 0; route <= metrics->settings.route_count; route++)
        for (size_t status = 0; status < STATUS_COUNT; status++)
            summary.answer_count += answers_of(metrics, route, status);
    return summary;
}
