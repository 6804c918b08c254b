/*
 * crowd_test.c — whole nights without a socket, against a house of a few lines.
 *
 * The toy house keeps the promises a server must keep (keys act once, seats sell once), and the
 * way to it loses requests and answers, or turns them away. Time is a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rush/crowd.h"

enum { SEATS = 40, FANS = 100, BOOKS_MAX = 4096, WORDS = 256, FIRST_SEAT = 1001 };

/* --- the toy house ---------------------------------------------------------------------------- */

struct act { /* what a key did */
    char key[64], body[WORDS], answer[WORDS];
};

struct booking {
    uint32_t seats[RUSH_SEATS_EACH_MAX], seat_count;
    enum answer_state state;
};

struct toy {
    uint32_t owner[SEATS]; /* booking number + 1 */
    struct booking bookings[BOOKS_MAX];
    uint32_t booking_count;
    struct act acts[BOOKS_MAX];
    uint32_t act_count;
    int breaks_keys; /* a house that forgets keys: must be found out */
    char words[WORDS];
};

static void cut(const char *request, const char *before, const char *end, char out[WORDS])
{
    const char *from = strstr(request, before);
    out[0] = '\0';
    if (!from)
        return;
    from += strlen(before);
    const char *to = strstr(from, end);
    size_t size = to ? (size_t)(to - from) : strlen(from);
    assert_true(size < WORDS);
    memcpy(out, from, size);
    out[size] = '\0';
}

static int say(struct toy *toy, int status, const char *words)
{
    snprintf(toy->words, WORDS, "%s", words);
    return status;
}

static int say_code(struct toy *toy, int status, const char *code)
{
    snprintf(toy->words, WORDS, "{\"code\":\"%s\"}", code);
    return status;
}

static const struct act *find_act(const struct toy *toy, const char *key)
{
    for (uint32_t i = 0; i < toy->act_count; i++)
        if (strcmp(toy->acts[i].key, key) == 0)
            return &toy->acts[i];
    return NULL;
}

static int remember(struct toy *toy, const char *key, const char *body)
{
    assert_true(toy->act_count < BOOKS_MAX);
    struct act *act = &toy->acts[toy->act_count++];
    snprintf(act->key, sizeof act->key, "%.63s", key);
    snprintf(act->body, WORDS, "%s", body);
    snprintf(act->answer, WORDS, "%s", toy->words);
    return 201;
}

static uint32_t wanted_seats(const struct toy *toy, const char *body, uint32_t *out_seats)
{
    char list[WORDS];
    uint32_t count = 0;
    cut(body, "\"seatIds\":[", "]", list);
    for (char *at = list; *at; at += *at == ',')
        out_seats[count++] = (uint32_t)strtol(at, &at, 10) - FIRST_SEAT;
    const char *best = strstr(body, "\"count\":");
    uint32_t most = best ? (uint32_t)strtol(best + 8, NULL, 10) : 0;
    for (uint32_t seat = 0; seat < SEATS && count < most; seat++)
        if (toy->owner[seat] == 0)
            out_seats[count++] = seat;
    return most > count ? 0 : count;
}

static int reserve(struct toy *toy, const char *key, const char *body)
{
    assert_true(toy->booking_count < BOOKS_MAX);
    struct booking *booking = &toy->bookings[toy->booking_count];
    booking->seat_count = wanted_seats(toy, body, booking->seats);
    if (booking->seat_count == 0)
        return say_code(toy, 409, "SOLD_OUT");
    for (uint32_t i = 0; i < booking->seat_count; i++)
        if (toy->owner[booking->seats[i]] != 0)
            return say_code(toy, 409, "SEAT_TAKEN");

    uint32_t number = ++toy->booking_count;
    booking->state = ANSWER_HOLD;
    int size = snprintf(toy->words, WORDS, "{\"id\":%u,\"state\":\"HOLD\",\"amount\":5,\"seats\":[",
                        number);
    for (uint32_t i = 0; i < booking->seat_count; i++) {
        toy->owner[booking->seats[i]] = number;
        size += snprintf(toy->words + size, WORDS - (size_t)size, "%s{\"id\":%u}", i > 0 ? "," : "",
                         booking->seats[i] + FIRST_SEAT);
    }
    snprintf(toy->words + size, WORDS - (size_t)size, "]}");
    return remember(toy, key, body);
}

