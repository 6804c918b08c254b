/*
 * rush.c — an opening night from beginning to end: a fresh sale, a crowd, and the truth afterwards.
 *
 * The sale is made in the data folder of a running server, which notices it by itself. Afterwards
 * the client's own list is held against the database, and the database against its promises.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "account/tokens.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/random.h"
#include "catalog/plain_sale.h"
#include "command/subcommands.h"
#include "limits.h"
#include "rush/summary.h"
#include "store/store.h"
#include "waiting/proof.h"
#include "waiting/verify.h"
#include "waiting/waiting_store.h"

enum {
    SEATS_PER_SECTION = 500,
    PRICE_WON = 99000,
    MS_PER_DAY = 24 * 3600 * 1000,
    LINE_FANS_PER_SECOND = 500,
    LINE_ENTRY_SECONDS = 30,
    LINE_LOG_BYTES = 64 * 1024 * 1024,
    DESCRIPTORS_BESIDE = 32, /* the database, logs, the loop's own */
};

struct evening {
    struct command *command;
    struct night night;
    struct plain_sale_made sale;
    struct tokens *tokens;
    struct acks acks;
    struct faults faults;
    struct rush *rush;
    struct rush_settings settings; /* of rush */
    struct rush_result result;
    struct check_counts check;
    struct audit_report audit;
    struct seals *seals; /* with a waiting room */
    struct verify_report line;
};

/* --- before ----------------------------------------------------------------------------------- */

static bool read_night(const struct command *command, struct night *night)
{
    char why[NIGHT_WHY_BYTES];
    night_init(night);
    for (int i = 1; i < command->argument_count; i++) {
        const char *name = command->arguments[i];
        const char *value = night_is_flag(name) ? NULL : command->arguments[++i];
        if (!night_set(night, name, value, why)) {
            command_usage(command, "%s", why);
            return false;
        }
    }
    if (!night->data_folder)
        night->data_folder = config_text(command->config, SETTING_DATA);
    if (night_check(night, why))
        return true;
    command_usage(command, "%s", why);
    return false;
}

static bool path_in_folder(const struct evening *evening, const char *name,
                           char out_path[COMMAND_PATH_BYTES])
{
    int size = snprintf(out_path, COMMAND_PATH_BYTES, "%s/%s", evening->night.data_folder, name);
    return size > 0 && size < COMMAND_PATH_BYTES;
}

/* The database of the running server; rush never makes one. */
static struct store *open_store(const struct evening *evening)
{
    const struct command *command = evening->command;
    char place[COMMAND_PATH_BYTES], name[COMMAND_PATH_BYTES], why[WHY_BYTES] = "";
    struct store *store = NULL;
    command_core_place(command, place);
    bool server = strstr(place, "://") != NULL;
    if (!server &&
        (!path_in_folder(evening, COMMAND_CORE_FILE, place) || access(place, R_OK | W_OK) != 0)) {
        command_fail(command,
                     "no server has used the folder %s: start `ticketrush serve` there first.",
                     evening->night.data_folder);
        return NULL;
    }
    if (command->adapters->open_database(place, false, why, &store) == STATUS_OK)
        return store;
    command->adapters->name_database(place, name);
    command_fail(command, "%s cannot be opened: %s", name, why);
    return NULL;
}

struct line_opening {
    struct store_job job;
    struct room_row row;
    int64_t now_ms;
};

static enum status add_line(struct store_job *job, struct store_connection *connection)
{
    struct line_opening *opening = container_of(job, struct line_opening, job);
    enum status status = waiting_store_add_room(connection, &opening->row, opening->now_ms);
    if (status != STATUS_OK) /* the server may have been faster: the terms are ours all the same */
        return status;
    return waiting_store_put_terms(connection, opening->row.option, &opening->row.terms);
}

