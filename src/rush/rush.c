/*
 * rush.c — the night itself: the crowd (crowd.h) on one side, connections (client.h) on the other.
 *
 * One connection more than the fans' reads the seat states, as their pages would, a few times a
 * second.
 */
#include "rush/rush.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "rush/crowd.h"
#include "rush/hall.h"
#include "rush/request.h"

enum {
    US_PER_MS = 1000,
    US_PER_SECOND = 1000000,
    TICK_US = 20 * US_PER_MS,         /* how late the log and the display may be */
    OPENING_POLL_US = 50 * US_PER_MS, /* until the server has noticed the sale */
};

enum reading { READING_NOTHING, READING_SALE, READING_STATES };

struct rush {
    struct client_listener listener;
    const struct rush_settings *settings;
    const struct night *night;
    struct client *client;
    struct crowd *crowd;
    struct hall hall;
    struct request_place place;
    char host[64];

    uint32_t *asked_by; /* per connection: which ask it carries, or CROWD_NO_ASK */
    uint32_t *idle;     /* connections that may send */
    bool *listed;       /* per connection: it is among them */
    uint32_t idle_count;

    enum reading reading;
    bool shown; /* the server knows the sale */
    int64_t read_due_us, read_sent_us;
    int64_t begun_us, opened_us, heard_us; /* opened_us: 0 until the fans may press */
    int64_t tick_us, armed_us;
    struct progress progress;
    struct score score;
    struct rush_result result;
    bool over;
};

static struct rush *rush_of(struct client_listener *listener)
{
    return container_of(listener, struct rush, listener);
}

/* Wakes us for whatever comes first. */
static void arm(struct rush *rush)
{
    int64_t next_us = crowd_next_us(rush->crowd);
    if (rush->tick_us < next_us)
        next_us = rush->tick_us;
    if (rush->reading == READING_NOTHING && rush->read_due_us < next_us)
        next_us = rush->read_due_us;
    if (next_us == rush->armed_us || rush->over)
        return;
    rush->armed_us = next_us;
    client_wake_at(rush->client, next_us); /* continues in on_wake */
}

/* --- sending ---------------------------------------------------------------------------------- */

/* Every connection that may send gets what waits longest. */
static void pump(struct rush *rush)
{
    while (rush->idle_count > 0) {
        uint32_t connection = rush->idle[rush->idle_count - 1];
        if (client_is_ready(rush->client, connection)) {
            char bytes[RUSH_REQUEST_BYTES_MAX];
            size_t size = 0;
            uint32_t ask = crowd_take(rush->crowd, clock_monotonic_us(), bytes, &size);
            if (ask == CROWD_NO_ASK)
                return;
            rush->asked_by[connection] = ask;
            client_send(rush->client, connection, text_make(bytes, size)); /* on_answer, on_lost */
        } /* else it is gone, and comes back by itself */
        rush->listed[connection] = false;
        rush->idle_count--;
    }
}

/* --- reading the hall ------------------------------------------------------------------------- */

static void show_progress(struct rush *rush, int64_t now_us, bool last)
{
    const struct score *score = &rush->score;
    struct client_counts connections = client_counts(rush->client);
    struct progress_view view = {
        .elapsed_ms = (now_us - rush->begun_us) / US_PER_MS,
        .seat_count = rush->hall.seat_count,
        .sold = rush->hall.count[SEAT_SOLD],
        .held = rush->hall.count[SEAT_HELD],
        .fans_busy = crowd_busy(rush->crowd),
        .fans_watching = crowd_in_step(rush->crowd, FAN_WATCHING),
        .fans_served = crowd_in_step(rush->crowd, FAN_SERVED),
        .fans_left = crowd_in_step(rush->crowd, FAN_LEFT),
        .answers = score->answers,
        .refusals = score->refusals,
        .turned_away = score->turned_away,
        .resent = score->resent,
        .reserve_p99_us = latency_within_us(&score->from_due[SCORE_WIN], 0.99),
        .connections_up = connections.up,
        .connection_count = rush->night->connection_count + 1,
    };
    progress_show(&rush->progress, &view, last);
}

static void finish(struct rush *rush, enum rush_end end)
{
    rush->over = true;
    rush->result.end = end;
    show_progress(rush, clock_monotonic_us(), true);
    client_stop(rush->client);
}

/* Only a reading that was asked for after the last answer knows how the night ended. */
static void look_for_the_end(struct rush *rush)
{
    bool fresh = rush->read_sent_us >= rush->heard_us;
    if (!fresh || crowd_busy(rush->crowd) > 0)
        return;
    if (hall_sold_out(&rush->hall))
        finish(rush, RUSH_SOLD_OUT);
    else if (crowd_in_step(rush->crowd, FAN_WATCHING) == 0)
        finish(rush, RUSH_NOBODY_WANTS_MORE);
}

