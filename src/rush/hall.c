/*
 * hall.c — what looks free, as a list, so that picking costs the same in an empty hall and in one
 * with three seats left. The list is made anew at each reading; the seats are in seat-map order,
 * front to back, so its beginning is where everybody wants to sit.
 */
#include "rush/hall.h"

#include <stdlib.h>

#include "base/must.h"
#include "limits.h"

enum { HOT_PART = 10, HOT_SEATS_LEAST = 20 };

enum status hall_init(struct hall *hall, int64_t first_seat_id, uint32_t seat_count)
{
    must(seat_count > 0);
    must(seat_count <= SEATS_PER_OPTION_MAX);

    *hall = (struct hall){.first_seat_id = first_seat_id, .seat_count = seat_count};
    hall->free_seats = calloc(seat_count, sizeof *hall->free_seats);
    hall->states = calloc(hall_state_bytes(hall), 1);
    if (!hall->free_seats || !hall->states) {
        hall_deinit(hall);
        return STATUS_NO_MEMORY;
    }
    hall_refresh(hall);
    return STATUS_OK;
}

void hall_deinit(struct hall *hall)
{
    free(hall->free_seats);
    free(hall->states);
    *hall = (struct hall){0};
}

uint32_t hall_state_bytes(const struct hall *hall)
{
    return (hall->seat_count + 3) / 4;
}

void hall_refresh(struct hall *hall)
{
    for (int state = 0; state < 4; state++)
        hall->count[state] = 0;
    for (uint32_t seat = 0; seat < hall->seat_count; seat++) {
        uint32_t state = (hall->states[seat / 4] >> (2 * (seat % 4))) & 3u;
        if (state == SEAT_AVAILABLE)
            hall->free_seats[hall->count[SEAT_AVAILABLE]] = seat;
        hall->count[state]++;
    }
}

uint32_t hall_free_count(const struct hall *hall)
{
    return hall->count[SEAT_AVAILABLE];
}

bool hall_sold_out(const struct hall *hall)
{
    return hall->count[SEAT_SOLD] + hall->count[SEAT_BLOCKED] == hall->seat_count;
}

uint32_t hall_pick(const struct hall *hall, struct random *random, uint32_t wanted, bool hot,
                   uint32_t *out_seats)
{
    must(wanted > 0);
    uint32_t free_count = hall_free_count(hall);
    uint32_t count = wanted < free_count ? wanted : free_count;
    if (count == 0)
        return 0;

    uint32_t among = free_count;
    if (hot && among / HOT_PART >= HOT_SEATS_LEAST)
        among /= HOT_PART;
    if (among < count)
        among = count;
    uint32_t first = (uint32_t)random_below(random, among - count + 1);
    for (uint32_t i = 0; i < count; i++)
        out_seats[i] = hall->free_seats[first + i];
    return count;
}
