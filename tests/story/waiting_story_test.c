/*
 * waiting_story_test.c — evenings in line from a seed: fans join, look, leave, fall silent, buy;
 * the operator turns the rate, the cap and the sale on and off; clocks jump; commits fail or leave
 * everybody in doubt; the machine crashes.
 *
 * Everything runs on one thread in one order, so a seed tells the same story every time. A failing
 * story names its seed:
 *
 *     TICKETRUSH_STORY_SEED=17 waiting_story_test
 *
 * The same stories are told of a line in Redis, which now and then loses all it had.
 *
 * What must hold, whatever happens: nobody is called before somebody with an earlier turn who still
 * waits; nobody comes in beyond the cap; a place that was told stays what it was; the counts add
 * up; and in the end the log, as strangers get it, is sound.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "base/container.h"
#include "base/log.h"
#include "base/random.h"
#include "booking/booking.h"
#include "catalog/plain_sale.h"
#include "redis/redis.h"
#include "store/migrate.h"
#include "store/store_adapter.h"
#include "store/store_sqlite.h"

#include "support/server_process.h"
#include "support/server_redis.h"
#include "waiting/line_memory.h"
#include "waiting/line_redis.h"
#include "waiting/proof.h"
#include "waiting/verify.h"
#include "waiting/waiting.h"

enum {
    FANS = 80,
    STEPS = 400,
    SEEDS_DEFAULT = 30,
    SEEDS_A_REDIS_STORY = 15, /* each makes some ten thousand round trips */
    ASKS = 12,
    SEQUENCES = STEPS * ASKS,
    OPENS_AT_MS = 1000000000,
    ARENA_BYTES = 64 << 20,
};

struct known { /* what a fan was told */
    uint32_t sequence;
    enum place_state state;
    bool has_place;
};

struct question {
    struct waiting_ask ask;
    struct story *story;
    int answer_count;
};

struct story {
    struct random chance;
    char folder[TEMPORARY_PATH_BYTES];
    struct redis *redis; /* where the line is; NULL: in the process */
    struct line_maker *lines;
    struct seals *seals;
    struct store *store;
    struct store_ops doubtful_ops;
    enum status (*commit)(struct store_connection *writer);
    bool doubt_now;
    struct boards *boards;
    struct booking *booking;
    struct waiting *waiting;
    struct waiting_watcher watcher;
    struct plain_sale_made sale;
    struct known known[FANS + 1];
    int64_t told[SEQUENCES]; /* whose each number is */
    uint32_t called_turn;    /* of the fan called last */
    int64_t active_max;
    size_t joined_count, entered_count, crash_count, doubt_count, loss_count;
};

static int64_t wall_now_ms, steady_now_ms;

static int64_t wall_clock(void)
{
    return wall_now_ms;
}

static int64_t steady_clock(void)
{
    return steady_now_ms;
}

static size_t pick(struct story *story, size_t below)
{
    return (size_t)random_below(&story->chance, below);
}

/* --- the world -------------------------------------------------------------------------------- */

/* Refused, or kept or not and nobody knows. */
static enum status commit_in_doubt(struct store_connection *writer)
{
    struct story *story = container_of(writer->store->ops, struct story, doubtful_ops);
    if (!story->doubt_now)
        return story->commit(writer);
    story->doubt_now = false;
    story->doubt_count++;
    if (pick(story, 2) == 0) {
        writer->store->ops->rollback(writer);
        return pick(story, 2) == 0 ? STATUS_IO : STATUS_UNKNOWN;
    }
    return story->commit(writer) == STATUS_OK ? STATUS_UNKNOWN : STATUS_IO;
}

static void open_store(struct story *story)
{
    char path[TEMPORARY_PATH_BYTES + 16], why[STORE_SQLITE_WHY_BYTES];
    snprintf(path, sizeof path, "%s/core.db", story->folder);
    struct store_sqlite_settings settings = {
        .path = path, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF, .create = true};
    assert_int_equal(store_sqlite_open(&settings, why, &story->store), STATUS_OK);
    story->doubtful_ops = *story->store->ops;
    story->commit = story->store->ops->commit;
    story->doubtful_ops.commit = commit_in_doubt;
    story->store->ops = &story->doubtful_ops;
}

