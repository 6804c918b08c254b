/*
 * plan.c — reads a plan from the store and checks that it is one.
 *
 * What comes from a database is believed only after it has been checked: rows must cover the
 * option's seats from first to last without a gap, every seat must name its row, and counts stay
 * within the limits.
 */
#include "booking/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/must.h"
#include "base/table.h"
#include "store/store.h"

static const struct sql COUNTS = {"SELECT first_seat_id, seat_count, layout_version,"
                                  " (SELECT COUNT(*) FROM section WHERE option_id = $1),"
                                  " (SELECT COUNT(*) FROM seat_row WHERE option_id = $1)"
                                  " FROM concert_option WHERE id = $1"};
static const struct sql SECTIONS = {"SELECT id, name, name_ko, grade, price FROM section"
                                    " WHERE option_id = $1 ORDER BY position"};
static const struct sql ROWS = {"SELECT id, section_id, name, first_seat_id, seat_count"
                                " FROM seat_row WHERE option_id = $1 ORDER BY first_seat_id"};
static const struct sql SEATS = {"SELECT id, seat_row_id, number FROM seat"
                                 " WHERE id >= $1 AND id < $2 ORDER BY id"};

struct words { /* texts of the plan; a text that came before is stored once */
    char *bytes;
    size_t size, capacity;
    struct table by_hash; /* hash → offset */
};

struct loading {
    struct plan *plan;
    struct words words;
    struct table section_by_id, row_by_id;
};

/* NO_MEMORY leaves the words as they were. */
static enum status words_add(struct words *words, struct text text, uint32_t *out_offset)
{
    uint64_t key = hash_text(text).low | 1;
    if (table_get(&words->by_hash, key, out_offset) &&
        text_equal(text_of(words->bytes + *out_offset), text))
        return STATUS_OK;
    if (words->size + text.size + 1 > words->capacity) {
        size_t capacity = (words->capacity + text.size + 1) * 2 + 1024;
        char *bytes = realloc(words->bytes, capacity);
        if (!bytes)
            return STATUS_NO_MEMORY;
        words->bytes = bytes;
        words->capacity = capacity;
    }
    *out_offset = (uint32_t)words->size;
    if (text.size > 0)
        memcpy(words->bytes + words->size, text.bytes, text.size);
    words->bytes[words->size + text.size] = '\0';
    words->size += text.size + 1;
    enum status status = table_set(&words->by_hash, key, *out_offset);
    return status == STATUS_FULL ? STATUS_OK : status; /* full: stored again the next time */
}

/* Offsets become pointers only when the words no longer move. */
static struct text as_offset(uint32_t offset)
{
    return text_make((const char *)NULL, offset);
}

static void settle(const struct words *words, struct text *text)
{
    *text = text_of(words->bytes + text->size);
}

static enum status read_text(struct loading *loading, const struct rows *rows, int column,
                             struct text *out_text)
{
    uint32_t offset;
    enum status status = words_add(&loading->words, rows_text(rows, column), &offset);
    if (status == STATUS_OK)
        *out_text = as_offset(offset);
    return status;
}

static enum status read_section(struct loading *loading, const struct rows *rows, uint32_t at)
{
    struct plan_section *section = &loading->plan->sections[at];
    section->id = rows_int(rows, 0);
    section->price = rows_int(rows, 4);
    if (section->price < PRICE_WON_MIN || section->price > PRICE_WON_MAX || !id_valid(section->id))
        return STATUS_INVALID;
    enum status status = read_text(loading, rows, 1, &section->name);
    if (status == STATUS_OK)
        status = read_text(loading, rows, 2, &section->name_ko);
    if (status == STATUS_OK)
        status = read_text(loading, rows, 3, &section->grade);
    if (status == STATUS_OK)
        status = table_set(&loading->section_by_id, hash_id(section->id), at);
    return status;
}

static enum status read_row(struct loading *loading, const struct rows *rows, uint32_t at)
{
    struct plan *plan = loading->plan;
    struct plan_row *row = &plan->rows[at];
    if (!table_get(&loading->section_by_id, hash_id(rows_int(rows, 1)), &row->section))
        return STATUS_INVALID;
    uint32_t expected = at == 0 ? 0 : plan->rows[at - 1].first_seat + plan->rows[at - 1].seat_count;
    int64_t seat_count = rows_int(rows, 4);
    if (rows_int(rows, 3) != plan->first_seat_id + expected || seat_count < 1 ||
        seat_count > plan->seat_count - expected)
        return STATUS_INVALID;
    row->first_seat = expected;
    row->seat_count = (uint32_t)seat_count;

    struct plan_section *section = &plan->sections[row->section];
    if (section->row_count == 0)
        section->first_row = at;
    if (section->first_row + section->row_count != at)
        return STATUS_INVALID;
    section->row_count++;

    enum status status = read_text(loading, rows, 2, &row->name);
    if (status == STATUS_OK)
        status = table_set(&loading->row_by_id, hash_id(rows_int(rows, 0)), at);
    return status;
}

static enum status read_seat(struct loading *loading, const struct rows *rows, uint32_t at)
{
    struct plan *plan = loading->plan;
    uint32_t row;
    if (rows_int(rows, 0) != plan->first_seat_id + at ||
        !table_get(&loading->row_by_id, hash_id(rows_int(rows, 1)), &row) ||
        at < plan->rows[row].first_seat ||
        at - plan->rows[row].first_seat >= plan->rows[row].seat_count)
        return STATUS_INVALID;
    plan->row_of_seat[at] = row;
    return words_add(&loading->words, rows_text(rows, 2), &plan->number_of_seat[at]);
}

