/*
 * queue_test.c — what v4 promises whatever the bus brings: the same twice, nonsense, or too late.
 * On every database.
 */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "bus/bus_memory.h"
#include "strategies/queue.h"
#include "strategies/queue_store.h"
#include "strategies/request_states_memory.h"
#include "support/real_server.h"
#include "support/strategy_house.h"

enum { FANS = 30, PATIENCE_MS = 30000 };

static enum database_kind database;
static _Atomic int64_t later_ms; /* how much later it is than the wall clock says */

static int64_t now_ms(void)
{
    return clock_wall_ms() + later_ms;
}

struct world {
    struct strategy_house *house;
    struct bus *bus;
    struct workers *workers;
    struct request_states *states;
    struct queue *queue;
    struct frame_house frames;
    struct number_pool numbers;
    struct request_secret secret;
    struct arena *arena;
};

static void open_queue(struct world *world)
{
    char why[256];
    const struct queue_settings settings = {.bus = world->bus,
                                            .store = world->house->store,
                                            .workers = world->workers,
                                            .states = world->states,
                                            .house = &world->frames,
                                            .numbers = &world->numbers,
                                            .consumer_count = 2};
    assert_int_equal(queue_open(&settings, why, &world->queue), STATUS_OK);
}

struct secret_job {
    struct store_job job;
    struct request_secret *secret;
};

static enum status read_secret(struct store_job *job, struct store_connection *connection)
{
    return queue_store_secret(connection, container_of(job, struct secret_job, job)->secret);
}

static int set_up(void **state)
{
    static const struct bus_topic *const topics[] = {&queue_topic, NULL};
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    later_ms = 0;
    world->house =
        strategy_house_open(&(struct strategy_house_settings){.kind = database, .strategy = "v4"});
    world->bus = bus_memory_create(topics);
    world->workers = workers_create(2, 4096);
    world->states = request_states_memory_create(now_ms);
    world->arena = arena_create(4096, 1 << 20);
    assert_true(world->bus && world->workers && world->states && world->arena);
    number_pool_init(&world->numbers);
    world->frames = (struct frame_house){
        .booking = world->house->booking, .boards = world->house->boards, .now_ms = now_ms};
    struct secret_job job = {.job = {.work = read_secret}, .secret = &world->secret};
    assert_int_equal(store_submit_and_wait(world->house->store, &job.job), STATUS_OK);
    open_queue(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    queue_close(world->queue);
    workers_destroy(world->workers);
    bus_close(world->bus);
    assert_true(strategy_house_is_clean(world->house));
    strategy_house_close(world->house);
    request_states_destroy(world->states);
    number_pool_deinit(&world->numbers);
    arena_destroy(world->arena);
    free(world);
    return 0;
}

/* --- what is on the bus ----------------------------------------------------------------------- */

static struct queue_message message_of(struct world *world, int64_t fan, int seat)
{
    char key[32];
    snprintf(key, sizeof key, "fan-%lld-seat-%d", (long long)fan, seat);
    struct queue_message message = {.fan = {fan},
                                    .option = world->house->sale.option,
                                    .strategy = 4,
                                    .key_hash = hash_lasting(text_of(key)),
                                    .request_hash = seat,
                                    .wish = {.best_section = -1, .seat_count = 1}};
    message.wish.seats[0].value = world->house->sale.first_seat_id + seat;
    request_id_make(&world->secret, message.fan, now_ms(), &message.id);
    return message;
}

static void put(struct world *world, struct text bytes)
{
    struct bus_message parcel = {.topic = &queue_topic, .key = text_of("1"), .value = bytes};
    assert_int_equal(bus_produce_and_wait(world->bus, &parcel), STATUS_OK);
}

static void put_message(struct world *world, const struct queue_message *message)
{
    struct buffer buffer;
    buffer_init(&buffer, world->arena, 256);
    queue_message_write(message, &buffer);
    put(world, buffer_text(&buffer));
}

static struct request_state outcome_of(struct world *world, const struct queue_message *message)
{
    struct request_state state = {.progress = REQUEST_PENDING};
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (request_states_find(world->states, &message->id, &state) != STATUS_OK ||
           state.progress == REQUEST_PENDING) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        server_pause();
    }
    return state;
}

static int64_t reservation_count(struct world *world)
{
    static const struct sql count = {"SELECT count(*) FROM reservation"};
    return strategy_house_count(world->house, &count);
}

