/*
 * bus_contract_test.c — what every bus promises (src/bus/bus.h), asked of every adapter.
 *
 * Kafka is the shared broker of build/with_servers; each story has topics and groups of its own
 * there. An adapter enters by one row in the table below.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "bus/bus_kafka.h"
#include "bus/bus_memory.h"
#include "guard/breaker.h"
#include "support/server_kafka.h"

enum { PARTITIONS = 4, PATIENCE_MS = 60000, BATCH = 64, LOOK_MS = 100 };

static const struct bus_topic orders = {
    .name = "orders", .partition_count = PARTITIONS, .kept_ms = 3600000};
static const struct bus_topic letters = {
    .name = "letters", .partition_count = 1, .kept_ms = 3600000};
static const struct bus_topic *const topics[] = {&orders, &letters, NULL};

/* --- adapters --------------------------------------------------------------------------------- */

struct house {
    struct bus *bus;
    struct breakers *breakers;
    char prefix[KAFKA_PREFIX_BYTES];
};

struct adapter {
    const char *name;
    void (*open)(struct house *house);
};

static void open_memory(struct house *house)
{
    house->bus = bus_memory_create(topics);
    assert_non_null(house->bus);
}

static void open_kafka(struct house *house)
{
    char why[BUS_KAFKA_WHY_BYTES];
    const struct breaker_settings usual = breaker_usual("kafka", BUS_DELIVERY_MS);
    house->breakers = breakers_create();
    assert_non_null(house->breakers);
    kafka_prefix_make(house->prefix);
    const struct bus_kafka_settings settings = {.brokers = getenv("TICKETRUSH_TEST_KAFKA"),
                                                .prefix = house->prefix,
                                                .topics = topics,
                                                .breaker = breakers_add(house->breakers, &usual)};
    assert_int_equal(bus_kafka_open(&settings, why, &house->bus), STATUS_OK);
}

static const struct adapter adapters[] = {{"memory", open_memory}, {"kafka", open_kafka}};

static const struct adapter *adapter;

/* --- a bus of its own for each story ---------------------------------------------------------- */

static int set_up(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    adapter->open(house);
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (!bus_ready(house->bus)) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        server_pause();
    }
    *state = house;
    return 0;
}

static int tear_down(void **state)
{
    struct house *house = *state;
    bus_close(house->bus);
    breakers_destroy(house->breakers);
    free(house);
    return 0;
}

static void say(struct house *house, const struct bus_topic *topic, const char *key,
                const char *value)
{
    struct bus_message message = {.topic = topic, .key = text_of(key), .value = text_of(value)};
    assert_int_equal(bus_produce_and_wait(house->bus, &message), STATUS_OK);
}

static struct bus_consumer *join(struct house *house, const char *group,
                                 const struct bus_topic *topic, enum bus_letters kind)
{
    struct bus_consumer *consumer;
    assert_int_equal(bus_consumer_open(house->bus, group, topic, kind, &consumer), STATUS_OK);
    return consumer;
}

/* Until something comes. */
static size_t take(struct bus_consumer *consumer, struct bus_record records[BATCH], size_t most)
{
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    size_t count = 0;
    while (count == 0) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        assert_int_equal(bus_consumer_take(consumer, records, most, LOOK_MS, &count), STATUS_OK);
    }
    assert_true(count <= most);
    return count;
}

/* One record of which the value is known. */
static void expect(struct bus_consumer *consumer, const char *value)
{
    struct bus_record record;
    take(consumer, &record, 1);
    assert_int_equal(record.value.size, strlen(value));
    assert_memory_equal(record.value.bytes, value, record.value.size);
}

static void commit(struct bus_consumer *consumer)
{
    assert_int_equal(bus_consumer_commit(consumer), STATUS_OK);
}

/* --- producing and taking --------------------------------------------------------------------- */

