/* catalog_test.c — reading the small size of the initial data. */
#include "catalog/test_house.h"

#include "base/buffer.h"
#include "catalog/catalog_json.h"
#include "catalog/seed.h"
#include "limits.h"

static struct house *house;

static int open_seeded(void **state)
{
    (void)state;
    struct seed_report report;
    house = house_open();
    assert_int_equal(seed_run(house->store, SEED_SMALL, house_now_ms, &report), STATUS_OK);
    return 0;
}

static int close_seeded(void **state)
{
    (void)state;
    house_close(house);
    return 0;
}

static struct catalog_page concerts(struct catalog_filter filter)
{
    struct catalog_page page;
    if (filter.limit == 0)
        filter.limit = CATALOG_PAGE_DEFAULT;
    assert_int_equal(catalog_concerts(house->reader, house->arena, &filter, &page), STATUS_OK);
    return page;
}

static size_t found_by(const char *search)
{
    return concerts((struct catalog_filter){.search = text_of(search)}).count;
}

/* --- lists ------------------------------------------------------------------------------------ */

static void concerts_come_by_their_first_date_with_bill_venue_and_prices(void **state)
{
    (void)state;
    struct catalog_page page = concerts((struct catalog_filter){0});
    assert_int_equal(page.count, 6);
    assert_false(page.more);
    for (size_t i = 1; i < page.count; i++)
        assert_true(page.of.concerts[i - 1].options[0].starts_at_ms <=
                    page.of.concerts[i].options[0].starts_at_ms);
    for (size_t i = 0; i < page.count; i++) {
        assert_int_equal(page.of.concerts[i].artist_count, 1);
        assert_true(page.of.concerts[i].price_from > 0);
        assert_true(page.of.concerts[i].price_from <= page.of.concerts[i].price_to);
    }
}

static void a_search_knows_both_languages_other_names_and_no_spaces(void **state)
{
    (void)state;
    assert_int_equal(found_by("IU"), 1);
    assert_int_equal(found_by("iu"), 1);
    assert_int_equal(found_by("아이유"), 1);
    assert_int_equal(found_by("이지은"), 1);
    assert_int_equal(found_by("라일락저녁"), 1);
    assert_int_equal(found_by("lilac  EVEN"), 1);
    assert_int_equal(found_by("뉴진"), 1);
    assert_int_equal(found_by("ㅇㅇㅇ"), 1);
    assert_int_equal(found_by("ㄹㅇㄹ iu"), 1); /* a word of the title, and the artist */
    assert_int_equal(found_by("BLACKPINK"), 0);
}

static void what_means_something_to_like_means_nothing_in_a_search(void **state)
{
    (void)state;
    assert_int_equal(found_by("%"), 0);
    assert_int_equal(found_by("_"), 0);
    assert_int_equal(found_by("\\"), 0);
    assert_int_equal(found_by("'; DROP TABLE concert; --"), 0);
    assert_int_equal(concerts((struct catalog_filter){0}).count, 6);
}

static void concerts_are_found_by_artist_agency_and_dates(void **state)
{
    (void)state;
    struct catalog_page iu = concerts((struct catalog_filter){.search = text_of("IU")});
    int64_t artist_id = iu.of.concerts[0].artists[0].id;
    int64_t starts_at_ms = iu.of.concerts[0].options[0].starts_at_ms;

    struct catalog_page page = concerts((struct catalog_filter){.artist_id = artist_id});
    assert_int_equal(page.count, 1);
    assert_int_equal(page.of.concerts[0].id, iu.of.concerts[0].id);
    assert_int_equal(concerts((struct catalog_filter){.artist_id = 99999}).count, 0);
    assert_int_equal(concerts((struct catalog_filter){.agency_id = 99999}).count, 0);

    page = concerts((struct catalog_filter){.from_ms = starts_at_ms, .to_ms = starts_at_ms + 1});
    assert_int_equal(page.count, 1);
    page = concerts((struct catalog_filter){.to_ms = 1});
    assert_int_equal(page.count, 0);
}

