/* strategy_house.c — the parts of a server that sell, without its door. */
#include "support/strategy_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "lock/lock_memory.h"
#include "store/migrate.h"
#include "store/store_postgres.h"

static _Atomic int64_t later_ms;
static pthread_mutex_t answers = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_more = PTHREAD_COND_INITIALIZER;

static int64_t house_now_ms(void)
{
    return clock_wall_ms() + atomic_load(&later_ms);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void make_sale(struct strategy_house *house, const struct strategy_house_settings *settings)
{
    struct migrate_report report;
    int64_t now_ms = clock_wall_ms();
    const struct plain_sale sale = {.seat_count = HOUSE_SEATS,
                                    .section_count = 2,
                                    .price = 1000,
                                    .hold_seconds = HOUSE_HOLD_SECONDS,
                                    .max_per_fan = HOUSE_MAX_PER_FAN,
                                    .opens_at_ms = now_ms - 1000,
                                    .closes_at_ms = now_ms + 24 * 3600 * 1000,
                                    .strategy = settings->strategy,
                                    .lock = settings->lock};
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, now_ms, &report), STATUS_OK);
    assert_int_equal(plain_sale_create(house->store, &sale, now_ms, &house->sale), STATUS_OK);
}

static void open_store(struct strategy_house *house, const struct strategy_house_settings *settings)
{
    char why[STORE_POSTGRES_WHY_BYTES];
    const struct store_postgres_settings postgres = {.url = settings->url, .create = true};
    if (!settings->database && !settings->url)
        house->database = database_make(settings->kind);
    enum status status =
        settings->url ? store_postgres_open(&postgres, why, &house->store)
                      : database_open(settings->database ? settings->database : house->database, 0,
                                      &house->store);
    assert_int_equal(status, STATUS_OK);
}

struct strategy_house *strategy_house_open(const struct strategy_house_settings *settings)
{
    char why[256] = "";
    struct strategy_house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    atomic_store(&later_ms, 0);
    open_store(house, settings);
    if (settings->sale)
        house->sale = *settings->sale;
    else
        make_sale(house, settings);
    assert_int_equal(store_start(house->store), STATUS_OK);
    house->boards = boards_create();
    const struct booking_settings booking = {
        .store = house->store, .boards = house->boards, .now_ms = house_now_ms};
    assert_int_equal(booking_open(&booking, why, &house->booking), STATUS_OK);
    house->lock = settings->lock_service ? NULL : lock_memory_create(&(struct lock_settings){0});
    house->strategies = strategies_create(&(struct strategies_settings){
        .store = house->store,
        .booking = house->booking,
        .boards = house->boards,
        .lock = settings->lock_service ? settings->lock_service : house->lock,
        .worker_count = settings->worker_count ? settings->worker_count : HOUSE_WORKERS,
        .lab = !settings->no_lab,
        .watcher = settings->watcher,
        .now_ms = house_now_ms});
    assert_non_null(house->strategies);
    return house;
}

void strategy_house_close(struct strategy_house *house)
{
    strategies_destroy(house->strategies);
    lock_destroy(house->lock);
    store_close(house->store);
    booking_close(house->booking);
    boards_destroy(house->boards);
    database_remove(house->database);
    free(house);
}

/* --- pressing --------------------------------------------------------------------------------- */

static void on_answer(struct booking_ask *ask)
{
    struct fan_press *press = container_of(ask, struct fan_press, ask);
    pthread_mutex_lock(&answers);
    press->answered = true;
    pthread_cond_broadcast(&one_more);
    pthread_mutex_unlock(&answers);
}

static void wants(struct fan_press *press, struct strategy_house *house, int64_t fan,
                  const char *key)
{
    char of_this_sale[64]; /* a fan's key acts once, in whatever sale */
    snprintf(of_this_sale, sizeof of_this_sale, "%s-%lld", key,
             (long long)house->sale.option.value);
    *press = (struct fan_press){.house = house};
    press->ask = (struct booking_ask){.kind = BOOKING_HOLD,
                                      .fan = {fan},
                                      .option = house->sale.option,
                                      .key_hash = hash_lasting(text_of(of_this_sale)),
                                      .wish = {.best_section = -1},
                                      .on_answer = on_answer};
}

