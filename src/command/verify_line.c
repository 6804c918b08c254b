/* verify_line.c — a file, perhaps a receipt, and a sentence; no server, no database. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "command/subcommands.h"
#include "limits.h"
#include "waiting/verify.h"

struct line_file {
    char *bytes;
    size_t size;
};

static enum exit_code read_file(const struct command *command, const char *path,
                                struct line_file *out_file)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return command_fail(command, "%s cannot be read: %s.", path, strerror(errno));
    enum exit_code code = EXIT_DONE;
    size_t room = 0, read = 1;
    while (read > 0 && code == EXIT_DONE) {
        if (out_file->size == room) {
            room = room ? room * 2 : 64 * 1024;
            char *bytes = room <= WAITING_LOG_BYTES_MAX ? realloc(out_file->bytes, room) : NULL;
            if (!bytes) {
                code = command_fail(command, "%s is larger than a log may be.", path);
                break;
            }
            out_file->bytes = bytes;
        }
        read = fread(out_file->bytes + out_file->size, 1, room - out_file->size, file);
        out_file->size += read;
    }
    fclose(file);
    return code;
}

static void print_time(const char *words, int64_t at_ms)
{
    char at[CLOCK_TEXT_BYTES];
    if (at_ms == 0 || !clock_can_write(at_ms))
        return;
    clock_write_iso(at_ms, at);
    printf("  %-8s %s\n", words, at);
}

static void print_receipt(const struct verify_report *report)
{
    printf("The receipt is of place %u of fan %lld: %s.\n", report->receipt.sequence,
           (long long)report->receipt.fan.value, place_state_name(report->place.state));
    if (report->place.turn > 0)
        printf("  turn     %u\n", report->place.turn);
    print_time("joined", report->joined_at_ms);
    print_time("called", report->called_at_ms);
}

static enum exit_code tell(struct command *command, const char *path,
                           const struct verify_report *report)
{
    if (!report->good && report->line_number > 0)
        return command_fail(command, "%s, line %zu: %s.", path, report->line_number, report->words);
    if (!report->good)
        return command_fail(command, "%s: %s.", path, report->words);
    printf("The line of date %lld is sound: %lld events, %u joined, %u turns, %u draw%s, %u called,"
           " %u came in, %u bought.\nNobody was called before somebody with an earlier turn.\n",
           (long long)report->option.value, (long long)report->counts.number, report->counts.joined,
           report->counts.drawn, report->draw_count, report->draw_count == 1 ? "" : "s",
           report->counts.called, report->counts.entered, report->counts.in[PLACE_BOUGHT]);
    if (report->has_place)
        print_receipt(report);
    return EXIT_DONE;
}

static enum exit_code run(struct command *command)
{
    static const struct option options[] = {{"receipt", required_argument, NULL, 'r'}, {0}};
    struct text receipt = {NULL, 0};
    for (int option; (option = command_option(command, options)) != -1;) {
        if (option != 'r')
            return EXIT_USAGE;
        receipt = text_trim(text_of(optarg));
    }
    if (optind + 1 != command->argument_count)
        return command_usage(command, "say which file.");
    const char *path = command->arguments[optind];
    struct line_file file = {0};
    enum exit_code code = read_file(command, path, &file);
    struct verify_report report;
    if (code == EXIT_DONE) {
        enum status status = verify_log(text_make(file.bytes, file.size), receipt, &report);
        code = status == STATUS_OK ? tell(command, path, &report)
                                   : command_fail(command, "memory is short.");
    }
    free(file.bytes);
    return code;
}

const struct subcommand subcommand_verify_line = {
    .name = "verify-line",
    .summary = "check the log of a waiting room offline; exit code 1 if something is wrong",
    .arguments = "FILE [--receipt RECEIPT]",
    .help =
        "FILE is what GET /api/options/ID/waiting/proof/log gives, all pages behind each other.\n"
        "Checked are the chain of hashes and its signature, the draws, and that nobody was\n"
        "called before somebody with an earlier turn; with a receipt also that its place is in\n"
        "the log, and what became of it.\n",
    .run = run,
    .without_settings = true,
};