typedef enum status read_one(struct loading *loading, const struct rows *rows, uint32_t at);

static enum status read_all(struct loading *loading, struct store_connection *connection,
                            const struct sql *sql, const struct sql_value *values, size_t count,
                            uint32_t expected, read_one *read)
{
    struct rows rows;
    enum status status = store_query(connection, sql, values, count, &rows);
    if (status != STATUS_OK)
        return status;
    uint32_t at = 0;
    while (status == STATUS_OK && rows_next(&rows)) {
        status = at < expected ? read(loading, &rows, at) : STATUS_INVALID;
        at++;
    }
    enum status ended = rows_end(&rows);
    if (status == STATUS_OK)
        status = ended;
    return status == STATUS_OK && at != expected ? STATUS_INVALID : status;
}

static enum status read_counts(struct loading *loading, struct store_connection *connection,
                               struct option_id option)
{
    struct plan *plan = loading->plan;
    struct sql_value values[] = {sql_int(option.value)};
    struct rows rows;
    enum status status = store_query(connection, &COUNTS, values, 1, &rows);
    if (status != STATUS_OK)
        return status;
    int64_t seat_count = 0, section_count = 0, row_count = 0;
    if (rows_next(&rows)) {
        plan->first_seat_id = rows_int(&rows, 0);
        seat_count = rows_int(&rows, 1);
        plan->layout_version = rows_int(&rows, 2);
        section_count = rows_int(&rows, 3);
        row_count = rows_int(&rows, 4);
    }
    status = rows_end(&rows);
    if (status != STATUS_OK)
        return status;
    if (seat_count == 0)
        return STATUS_MISSING;
    if (seat_count < 0 || seat_count > SEATS_PER_OPTION_MAX || !id_valid(plan->first_seat_id) ||
        section_count < 1 || section_count > seat_count || row_count < 1 || row_count > seat_count)
        return STATUS_INVALID;
    plan->seat_count = (uint32_t)seat_count;
    plan->section_count = (uint32_t)section_count;
    plan->row_count = (uint32_t)row_count;
    return STATUS_OK;
}

static enum status take_memory(struct loading *loading)
{
    struct plan *plan = loading->plan;
    plan->sections = calloc(plan->section_count, sizeof *plan->sections);
    plan->rows = calloc(plan->row_count, sizeof *plan->rows);
    plan->row_of_seat = calloc(plan->seat_count, sizeof *plan->row_of_seat);
    plan->number_of_seat = calloc(plan->seat_count, sizeof *plan->number_of_seat);
    bool all = plan->sections && plan->rows && plan->row_of_seat && plan->number_of_seat;
    return all ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status read_parts(struct loading *loading, struct store_connection *connection,
                              struct option_id option)
{
    struct plan *plan = loading->plan;
    struct sql_value by_option[] = {sql_int(option.value)};
    struct sql_value by_seats[] = {sql_int(plan->first_seat_id),
                                   sql_int(plan->first_seat_id + plan->seat_count)};
    enum status status =
        read_all(loading, connection, &SECTIONS, by_option, 1, plan->section_count, read_section);
    if (status == STATUS_OK)
        status = read_all(loading, connection, &ROWS, by_option, 1, plan->row_count, read_row);
    if (status == STATUS_OK)
        status = read_all(loading, connection, &SEATS, by_seats, 2, plan->seat_count, read_seat);
    return status;
}

static void settle_words(struct loading *loading)
{
    struct plan *plan = loading->plan;
    plan->words = loading->words.bytes;
    loading->words.bytes = NULL;
    struct words words = {.bytes = plan->words};
    for (uint32_t i = 0; i < plan->section_count; i++) {
        settle(&words, &plan->sections[i].name);
        settle(&words, &plan->sections[i].name_ko);
        settle(&words, &plan->sections[i].grade);
    }
    for (uint32_t i = 0; i < plan->row_count; i++)
        settle(&words, &plan->rows[i].name);
}

enum status plan_load(struct store_connection *connection, struct option_id option,
                      struct plan **out_plan)
{
    struct loading loading = {.plan = calloc(1, sizeof *loading.plan)};
    if (!loading.plan)
        return STATUS_NO_MEMORY;
    loading.plan->option = option;
    table_init(&loading.section_by_id, SEATS_PER_OPTION_MAX);
    table_init(&loading.row_by_id, SEATS_PER_OPTION_MAX);
    table_init(&loading.words.by_hash, SEATS_PER_OPTION_MAX);

    enum status status = read_counts(&loading, connection, option);
    if (status == STATUS_OK)
        status = take_memory(&loading);
    if (status == STATUS_OK)
        status = read_parts(&loading, connection, option);
    if (status == STATUS_OK) {
        settle_words(&loading);
        *out_plan = loading.plan;
    } else {
        plan_destroy(loading.plan);
    }
    table_deinit(&loading.section_by_id);
    table_deinit(&loading.row_by_id);
    table_deinit(&loading.words.by_hash);
    free(loading.words.bytes);
    return status;
}

void plan_destroy(struct plan *plan)
{
    if (!plan)
        return;
    free(plan->sections);
    free(plan->rows);
    free(plan->row_of_seat);
    free(plan->number_of_seat);
    free(plan->words);
    free(plan);
}
