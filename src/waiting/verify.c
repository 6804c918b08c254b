/*
 * verify.c — plays a log again, line by line, on an empty line.
 *
 * The log names places and no fans, so each place is played by a fan of its own. What a line may do
 * at all is the line's own table (line_may) and order (line_restore); here stands what a file can
 * get wrong besides.
 */
#include "waiting/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "waiting/line_memory.h"

struct verifying {
    struct verify_report *report;
    struct chain_header header;
    struct chain chain;
    struct line *line;
    unsigned char tag[RECEIPT_TAG_BYTES]; /* of the receipt */
    size_t line_number;
    int64_t at_ms;
    bool has_head;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct verifying *verifying,
                                                        const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(verifying->report->words, VERIFY_WORDS_BYTES, format, values);
    va_end(values);
    verifying->report->line_number = verifying->line_number;
    return false;
}

/* --- events ----------------------------------------------------------------------------------- */

static bool check_draw(struct verifying *verifying, const struct chain_event *chained,
                       const unsigned char hash_before[CHAIN_HASH_BYTES], struct line_time now)
{
    unsigned char commitment[SHUFFLE_HASH_BYTES];
    struct line_counts counts;
    shuffle_commitment(chained->seed, commitment);
    uint8_t door = chained->event.door;
    if (memcmp(commitment, verifying->header.commitments[door], sizeof commitment) != 0)
        return wrong(verifying, "the seed is not the one that door %u was promised", door);
    if (line_counts(verifying->line, &counts) != STATUS_OK || (counts.doors_open >> door & 1) != 0)
        return wrong(verifying, "door %u was open already", door);
    size_t most = counts.in[PLACE_HALL], count;
    uint32_t *sequences = calloc(most + 1, sizeof *sequences);
    bool drawn =
        sequences && line_hall(verifying->line, door, sequences, most, &count) == STATUS_OK;
    if (drawn) {
        shuffle_draw(chained->seed, hash_before, sequences, count);
        drawn = line_draw(verifying->line, door, sequences, count, now) == STATUS_OK &&
                line_forget(verifying->line, chained->event.number) == STATUS_OK;
    }
    free(sequences);
    verifying->report->draw_count++;
    return drawn || wrong(verifying, "memory is short");
}

static bool explain_refusal(struct verifying *verifying, const struct line_event *event)
{
    struct place place;
    struct line_counts counts;
    uint32_t ahead = 0;
    struct line_time now = {0};
    if (line_counts(verifying->line, &counts) != STATUS_OK)
        return wrong(verifying, "memory is short");
    if (event->kind == LINE_JOINED)
        return wrong(verifying, "place %u joined where place %u would be next", event->sequence,
                     counts.joined + 1);
    if (line_find(verifying->line, (struct fan_id){event->sequence}, now, &place, &ahead) !=
        STATUS_OK)
        return wrong(verifying, "there is no place %u yet", event->sequence);
    if (event->kind == LINE_CALLED && place.state == PLACE_WAITING)
        return wrong(verifying, "place %u was called while %u with an earlier turn still waited",
                     event->sequence, ahead);
    return wrong(verifying, "place %u was %s, which '%c' cannot follow", event->sequence,
                 place_state_name(place.state), (char)event->kind);
}

static bool replay(struct verifying *verifying, const struct chain_event *chained,
                   const unsigned char hash_before[CHAIN_HASH_BYTES])
{
    struct line_event event = chained->event;
    struct line_time now = {event.at_ms, event.at_ms};
    if (event.kind == LINE_OPENED)
        return check_draw(verifying, chained, hash_before, now);
    if (event.kind == LINE_JOINED)
        event.fan.value = event.sequence;
    enum status status = line_restore(verifying->line, &event, 1, now);
    if (status == STATUS_INVALID)
        return explain_refusal(verifying, &event);
    return status == STATUS_OK || wrong(verifying, "memory is short");
}

/* What the receipt's place has to do with it. */
static bool follow_receipt(struct verifying *verifying, const struct chain_event *chained)
{
    struct verify_report *report = verifying->report;
    const struct line_event *event = &chained->event;
    if (report->receipt.sequence == 0 || event->sequence != report->receipt.sequence)
        return true;
    if (event->kind == LINE_CALLED)
        report->called_at_ms = event->at_ms;
    if (event->kind != LINE_JOINED)
        return true;
    if (memcmp(chained->tag, verifying->tag, sizeof chained->tag) != 0)
        return wrong(verifying, "place %u was given for another receipt", event->sequence);
    report->has_place = true;
    report->joined_at_ms = event->at_ms;
    return true;
}