static void a_message_arrives_with_its_key_and_all_its_bytes(void **state)
{
    static const char bytes[] = "any\0bytes\xFF";
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    struct bus_message message = {
        .topic = &letters, .key = text_of("option-7"), .value = text_make(bytes, sizeof bytes)};
    int64_t before_ms = clock_wall_ms();
    assert_int_equal(bus_produce_and_wait(house->bus, &message), STATUS_OK);

    struct bus_record record;
    take(consumer, &record, 1);
    assert_ptr_equal(record.topic, &letters);
    assert_true(text_equal(record.key, text_of("option-7")));
    assert_true(text_equal(record.value, message.value));
    assert_true(text_empty(record.reason));
    assert_in_range(record.produced_at_ms, before_ms, clock_wall_ms());
    assert_int_equal(record.partition, 0);
    bus_consumer_close(consumer);
}

static void messages_of_one_key_keep_their_order(void **state)
{
    enum { EACH = 50, KEYS = 4 };
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &orders, BUS_LIVING);
    char value[16], key[16];
    for (int i = 0; i < EACH * KEYS; i++) {
        snprintf(key, sizeof key, "key-%d", i % KEYS);
        snprintf(value, sizeof value, "%d", i / KEYS);
        say(house, &orders, key, value);
    }
    int next[KEYS] = {0}, partition[KEYS];
    for (int got = 0; got < EACH * KEYS;) {
        struct bus_record records[BATCH];
        size_t count = take(consumer, records, BATCH);
        for (size_t i = 0; i < count; i++) {
            int64_t number;
            int at = records[i].key.bytes[4] - '0';
            assert_true(text_to_int64(records[i].value, &number));
            assert_int_equal(number, next[at]);
            assert_true(next[at] == 0 || partition[at] == records[i].partition);
            partition[at] = records[i].partition;
            next[at]++;
        }
        got += (int)count;
        commit(consumer);
    }
    bus_consumer_close(consumer);
}

static void keys_are_spread_over_the_partitions(void **state)
{
    enum { KEYS = 64 };
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &orders, BUS_LIVING);
    bool seen[PARTITIONS] = {false};
    for (int i = 0; i < KEYS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        say(house, &orders, key, "x");
    }
    for (size_t got = 0; got < KEYS;) {
        struct bus_record records[BATCH];
        size_t count = take(consumer, records, BATCH);
        for (size_t i = 0; i < count; i++) {
            assert_in_range(records[i].partition, 0, PARTITIONS - 1);
            seen[records[i].partition] = true;
        }
        got += count;
    }
    for (int i = 0; i < PARTITIONS; i++)
        assert_true(seen[i]);
    bus_consumer_close(consumer);
}

static void a_batch_is_never_larger_than_asked_for(void **state)
{
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    struct bus_record records[BATCH];
    for (int i = 0; i < 5; i++)
        say(house, &letters, "k", "v");
    size_t got = 0;
    while (got < 5) {
        size_t count = take(consumer, records, 2);
        assert_in_range(count, 1, 2);
        got += count;
    }
    assert_int_equal(got, 5);
    bus_consumer_close(consumer);
}

static void nothing_to_take_is_an_answer_after_the_wait(void **state)
{
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    struct bus_record record;
    size_t count = 7;
    int64_t before_us = clock_monotonic_us();
    assert_int_equal(bus_consumer_take(consumer, &record, 1, 20, &count), STATUS_OK);
    assert_int_equal(count, 0);
    assert_true(clock_monotonic_us() - before_us >= 19000);
    commit(consumer); /* of nothing */
    bus_consumer_close(consumer);
}

struct late { /* says something while another waits for it */
    struct house *house;
    pthread_t thread;
};

static void *say_later(void *argument)
{
    struct late *late = argument;
    say(late->house, &letters, "k", "at last");
    return NULL;
}

static void who_waits_hears_of_a_message_as_it_comes(void **state)
{
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    say(house, &letters, "k", "first");
    expect(consumer, "first"); /* it is a member now, whatever that takes */

    struct late late = {.house = house};
    assert_int_equal(pthread_create(&late.thread, NULL, say_later, &late), 0);
    struct bus_record record;
    size_t count = 0;
    assert_int_equal(bus_consumer_take(consumer, &record, 1, PATIENCE_MS, &count), STATUS_OK);
    assert_int_equal(count, 1);
    pthread_join(late.thread, NULL);
    bus_consumer_close(consumer);
}

