/*
 * plan_sample.h — small plans for tests: sections of equal rows.
 *
 * Thread   Any.
 * Memory   The plan is the caller's: plan_destroy().
 */
#ifndef BOOKING_PLAN_SAMPLE_H
#define BOOKING_PLAN_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"
#include "booking/plan.h"

/* Section i costs (section_count - i) * 10,000 won; seat ids start at 1001. */
static inline struct plan *plan_sample(uint32_t section_count, uint32_t rows_each,
                                       uint32_t seats_each)
{
    struct plan *plan = calloc(1, sizeof *plan);
    must(plan);
    plan->option.value = 7;
    plan->first_seat_id = 1001;
    plan->section_count = section_count;
    plan->row_count = section_count * rows_each;
    plan->seat_count = plan->row_count * seats_each;
    plan->sections = calloc(section_count, sizeof *plan->sections);
    plan->rows = calloc(plan->row_count, sizeof *plan->rows);
    plan->row_of_seat = calloc(plan->seat_count, sizeof *plan->row_of_seat);
    plan->number_of_seat = calloc(plan->seat_count, sizeof *plan->number_of_seat);
    plan->words = calloc(1, 8);
    must(plan->sections && plan->rows && plan->row_of_seat && plan->number_of_seat && plan->words);
    for (uint32_t s = 0; s < section_count; s++)
        plan->sections[s] = (struct plan_section){.id = s + 1,
                                                  .name = text_of("A"),
                                                  .grade = text_of("R"),
                                                  .price = (int64_t)(section_count - s) * 10000,
                                                  .first_row = s * rows_each,
                                                  .row_count = rows_each};
    for (uint32_t r = 0; r < plan->row_count; r++)
        plan->rows[r] = (struct plan_row){.name = text_of("1"),
                                          .section = r / rows_each,
                                          .first_seat = r * seats_each,
                                          .seat_count = seats_each};
    for (uint32_t seat = 0; seat < plan->seat_count; seat++)
        plan->row_of_seat[seat] = seat / seats_each;
    return plan;
}

#endif
