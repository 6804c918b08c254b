/* summary.c — one set of numbers, told twice. */
#include "rush/summary.h"

#include <inttypes.h>

#include "base/json_out.h"

enum { JSON_BYTES = 16 * 1024, JSON_ROOM_BYTES = 1024 * 1024 };

static const double shares[] = {0.5, 0.99, 0.999};
static const char *const share_names[] = {"p50", "p99", "p999"};
enum { SHARES = sizeof shares / sizeof shares[0] };

static uint64_t per_second(uint64_t count, int64_t duration_ms)
{
    return duration_ms > 0 ? count * 1000 / (uint64_t)duration_ms : 0;
}

bool summary_good(const struct summary *summary)
{
    enum rush_end end = summary->result->end;
    return end != RUSH_NEVER_OPENED && end != RUSH_OUT_OF_TIME && summary->faults->count == 0 &&
           summary->check->lost == 0 && summary->audit_clean;
}

/* --- for people ------------------------------------------------------------------------------- */

static void print_latency(const char *name, const struct latency *latency, FILE *file)
{
    fprintf(file, "  %-15s %9" PRIu64, name, latency->count);
    for (size_t i = 0; i < SHARES; i++)
        fprintf(file, " %10.2f", (double)latency_within_us(latency, shares[i]) / 1000);
    fprintf(file, " %10.2f\n", (double)latency->longest_us / 1000);
}

static void print_latencies(const char *title, const struct latency *latencies, FILE *file)
{
    fprintf(file, "%-17s %9s %10s %10s %10s %10s\n", title, "count", "p50", "p99", "p999", "max");
    for (int kind = 0; kind < SCORE_KIND_COUNT; kind++)
        if (latencies[kind].count > 0)
            print_latency(score_kind_name((enum score_kind)kind), &latencies[kind], file);
}

static void print_refusals(const struct score *score, FILE *file)
{
    for (int code = 0; code < ANSWER_CODE_COUNT; code++)
        if (score->refused[code] > 0)
            fprintf(file, "  %-26s %9" PRIu64 "\n", answer_code_name((enum answer_code)code),
                    score->refused[code]);
}

static void print_night(const struct summary *summary, FILE *file)
{
    const struct rush_result *result = summary->result;
    const struct score *score = summary->score;
    fprintf(file,
            "\nThe night of option %lld: %s after %.2f s\n"
            "  sold %" PRId64 " of %u seats; %u fans served, %u left, %u with empty hands\n"
            "  %" PRIu64 " holds, %" PRIu64 " payments, %" PRIu64 " cancelled, %" PRIu64
            " repeats met their first answer\n"
            "  %" PRIu64 " answers, %" PRIu64 " a second, %" PRIu64
            " in the busiest; the player used %.2f s of CPU\n"
            "  %" PRIu64 " told to come again, %" PRIu64 " unanswered and sent again, %" PRIu64
            " connections made for %u\n",
            (long long)summary->option.value, rush_end_words(result->end),
            (double)result->duration_ms / 1000, summary->check->confirmed_seats,
            summary->night->seat_count, result->fans_served, result->fans_left,
            result->fans_unfinished, score->held, score->paid, score->cancelled, score->same_again,
            score->answers, per_second(score->answers, result->duration_ms), score->busiest_second,
            (double)result->own_cpu_us / 1000000, score->turned_away, score->resent,
            result->connections.connected, summary->night->connection_count + 1);
}

static void print_verdict(const struct summary *summary, FILE *file)
{
    const struct check_counts *check = summary->check;
    fprintf(
        file,
        "The client's own list: %u holds, %u payments, %u cancellations acknowledged; %u lost\n",
        check->holds, check->payments, check->cancels, check->lost);
    for (uint32_t i = 0; i < faults_named(summary->faults); i++)
        fprintf(file, "  %s\n", summary->faults->words[i]);
    if (summary->faults->count > faults_named(summary->faults))
        fprintf(file, "  … and %" PRIu64 " more\n",
                summary->faults->count - faults_named(summary->faults));
    if (summary->result->end == RUSH_NEVER_OPENED)
        fputs("The server never showed the sale: is it running on this data folder?\n", file);
    else if (summary->result->end == RUSH_OUT_OF_TIME)
        fprintf(file, "The night was not over after %u s.\n", summary->night->duration_seconds_max);
}