/* The room as an operator would set it up for this crowd, before the first fan comes. */
static enum status open_line(struct evening *evening, struct store *store, int64_t now_ms)
{
    char folder[COMMAND_PATH_BYTES], why[256];
    struct line_opening opening = {.job.work = add_line, .now_ms = now_ms};
    if (!path_in_folder(evening, COMMAND_SEALS_FOLDER, folder) ||
        seals_open(folder, why, &evening->seals) != STATUS_OK)
        return STATUS_IO;
    opening.row.option = evening->sale.option;
    opening.row.terms = admission_usual_terms();
    opening.row.terms.fans_per_second = LINE_FANS_PER_SECOND;
    opening.row.terms.entry_seconds = LINE_ENTRY_SECONDS;
    snprintf(opening.row.kid, sizeof opening.row.kid, "%s", seals_newest(evening->seals));
    random_secret(opening.row.secret, sizeof opening.row.secret);
    return store_submit_and_wait(store, &opening.job);
}

static bool make_sale(struct evening *evening)
{
    struct store *store = open_store(evening);
    if (!store)
        return false;
    const struct night *night = &evening->night;
    int64_t now_ms = clock_wall_ms();
    struct plain_sale settings = {.seat_count = night->seat_count,
                                  .section_count = (night->seat_count + SEATS_PER_SECTION - 1) /
                                                   SEATS_PER_SECTION,
                                  .price = PRICE_WON,
                                  .hold_seconds = night->hold_seconds,
                                  .max_per_fan = night->max_per_fan,
                                  .opens_at_ms = now_ms,
                                  .closes_at_ms = now_ms + MS_PER_DAY,
                                  .strategy = night->strategy,
                                  .lock = night->lock};
    settings.waiting_room = night->waiting_room;
    enum status status = plain_sale_create(store, &settings, now_ms, &evening->sale);
    if (status == STATUS_OK && night->waiting_room)
        status = open_line(evening, store, now_ms);
    store_close(store);
    if (status != STATUS_OK)
        command_fail(evening->command, "the sale cannot be made: %s.", status_name(status));
    return status == STATUS_OK;
}

static bool open_tokens(struct evening *evening)
{
    char folder[COMMAND_PATH_BYTES], why[256] = "the path is too long";
    if (path_in_folder(evening, COMMAND_KEYS_FOLDER, folder) &&
        tokens_open(folder, why, &evening->tokens) == STATUS_OK)
        return true;
    command_fail(evening->command, "the signing keys cannot be read: %s", why);
    return false;
}

static bool open_acks(struct evening *evening)
{
    const char *path = evening->night.ack_log_path;
    if (acks_init(&evening->acks, evening->sale.option, path) == STATUS_OK)
        return true;
    command_fail(evening->command, "the acknowledgements cannot be written to %s.",
                 path ? path : "memory");
    return false;
}

static bool gather(struct evening *evening)
{
    evening->settings = (struct rush_settings){.night = &evening->night,
                                               .tokens = evening->tokens,
                                               .option = evening->sale.option,
                                               .first_seat_id = evening->sale.first_seat_id,
                                               .seat_count = evening->sale.seat_count,
                                               .acks = &evening->acks,
                                               .faults = &evening->faults,
                                               .progress_file = stdout,
                                               .terminal = isatty(STDOUT_FILENO) == 1};
    if (rush_create(&evening->settings, &evening->rush) == STATUS_OK)
        return true;
    command_fail(evening->command, "memory is short.");
    return false;
}

/* A connection is a descriptor; the usual soft limit of 1,024 is for programs that use select(). */
static bool raise_descriptor_limit(const struct evening *evening)
{
    struct rlimit limit;
    rlim_t needed = (rlim_t)evening->night.connection_count + DESCRIPTORS_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
        return true;
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max >= needed && setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return true;
    command_fail(evening->command,
                 "this machine allows %llu open files (ulimit -n), too few for "
                 "--connections %u.",
                 (unsigned long long)limit.rlim_max, evening->night.connection_count);
    return false;
}

/* --- afterwards ------------------------------------------------------------------------------- */

static bool keep_line_log(const struct evening *evening, struct text log)
{
    const char *path = evening->night.line_log_path;
    FILE *file = path ? fopen(path, "wb") : NULL;
    bool kept = !path || (file && fwrite(log.bytes, 1, log.size, file) == log.size);
    if (file && fclose(file) != 0)
        kept = false;
    if (!kept)
        command_fail(evening->command, "%s cannot be written.", path);
    return kept;
}