struct crowd { /* many messages at once, told one by one */
    struct bus_message message;
    _Atomic int *told;
};

static void on_told(struct bus_message *message, enum status status)
{
    struct crowd *one = container_of(message, struct crowd, message);
    assert_int_equal(status, STATUS_OK);
    atomic_fetch_add(one->told, 1);
}

static void everyone_of_a_crowd_is_told_once_and_heard_once(void **state)
{
    enum { CROWD = 2000 };
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &orders, BUS_LIVING);
    _Atomic int told = 0;
    struct crowd *crowd = calloc(CROWD, sizeof *crowd);
    assert_non_null(crowd);
    for (int i = 0; i < CROWD; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i % 100);
        crowd[i] = (struct crowd){.message = {.topic = &orders,
                                              .key = text_of(key),
                                              .value = text_make((char *)&i, sizeof i),
                                              .on_done = on_told},
                                  .told = &told};
        assert_int_equal(bus_produce(house->bus, &crowd[i].message), STATUS_OK);
    }
    bool *heard = calloc(CROWD, sizeof *heard);
    assert_non_null(heard);
    for (size_t got = 0; got < CROWD;) {
        struct bus_record records[BATCH];
        size_t count = take(consumer, records, BATCH);
        for (size_t i = 0; i < count; i++) {
            int number;
            assert_int_equal(records[i].value.size, sizeof number);
            memcpy(&number, records[i].value.bytes, sizeof number);
            assert_in_range(number, 0, CROWD - 1);
            assert_false(heard[number]);
            heard[number] = true;
        }
        got += count;
        commit(consumer);
    }
    while (atomic_load(&told) < CROWD)
        server_pause();
    struct bus_counts counts = bus_counts(house->bus);
    assert_int_equal(counts.taken_count, CROWD);
    assert_int_equal(counts.failed_count, 0);
    assert_int_equal(counts.redelivered_count, 0);
    bus_consumer_close(consumer);
    free(heard);
    free(crowd);
}

/* --- positions -------------------------------------------------------------------------------- */

static void what_is_committed_does_not_come_again(void **state)
{
    struct house *house = *state;
    say(house, &letters, "k", "one");
    say(house, &letters, "k", "two");
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "one");
    commit(consumer);
    bus_consumer_close(consumer);

    consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "two");
    bus_consumer_close(consumer);
}

static void what_is_not_committed_comes_again_to_the_next(void **state)
{
    struct house *house = *state;
    say(house, &letters, "k", "one");
    say(house, &letters, "k", "two");
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "one");
    commit(consumer);
    expect(consumer, "two");
    bus_consumer_close(consumer); /* as if it had died */

    consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "two");
    commit(consumer);
    bus_consumer_close(consumer);
}

static void a_batch_given_back_comes_again_before_anything_else(void **state)
{
    struct house *house = *state;
    struct bus_record records[BATCH];
    say(house, &letters, "k", "one");
    say(house, &letters, "k", "two");
    say(house, &letters, "k", "three");
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "one");
    commit(consumer);

    assert_int_equal(take(consumer, records, 1), 1);
    bus_consumer_again(consumer);
    commit(consumer); /* says nothing about what was given back */
    expect(consumer, "two");
    bus_consumer_again(consumer);
    expect(consumer, "two");
    commit(consumer);
    expect(consumer, "three");
    assert_int_equal(bus_counts(house->bus).redelivered_count, 2);
    bus_consumer_close(consumer);

    consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "three");
    bus_consumer_close(consumer);
}

static void a_commit_makes_up_for_those_left_out(void **state)
{
    struct house *house = *state;
    say(house, &letters, "k", "one");
    say(house, &letters, "k", "two");
    say(house, &letters, "k", "three");
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "one");
    expect(consumer, "two");
    commit(consumer);
    bus_consumer_close(consumer);

    consumer = join(house, "g", &letters, BUS_LIVING);
    expect(consumer, "three");
    bus_consumer_close(consumer);
}