static void set_free(struct toy *toy, struct booking *booking, enum answer_state state)
{
    booking->state = state;
    for (uint32_t i = 0; i < booking->seat_count; i++)
        toy->owner[booking->seats[i]] = 0;
}

static int pay(struct toy *toy, const char *key, const char *body, uint32_t number)
{
    struct booking *booking = &toy->bookings[number - 1];
    if (booking->state != ANSWER_HOLD)
        return say_code(toy, 410, "HOLD_EXPIRED");
    if (strstr(body, "decline"))
        return say_code(toy, 402, "PAYMENT_DECLINED");
    booking->state = ANSWER_CONFIRMED;
    snprintf(toy->words, WORDS, "{\"id\":%u,\"state\":\"CAPTURED\"}", number + 5000);
    return remember(toy, key, body);
}

static int cancel(struct toy *toy, uint32_t number)
{
    if (toy->bookings[number - 1].state == ANSWER_HOLD)
        set_free(toy, &toy->bookings[number - 1], ANSWER_CANCELLED);
    snprintf(toy->words, WORDS, "{\"id\":%u,\"state\":\"CANCELLED\"}", number);
    return toy->bookings[number - 1].state == ANSWER_CANCELLED ? 200
                                                               : say_code(toy, 410, "HOLD_EXPIRED");
}

static int serve(struct toy *toy, const char *request)
{
    char key[WORDS], body[WORDS], id[WORDS];
    cut(request, "Idempotency-Key: ", "\r\n", key);
    cut(request, "\r\n\r\n", "\r\n\r\n", body);
    cut(request, "/api/reservations/", " ", id);
    uint32_t number = (uint32_t)strtol(id, NULL, 10);
    if (strncmp(request, "DELETE", 6) == 0)
        return cancel(toy, number);

    const struct act *before = toy->breaks_keys ? NULL : find_act(toy, key);
    if (before)
        return strcmp(before->body, body) == 0 ? say(toy, 201, before->answer)
                                               : say_code(toy, 422, "IDEMPOTENCY_KEY_REUSED");
    return number > 0 ? pay(toy, key, body, number) : reserve(toy, key, body);
}

/* Holds that nobody will pay any more lapse. */
static void lapse(struct toy *toy)
{
    for (uint32_t i = 0; i < toy->booking_count; i++)
        if (toy->bookings[i].state == ANSWER_HOLD)
            set_free(toy, &toy->bookings[i], ANSWER_EXPIRED);
}

static void show(const struct toy *toy, struct hall *hall)
{
    memset(hall->states, 0, hall_state_bytes(hall));
    for (uint32_t seat = 0; seat < SEATS; seat++) {
        uint32_t owner = toy->owner[seat];
        uint32_t seat_state = owner == 0                                           ? SEAT_AVAILABLE
                              : toy->bookings[owner - 1].state == ANSWER_CONFIRMED ? SEAT_SOLD
                                                                                   : SEAT_HELD;
        hall->states[seat / 4] |= (unsigned char)(seat_state << (2 * (seat % 4)));
    }
    hall_refresh(hall);
}

/* --- one night -------------------------------------------------------------------------------- */

struct theatre {
    struct toy toy;
    struct night night;
    struct hall hall;
    struct acks acks;
    struct faults faults;
    struct score score;
    struct tokens *tokens;
    struct request_place place;
    struct crowd *crowd;
    struct random weather;
    char folder[64];
    int64_t now_us;
};

