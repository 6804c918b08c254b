/* strategy_metrics.c — one family a question, one sample a mechanism. */
#include "api/strategy_metrics.h"

#include "metrics/exposition.h"
#include "strategies/strategies.h"

static void start(struct buffer *out, const char *family, const struct strategy_counts *counts)
{
    exposition_start(out, family);
    exposition_label(out, "strategy", text_of(counts->strategy));
    exposition_label(out, "lock", text_of(counts->lock));
}

static void write_verdicts(const struct strategies_counts *all, struct buffer *out)
{
    static const char family[] = "ticketrush_strategy_asks_total";
    exposition_family(out, family, "counter", "Presses of sales of v1, v2 and v3, by verdict.");
    for (size_t i = 0; i < STRATEGY_MECHANISMS; i++) {
        for (int verdict = 0; verdict < BOOKING_VERDICT_COUNT; verdict++) {
            if (all->of[i].verdicts[verdict] == 0)
                continue;
            start(out, family, &all->of[i]);
            exposition_label(out, "verdict",
                             text_of(booking_verdict_name((enum booking_verdict)verdict)));
            exposition_value_int(out, all->of[i].verdicts[verdict]);
        }
    }
}

static uint64_t retries(const struct strategy_counts *counts)
{
    return counts->retries;
}

static uint64_t refused_by_index(const struct strategy_counts *counts)
{
    return counts->refused_by_index;
}

static uint64_t leases_lost(const struct strategy_counts *counts)
{
    return counts->leases_lost;
}

static void write_numbers(const struct strategies_counts *all, struct buffer *out)
{
    static const struct {
        const char *family, *help;
        uint64_t (*of)(const struct strategy_counts *counts);
    } rows[] = {
        {"ticketrush_strategy_retries_total", "Attempts that somebody else was faster than.",
         retries},
        {"ticketrush_strategy_index_refusals_total",
         "Attempts that only the unique index of live seats has stopped.", refused_by_index},
        {"ticketrush_strategy_leases_lost_total", "Locks that ended before their owner did.",
         leases_lost},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        exposition_family(out, rows[r].family, "counter", rows[r].help);
        for (size_t i = 0; i < STRATEGY_MECHANISMS; i++) {
            if (all->of[i].asks == 0)
                continue;
            start(out, rows[r].family, &all->of[i]);
            exposition_value_int(out, rows[r].of(&all->of[i]));
        }
    }
}

static void write_seconds(const struct strategies_counts *all, struct buffer *out)
{
    exposition_family(out, "ticketrush_strategy_seconds", "summary",
                      "From the worker that takes a press to its answer.");
    for (size_t i = 0; i < STRATEGY_MECHANISMS; i++) {
        if (all->of[i].asks == 0)
            continue;
        start(out, "ticketrush_strategy_seconds_sum", &all->of[i]);
        exposition_value(out, (double)all->of[i].us_total / 1e6);
        start(out, "ticketrush_strategy_seconds_count", &all->of[i]);
        exposition_value_int(out, all->of[i].asks);
    }
}

void strategy_metrics_write(struct strategies *strategies, struct buffer *out)
{
    struct strategies_counts counts;
    strategies_counts(strategies, &counts);
    write_verdicts(&counts, out);
    write_numbers(&counts, out);
    write_seconds(&counts, out);
}