static void pages_have_every_concert_once_even_when_one_is_added_in_between(void **state)
{
    (void)state;
    static const struct sql add = {
        "INSERT INTO concert (id, title, title_ko) VALUES (1000, 'Added', '추가')"};
    static const struct sql add_date = {
        "INSERT INTO concert_option (id, concert_id, venue_id, starts_at_ms) "
        "VALUES (1000, 1000, 1, 1)"}; /* before all others */
    static const struct sql remove_date = {"DELETE FROM concert_option WHERE id = 1000"};
    static const struct sql remove = {"DELETE FROM concert WHERE id = 1000"};
    struct catalog_page all = concerts((struct catalog_filter){0});
    struct catalog_filter filter = {.limit = 2};
    size_t seen = 0;
    for (bool more = true; more;) {
        struct catalog_page page = concerts(filter);
        for (size_t i = 0; i < page.count; i++)
            assert_int_equal(page.of.concerts[i].id, all.of.concerts[seen++].id);
        more = page.more;
        filter.after = page.next;
        if (seen == 2) {
            house_run(house, &add, NULL, 0);
            house_run(house, &add_date, NULL, 0);
        }
    }
    assert_int_equal(seen, all.count);
    house_run(house, &remove_date, NULL, 0);
    house_run(house, &remove, NULL, 0);
}

static void agencies_artists_and_venues_are_listed_page_by_page(void **state)
{
    (void)state;
    struct catalog_filter filter = {.limit = 10};
    struct catalog_page page;
    assert_int_equal(catalog_agencies(house->reader, house->arena, &filter, &page), STATUS_OK);
    assert_int_equal(page.count, 10);
    assert_true(page.more);
    filter.after = page.next;
    assert_int_equal(catalog_agencies(house->reader, house->arena, &filter, &page), STATUS_OK);
    assert_false(page.more);
    assert_true(page.count > 0 && page.of.agencies[0].id > filter.after.id);

    filter = (struct catalog_filter){.limit = 50, .search = text_of("방탄")};
    assert_int_equal(catalog_artists(house->reader, house->arena, &filter, &page), STATUS_OK);
    assert_int_equal(page.count, 1);
    int64_t hybe = page.of.artists[0].agency_id;
    filter = (struct catalog_filter){.limit = 50, .agency_id = hybe};
    assert_int_equal(catalog_artists(house->reader, house->arena, &filter, &page), STATUS_OK);
    assert_int_equal(page.count, 2); /* BTS and TOMORROW X TOGETHER */

    filter = (struct catalog_filter){.limit = 50, .search = text_of("dome")};
    assert_int_equal(catalog_venues(house->reader, house->arena, &filter, &page), STATUS_OK);
    assert_int_equal(page.count, 2);
}

static void an_unknown_id_is_missing_and_so_is_a_deleted_one(void **state)
{
    (void)state;
    static const struct sql delete_it = {"UPDATE venue SET deleted_at_ms = 1 WHERE id = 16"};
    static const struct sql restore = {"UPDATE venue SET deleted_at_ms = NULL WHERE id = 16"};
    struct catalog_page page;
    struct catalog_filter filter = {.id = 99999};
    assert_int_equal(catalog_concerts(house->reader, house->arena, &filter, &page), STATUS_MISSING);
    assert_int_equal(catalog_options(house->reader, house->arena, NULL, 0, &filter, &page),
                     STATUS_MISSING);
    filter.id = 16;
    assert_int_equal(catalog_venues(house->reader, house->arena, &filter, &page), STATUS_OK);
    house_run(house, &delete_it, NULL, 0);
    assert_int_equal(catalog_venues(house->reader, house->arena, &filter, &page), STATUS_MISSING);
    house_run(house, &restore, NULL, 0);
}

/* --- dates and seats -------------------------------------------------------------------------- */

static struct catalog_option option_of(int64_t id)
{
    struct catalog_filter filter = {.id = id};
    struct catalog_page page;
    assert_int_equal(catalog_options(house->reader, house->arena, NULL, 0, &filter, &page),
                     STATUS_OK);
    return page.of.options[0];
}

