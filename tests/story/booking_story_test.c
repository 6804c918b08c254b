/*
 * booking_story_test.c — opening nights from a seed: fans press, repeat, cancel, pay, give back;
 * holds lapse; the gateway has moods, and tells by webhooks in any order, again and again; every
 * third concert is called off; the disk refuses; the machine crashes between any two steps and in
 * the middle of a turn. Time is a number.
 *
 * Everything runs on one thread in one order, so a seed tells the same story every time. A failing
 * story names its seed:
 *
 *     TICKETRUSH_STORY_SEED=17 booking_story_test
 *     TICKETRUSH_STORY_FIRST=101 TICKETRUSH_STORY_SEEDS=10000 booking_story_test
 *
 * A crash is a copy of the database files as they are at that moment, the log first; the old world
 * goes on unheard and is thrown away. With a database server, of which a few seeds are told, the
 * old world commits no more. What was acknowledged before is on a list, and must be true
 * afterwards.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/must.h"
#include "payment/refund_run_store.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"
#include "support/story.h"

enum { SEEDS_DEFAULT = 100, SEEDS_ON_A_SERVER = 4 };

static enum database_kind database_kind;

static int64_t story_now_ms;

int64_t story_clock(void)
{
    return story_now_ms;
}

static size_t pick(struct story *story, size_t below)
{
    return (size_t)random_below(&story->chance, below);
}

/* --- the world -------------------------------------------------------------------------------- */

static void path_of_epoch(const struct story *story, int epoch, const char *suffix, char out[400])
{
    snprintf(out, 400, "%s/core-%d.db%s", story->folder, epoch, suffix);
}

/* Kept or not, the engine hears that nobody knows. */
static enum status commit_in_doubt(struct store_connection *writer)
{
    struct story *story = container_of(writer->store->ops, struct story, doubtful_ops);
    if (story->is_dead) {
        writer->store->ops->rollback(writer);
        return STATUS_IO;
    }
    if (!story->doubt_now)
        return story->commit(writer);
    if (pick(story, 2) == 0)
        writer->store->ops->rollback(writer);
    else if (story->commit(writer) != STATUS_OK)
        return STATUS_IO;
    return STATUS_UNKNOWN;
}

static enum status open_file(struct story *story)
{
    char path[400], why[STORE_SQLITE_WHY_BYTES];
    path_of_epoch(story, story->epoch, "", path);
    struct store_sqlite_settings settings = {
        .path = path, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF, .create = true};
    return store_sqlite_open(&settings, why, &story->store);
}

static void open_store(struct story *story)
{
    enum status status =
        story->database ? database_open(story->database, 0, &story->store) : open_file(story);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(store_reader_open(story->store, &story->reader), STATUS_OK);
    story->doubtful_ops = *story->store->ops;
    story->commit = story->store->ops->commit;
    story->doubtful_ops.commit = commit_in_doubt;
    story->store->ops = &story->doubtful_ops;
}

static void open_world(struct story *story)
{
    char why[256];
    open_store(story);
    story->boards = boards_create();
    struct booking_settings settings = {
        .store = story->store, .boards = story->boards, .now_ms = story_clock};
    assert_int_equal(booking_open(&settings, why, &story->booking), STATUS_OK);
    story_gateway_init(&story->gateway, &story->book);
    story->payments =
        payments_create(&(struct payments_settings){.store = story->store,
                                                    .booking = story->booking,
                                                    .gateway = &story->gateway.base,
                                                    .now_ms = story_clock,
                                                    .seed = random_next(&story->chance) | 1});
    story->runs = refund_runs_create(
        &(struct refund_runs_settings){.store = story->store,
                                       .reader = story->reader,
                                       .refunds = payments_refunds(story->payments),
                                       .per_second = 100,
                                       .now_ms = story_clock});
    size_t taken_up;
    assert_int_equal(payments_take_up(story->payments, story->reader, &taken_up), STATUS_OK);
}

/* In the order of the server's own stop; what still waits goes on unheard, as its epoch is over. */
static void close_world(struct story *story)
{
    for (bool busy = true; busy;) {
        busy = story_gateway_turn(&story->gateway) > 0;
        busy = store_turn(story->store) > 0 || busy;
    }
    store_reader_close(story->reader);
    store_close(story->store);
    booking_close(story->booking);
    payments_destroy(story->payments);
    refund_runs_destroy(story->runs);
    boards_destroy(story->boards);
}

/* Giving seats back costs something from now on, and the concert has not begun before the story
   ends. */