static void wait_for_the_bus(struct world *world)
{
    while (bus_counts(world->bus).lag_count > 0)
        server_pause();
}

/* --- stories ---------------------------------------------------------------------------------- */

static void one_of_thirty_gets_the_seat_and_the_others_hear_why_not(void **state)
{
    struct world *world = *state;
    struct queue_message messages[FANS];
    int winners = 0;
    for (int i = 0; i < FANS; i++) {
        messages[i] = message_of(world, i + 1, 5);
        put_message(world, &messages[i]);
    }
    for (int i = 0; i < FANS; i++) {
        struct request_state outcome = outcome_of(world, &messages[i]);
        winners += outcome.progress == REQUEST_SUCCESS;
        if (outcome.progress == REQUEST_FAILED)
            assert_string_equal(outcome.code, "SEAT_TAKEN");
    }
    assert_int_equal(winners, 1);
    assert_int_equal(strategy_house_seat(world->house, 5), SEAT_HELD);
}

static void the_same_message_twice_acts_once(void **state)
{
    struct world *world = *state;
    struct queue_message message = message_of(world, 1, 3);
    put_message(world, &message);
    struct request_state first = outcome_of(world, &message);
    put_message(world, &message);
    put_message(world, &message);
    wait_for_the_bus(world);
    struct request_state again = outcome_of(world, &message);
    assert_int_equal(again.reservation.value, first.reservation.value);
    assert_int_equal(reservation_count(world), 1);
    assert_int_equal(queue_counts(world->queue).repeated_count, 2);
}

static void the_best_seats_of_one_batch_are_different_ones(void **state)
{
    struct world *world = *state;
    struct queue_message messages[8];
    for (int i = 0; i < 8; i++) {
        messages[i] = message_of(world, i + 1, i);
        messages[i].wish = (struct sale_wish){.best_count = 2, .best_section = -1};
        put_message(world, &messages[i]);
    }
    for (int i = 0; i < 8; i++)
        assert_int_equal(outcome_of(world, &messages[i]).progress, REQUEST_SUCCESS);
    assert_int_equal(reservation_count(world), 8);
}

static void nonsense_is_buried_and_the_next_message_is_served(void **state)
{
    struct world *world = *state;
    struct queue_message message = message_of(world, 1, 3);
    struct queue_message forged = message_of(world, 2, 4);
    forged.fan.value = 1; /* an id that was sealed for another fan */
    put(world, text_of("{\"fan\": 1, \"id\": "));
    put(world, text_of("\xFF\xFE"));
    put_message(world, &forged);
    put_message(world, &message);
    assert_int_equal(outcome_of(world, &message).progress, REQUEST_SUCCESS);
    assert_int_equal(queue_counts(world->queue).buried_count, 3);

    struct bus_consumer *undertaker;
    struct bus_record records[8];
    size_t count = 0;
    assert_int_equal(bus_consumer_open(world->bus, "test", &queue_topic, BUS_DEAD, &undertaker),
                     STATUS_OK);
    assert_int_equal(bus_consumer_take(undertaker, records, 8, 0, &count), STATUS_OK);
    assert_int_equal(count, 3);
    assert_true(text_starts(records[0].reason, text_of("not JSON")));
    assert_true(text_equal(records[2].reason, text_of("not a request: id")));
    bus_consumer_close(undertaker);
}

static void what_comes_too_late_is_not_booked_any_more(void **state)
{
    struct world *world = *state;
    struct queue_message message = message_of(world, 1, 3);
    later_ms = QUEUE_REQUEST_MS + 1;
    put_message(world, &message);
    struct request_state outcome = outcome_of(world, &message);
    assert_int_equal(outcome.progress, REQUEST_FAILED);
    assert_string_equal(outcome.code, "REQUEST_EXPIRED");
    assert_int_equal(reservation_count(world), 0);
}

struct expiry {
    struct store_job job;
    struct world *world;
    struct request_state state;
};

static enum status expire(struct store_job *job, struct store_connection *connection)
{
    struct expiry *expiry = container_of(job, struct expiry, job);
    return queue_expire(expiry->world->queue, connection, &expiry->state);
}