static void every_group_hears_everything(void **state)
{
    struct house *house = *state;
    struct bus_consumer *first = join(house, "first", &letters, BUS_LIVING);
    struct bus_consumer *second = join(house, "second", &letters, BUS_LIVING);
    say(house, &letters, "k", "one");
    expect(first, "one");
    commit(first);
    expect(second, "one");
    commit(second);
    bus_consumer_close(first);
    bus_consumer_close(second);
}

enum { NUMBERS_MAX = 4096 };

struct ear { /* which numbers were heard, and by which member */
    bool heard[NUMBERS_MAX];
    size_t count[2];
    int missing; /* said and not heard yet */
};

static void say_number(struct house *house, struct ear *ear, int number)
{
    char words[16];
    assert_true(number < NUMBERS_MAX);
    snprintf(words, sizeof words, "%d", number);
    say(house, &orders, words, words);
    ear->missing++;
}

/* A commit may come too early while partitions change hands: then some are heard once more. */
static void listen_to(struct bus_consumer *consumer, struct ear *ear, int member)
{
    struct bus_record records[BATCH];
    size_t count;
    assert_int_equal(bus_consumer_take(consumer, records, BATCH, LOOK_MS, &count), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        int64_t number;
        assert_true(text_to_int64(records[i].value, &number));
        ear->missing -= !ear->heard[number];
        ear->heard[number] = true;
    }
    ear->count[member] += count;
    enum status status = bus_consumer_commit(consumer);
    assert_true(status == STATUS_OK || status == STATUS_BUSY || status == STATUS_CONFLICT);
}

static void members_share_the_partitions_and_the_last_one_has_them_all(void **state)
{
    struct house *house = *state;
    struct bus_consumer *members[2] = {join(house, "g", &orders, BUS_LIVING),
                                       join(house, "g", &orders, BUS_LIVING)};
    struct ear *ear = calloc(1, sizeof *ear);
    assert_non_null(ear);
    int number = 0;
    int64_t give_up_at_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (ear->count[0] == 0 || ear->count[1] == 0 || ear->missing > 0) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        if (ear->count[0] == 0 || ear->count[1] == 0)
            say_number(house, ear, number++);
        for (int i = 0; i < 2; i++)
            listen_to(members[i], ear, i);
    }
    bus_consumer_close(members[0]);
    for (int i = 0; i < 4 * PARTITIONS; i++)
        say_number(house, ear, number++);
    while (ear->missing > 0) {
        assert_true(clock_monotonic_ms() < give_up_at_ms);
        listen_to(members[1], ear, 1);
    }
    bus_consumer_close(members[1]);
    free(ear);
}

/* --- dead letters, limits, numbers ------------------------------------------------------------ */

static void what_nobody_can_deal_with_is_buried_with_its_reason(void **state)
{
    struct house *house = *state;
    struct bus_record record;
    say(house, &orders, "seven", "poison");
    say(house, &orders, "seven", "bread");
    struct bus_consumer *consumer = join(house, "g", &orders, BUS_LIVING);
    take(consumer, &record, 1);
    assert_int_equal(bus_consumer_bury(consumer, &record, "not a reservation"), STATUS_OK);
    commit(consumer);
    expect(consumer, "bread");
    commit(consumer);
    bus_consumer_close(consumer);

    struct bus_consumer *undertaker = join(house, "g", &orders, BUS_DEAD);
    take(undertaker, &record, 1);
    assert_true(text_equal(record.key, text_of("seven")));
    assert_true(text_equal(record.value, text_of("poison")));
    assert_true(text_equal(record.reason, text_of("not a reservation")));
    commit(undertaker);
    bus_consumer_close(undertaker);
    assert_int_equal(bus_counts(house->bus).dead_count, 1);
}