static void hear_states(struct rush *rush, const struct answer_raw *heard, int64_t now_us)
{
    if (heard->status != 200 ||
        !answer_read_states(heard->body, rush->hall.seat_count, rush->hall.states)) {
        if (heard->status != 503)
            faults_add(rush->settings->faults, "not readable: seat states, status %d, %zu bytes",
                       heard->status, heard->body.size);
        return;
    }
    hall_refresh(&rush->hall);
    score_time(&rush->score, SCORE_READ, rush->read_due_us, rush->read_sent_us, now_us);
    if (rush->opened_us == 0) {
        rush->opened_us = now_us;
        crowd_open(rush->crowd, now_us);
    }
    crowd_see_hall(rush->crowd, now_us);
    look_for_the_end(rush);
}

static void hear_reading(struct rush *rush, const struct answer_raw *heard)
{
    int64_t now_us = clock_monotonic_us();
    enum reading reading = rush->reading;
    rush->reading = READING_NOTHING;
    if (reading == READING_STATES)
        hear_states(rush, heard, now_us);
    if (reading == READING_SALE && heard->status == 200)
        rush->shown = true;

    if (!rush->shown)
        rush->read_due_us = now_us + OPENING_POLL_US;
    else if (rush->opened_us == 0)
        rush->read_due_us = now_us;
    else
        rush->read_due_us = now_us + RUSH_READ_EVERY_MS * US_PER_MS;
}

static uint32_t reader(const struct rush *rush)
{
    return rush->night->connection_count; /* one more than the fans' */
}

static void read_due(struct rush *rush, int64_t now_us)
{
    if (rush->reading != READING_NOTHING || rush->read_due_us > now_us)
        return;
    if (!client_is_ready(rush->client, reader(rush))) {
        rush->read_due_us = now_us + OPENING_POLL_US;
        return;
    }
    char bytes[RUSH_REQUEST_BYTES_MAX];
    rush->reading = rush->shown ? READING_STATES : READING_SALE;
    const char *path = rush->reading == READING_STATES ? "/seat-states" : "";
    size_t size = request_write_read(&rush->place, path, bytes);
    rush->read_sent_us = now_us;
    client_send(rush->client, reader(rush), text_make(bytes, size)); /* on_answer, on_lost */
}

/* --- what the client tells -------------------------------------------------------------------- */

static void on_ready(struct client_listener *listener, uint32_t connection)
{
    struct rush *rush = rush_of(listener);
    if (connection != reader(rush) && !rush->listed[connection]) {
        rush->listed[connection] = true;
        rush->idle[rush->idle_count++] = connection;
    }
    pump(rush);
    arm(rush);
}

static void on_answer(struct client_listener *listener, uint32_t connection,
                      const struct answer_raw *heard)
{
    struct rush *rush = rush_of(listener);
    if (connection == reader(rush)) {
        hear_reading(rush, heard);
        return;
    }
    uint32_t ask = rush->asked_by[connection];
    must(ask != CROWD_NO_ASK);
    rush->asked_by[connection] = CROWD_NO_ASK;
    rush->heard_us = clock_monotonic_us();
    crowd_hear(rush->crowd, ask, heard, rush->heard_us);
}

/* May come from inside client_send(): it only files what happened. */
static void on_lost(struct client_listener *listener, uint32_t connection)
{
    struct rush *rush = rush_of(listener);
    if (connection == reader(rush)) {
        rush->reading = READING_NOTHING;
        rush->read_due_us = clock_monotonic_us() + OPENING_POLL_US;
        return;
    }
    uint32_t ask = rush->asked_by[connection];
    must(ask != CROWD_NO_ASK);
    rush->asked_by[connection] = CROWD_NO_ASK;
    crowd_lose(rush->crowd, ask);
}

static void on_interrupt(struct client_listener *listener)
{
    finish(rush_of(listener), RUSH_INTERRUPTED);
}

static void tick(struct rush *rush, int64_t now_us)
{
    if (rush->tick_us > now_us)
        return;
    rush->tick_us = now_us + TICK_US;
    acks_flush(rush->settings->acks);
    show_progress(rush, now_us, false);
    int64_t elapsed_us = now_us - rush->begun_us;
    if (elapsed_us >= (int64_t)rush->night->duration_seconds_max * US_PER_SECOND)
        finish(rush, RUSH_OUT_OF_TIME);
    else if (rush->opened_us == 0 && elapsed_us >= (int64_t)RUSH_OPENING_MS_MAX * US_PER_MS)
        finish(rush, RUSH_NEVER_OPENED);
}

static void on_wake(struct client_listener *listener)
{
    struct rush *rush = rush_of(listener);
    int64_t now_us = clock_monotonic_us();
    rush->armed_us = 0;
    crowd_proceed(rush->crowd, now_us);
    read_due(rush, now_us);
    pump(rush);
    tick(rush, now_us);
    arm(rush);
}