static void what_was_lost_is_settled_by_who_asks_and_stays_so(void **state)
{
    struct world *world = *state;
    struct queue_message message = message_of(world, 1, 3);
    struct store_connection *reader;
    struct request_state found;
    bool expired;
    assert_int_equal(store_reader_open(world->house->store, &reader), STATUS_OK);
    struct request_id id;
    struct text words = request_id_text(&message.id);
    assert_false(queue_read_id(world->queue, (struct fan_id){2}, words, &id));
    assert_true(queue_read_id(world->queue, message.fan, words, &id));
    assert_int_equal(queue_look(world->queue, reader, message.fan, &id, &found, &expired),
                     STATUS_OK);
    assert_int_equal(found.progress, REQUEST_PENDING);
    assert_false(expired);
    later_ms = QUEUE_REQUEST_MS;
    assert_int_equal(queue_look(world->queue, reader, message.fan, &id, &found, &expired),
                     STATUS_OK);
    assert_true(expired);

    struct expiry expiry = {.job = {.work = expire}, .world = world, .state = found};
    assert_int_equal(store_submit_and_wait(world->house->store, &expiry.job), STATUS_OK);
    queue_expired(world->queue, &expiry.state);
    later_ms = 0; /* the message was only slow, and its consumer's clock is behind */
    put_message(world, &message);
    wait_for_the_bus(world);
    assert_string_equal(outcome_of(world, &message).code, "REQUEST_EXPIRED");
    assert_int_equal(reservation_count(world), 0);
    store_reader_close(reader);
}

struct waiting_press {
    struct worker_job job; /* keeps the only worker */
    sem_t begun, may_end;
    struct queue_press press;
    _Atomic int answer_count;
};

static void keep_the_worker(struct worker_job *job, size_t worker)
{
    (void)worker;
    struct waiting_press *waiting = container_of(job, struct waiting_press, job);
    sem_post(&waiting->begun);
    while (sem_wait(&waiting->may_end) != 0)
        ;
}

static void on_press_answered(struct queue_press *press)
{
    atomic_fetch_add(&container_of(press, struct waiting_press, press)->answer_count, 1);
}

/* As the house closes: consumers, workers, bus, and the queue's memory last. */
static void a_press_that_waits_for_a_worker_at_the_end_has_its_answer(void **state)
{
    struct world *world = *state;
    struct waiting_press waiting = {
        .job = {.work = keep_the_worker},
        .press = {.message = message_of(world, 1, 3), .on_answer = on_press_answered}};
    assert_true(sem_init(&waiting.begun, 0, 0) == 0 && sem_init(&waiting.may_end, 0, 0) == 0);
    queue_close(world->queue);
    workers_destroy(world->workers);
    world->workers = workers_create(1, 16);
    open_queue(world);
    assert_int_equal(workers_submit(world->workers, &waiting.job), STATUS_OK);
    while (sem_wait(&waiting.begun) != 0)
        ;
    assert_int_equal(queue_press(world->queue, &waiting.press, world->arena), STATUS_OK);
    queue_stop(world->queue);
    assert_int_equal(atomic_load(&waiting.answer_count), 0);
    sem_post(&waiting.may_end);
    workers_stop(world->workers);
    while (atomic_load(&waiting.answer_count) == 0)
        server_pause(); /* a bus behind a wire says a moment later that it has it */
    assert_int_equal(atomic_load(&waiting.answer_count), 1);
    assert_int_equal(waiting.press.verdict, QUEUE_ACCEPTED); /* the next consumer decides it */
    sem_destroy(&waiting.begun);
    sem_destroy(&waiting.may_end);
}

static void what_waits_when_the_consumers_end_is_decided_by_the_next(void **state)
{
    struct world *world = *state;
    struct queue_message message = message_of(world, 1, 3);
    queue_close(world->queue);
    put_message(world, &message);
    open_queue(world);
    assert_int_equal(outcome_of(world, &message).progress, REQUEST_SUCCESS);
}

static int tell(enum database_kind kind)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test_setup_teardown(one_of_thirty_gets_the_seat_and_the_others_hear_why_not,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_message_twice_acts_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_best_seats_of_one_batch_are_different_ones, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nonsense_is_buried_and_the_next_message_is_served, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_comes_too_late_is_not_booked_any_more, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_lost_is_settled_by_who_asks_and_stays_so, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_press_that_waits_for_a_worker_at_the_end_has_its_answer,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_when_the_consumers_end_is_decided_by_the_next,
                                        set_up, tear_down),
    };
    database = kind;
    return cmocka_run_group_tests_name(database_kind_name(kind), stories, NULL, NULL);
}

int main(void)
{
    log_set_level(LOG_OFF);
    return databases_each(tell);
}