static void without_a_board_what_is_blocked_or_reserved_is_not_left(void **state)
{
    (void)state;
    static const struct sql reserve = {
        "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash, "
        "request_hash, created_at_ms, expires_at_ms) VALUES (1, 1, 1, 'CONFIRMED', 1, 1, 0, 0, "
        "0)"};
    static const struct sql take = {
        "INSERT INTO reservation_seat (reservation_id, seat_id, price) VALUES (1, 5, 1)"};
    static const struct sql undo_take = {"DELETE FROM reservation_seat"};
    static const struct sql undo_reserve = {"DELETE FROM reservation"};
    struct catalog_option before = option_of(1);
    house_run(house, &reserve, NULL, 0);
    house_run(house, &take, NULL, 0);
    struct catalog_option after = option_of(1);
    assert_int_equal(after.sections[0].left, before.sections[0].left - 1);

    const struct catalog_live *lives = catalog_live_of(house->arena, NULL, &after, 1, house_now_ms);
    assert_int_equal(lives->state, SALE_OPEN);
    assert_int_equal(lives->seats_left, after.seat_count - 24 - 1); /* 24 are blocked */

    struct catalog_states states;
    assert_int_equal(catalog_states(house->reader, house->arena, NULL, 1, &states), STATUS_OK);
    assert_int_equal(states.bytes[1] & 3, SEAT_SOLD); /* seat 5 has index 4 */
    house_run(house, &undo_take, NULL, 0);
    house_run(house, &undo_reserve, NULL, 0);
}

static void the_map_covers_every_seat_of_the_date_once_and_in_order(void **state)
{
    (void)state;
    struct catalog_map map;
    assert_int_equal(catalog_map(house->reader, house->arena, 1, &map), STATUS_OK);
    int64_t next = map.first_seat_id;
    size_t accessible_count = 0;
    for (size_t i = 0; i < map.section_count; i++)
        for (size_t row = 0; row < map.sections[i].row_count; row++) {
            assert_int_equal(map.sections[i].rows[row].first_seat_id, next);
            next += map.sections[i].rows[row].seat_count;
            accessible_count += map.sections[i].rows[row].accessible_count;
        }
    assert_int_equal(next, map.first_seat_id + map.seat_count);
    assert_int_equal(accessible_count, 40);
}

static void a_section_is_found_by_its_name_before_its_id(void **state)
{
    (void)state;
    struct catalog_range all, asked;
    assert_int_equal(catalog_seat_range(house->reader, 1, text_of("102"), &all, &asked), STATUS_OK);
    assert_true(asked.first > all.first && asked.end < all.end);
    assert_int_equal(catalog_seat_range(house->reader, 1, text_of("nowhere"), &all, &asked),
                     STATUS_OK);
    assert_int_equal(asked.first, asked.end);
    assert_int_equal(catalog_seat_range(house->reader, 999, text_of(""), &all, &asked),
                     STATUS_MISSING);
}

static void a_date_whose_seats_are_still_being_written_shows_none(void **state)
{
    (void)state;
    static const struct sql reopen = {"UPDATE concert_option SET layout_version = 0 WHERE id = 2"};
    static const struct sql finish = {"UPDATE concert_option SET layout_version = 1 WHERE id = 2"};
    struct catalog_map map;
    house_run(house, &reopen, NULL, 0);
    assert_int_equal(option_of(2).seat_count, 0);
    assert_int_equal(option_of(2).section_count, 0);
    assert_int_equal(catalog_map(house->reader, house->arena, 2, &map), STATUS_MISSING);
    house_run(house, &finish, NULL, 0);
    assert_true(option_of(2).seat_count > 0);
}

/* --- pure ------------------------------------------------------------------------------------- */