/* --- life ------------------------------------------------------------------------------------- */

static void init_place(struct rush *rush)
{
    const struct night_address *address = &rush->night->address;
    bool six = strchr(address->host, ':') != NULL;
    int size = snprintf(rush->host, sizeof rush->host, "%s%s%s:%u", six ? "[" : "", address->host,
                        six ? "]" : "", address->port);
    must(size < (int)sizeof rush->host);
    rush->place = (struct request_place){.host = text_of(rush->host),
                                         .option = rush->settings->option,
                                         .first_seat_id = rush->settings->first_seat_id};
}

static void init_listener(struct rush *rush)
{
    rush->listener = (struct client_listener){.on_ready = on_ready,
                                              .on_answer = on_answer,
                                              .on_lost = on_lost,
                                              .on_wake = on_wake,
                                              .on_interrupt = on_interrupt};
}

static enum status make_crowd(struct rush *rush)
{
    struct crowd_settings settings = {.night = rush->night,
                                      .tokens = rush->settings->tokens,
                                      .place = &rush->place,
                                      .hall = &rush->hall,
                                      .acks = rush->settings->acks,
                                      .faults = rush->settings->faults,
                                      .score = &rush->score};
    return crowd_create(&settings, &rush->crowd);
}

static enum status take_memory(struct rush *rush)
{
    const struct night *night = rush->night;
    uint32_t connection_count = night->connection_count + 1;
    rush->asked_by = calloc(connection_count, sizeof *rush->asked_by);
    rush->idle = calloc(connection_count, sizeof *rush->idle);
    rush->listed = calloc(connection_count, sizeof *rush->listed);
    if (!rush->asked_by || !rush->idle || !rush->listed)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < connection_count; i++)
        rush->asked_by[i] = CROWD_NO_ASK;

    enum status status =
        hall_init(&rush->hall, rush->settings->first_seat_id, rush->settings->seat_count);
    if (status == STATUS_OK)
        status = make_crowd(rush);
    if (status == STATUS_OK)
        status = client_create(&night->address, connection_count, night->seed, &rush->listener,
                               &rush->client);
    return status;
}

enum status rush_create(const struct rush_settings *settings, struct rush **out_rush)
{
    must(settings->seat_count > 0);
    struct rush *rush = calloc(1, sizeof *rush);
    if (!rush)
        return STATUS_NO_MEMORY;
    rush->settings = settings;
    rush->night = settings->night;
    init_listener(rush);
    init_place(rush);
    progress_init(&rush->progress, settings->progress_file, settings->terminal);

    enum status status = take_memory(rush);
    if (status != STATUS_OK) {
        rush_destroy(rush);
        return status;
    }
    *out_rush = rush;
    return STATUS_OK;
}

void rush_destroy(struct rush *rush)
{
    if (!rush)
        return;
    client_destroy(rush->client);
    hall_deinit(&rush->hall);
    crowd_destroy(rush->crowd);
    free(rush->asked_by);
    free(rush->idle);
    free(rush->listed);
    free(rush);
}

void rush_play(struct rush *rush, struct rush_result *out_result)
{
    int64_t cpu_us = clock_thread_cpu_us();
    rush->begun_us = clock_monotonic_us();
    rush->read_due_us = rush->tick_us = rush->begun_us;
    arm(rush);
    client_run(rush->client); /* until finish() */

    int64_t now_us = clock_monotonic_us();
    int64_t from_us = rush->opened_us > 0 ? rush->opened_us : rush->begun_us;
    acks_flush(rush->settings->acks);
    rush->result.duration_ms = (now_us - from_us) / US_PER_MS;
    rush->result.own_cpu_us = clock_thread_cpu_us() - cpu_us;
    rush->result.sold = rush->hall.count[SEAT_SOLD];
    rush->result.held = rush->hall.count[SEAT_HELD];
    rush->result.fans_served = crowd_in_step(rush->crowd, FAN_SERVED);
    rush->result.fans_left = crowd_in_step(rush->crowd, FAN_LEFT);
    rush->result.fans_unfinished =
        rush->night->fan_count - rush->result.fans_served - rush->result.fans_left;
    rush->result.connections = client_counts(rush->client);
    *out_result = rush->result;
}

const struct score *rush_score(const struct rush *rush)
{
    return &rush->score;
}

const char *rush_end_words(enum rush_end end)
{
    switch (end) {
    case RUSH_SOLD_OUT:
        return "sold out";
    case RUSH_NOBODY_WANTS_MORE:
        return "nobody wanted more";
    case RUSH_OUT_OF_TIME:
        return "out of time";
    case RUSH_NEVER_OPENED:
        return "never opened";
    case RUSH_INTERRUPTED:
        return "interrupted";
    }
    return "";
}