static enum status set_terms(struct store_job *job, struct store_connection *connection)
{
    (void)job;
    return store_script(connection, "UPDATE sale SET refund_free_days = 1, refund_fee_percent = 33,"
                                    " refund_fee_per_seat = 1000;"
                                    "UPDATE concert_option SET starts_at_ms = 80000000;");
}

static void create_sale(struct story *story)
{
    struct migrate_report report;
    open_store(story);
    assert_int_equal(store_migrate(story->store, SCHEMA_CORE, 0, &report), STATUS_OK);
    struct plain_sale settings = {.seat_count = story->seat_count,
                                  .section_count = 3,
                                  .price = 99000,
                                  .hold_seconds = HOLD_MS / 1000,
                                  .max_per_fan = MAX_PER_FAN,
                                  .opens_at_ms = OPENS_AT_MS,
                                  .closes_at_ms = INT64_C(4000000000000)};
    assert_int_equal(plain_sale_create(story->store, &settings, story_now_ms, &story->sale),
                     STATUS_OK);
    struct store_job terms = {.work = set_terms};
    assert_int_equal(store_submit_and_wait(story->store, &terms), STATUS_OK);
    store_reader_close(story->reader);
    store_close(story->store);
}

static void copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY);
    if (in < 0)
        return; /* no log yet */
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(out >= 0);
    char bytes[65536];
    ssize_t size;
    while ((size = read(in, bytes, sizeof bytes)) > 0)
        must(write(out, bytes, (size_t)size) == size);
    close(in);
    close(out);
}

/* What a crash leaves behind. A server keeps what was committed, and hears no more of the dead. */
static void keep_what_is_there(struct story *story)
{
    story->is_dead = story->database != NULL;
    if (story->database)
        return;
    const char *const suffixes[] = {"-wal", ""};
    for (size_t i = 0; i < 2; i++) {
        char from[400], to[400];
        path_of_epoch(story, story->epoch, suffixes[i], from);
        path_of_epoch(story, story->epoch + 1, suffixes[i], to);
        copy_file(from, to);
    }
}

/* --- crashing --------------------------------------------------------------------------------- */

static void crash(struct story *story, bool copied)
{
    if (!copied)
        keep_what_is_there(story);
    story->epoch++; /* from here on the old world is unheard */
    story->gateway.cut_off = true;
    story->crash_count++;
    close_world(story);
    story->is_dead = false;
    open_world(story);
    story_check_acknowledged(story);
    story_audit(story);
}

/* In the middle of a turn: rows are written, nothing is committed. */
static enum status disturb(struct booking_ask *ask, struct store_connection *connection)
{
    (void)connection;
    struct act *act = container_of(ask, struct act, ask);
    if (act->story->crash_now && act->epoch == act->story->epoch) {
        keep_what_is_there(act->story);
        act->story->epoch++;
    }
    return act->story->fail_now ? STATUS_IO : STATUS_OK;
}

/* --- what fans do ----------------------------------------------------------------------------- */

static struct act *new_act(struct story *story, enum act_kind kind)
{
    must(story->act_count < ACTS_MAX);
    struct act *act = &story->acts[story->act_count];
    *act = (struct act){.story = story, .kind = kind, .epoch = story->epoch};
    snprintf(act->key, sizeof act->key, "key-%zu", story->act_count);
    story->act_count++;
    return act;
}

static void on_hold_answered(struct booking_ask *ask)
{
    struct act *act = container_of(ask, struct act, ask);
    act->answered = true;
    if (act->epoch != act->story->epoch)
        return;
    if (ask->verdict == BOOKING_DONE) {
        assert_false(act->acknowledged); /* a key never acts twice */
        act->acknowledged = true;
        act->reservation = ask->reservation;
        act->expires_at_ms = ask->expires_at_ms;
        act->story->held_count++;
    } else if (ask->verdict == BOOKING_REPEATED) {
        if (act->acknowledged)
            assert_int_equal(ask->reservation.value, act->reservation.value);
        act->acknowledged = true;
        act->reservation = ask->reservation;
    } else {
        assert_false(act->acknowledged && ask->verdict != BOOKING_FAILED);
    }
}

static void submit_hold(struct act *act)
{
    act->epoch = act->story->epoch;
    act->answered = false;
    assert_int_equal(booking_submit(act->story->booking, &act->ask), STATUS_OK);
}

