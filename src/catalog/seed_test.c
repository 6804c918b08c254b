/* seed_test.c — the initial data: once, completely, and never twice. */
#include "catalog/test_house.h"

#include "catalog/plain_sale.h"
#include "catalog/seed.h"
#include "limits.h"

static const struct sql dates = {"SELECT count(*) FROM concert_option"};
static const struct sql sales = {"SELECT count(*) FROM sale"};
static const struct sql seats = {"SELECT count(*) FROM seat"};
static const struct sql aliases = {"SELECT count(*) FROM artist_alias"};

/* A date is whole when its seats are the ids of its range, each in a row that covers it. */
static const struct sql broken_dates = {
    "SELECT count(*) FROM concert_option o WHERE layout_version <> 1 OR seat_count <> "
    "(SELECT count(*) FROM seat s JOIN seat_row r ON r.id = s.seat_row_id "
    " AND r.section_id = s.section_id AND r.option_id = s.option_id "
    " AND s.id >= r.first_seat_id AND s.id < r.first_seat_id + r.seat_count "
    " AND s.number = CAST(s.id - r.first_seat_id + 1 AS TEXT) "
    " WHERE s.option_id = o.id AND s.id >= o.first_seat_id "
    " AND s.id < o.first_seat_id + o.seat_count)"};

static const struct sql overlapping_ranges = {
    "SELECT count(*) FROM concert_option a JOIN concert_option b ON a.id < b.id "
    "AND a.first_seat_id < b.first_seat_id + b.seat_count "
    "AND b.first_seat_id < a.first_seat_id + a.seat_count"};

static const struct sql with_waiting_room = {"SELECT count(*) FROM sale WHERE waiting_room <> 0"};

static struct seed_report seed(struct house *house, int64_t now_ms)
{
    struct seed_report report;
    assert_int_equal(seed_run(house->store, SEED_SMALL, now_ms, &report), STATUS_OK);
    return report;
}

static void the_small_size_is_ten_whole_dates_of_at_most_45000_seats(void **state)
{
    (void)state;
    struct house *house = house_open();
    struct seed_report report = seed(house, house_now_ms);
    assert_int_equal(report.concert_count, 6);
    assert_int_equal(report.sale_count, 10);
    assert_in_range(report.seat_count, 40000, 45000);
    assert_true(report.agency_count >= 12 && report.artist_count >= 27);
    assert_int_equal(house_count(house, &dates), 10);
    assert_int_equal(house_count(house, &sales), 10);
    assert_int_equal(house_count(house, &seats), report.seat_count);
    assert_int_equal(house_count(house, &broken_dates), 0);
    assert_int_equal(house_count(house, &overlapping_ranges), 0);
    assert_int_equal(house_count(house, &with_waiting_room), 1);
    house_close(house);
}

static void a_second_run_on_another_day_changes_nothing(void **state)
{
    (void)state;
    static const struct sql sum = {
        "SELECT (SELECT sum(starts_at_ms + version) FROM concert_option) + "
        "(SELECT sum(opens_at_ms + closes_at_ms + version) FROM sale)"};
    struct house *house = house_open();
    seed(house, house_now_ms);
    int64_t sum_before = house_count(house, &sum), aliases_before = house_count(house, &aliases);
    struct seed_report again = seed(house, house_now_ms + INT64_C(5) * 24 * 3600 * 1000);
    struct seed_report nothing = {0};
    assert_memory_equal(&again, &nothing, sizeof again);
    assert_int_equal(house_count(house, &sum), sum_before);
    assert_int_equal(house_count(house, &aliases), aliases_before);
    assert_int_equal(house_count(house, &dates), 10);
    house_close(house);
}