void summary_print(const struct summary *summary, FILE *file)
{
    print_night(summary, file);
    fputs("Refused\n", file);
    print_refusals(summary->score, file);
    print_latencies("As fans felt, ms", summary->score->from_due, file);
    print_latencies("On the wire, ms", summary->score->on_wire, file);
    print_verdict(summary, file);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void write_latencies(struct json_out *out, const char *key, const struct latency *latencies)
{
    json_out_key(out, key);
    json_out_object(out);
    for (int kind = 0; kind < SCORE_KIND_COUNT; kind++) {
        const struct latency *latency = &latencies[kind];
        json_out_key(out, score_kind_key((enum score_kind)kind));
        json_out_object(out);
        json_out_int_field(out, "count", (int64_t)latency->count);
        for (size_t i = 0; i < SHARES; i++)
            json_out_int_field(out, share_names[i], latency_within_us(latency, shares[i]));
        json_out_int_field(out, "max", latency->longest_us);
        json_out_object_end(out);
    }
    json_out_object_end(out);
}

static void write_counts(struct json_out *out, const struct summary *summary)
{
    const struct rush_result *result = summary->result;
    const struct score *score = summary->score;
    json_out_int_field(out, "optionId", summary->option.value);
    json_out_words_field(out, "end", rush_end_words(result->end));
    json_out_bool_field(out, "good", summary_good(summary));
    json_out_int_field(out, "fans", summary->night->fan_count);
    json_out_int_field(out, "seats", summary->night->seat_count);
    json_out_int_field(out, "connections", summary->night->connection_count);
    json_out_int_field(out, "durationMs", result->duration_ms);
    json_out_int_field(out, "ownCpuUs", result->own_cpu_us);
    json_out_int_field(out, "sold", summary->check->confirmed_seats);
    json_out_int_field(out, "fansServed", result->fans_served);
    json_out_int_field(out, "fansLeft", result->fans_left);
    json_out_int_field(out, "fansUnfinished", result->fans_unfinished);
    json_out_int_field(out, "answers", (int64_t)score->answers);
    json_out_int_field(out, "answersPerSecond",
                       (int64_t)per_second(score->answers, result->duration_ms));
    json_out_int_field(out, "busiestSecond", (int64_t)score->busiest_second);
    json_out_int_field(out, "holds", (int64_t)score->held);
    json_out_int_field(out, "payments", (int64_t)score->paid);
    json_out_int_field(out, "cancelled", (int64_t)score->cancelled);
    json_out_int_field(out, "sameAgain", (int64_t)score->same_again);
    json_out_int_field(out, "wrongAnswers", (int64_t)score->wrong);
    json_out_int_field(out, "turnedAway", (int64_t)score->turned_away);
    json_out_int_field(out, "resent", (int64_t)score->resent);
    json_out_int_field(out, "connected", (int64_t)result->connections.connected);
}

static void write_verdict(struct json_out *out, const struct summary *summary)
{
    json_out_int_field(out, "acknowledgedHolds", summary->check->holds);
    json_out_int_field(out, "acknowledgedPayments", summary->check->payments);
    json_out_int_field(out, "acknowledgedCancels", summary->check->cancels);
    json_out_int_field(out, "lost", summary->check->lost);
    json_out_bool_field(out, "auditClean", summary->audit_clean);
    json_out_int_field(out, "faultCount", (int64_t)summary->faults->count);
    json_out_key(out, "faults");
    json_out_array(out);
    for (uint32_t i = 0; i < faults_named(summary->faults); i++)
        json_out_words(out, summary->faults->words[i]);
    json_out_array_end(out);
}

static void write_document(struct json_out *out, const struct summary *summary)
{
    json_out_object(out);
    write_counts(out, summary);
    json_out_key(out, "refused");
    json_out_object(out);
    for (int code = 0; code < ANSWER_CODE_COUNT; code++)
        if (summary->score->refused[code] > 0)
            json_out_int_field(out, answer_code_name((enum answer_code)code),
                               (int64_t)summary->score->refused[code]);
    json_out_object_end(out);
    write_latencies(out, "feltUs", summary->score->from_due);
    write_latencies(out, "wireUs", summary->score->on_wire);
    write_verdict(out, summary);
    json_out_object_end(out);
}

static enum status write_file(const char *path, struct text bytes)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return STATUS_IO;
    bool written =
        fwrite(bytes.bytes, 1, bytes.size, file) == bytes.size && fputc('\n', file) != EOF;
    return fclose(file) == 0 && written ? STATUS_OK : STATUS_IO;
}

enum status summary_write_json(const struct summary *summary, const char *path)
{
    struct arena *arena = arena_create(JSON_BYTES, JSON_ROOM_BYTES);
    if (!arena)
        return STATUS_NO_MEMORY;
    struct buffer buffer;
    buffer_init(&buffer, arena, JSON_BYTES / 2);
    struct json_out out = json_out_to(&buffer);
    write_document(&out, summary);
    enum status status = buffer.failed ? STATUS_NO_MEMORY : write_file(path, buffer_text(&buffer));
    arena_destroy(arena);
    return status;
}