static void press(struct story *story)
{
    struct act *act = new_act(story, ACT_HOLD);
    act->ask = (struct booking_ask){.kind = BOOKING_HOLD,
                                    .fan = {1 + (int64_t)pick(story, story->fan_count)},
                                    .option = story->sale.option,
                                    .key_hash = hash_lasting(text_of(act->key)),
                                    .request_hash = (int64_t)story->act_count,
                                    .on_answer = on_hold_answered};
    struct sale_wish *wish = &act->ask.wish;
    wish->best_section = -1;
    if (pick(story, 3) == 0) {
        wish->best_count = 1 + (uint32_t)pick(story, 4);
    } else {
        size_t first = pick(story, story->seat_count);
        wish->seat_count = 1 + pick(story, 2);
        for (size_t i = 0; i < wish->seat_count; i++)
            wish->seats[i].value =
                story->sale.first_seat_id + (int64_t)((first + i) % story->seat_count);
    }
    submit_hold(act);
}

/* The same key again: after a crash nobody knows whether the first time has happened. */
static void press_again(struct story *story)
{
    size_t index = story->act_count > 0 ? pick(story, story->act_count) : 0;
    struct act *act = &story->acts[index];
    if (story->act_count > 0 && act->kind == ACT_HOLD &&
        (act->answered || act->epoch != story->epoch))
        submit_hold(act);
}

/* An acknowledged act of this kind at random; NULL when there was no luck. */
static struct act *pick_act(struct story *story, enum act_kind kind)
{
    for (int tries = 0; tries < 20 && story->act_count > 0; tries++) {
        struct act *act = &story->acts[pick(story, story->act_count)];
        if (act->kind == kind && act->acknowledged)
            return act;
    }
    return NULL;
}

static struct act *pick_hold(struct story *story)
{
    return pick_act(story, ACT_HOLD);
}

static void on_cancel_answered(struct booking_ask *ask)
{
    struct act *act = container_of(ask, struct act, ask);
    act->answered = true;
    if (act->epoch == act->story->epoch && ask->verdict == BOOKING_DONE)
        act->acknowledged = true;
}

static void cancel(struct story *story)
{
    const struct act *hold = pick_hold(story);
    if (!hold)
        return;
    struct act *act = new_act(story, ACT_CANCEL);
    act->reservation = hold->reservation;
    act->ask = (struct booking_ask){.kind = BOOKING_CANCEL,
                                    .fan = hold->ask.fan,
                                    .reservation = hold->reservation,
                                    .also = disturb,
                                    .on_answer = on_cancel_answered};
    assert_int_equal(booking_submit(story->booking, &act->ask), STATUS_OK);
}

static void on_paid(struct payment_wait *wait)
{
    struct act *act = container_of(wait, struct act, wait);
    act->answered = true;
    if (act->epoch != act->story->epoch || wait->verdict != PAYMENT_DONE)
        return;
    act->acknowledged = true;
    act->payment = wait->payment.id;
    act->story->paid_count++;
}

static void pay(struct story *story)
{
    const struct act *hold = pick_hold(story);
    if (!hold)
        return;
    struct act *act = new_act(story, ACT_PAY);
    act->reservation = hold->reservation;
    act->asked_by = hold->ask.fan;
    act->wait.on_answer = on_paid;
    static const char *const outcomes[] = {"decline", "late", "approve", "approve"};
    act->outcome = outcomes[pick(story, 4)];
    struct payment_order order = {.fan = hold->ask.fan,
                                  .reservation = hold->reservation,
                                  .key = text_of(act->key),
                                  .request_hash = 1,
                                  .gateway_data = text_of(act->outcome)};
    assert_int_equal(payments_pay(story->payments, &order, &act->wait), STATUS_OK);
}

static void on_refunded(struct refund_wait *wait)
{
    struct act *act = container_of(wait, struct act, refund_wait);
    act->answered = true;
    if (act->epoch != act->story->epoch || wait->verdict != REFUND_VERDICT_DONE)
        return;
    if (act->acknowledged)
        assert_int_equal(wait->refund.id.value, act->refund.value); /* a key never acts twice */
    else
        act->story->refunded_count++;
    act->acknowledged = true;
    act->refund = wait->refund.id;
}

static void submit_refund(struct act *act)
{
    act->epoch = act->story->epoch;
    act->answered = false;
    struct refund_order order = {.asked_by = act->asked_by,
                                 .by_operator = act->asked_by.value == OPERATOR,
                                 .payment = act->payment,
                                 .amount = act->refund_won,
                                 .key = text_of(act->key),
                                 .reason = text_of("rain"),
                                 .request_hash = act->refund_won};
    act->refund_wait.on_answer = on_refunded;
    assert_int_equal(refunds_ask(payments_refunds(act->story->payments), &order, &act->refund_wait),
                     STATUS_OK);
}