static void a_run_that_was_cut_off_is_finished_by_the_next_one(void **state)
{
    (void)state;
    static const struct sql lose_sale = {"DELETE FROM sale WHERE option_id = 3"};
    static const struct sql reopen = {
        "UPDATE concert_option SET layout_version = 0 WHERE id IN (2, 3)"};
    static const struct sql lose_seats = {
        "DELETE FROM seat WHERE option_id = 3 AND id % 2000 > 700"};
    static const struct sql lose_rows = {"DELETE FROM seat_row WHERE option_id = 2"};
    static const struct sql lose_sections = {"DELETE FROM section WHERE option_id = 2"};
    static const struct sql lose_all_seats = {"DELETE FROM seat WHERE option_id = 2"};
    struct house *house = house_open();
    seed(house, house_now_ms);
    house_run(house, &lose_sale, NULL, 0);
    house_run(house, &reopen, NULL, 0);
    house_run(house, &lose_seats, NULL, 0);
    house_run(house, &lose_rows, NULL, 0);
    house_run(house, &lose_sections, NULL, 0);
    house_run(house, &lose_all_seats, NULL, 0);

    struct seed_report report = seed(house, house_now_ms);
    assert_int_equal(report.sale_count, 2);
    assert_int_equal(house_count(house, &sales), 10);
    assert_int_equal(house_count(house, &broken_dates), 0);
    house_close(house);
}

static void what_an_operator_deleted_stays_deleted(void **state)
{
    (void)state;
    static const struct sql delete_concert = {"UPDATE concert SET deleted_at_ms = 1 WHERE id = 1"};
    static const struct sql concerts = {"SELECT count(*) FROM concert"};
    struct house *house = house_open();
    seed(house, house_now_ms);
    house_run(house, &delete_concert, NULL, 0);
    assert_int_equal(seed(house, house_now_ms).concert_count, 0);
    assert_int_equal(house_count(house, &concerts), 6);
    house_close(house);
}

static void a_plain_sale_has_exactly_the_seats_it_was_asked_for(void **state)
{
    (void)state;
    static const struct sql sections = {"SELECT count(*) FROM section"};
    struct house *house = house_open();
    struct plain_sale settings = {.seat_count = 5003,
                                  .section_count = 10,
                                  .price = 99000,
                                  .hold_seconds = 60,
                                  .max_per_fan = 4,
                                  .opens_at_ms = house_now_ms,
                                  .closes_at_ms = house_now_ms + 1};
    struct plain_sale_made made, next;
    assert_int_equal(plain_sale_create(house->store, &settings, house_now_ms, &made), STATUS_OK);
    assert_int_equal(plain_sale_create(house->store, &settings, house_now_ms, &next), STATUS_OK);
    assert_int_equal(made.seat_count, 5003);
    assert_int_equal(next.first_seat_id, made.first_seat_id + made.seat_count);
    assert_int_equal(house_count(house, &seats), 2 * 5003);
    assert_int_equal(house_count(house, &sections), 20);
    assert_int_equal(house_count(house, &broken_dates), 0);
    house_close(house);
}

static void a_plain_sale_beyond_the_limits_is_refused(void **state)
{
    (void)state;
    struct house *house = house_open();
    struct plain_sale settings = {.seat_count = SEATS_PER_OPTION_MAX + 1,
                                  .section_count = 10,
                                  .price = 99000,
                                  .hold_seconds = 60,
                                  .max_per_fan = 4,
                                  .opens_at_ms = house_now_ms,
                                  .closes_at_ms = house_now_ms + 1};
    struct plain_sale_made made;
    assert_int_equal(plain_sale_create(house->store, &settings, house_now_ms, &made),
                     STATUS_INVALID);
    settings.seat_count = 5; /* fewer than sections */
    assert_int_equal(plain_sale_create(house->store, &settings, house_now_ms, &made),
                     STATUS_INVALID);
    assert_int_equal(house_count(house, &dates), 0);
    house_close(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_small_size_is_ten_whole_dates_of_at_most_45000_seats),
        cmocka_unit_test(a_second_run_on_another_day_changes_nothing),
        cmocka_unit_test(a_run_that_was_cut_off_is_finished_by_the_next_one),
        cmocka_unit_test(what_an_operator_deleted_stays_deleted),
        cmocka_unit_test(a_plain_sale_has_exactly_the_seats_it_was_asked_for),
        cmocka_unit_test(a_plain_sale_beyond_the_limits_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