static void a_reason_longer_than_its_maximum_is_cut(void **state)
{
    char reason[2 * BUS_REASON_BYTES_MAX + 1];
    struct house *house = *state;
    struct bus_record record;
    memset(reason, 'r', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    say(house, &letters, "k", "v");
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    take(consumer, &record, 1);
    assert_int_equal(bus_consumer_bury(consumer, &record, reason), STATUS_OK);
    bus_consumer_close(consumer);

    consumer = join(house, "g", &letters, BUS_DEAD);
    take(consumer, &record, 1);
    assert_int_equal(record.reason.size, BUS_REASON_BYTES_MAX);
    bus_consumer_close(consumer);
}

static void the_largest_message_goes_through(void **state)
{
    struct house *house = *state;
    char *bytes = malloc(BUS_VALUE_BYTES_MAX);
    char key[BUS_KEY_BYTES_MAX];
    assert_non_null(bytes);
    memset(bytes, 'x', BUS_VALUE_BYTES_MAX);
    memset(key, 'k', sizeof key);
    struct bus_message message = {.topic = &letters,
                                  .key = text_make(key, sizeof key),
                                  .value = text_make(bytes, BUS_VALUE_BYTES_MAX)};
    assert_int_equal(bus_produce_and_wait(house->bus, &message), STATUS_OK);
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    struct bus_record record;
    take(consumer, &record, 1);
    assert_true(text_equal(record.key, message.key));
    assert_true(text_equal(record.value, message.value));
    bus_consumer_close(consumer);
    free(bytes);
}

static void the_lag_is_what_has_yet_to_be_committed(void **state)
{
    struct house *house = *state;
    struct bus_consumer *consumer = join(house, "g", &letters, BUS_LIVING);
    say(house, &letters, "k", "one");
    say(house, &letters, "k", "two");
    say(house, &letters, "k", "three");
    expect(consumer, "one");
    assert_int_equal(bus_counts(house->bus).lag_count, 3);
    commit(consumer);
    assert_int_equal(bus_counts(house->bus).lag_count, 2);
    while (bus_counts(house->bus).under_way_count > 0)
        server_pause(); /* the last one may just be telling us */
    struct bus_counts counts = bus_counts(house->bus);
    assert_int_equal(counts.produced_count, 3);
    assert_int_equal(counts.committed_count, 1);
    bus_consumer_close(consumer);
}

static int tell(const struct adapter *which)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test_setup_teardown(a_message_arrives_with_its_key_and_all_its_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(messages_of_one_key_keep_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_spread_over_the_partitions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_is_never_larger_than_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_to_take_is_an_answer_after_the_wait, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_waits_hears_of_a_message_as_it_comes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(everyone_of_a_crowd_is_told_once_and_heard_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_committed_does_not_come_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_committed_comes_again_to_the_next, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_batch_given_back_comes_again_before_anything_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_commit_makes_up_for_those_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_group_hears_everything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(members_share_the_partitions_and_the_last_one_has_them_all,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_nobody_can_deal_with_is_buried_with_its_reason, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_reason_longer_than_its_maximum_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_largest_message_goes_through, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_lag_is_what_has_yet_to_be_committed, set_up, tear_down),
    };
    adapter = which;
    return cmocka_run_group_tests_name(which->name, stories, NULL, NULL);
}

/*
 * The thread sanitizer knows POSIX threads only, and librdkafka starts its own as C11 threads: a
 * program under it dies at the first of them. Kafka is told everywhere else, our own bus here too.
 */
#if defined(__SANITIZE_THREAD__)
enum { KNOWS_KAFKA_THREADS = 0 };
#else
enum { KNOWS_KAFKA_THREADS = 1 };
#endif

int main(void)
{
    log_set_level(LOG_OFF);
    int failed = tell(&adapters[0]);
    if (!KNOWS_KAFKA_THREADS)
        return failed;
    if (!kafka_address_or_skip())
        return failed > 0 ? failed : SERVER_EXIT_WITHOUT;
    return failed + tell(&adapters[1]);
}