/* The log as a stranger gets it, checked as a stranger would. */
static enum status verify_the_line(struct evening *evening, struct store_connection *reader)
{
    struct arena *arena = arena_create(1024 * 1024, LINE_LOG_BYTES);
    struct buffer log;
    if (!arena)
        return STATUS_NO_MEMORY;
    buffer_init(&log, arena, 1024 * 1024);
    enum status status = proof_write_all(reader, evening->seals, evening->sale.option, arena, &log);
    if (status == STATUS_OK && log.failed)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK && !keep_line_log(evening, buffer_text(&log)))
        status = STATUS_IO;
    if (status == STATUS_OK)
        status = verify_log(buffer_text(&log), text_make(NULL, 0), &evening->line);
    if (status == STATUS_OK && !evening->line.good)
        faults_add(&evening->faults, "the line: event log, line %zu: %s", evening->line.line_number,
                   evening->line.words);
    arena_destroy(arena);
    return status;
}

static bool look_into_the_store(struct evening *evening, struct store *store)
{
    struct store_connection *reader = NULL;
    enum status status = store_reader_open(store, &reader);
    if (status == STATUS_OK) {
        struct check_hall hall = {evening->sale.option, evening->sale.first_seat_id,
                                  evening->sale.seat_count};
        status = check_acks(reader, &evening->acks, &hall, &evening->faults, &evening->check);
        if (status == STATUS_OK)
            status = audit_run(reader, clock_wall_ms(), &evening->audit);
        if (status == STATUS_OK && evening->night.waiting_room)
            status = verify_the_line(evening, reader);
        store_reader_close(reader);
    }
    if (status != STATUS_OK)
        command_fail(evening->command, "the database cannot be read: %s.", status_name(status));
    return status == STATUS_OK;
}

static enum exit_code tell(const struct evening *evening)
{
    struct summary summary = {.night = &evening->night,
                              .option = evening->sale.option,
                              .result = &evening->result,
                              .score = rush_score(evening->rush),
                              .faults = &evening->faults,
                              .check = &evening->check,
                              .audit_clean = evening->audit.clean};
    summary_print(&summary, stdout);
    audit_print(&evening->audit, stdout);
    if (evening->night.waiting_room)
        printf("line: %s, %lld events, %u joined, %u called, %u came in, %u bought\n",
               evening->line.good ? "verified" : "NOT sound",
               (long long)evening->line.counts.number, evening->line.counts.joined,
               evening->line.counts.called, evening->line.counts.entered,
               evening->line.counts.in[PLACE_BOUGHT]);
    if (evening->night.json_path &&
        summary_write_json(&summary, evening->night.json_path) != STATUS_OK)
        return command_fail(evening->command, "%s cannot be written.", evening->night.json_path);
    return summary_good(&summary) ? EXIT_DONE : EXIT_FAILED;
}

static enum exit_code look_back(struct evening *evening)
{
    struct store *store = open_store(evening);
    if (!store)
        return EXIT_FAILED;
    bool looked = look_into_the_store(evening, store);
    store_close(store);
    return looked ? tell(evening) : EXIT_FAILED;
}

static enum exit_code run(struct command *command)
{
    struct evening *evening = calloc(1, sizeof *evening);
    if (!evening)
        return command_fail(command, "memory is short.");
    evening->command = command;
    enum exit_code code = EXIT_USAGE;
    if (read_night(command, &evening->night)) {
        code = EXIT_FAILED;
        if (raise_descriptor_limit(evening) && make_sale(evening) && open_tokens(evening) &&
            open_acks(evening) && gather(evening)) {
            rush_play(evening->rush, &evening->result);
            code = look_back(evening);
        }
    }
    rush_destroy(evening->rush);
    acks_deinit(&evening->acks);
    tokens_close(evening->tokens);
    seals_close(evening->seals);
    free(evening);
    return code;
}

const struct subcommand subcommand_rush = {
    .name = "rush",
    .summary = "play an opening night against a running server on this machine",
    .arguments = "[--url http://127.0.0.1:8080] [--data DIR] [options]",
    .help = night_help,
    .run = run,
};