static struct theatre *theatre_create(uint64_t seed)
{
    struct theatre *theatre = calloc(1, sizeof *theatre);
    assert_non_null(theatre);
    char why[256];
    snprintf(theatre->folder, sizeof theatre->folder, "/tmp/crowd-test-XXXXXX");
    assert_non_null(mkdtemp(theatre->folder));
    assert_int_equal(tokens_open(theatre->folder, why, &theatre->tokens), STATUS_OK);
    random_init(&theatre->weather, seed);
    night_init(&theatre->night);
    theatre->night.fan_count = FANS;
    theatre->night.seat_count = SEATS;
    theatre->night.seed = (uint32_t)seed;
    theatre->place = (struct request_place){text_of("h:1"), {3}, FIRST_SEAT};
    assert_int_equal(hall_init(&theatre->hall, FIRST_SEAT, SEATS), STATUS_OK);
    assert_int_equal(acks_init(&theatre->acks, theatre->place.option, NULL), STATUS_OK);
    return theatre;
}

static void theatre_destroy(struct theatre *theatre)
{
    char command[128];
    crowd_destroy(theatre->crowd);
    acks_deinit(&theatre->acks);
    hall_deinit(&theatre->hall);
    tokens_close(theatre->tokens);
    snprintf(command, sizeof command, "rm -r '%s'", theatre->folder);
    assert_int_equal(system(command), 0);
    free(theatre);
}

static void gather(struct theatre *theatre)
{
    struct crowd_settings settings = {.night = &theatre->night,
                                      .tokens = theatre->tokens,
                                      .place = &theatre->place,
                                      .hall = &theatre->hall,
                                      .acks = &theatre->acks,
                                      .faults = &theatre->faults,
                                      .score = &theatre->score};
    assert_int_equal(crowd_create(&settings, &theatre->crowd), STATUS_OK);
    crowd_open(theatre->crowd, theatre->now_us);
}

/* One request on its way: through, lost before or after it was served, or turned away. */
static void carry(struct theatre *theatre, uint32_t ask, char *request, size_t size, bool storm)
{
    request[size] = '\0';
    uint64_t luck = storm ? random_below(&theatre->weather, 10) : 9;
    if (luck == 0) {
        crowd_lose(theatre->crowd, ask);
        return;
    }
    struct answer_raw raw = {.status = 503, .body = text_of("{\"code\":\"BUSY\"}")};
    if (luck != 1) {
        raw.status = serve(&theatre->toy, request);
        raw.body = text_of(theatre->toy.words);
    }
    if (luck == 2)
        crowd_lose(theatre->crowd, ask);
    else
        crowd_hear(theatre->crowd, ask, &raw, theatre->now_us);
}

static void play(struct theatre *theatre, bool storm)
{
    char request[RUSH_REQUEST_BYTES_MAX + 1];
    size_t size = 0;
    for (int round = 0; round < 100000; round++) {
        theatre->now_us += 1000;
        crowd_proceed(theatre->crowd, theatre->now_us);
        uint32_t ask;
        while ((ask = crowd_take(theatre->crowd, theatre->now_us, request, &size)) != CROWD_NO_ASK)
            carry(theatre, ask, request, size, storm);
        if (round % 20 != 0)
            continue;
        if (crowd_busy(theatre->crowd) == 0)
            lapse(&theatre->toy);
        show(&theatre->toy, &theatre->hall);
        crowd_see_hall(theatre->crowd, theatre->now_us);
        bool over = crowd_busy(theatre->crowd) == 0 && hall_sold_out(&theatre->hall);
        if (over)
            return;
    }
    fail_msg("the night did not end");
}

