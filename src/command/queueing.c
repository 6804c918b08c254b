/* queueing.c — from settings to the bus, and from the bus to decided requests. */
#include "command/queueing.h"

#include "api/api.h"
#include "api/requests.h"
#include "base/clock.h"
#include "command/command.h"
#include "guard/breaker.h"
#include "metrics/metrics.h"
#include "payment/news.h"

bool queueing_open_bus(struct queueing *queueing, const struct command *command,
                       struct breakers *breakers)
{
    static const struct bus_topic *const topics[] = {&queue_topic, &news_topic, NULL};
    char why[WHY_BYTES] = "memory or threads are short";
    if (command->adapters->open_bus(command->config, topics, breakers, why, &queueing->bus) ==
        STATUS_OK)
        return true;
    queueing->bus = NULL;
    command_fail(command, "TICKETRUSH_KAFKA cannot be used: %s.", why);
    return false;
}

/* A database with one writer decides one batch after the other anyway. */
static size_t consumer_count(const struct command *command)
{
    const char *place = config_text(command->config, SETTING_STORE);
    return strcmp(place, "sqlite") == 0 ? 1 : QUEUE_CONSUMERS_DEFAULT;
}

bool queueing_open(struct queueing *queueing, const struct command *command, struct http_app *app,
                   struct redis *redis)
{
    char why[WHY_BYTES] = "";
    queueing->states = command->adapters->create_request_states(redis);
    queueing->news = queueing->states ? request_news_create(app, queueing->states) : NULL;
    if (!queueing->news) {
        command_fail(command, "memory or threads are short.");
        return false;
    }
    number_pool_init(&queueing->numbers);
    queueing->frames = (struct frame_house){
        .booking = app->booking, .boards = app->boards, .lab = app->lab, .now_ms = clock_wall_ms};
    struct queue_settings settings = {.bus = queueing->bus,
                                      .store = app->store,
                                      .workers = app->workers,
                                      .states = queueing->states,
                                      .house = &queueing->frames,
                                      .numbers = &queueing->numbers,
                                      .consumer_count = consumer_count(command)};
    if (queue_open(&settings, why, &queueing->queue) != STATUS_OK) {
        command_fail(command, "%s.", why);
        return false;
    }
    app->queue = queueing->queue;
    app->request_news = queueing->news;
    return true;
}

void queueing_tick(struct queueing *queueing)
{
    request_news_tick(queueing->news, clock_wall_ms());
}

void queueing_stop(struct queueing *queueing)
{
    queue_stop(queueing->queue);
}

void queueing_hang_up(struct queueing *queueing)
{
    bus_close(queueing->bus);
    queueing->bus = NULL;
}

void queueing_close(struct queueing *queueing)
{
    queue_close(queueing->queue);
    queueing->queue = NULL;
    request_states_destroy(queueing->states);
    request_news_destroy(queueing->news);
}

void queueing_read(const struct queueing *queueing, struct metrics_readings *readings)
{
    if (!queueing->queue)
        return;
    struct bus_counts bus = bus_counts(queueing->bus);
    struct queue_counts queue = queue_counts(queueing->queue);
    readings->queue = (struct metrics_queue){.exists = true,
                                             .ready = bus_ready(queueing->bus),
                                             .produced = bus.produced_count,
                                             .refused = queue.refused_count,
                                             .failed = bus.failed_count,
                                             .taken = bus.taken_count,
                                             .lag = bus.lag_count,
                                             .under_way = bus.under_way_count,
                                             .redelivered = queue.repeated_count,
                                             .dead = bus.dead_count,
                                             .succeeded = queue.success_count,
                                             .declined = queue.failed_count,
                                             .expired = queue.expired_count,
                                             .batches = queue.batch_count};
}