static void refund(struct story *story)
{
    struct act *paid = pick_act(story, ACT_PAY);
    if (!paid)
        return;
    paid->refund_asked = true;
    struct act *act = new_act(story, ACT_REFUND);
    act->reservation = paid->reservation;
    act->payment = paid->payment;
    act->asked_by = pick(story, 2) == 0 ? (struct fan_id){OPERATOR} : paid->asked_by;
    if (act->asked_by.value == OPERATOR && pick(story, 2) == 0)
        act->refund_won = 1 + (int64_t)pick(story, 99000);
    submit_refund(act);
}

/* The same key again. */
static void refund_again(struct story *story)
{
    struct act *act = &story->acts[pick(story, story->act_count > 0 ? story->act_count : 1)];
    if (act->kind == ACT_REFUND && (act->answered || act->epoch != story->epoch))
        submit_refund(act);
}

/* --- what the gateway tells by itself --------------------------------------------------------- */

static enum status keep_webhook(struct store_job *job, struct store_connection *connection)
{
    struct act *act = container_of(job, struct act, job);
    return webhook_keep(connection, "test", &act->webhook, story_now_ms, &act->kept);
}

static void on_webhook_kept(struct store_job *job, enum status status)
{
    struct act *act = container_of(job, struct act, job);
    act->answered = true;
    if (act->epoch == act->story->epoch && status == STATUS_OK && act->kept.matched)
        payments_hint(act->story->payments, act->kept.payment.id);
}

static void submit_webhook(struct act *act)
{
    act->epoch = act->story->epoch;
    act->answered = false;
    act->job = (struct store_job){.work = keep_webhook, .on_done = on_webhook_kept};
    assert_int_equal(store_submit(act->story->store, &act->job), STATUS_OK);
}

/* Of any payment whatever, be it that we have not written it yet; sometimes of none of ours. */
static void webhook(struct story *story)
{
    struct act *paying = &story->acts[pick(story, story->act_count > 0 ? story->act_count : 1)];
    if (story->act_count == 0 || paying->kind != ACT_PAY)
        return;
    struct payment payment = {.reservation = paying->reservation};
    payment_name(&payment, "test", text_of(""), text_of(paying->key));
    struct act *act = new_act(story, ACT_WEBHOOK);
    snprintf(act->webhook.delivery, sizeof act->webhook.delivery, "delivery-%zu", story->act_count);
    snprintf(act->webhook.order_id, sizeof act->webhook.order_id, "%s",
             pick(story, 10) == 0 ? "TR-0-nobody" : payment.order_id);
    snprintf(act->webhook.said, sizeof act->webhook.said, "DONE");
    submit_webhook(act);
}

/* A delivery again: at least once is all that was promised. */
static void webhook_again(struct story *story)
{
    struct act *act = &story->acts[pick(story, story->act_count > 0 ? story->act_count : 1)];
    if (act->kind == ACT_WEBHOOK && (act->answered || act->epoch != story->epoch))
        submit_webhook(act);
}

/* --- what happens ----------------------------------------------------------------------------- */

static void turn(struct story *story)
{
    int before = story->epoch;
    story->crash_now = pick(story, 10) == 0;
    story->fail_now = pick(story, 10) == 0;
    story->doubt_now = pick(story, 10) == 0;
    store_turn(story->store);
    story->crash_now = false;
    story->fail_now = false;
    story->doubt_now = false;
    if (story->epoch != before) { /* it crashed in the middle: the copy is what is left */
        story->epoch = before;
        crash(story, true);
    }
}

static void step(struct story *story)
{
    size_t luck = pick(story, 100);
    if (luck < 34)
        press(story);
    else if (luck < 40)
        press_again(story);
    else if (luck < 46)
        cancel(story);
    else if (luck < 56)
        pay(story);
    else if (luck < 59)
        refund(story);
    else if (luck < 60)
        refund_again(story);
    else if (luck < 63)
        webhook(story);
    else if (luck < 64)
        webhook_again(story);
    else if (luck < 80)
        turn(story);
    else if (luck < 88)
        story_gateway_turn(&story->gateway);
    else if (luck < 91)
        payments_tick(story->payments);
    else if (luck < 97)
        story_now_ms += (int64_t)pick(story, HOLD_MS / 4);
    else if (luck < 99)
        booking_tick(story->booking);
    else
        crash(story, false);
}

