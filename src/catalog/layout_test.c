/* layout_test.c — what the layout of every hall of the initial data must be. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/seed_data.h"

#include <cmocka.h>

static const double SEAT_DISTANCE_MIN = 0.8;

struct place {
    double x, y;
};

static struct layout *draw(const struct seed_venue *venue)
{
    struct layout *layout = layout_create();
    assert_non_null(layout);
    hall_draw(venue->hall, layout);
    assert_false(layout->full);
    return layout;
}

static struct place *places_of(const struct layout *layout)
{
    struct place *places = malloc(layout->seat_count * sizeof *places);
    assert_non_null(places);
    size_t count = 0;
    for (uint32_t i = 0; i < layout->row_count; i++) {
        const struct layout_row *row = &layout->rows[i];
        for (uint32_t seat = 0; seat < row->seat_count; seat++)
            places[count++] = (struct place){row->x + seat * row->dx, row->y + seat * row->dy};
    }
    assert_int_equal(count, layout->seat_count);
    return places;
}

static int from_left(const void *one, const void *other)
{
    const struct place *a = one, *b = other;
    return a->x < b->x ? -1 : a->x > b->x;
}

static void no_two_seats_are_closer_than_a_person_is_wide(void **state)
{
    (void)state;
    for (size_t i = 0; i < seed_venue_count; i++) {
        struct layout *layout = draw(&seed_venues[i]);
        struct place *places = places_of(layout);
        qsort(places, layout->seat_count, sizeof *places, from_left);
        for (uint32_t a = 0; a < layout->seat_count; a++)
            for (uint32_t b = a + 1;
                 b < layout->seat_count && places[b].x - places[a].x < SEAT_DISTANCE_MIN; b++)
                if (hypot(places[b].x - places[a].x, places[b].y - places[a].y) < SEAT_DISTANCE_MIN)
                    fail_msg("%s: two seats at %.1f, %.1f", seed_venues[i].name, places[a].x,
                             places[a].y);
        free(places);
        layout_destroy(layout);
    }
}

static void seats_are_numbered_without_gaps_in_the_order_of_the_map(void **state)
{
    (void)state;
    for (size_t i = 0; i < seed_venue_count; i++) {
        struct layout *layout = draw(&seed_venues[i]);
        uint32_t seat = 0, row = 0;
        for (uint32_t s = 0; s < layout->section_count; s++) {
            const struct layout_section *section = &layout->sections[s];
            assert_int_equal(section->first_row, row);
            assert_true(section->row_count > 0);
            for (uint32_t r = 0; r < section->row_count; r++, row++) {
                assert_int_equal(layout->rows[row].section, s);
                assert_int_equal(layout->rows[row].first_seat, seat);
                seat += layout->rows[row].seat_count;
            }
        }
        assert_int_equal(row, layout->row_count);
        assert_int_equal(seat, layout->seat_count);
        layout_destroy(layout);
    }
}

static void sections_have_names_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < seed_venue_count; i++) {
        struct layout *layout = draw(&seed_venues[i]);
        for (uint32_t a = 0; a < layout->section_count; a++)
            for (uint32_t b = a + 1; b < layout->section_count; b++)
                assert_string_not_equal(layout->sections[a].name, layout->sections[b].name);
        layout_destroy(layout);
    }
}

static void everything_is_inside_the_map_and_nobody_sits_on_the_stage(void **state)
{
    (void)state;
    for (size_t i = 0; i < seed_venue_count; i++) {
        struct layout *layout = draw(&seed_venues[i]);
        struct place *places = places_of(layout);
        for (uint32_t seat = 0; seat < layout->seat_count; seat++) {
            double x = places[seat].x, y = places[seat].y;
            assert_true(x >= 0 && x <= layout->width && y >= 0 && y <= layout->height);
            bool on_stage = x > layout->stage_x && x < layout->stage_x + layout->stage_width &&
                            y > layout->stage_y && y < layout->stage_y + layout->stage_height;
            if (on_stage)
                fail_msg("%s: a seat on the stage at %.1f, %.1f", seed_venues[i].name, x, y);
        }
        free(places);
        layout_destroy(layout);
    }
}

struct size {
    const char *venue;
    uint32_t least, most;
};

static void halls_are_as_large_as_people_know_them(void **state)
{
    (void)state;
    static const struct size sizes[] = {
        {"KSPO Dome", 14000, 15500},
        {"Gocheok Sky Dome", 16000, 22000},
        {"Jamsil Indoor Stadium", 10500, 11500},
        {"Jamsil Olympic Main Stadium", 50000, 51000},
        {"Inspire Arena", 14500, 15500},
        {"Jangchung Arena", 4300, 4700},
        {"YES24 Live Hall", 2000, 2000},
        {"Olympic Hall", 2500, 2750},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t v = 0; v < seed_venue_count; v++) {
            if (strcmp(seed_venues[v].name, sizes[i].venue) != 0)
                continue;
            struct layout *layout = draw(&seed_venues[v]);
            assert_in_range(layout->seat_count, sizes[i].least, sizes[i].most);
            layout_destroy(layout);
        }
}

static void some_seats_are_for_wheelchairs_and_none_of_them_is_blocked(void **state)
{
    (void)state;
    for (size_t i = 0; i < seed_venue_count; i++) {
        struct layout *layout = draw(&seed_venues[i]);
        uint32_t accessible_count = 0;
        for (uint32_t r = 0; r < layout->row_count; r++) {
            const struct layout_row *row = &layout->rows[r];
            accessible_count += row->accessible.count;
            assert_true(row->accessible.first + row->accessible.count <= row->seat_count);
            assert_true(row->blocked.first + row->blocked.count <= row->seat_count);
            if (row->accessible.count > 0 && row->blocked.count > 0)
                assert_true(row->accessible.first + row->accessible.count <= row->blocked.first);
        }
        assert_true(accessible_count > 0);
        layout_destroy(layout);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_seats_are_closer_than_a_person_is_wide),
        cmocka_unit_test(seats_are_numbered_without_gaps_in_the_order_of_the_map),
        cmocka_unit_test(sections_have_names_of_their_own),
        cmocka_unit_test(everything_is_inside_the_map_and_nobody_sits_on_the_stage),
        cmocka_unit_test(halls_are_as_large_as_people_know_them),
        cmocka_unit_test(some_seats_are_for_wheelchairs_and_none_of_them_is_blocked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