static void on_called(struct waiting_watcher *watcher, struct option_id option,
                      const struct place *place)
{
    struct story *story = container_of(watcher, struct story, watcher);
    assert_int_equal(option.value, story->sale.option.value);
    assert_true(place->turn > story->called_turn);
    story->called_turn = place->turn;
}

static void open_world(struct story *story)
{
    char why[256];
    open_store(story);
    story->boards = boards_create();
    struct booking_settings booking = {
        .store = story->store, .boards = story->boards, .now_ms = wall_clock};
    assert_int_equal(booking_open(&booking, why, &story->booking), STATUS_OK);
    story->watcher.on_called = on_called;
    struct waiting_settings settings = {.store = story->store,
                                        .boards = story->boards,
                                        .seals = story->seals,
                                        .lines = story->lines,
                                        .watcher = &story->watcher,
                                        .wall_ms = wall_clock,
                                        .steady_ms = steady_clock};
    assert_int_equal(waiting_open(&settings, why, &story->waiting), STATUS_OK);
}

static void close_world(struct story *story)
{
    waiting_stop(story->waiting);
    store_close(story->store);
    booking_close(story->booking);
    waiting_tell_commit(story->waiting, 1000); /* the engine's last turn, say */
    waiting_tell_bought(story->waiting, story->sale.option, (struct fan_id){1});
    waiting_close(story->waiting);
    boards_destroy(story->boards);
}

static void create_world(struct story *story)
{
    char folder[TEMPORARY_PATH_BYTES + 16], why[256];
    struct migrate_report report;
    temporary_folder_make(story->folder);
    snprintf(folder, sizeof folder, "%s/keys", story->folder);
    assert_int_equal(seals_open(folder, why, &story->seals), STATUS_OK);
    open_store(story);
    assert_int_equal(store_migrate(story->store, SCHEMA_CORE, 0, &report), STATUS_OK);
    struct plain_sale settings = {.seat_count = 40,
                                  .section_count = 1,
                                  .price = 99000,
                                  .hold_seconds = 60,
                                  .max_per_fan = 4,
                                  .opens_at_ms = OPENS_AT_MS,
                                  .closes_at_ms = INT64_C(4000000000000),
                                  .waiting_room = true};
    assert_int_equal(plain_sale_create(story->store, &settings, wall_now_ms, &story->sale),
                     STATUS_OK);
    store_close(story->store);
    open_world(story);
}

static void crash(struct story *story)
{
    story->doubt_now = false;
    close_world(story); /* what waits is answered, and nobody hears it */
    wall_now_ms += (int64_t)pick(story, 5000);
    open_world(story);
    story->crash_count++;
}

/* --- asking ----------------------------------------------------------------------------------- */

static void check_place(struct story *story, const struct waiting_ask *ask)
{
    struct known *known = &story->known[ask->fan.value];
    const struct place *place = &ask->place;
    bool is_new = ask->verdict == WAITING_NEW;
    assert_true(place->sequence < SEQUENCES);
    int64_t *told = &story->told[place->sequence];
    assert_true(*told == 0 || *told == ask->fan.value); /* nobody else's */
    *told = ask->fan.value;
    /* A later one was given in a round whose answer was not heard. */
    assert_true(!known->has_place || place->sequence >= known->sequence);
    assert_true(!is_new || place->sequence > known->sequence);
    if (place->sequence == known->sequence)
        assert_true(place->state >= known->state);
    if (place->state == PLACE_ENTERED && known->state != PLACE_ENTERED) {
        struct waiting_numbers numbers;
        story->entered_count++;
        assert_true(waiting_numbers(story->waiting, story->sale.option, &numbers));
    }
    story->joined_count += is_new;
    *known = (struct known){place->sequence, place->state, true};
}

static void on_answer(struct waiting_ask *ask)
{
    struct question *question = container_of(ask, struct question, ask);
    question->answer_count++;
    if (question->story && (ask->verdict == WAITING_HERE || ask->verdict == WAITING_NEW))
        check_place(question->story, ask);
    if (question->story && ask->verdict == WAITING_NOT_HERE)
        assert_false(question->story->known[ask->fan.value].has_place);
}