/* Everybody goes home: what is under way ends, and holds lapse. */
static void end_well(struct story *story)
{
    story->book.calm = true;
    for (int round = 0; round < 50; round++) {
        story_now_ms += HOLD_MS;
        booking_tick(story->booking);
        payments_tick(story->payments);
        refund_runs_tick(story->runs, story_now_ms);
        for (bool busy = true; busy;) {
            busy = store_turn(story->store) > 0;
            busy = story_gateway_turn(&story->gateway) > 0 || busy;
        }
    }
    assert_int_equal(payments_under_way(story->payments), 0);
}

/* --- the concert is called off ---------------------------------------------------------------- */

struct calling_off {
    struct store_job job;
    struct story *story;
};

static enum status close_and_run(struct store_job *job, struct store_connection *connection)
{
    struct story *story = container_of(job, struct calling_off, job)->story;
    struct refund_run_order order = {.option = story->sale.option,
                                     .asked_by = {OPERATOR},
                                     .key = text_of("all"),
                                     .reason = text_of("the singer is ill"),
                                     .now_ms = story_now_ms};
    struct refund_run run;
    enum refund_run_verdict verdict;
    enum status status = store_script(connection, "UPDATE sale SET status = 'CLOSED';");
    if (status == STATUS_OK)
        status = refund_run_start(connection, &order, &run, &verdict);
    return status;
}

/* All goes back, with crashes and refusals of the disk on the way. */
static void call_off(struct story *story)
{
    story->called_off = true;
    struct calling_off calling_off = {.job.work = close_and_run, .story = story};
    enum status status;
    do
        status = store_submit_and_wait(story->store, &calling_off.job);
    while (status != STATUS_OK);
    booking_refresh(story->booking);
    refund_runs_wake(story->runs);
    for (int i = 0; i < story->step_count; i++) {
        refund_runs_tick(story->runs, story_now_ms);
        step(story);
    }
}

static void play(uint64_t seed, struct story *story)
{
    *story = (struct story){0};
    random_init(&story->chance, seed);
    story->book.chance = &story->chance;
    story->book.now_ms = story_clock;
    bool large = seed % 50 == 0;
    story->step_count = large ? LARGE_NIGHT_STEPS : SMALL_NIGHT_STEPS;
    story->fan_count = large ? LARGE_NIGHT_FANS : SMALL_NIGHT_FANS;
    story->seat_count = large ? LARGE_NIGHT_SEATS : SMALL_NIGHT_SEATS;
    story_now_ms = OPENS_AT_MS - 5000;
    temporary_folder_make(story->folder);
    if (database_kind != DATABASE_SQLITE)
        story->database = database_make(database_kind);
    create_sale(story);
    open_world(story);
    for (int i = 0; i < story->step_count; i++)
        step(story);
    if (seed % 3 == 0)
        call_off(story);
    end_well(story);
    if (story->called_off)
        story_expect_all_back(story);
    story_check_acknowledged(story);
    story_audit(story);
    story_compare_books(story);
    story_compare_webhooks(story);
    story_compare_board(story);
    close_world(story);
    database_remove(story->database);
    temporary_folder_remove(story->folder);
}

static void no_crash_loses_a_ticket_or_money(void **state)
{
    (void)state;
    const char *only = getenv("TICKETRUSH_STORY_SEED");
    const char *count = getenv("TICKETRUSH_STORY_SEEDS");
    const char *from = getenv("TICKETRUSH_STORY_FIRST");
    uint64_t first = only ? strtoull(only, NULL, 10) : from ? strtoull(from, NULL, 10) : 1;
    uint64_t usual = database_kind == DATABASE_SQLITE ? SEEDS_DEFAULT : SEEDS_ON_A_SERVER;
    uint64_t seeds = only ? 1 : count ? strtoull(count, NULL, 10) : usual;
    uint64_t last = first + seeds - 1;
    size_t held = 0, paid = 0, refunded = 0, crashes = 0;
    struct story *story = calloc(1, sizeof *story);
    assert_non_null(story);
    for (uint64_t seed = first; seed <= last; seed++) {
        fprintf(stderr, "\rseed %llu ", (unsigned long long)seed);
        play(seed, story);
        held += story->held_count;
        paid += story->paid_count;
        refunded += story->refunded_count;
        crashes += story->crash_count;
    }
    fprintf(stderr, "\r%zu holds, %zu payments, %zu refunds, %zu crashes in %llu stories\n", held,
            paid, refunded, crashes, (unsigned long long)last - first + 1);
    assert_true(held > 0 && paid > 0 && refunded > 0 &&
                crashes > 0); /* stories in which nothing happens prove nothing */
    free(story);
}

static int run(enum database_kind kind)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_crash_loses_a_ticket_or_money)};
    database_kind = kind;
    return cmocka_run_group_tests_name(database_kind_name(kind), tests, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(run);
}