static bool check_event(struct verifying *verifying, struct text line)
{
    struct chain_event chained;
    struct text words, hash;
    char digits[CHAIN_SHORT_DIGITS + 1];
    unsigned char hash_before[CHAIN_HASH_BYTES];
    if (!chain_read_event(line, &chained, &words, &hash))
        return wrong(verifying, "this is no event of a line");
    if (chained.event.number != verifying->chain.number + 1)
        return wrong(verifying, "event %" PRId64 " stands where %" PRId64 " belongs",
                     chained.event.number, verifying->chain.number + 1);
    memcpy(hash_before, verifying->chain.hash, sizeof hash_before);
    chain_add(&verifying->chain, words);
    chain_digits(&verifying->chain, digits);
    if (!text_equal(hash, text_make(digits, CHAIN_SHORT_DIGITS)))
        return wrong(verifying, "the hash is not that of event %" PRId64 " and those before it",
                     chained.event.number);
    if (chained.event.at_ms < verifying->at_ms)
        return wrong(verifying, "time goes back");
    verifying->at_ms = chained.event.at_ms;
    return replay(verifying, &chained, hash_before) && follow_receipt(verifying, &chained);
}

/* --- the file --------------------------------------------------------------------------------- */

static bool check_head(struct verifying *verifying, struct text line)
{
    struct chain head;
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    char words[CHAIN_LINE_BYTES];
    if (!chain_read_head(line, &head, signature))
        return wrong(verifying, "this is no head of a line's log");
    size_t size = chain_write_head(&head, words);
    if (!seals_is_signed(text_make(words, size), signature, verifying->header.key))
        return wrong(verifying, "the head is not signed by the line's key");
    if (head.number != verifying->chain.number ||
        memcmp(head.hash, verifying->chain.hash, sizeof head.hash) != 0)
        return wrong(verifying, "the head is of event %" PRId64 ", the log ends with %" PRId64,
                     head.number, verifying->chain.number);
    verifying->has_head = true;
    return true;
}

static bool check_line(struct verifying *verifying, struct text line)
{
    if (verifying->has_head)
        return wrong(verifying, "there is more behind the head");
    if (text_starts(line, text_of("HEAD ")))
        return check_head(verifying, line);
    return check_event(verifying, line);
}

static bool read_receipt(struct verifying *verifying, struct text text)
{
    struct verify_report *report = verifying->report;
    if (text_empty(text))
        return true;
    verifying->line_number = 0;
    if (!receipt_check(text, verifying->header.key, &report->receipt, verifying->tag)) {
        report->receipt = (struct receipt){0};
        return wrong(verifying, "the receipt is not signed by the line's key");
    }
    if (report->receipt.option.value != verifying->header.option.value)
        return wrong(verifying, "the receipt is of date %" PRId64 ", the log of date %" PRId64,
                     report->receipt.option.value, verifying->header.option.value);
    return true;
}

static bool check_all(struct verifying *verifying, struct text file, struct text receipt)
{
    struct text rest = file;
    struct text header = text_cut(rest, '\n', &rest);
    verifying->line_number = 1;
    if (!chain_read_header(header, &verifying->header))
        return wrong(verifying, "this is no log of a line");
    chain_begin(&verifying->chain, header);
    verifying->report->option = verifying->header.option;
    if (!read_receipt(verifying, receipt))
        return false;
    for (verifying->line_number = 2; !text_empty(rest); verifying->line_number++)
        if (!check_line(verifying, text_cut(rest, '\n', &rest)))
            return false;
    verifying->line_number = 0;
    if (!verifying->has_head)
        return wrong(verifying, "the log has no head: its end is missing");
    if (verifying->report->receipt.sequence > 0 && !verifying->report->has_place)
        return wrong(verifying, "the log has no place %u, which the receipt is of",
                     verifying->report->receipt.sequence);
    return true;
}

enum status verify_log(struct text file, struct text receipt, struct verify_report *out_report)
{
    struct verifying verifying = {.report = out_report};
    struct line_maker *maker = line_memory_maker();
    *out_report = (struct verify_report){0};
    enum status status = maker->make(maker, (struct option_id){1}, &verifying.line);
    if (status != STATUS_OK)
        return status;
    out_report->good = check_all(&verifying, file, receipt);
    status = line_counts(verifying.line, &out_report->counts);
    uint32_t ahead;
    struct fan_id fan = {out_report->receipt.sequence};
    if (status == STATUS_OK && out_report->has_place)
        status = line_find(verifying.line, fan, (struct line_time){0}, &out_report->place, &ahead);
    line_destroy(verifying.line);
    return status;
}