/* Everything acknowledged is so, everything sold is acknowledged. */
static void compare(const struct theatre *theatre)
{
    uint32_t seat_count = 0;
    for (uint32_t i = 0; i < theatre->acks.count; i++) {
        const struct ack *ack = &theatre->acks.list[i];
        const struct booking *booking = &theatre->toy.bookings[ack->reservation_id - 1];
        assert_int_equal(booking->seat_count, ack->seat_count);
        if (ack->state == ACK_PAID)
            seat_count += ack->seat_count;
        assert_int_equal(ack->state == ACK_PAID, booking->state == ANSWER_CONFIRMED);
        assert_int_equal(ack->state == ACK_CANCELLED, booking->state == ANSWER_CANCELLED);
    }
    assert_int_equal(seat_count, SEATS);
    assert_int_equal(theatre->score.paid_seats, SEATS);
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_calm_night_sells_every_seat_once(void **state)
{
    (void)state;
    struct theatre *theatre = theatre_create(1);
    gather(theatre);
    play(theatre, false);
    assert_int_equal(theatre->faults.count, 0);
    assert_int_equal(theatre->score.resent, 0);
    compare(theatre);
    theatre_destroy(theatre);
}

static void a_stormy_night_loses_nothing_and_acts_on_nothing_twice(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct theatre *theatre = theatre_create(seed);
        gather(theatre);
        play(theatre, true);
        if (theatre->faults.count > 0)
            fail_msg("seed %llu: %s", (unsigned long long)seed, theatre->faults.words[0]);
        assert_true(theatre->score.resent > 0);
        assert_true(theatre->score.turned_away > 0);
        compare(theatre);
        theatre_destroy(theatre);
    }
}

static void a_house_that_forgets_its_keys_is_found_out(void **state)
{
    (void)state;
    struct theatre *theatre = theatre_create(3);
    theatre->toy.breaks_keys = 1;
    theatre->night.repeat.of_10000 = 10000;
    theatre->night.best.of_10000 = 10000;
    theatre->night.fan_count = 10;
    theatre->night.cancel.of_10000 = theatre->night.never_pay.of_10000 = 0;
    gather(theatre);
    char request[RUSH_REQUEST_BYTES_MAX + 1];
    size_t size = 0;
    while (crowd_busy(theatre->crowd) > 0) {
        theatre->now_us += 1000;
        crowd_proceed(theatre->crowd, theatre->now_us);
        uint32_t ask = crowd_take(theatre->crowd, theatre->now_us, request, &size);
        if (ask != CROWD_NO_ASK)
            carry(theatre, ask, request, size, false);
    }
    assert_true(theatre->faults.count > 0);
    theatre_destroy(theatre);
}

static void waiting_counts_from_the_moment_a_fan_meant_to_press(void **state)
{
    (void)state;
    struct theatre *theatre = theatre_create(4);
    theatre->night.fan_count = 1;
    theatre->night.double_click.of_10000 = 0;
    gather(theatre);
    char request[RUSH_REQUEST_BYTES_MAX + 1];
    size_t size = 0;
    crowd_proceed(theatre->crowd, 0);
    uint32_t ask = crowd_take(theatre->crowd, 2000, request, &size); /* no connection until now */
    crowd_lose(theatre->crowd, ask);
    ask = crowd_take(theatre->crowd, 5000, request, &size);
    theatre->now_us = 9000;
    carry(theatre, ask, request, size, false);
    assert_int_equal(theatre->score.from_due[SCORE_WIN].longest_us, 9000);
    assert_int_equal(theatre->score.on_wire[SCORE_WIN].longest_us, 4000);
    theatre_destroy(theatre);
}

static void arrivals_can_be_spread_over_time(void **state)
{
    (void)state;
    struct theatre *theatre = theatre_create(5);
    theatre->night.arrivals_per_second = 10;
    theatre->night.double_click.of_10000 = 0;
    gather(theatre);
    char request[RUSH_REQUEST_BYTES_MAX + 1];
    size_t size = 0;
    crowd_proceed(theatre->crowd, 499999);
    uint32_t taken = 0;
    while (crowd_take(theatre->crowd, 499999, request, &size) != CROWD_NO_ASK)
        taken++;
    assert_int_equal(taken, 5);
    assert_int_equal(crowd_next_us(theatre->crowd), 500000);
    theatre_destroy(theatre);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_calm_night_sells_every_seat_once),
        cmocka_unit_test(a_stormy_night_loses_nothing_and_acts_on_nothing_twice),
        cmocka_unit_test(a_house_that_forgets_its_keys_is_found_out),
        cmocka_unit_test(waiting_counts_from_the_moment_a_fan_meant_to_press),
        cmocka_unit_test(arrivals_can_be_spread_over_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