void fan_wants(struct fan_press *press, struct strategy_house *house, int64_t fan, uint32_t first,
               uint32_t count, const char *key)
{
    wants(press, house, fan, key);
    press->ask.wish.seat_count = count;
    press->ask.request_hash = (int64_t)first * 100 + count;
    for (uint32_t i = 0; i < count; i++)
        press->ask.wish.seats[i].value = house->sale.first_seat_id + first + i;
}

void fan_wants_best(struct fan_press *press, struct strategy_house *house, int64_t fan,
                    uint32_t count, const char *key)
{
    wants(press, house, fan, key);
    press->ask.wish.best_count = count;
    press->ask.request_hash = 1000000 + count;
}

void fan_press(struct fan_press *press)
{
    assert_int_equal(strategies_submit(press->house->strategies, &press->errand, &press->ask),
                     STATUS_OK);
}

void fan_wait(struct fan_press *presses, size_t count)
{
    pthread_mutex_lock(&answers);
    for (size_t i = 0; i < count; i++)
        while (!presses[i].answered)
            pthread_cond_wait(&one_more, &answers);
    pthread_mutex_unlock(&answers);
}

enum booking_verdict fan_hears(struct fan_press *press)
{
    fan_press(press);
    fan_wait(press, 1);
    return press->ask.verdict;
}

enum booking_verdict fan_asks(struct strategy_house *house, const struct fan_press *of,
                              enum booking_kind kind)
{
    struct fan_press next = {.house = house};
    next.ask = (struct booking_ask){.kind = kind,
                                    .fan = of->ask.fan,
                                    .reservation = of->ask.reservation,
                                    .on_answer = on_answer};
    if (kind == BOOKING_CANCEL || kind == BOOKING_PAY || kind == BOOKING_LOOK)
        assert_int_equal(booking_submit(house->booking, &next.ask), STATUS_OK);
    else
        booking_submit_followup(house->booking, &next.ask);
    fan_wait(&next, 1);
    return next.ask.verdict;
}

void strategy_house_wait(struct strategy_house *house, int64_t ms)
{
    struct fan_press nobody = {.ask = {.fan = {1}}};
    atomic_fetch_add(&later_ms, ms);
    booking_tick(house->booking);
    assert_int_equal(fan_asks(house, &nobody, BOOKING_LOOK), BOOKING_DONE);
}

/* --- looking ---------------------------------------------------------------------------------- */

enum seat_state strategy_house_seat(const struct strategy_house *house, uint32_t seat)
{
    return board_seat(boards_find(house->boards, house->sale.option), seat);
}

struct words {
    struct store_job job;
    const char *words;
};

static enum status do_words(struct store_job *job, struct store_connection *connection)
{
    return store_script(connection, container_of(job, struct words, job)->words);
}

void strategy_house_do(struct strategy_house *house, const char *words)
{
    struct words job = {.job = {.work = do_words}, .words = words};
    assert_int_equal(store_submit_and_wait(house->store, &job.job), STATUS_OK);
}

int64_t strategy_house_count(struct strategy_house *house, const struct sql *sql)
{
    struct store_connection *reader;
    int64_t number = -1;
    assert_int_equal(store_reader_open(house->store, &reader), STATUS_OK);
    assert_int_equal(store_query_int(reader, sql, NULL, 0, &number), STATUS_OK);
    store_reader_close(reader);
    return number;
}

bool strategy_house_is_clean(struct strategy_house *house)
{
    struct store_connection *reader;
    assert_int_equal(store_reader_open(house->store, &reader), STATUS_OK);
    assert_int_equal(audit_run(reader, house_now_ms(), &house->report), STATUS_OK);
    store_reader_close(reader);
    return house->report.clean;
}