static void ask_some(struct story *story)
{
    static struct question questions[ASKS];
    size_t count = pick(story, ASKS) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t kind = pick(story, 10);
        questions[i] = (struct question){.story = story};
        questions[i].ask.kind = kind < 4   ? WAITING_JOIN
                                : kind < 8 ? WAITING_LOOK
                                : kind < 9 ? WAITING_GLANCE
                                           : WAITING_LEAVE;
        questions[i].ask.option = story->sale.option;
        questions[i].ask.fan.value = (int64_t)pick(story, FANS) + 1;
        questions[i].ask.on_answer = on_answer;
        assert_int_equal(waiting_submit(story->waiting, &questions[i].ask), STATUS_OK);
    }
    bool crashes = pick(story, 25) == 0;
    for (size_t i = 0; crashes && i < count; i++)
        questions[i].story = NULL; /* the answer is not heard */
    if (crashes)
        crash(story);
    else
        waiting_round(story->waiting);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(questions[i].answer_count, 1);
}

/* --- what happens ----------------------------------------------------------------------------- */

struct terms_job {
    struct store_job job;
    struct story *story;
    struct admission_terms terms;
};

static enum status put_terms(struct store_job *job, struct store_connection *connection)
{
    struct terms_job *change = container_of(job, struct terms_job, job);
    return waiting_put_terms(change->story->waiting, connection, change->story->sale.option,
                             &change->terms);
}

static void change_terms(struct story *story)
{
    struct terms_job change = {.job.work = put_terms, .story = story};
    change.terms = (struct admission_terms){.mode = (enum admission_mode)pick(story, 3),
                                            .fans_per_second = (int64_t)pick(story, 200),
                                            .active_max = (int64_t)pick(story, 15),
                                            .entry_seconds = (int64_t)pick(story, 60) + 10};
    if (store_submit_and_wait(story->store, &change.job) == STATUS_OK)
        story->active_max = change.terms.active_max;
    waiting_refresh(story->waiting);
}

static void pass_time(struct story *story)
{
    int64_t ms = (int64_t)pick(story, 3000);
    size_t how = pick(story, 20);
    steady_now_ms += ms;
    wall_now_ms += how == 0   ? 3600 * 1000                  /* somebody set the clock */
                   : how == 1 ? -(int64_t)pick(story, 60000) /* and back */
                              : ms;
    if (how == 2)
        steady_now_ms += 600000; /* the process was stopped */
}

static void lose_redis(struct story *story)
{
    redis_lose_everything(story->redis);
    story->loss_count++;
}

static void step(struct story *story)
{
    if (story->redis && pick(story, 50) == 0)
        lose_redis(story);
    struct fan_id fan = {(int64_t)pick(story, FANS) + 1};
    switch (pick(story, 12)) {
    case 0:
        change_terms(story);
        return;
    case 1:
    case 2:
        pass_time(story);
        waiting_round(story->waiting);
        return;
    case 3:
        waiting_tell_bought(story->waiting, story->sale.option, fan);
        return;
    case 4:
        waiting_tell_held(story->waiting, story->sale.option, fan, wall_now_ms + 60000);
        return;
    case 5:
        if (pick(story, 2) == 0)
            waiting_tell_came(story->waiting, story->sale.option, fan);
        else
            waiting_tell_left(story->waiting, story->sale.option, fan);
        return;
    case 6:
        story->doubt_now = pick(story, 3) == 0;
        return;
    default:
        ask_some(story);
    }
}

/* --- afterwards ------------------------------------------------------------------------------- */

static void check_counts(struct story *story)
{
    struct waiting_numbers numbers;
    assert_true(waiting_numbers(story->waiting, story->sale.option, &numbers));
    uint32_t all = 0;
    for (size_t state = 0; state < PLACE_STATE_COUNT; state++)
        all += numbers.counts.in[state];
    assert_int_equal(all, numbers.counts.joined);
}

/* The log as a stranger gets it, page by page. */
static void check_log(struct story *story)
{
    struct store_connection *reader;
    struct arena *arena = arena_create(1 << 20, ARENA_BYTES);
    struct buffer file;
    struct verify_report report;
    assert_non_null(arena);
    buffer_init(&file, arena, 1 << 20);
    assert_int_equal(store_reader_open(story->store, &reader), STATUS_OK);
    assert_int_equal(proof_write_log(reader, story->seals, story->sale.option, 0, arena, &file),
                     STATUS_OK);
    assert_int_equal(verify_log(buffer_text(&file), text_make(NULL, 0), &report), STATUS_OK);
    if (!report.good)
        fail_msg("line %zu: %s", report.line_number, report.words);
    for (int64_t fan = 1; fan <= FANS; fan++)
        if (story->known[fan].has_place)
            assert_true(story->known[fan].sequence <= report.counts.joined);
    static struct audit_report audit;
    assert_int_equal(audit_run(reader, wall_now_ms, &audit), STATUS_OK);
    if (!audit.clean)
        audit_print(&audit, stderr);
    assert_true(audit.clean);
    store_reader_close(reader);
    arena_destroy(arena);
}