static void a_concert_is_listed_under_the_state_nearest_to_buying(void **state)
{
    (void)state;
    struct catalog_option options[3] = {{.sale = {.exists = true, .opens_at_ms = 30}},
                                        {.sale = {.exists = true, .opens_at_ms = 10}},
                                        {.sale = {.exists = true, .opens_at_ms = 20}}};
    struct catalog_live lives[3] = {
        {.state = SALE_CLOSED}, {.state = SALE_SCHEDULED}, {.state = SALE_SCHEDULED}};
    struct catalog_concert concert = {.options = options, .option_count = 3};
    enum sale_state found;
    int64_t opens_at_ms;
    assert_true(catalog_concert_state(&concert, lives, &found, &opens_at_ms));
    assert_int_equal(found, SALE_SCHEDULED);
    assert_int_equal(opens_at_ms, 10);
    lives[0].state = SALE_OPEN;
    assert_true(catalog_concert_state(&concert, lives, &found, &opens_at_ms));
    assert_int_equal(found, SALE_OPEN);
    concert.option_count = 0;
    assert_false(catalog_concert_state(&concert, lives, &found, &opens_at_ms));
}

static void a_cursor_comes_back_as_it_went_and_nothing_else_is_one(void **state)
{
    (void)state;
    static const struct cursor cursors[] = {
        {0, 1}, {INT64_MAX, INT64_MAX}, {INT64_MIN, INT64_MIN}, {1795500000000, 12}};
    for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        char words[CURSOR_TEXT_BYTES];
        struct cursor again;
        cursor_write(cursors[i], words);
        assert_true(cursor_read(text_of(words), &again));
        assert_int_equal(again.key, cursors[i].key);
        assert_int_equal(again.id, cursors[i].id);
    }
    static const char *const wrong[] = {
        "",
        "abc",
        "MS4w",
        "MS4wLjA=",
        "!!!!",
        "MS4wLjAw",
        "Mi4wLjE",
        "MS4rMS4x",
        "MS4xNzk1NTAwMDAwMDAwLjEyMS4xNzk1NTAwMDAwMDAwLjEyMS4xNzk1NTAwMDAwMDAwLjEyMS4xNzk1"};
    struct cursor ignored;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(cursor_read(text_of(wrong[i]), &ignored));
}

static void states_are_packed_as_base64_with_padding(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {0x1B, 0xFF, 0x00, 0x01};
    struct buffer body;
    buffer_init(&body, house->arena, 16);
    catalog_json_states(&body, 7, 14, bytes);
    static const char expected[] =
        "{\"version\":7,\"seatCount\":14,\"encoding\":\"base64-2bit\",\"states\":\"G/8AAQ==\"}";
    assert_int_equal(body.size, sizeof expected - 1);
    assert_memory_equal(body.bytes, expected, body.size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(concerts_come_by_their_first_date_with_bill_venue_and_prices),
        cmocka_unit_test(a_search_knows_both_languages_other_names_and_no_spaces),
        cmocka_unit_test(what_means_something_to_like_means_nothing_in_a_search),
        cmocka_unit_test(concerts_are_found_by_artist_agency_and_dates),
        cmocka_unit_test(pages_have_every_concert_once_even_when_one_is_added_in_between),
        cmocka_unit_test(agencies_artists_and_venues_are_listed_page_by_page),
        cmocka_unit_test(an_unknown_id_is_missing_and_so_is_a_deleted_one),
        cmocka_unit_test(without_a_board_what_is_blocked_or_reserved_is_not_left),
        cmocka_unit_test(the_map_covers_every_seat_of_the_date_once_and_in_order),
        cmocka_unit_test(a_section_is_found_by_its_name_before_its_id),
        cmocka_unit_test(a_date_whose_seats_are_still_being_written_shows_none),
        cmocka_unit_test(a_concert_is_listed_under_the_state_nearest_to_buying),
        cmocka_unit_test(a_cursor_comes_back_as_it_went_and_nothing_else_is_one),
        cmocka_unit_test(states_are_packed_as_base64_with_padding),
    };
    return cmocka_run_group_tests(tests, open_seeded, close_seeded);
}