static void never_beyond_the_cap(struct story *story, uint32_t before)
{
    struct waiting_numbers numbers;
    assert_true(waiting_numbers(story->waiting, story->sale.option, &numbers));
    uint32_t active = numbers.counts.in[PLACE_ENTERED];
    assert_true(active <= before || active <= 15);
}

static void open_line(struct story *story, const char *redis_url)
{
    char why[REDIS_WHY_BYTES];
    struct redis_settings settings = {.url = text_of(redis_url ? redis_url : "")};
    story->lines = line_memory_maker();
    if (!redis_url)
        return;
    assert_int_equal(redis_open(&settings, why, &story->redis), STATUS_OK);
    story->lines = line_redis_open(story->redis);
    assert_non_null(story->lines);
}

static void close_line(struct story *story)
{
    if (!story->redis)
        return;
    redis_lose_everything(story->redis);
    line_redis_close(story->lines);
    redis_close(story->redis);
}

static void play(uint64_t seed, struct story *story, const char *redis_url)
{
    *story = (struct story){0};
    open_line(story, redis_url);
    random_init(&story->chance, seed);
    wall_now_ms = OPENS_AT_MS - 20000;
    steady_now_ms = 1000;
    create_world(story);
    for (int i = 0; i < STEPS; i++) {
        struct waiting_numbers before = {0};
        (void)waiting_numbers(story->waiting, story->sale.option, &before);
        step(story);
        never_beyond_the_cap(story, before.counts.in[PLACE_ENTERED]);
    }
    story->doubt_now = false;
    steady_now_ms += 2000;
    waiting_round(story->waiting);
    steady_now_ms += 2000;
    waiting_round(story->waiting);
    check_counts(story);
    check_log(story);
    close_world(story);
    close_line(story);
    seals_close(story->seals);
    temporary_folder_remove(story->folder);
}

static void tell_stories(const char *redis_url, uint64_t seeds_a_story)
{
    const char *only = getenv("TICKETRUSH_STORY_SEED");
    const char *count = getenv("TICKETRUSH_STORY_SEEDS");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1;
    uint64_t last = only ? first : count ? strtoull(count, NULL, 10) : SEEDS_DEFAULT;
    last = only ? last : (last + seeds_a_story - 1) / seeds_a_story;
    size_t joined = 0, entered = 0, crashes = 0, doubts = 0, losses = 0;
    struct story *story = calloc(1, sizeof *story);
    assert_non_null(story);
    for (uint64_t seed = first; seed <= last; seed++) {
        fprintf(stderr, "\rseed %llu ", (unsigned long long)seed);
        play(seed, story, redis_url);
        joined += story->joined_count;
        entered += story->entered_count;
        crashes += story->crash_count;
        doubts += story->doubt_count;
        losses += story->loss_count;
    }
    fprintf(stderr, "\r%zu joins, %zu entries, %zu crashes, %zu commits in doubt in %llu stories\n",
            joined, entered, crashes, doubts, (unsigned long long)last - first + 1);
    assert_true(joined > 0 && entered > 0 && crashes > 0 && doubts > 0);
    assert_true(redis_url == NULL || only || losses > 0);
    free(story);
}

static void nobody_overtakes_whatever_happens(void **state)
{
    (void)state;
    tell_stories(NULL, 1);
}

static void nor_in_redis_whatever_it_loses(void **state)
{
    tell_stories(*state, SEEDS_A_REDIS_STORY);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest memory[] = {cmocka_unit_test(nobody_overtakes_whatever_happens)};
    int failed = cmocka_run_group_tests_name("in this process", memory, NULL, NULL);
    const char *url = redis_url_or_skip();
    if (!url)
        return failed ? failed : SERVER_EXIT_WITHOUT;
    const struct CMUnitTest redis[] = {
        cmocka_unit_test_prestate(nor_in_redis_whatever_it_loses, (void *)(uintptr_t)url)};
    return failed + cmocka_run_group_tests_name("in Redis", redis, NULL, NULL);
}
