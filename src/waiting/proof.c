/* proof.c — rows to lines; seeds of doors that have opened, and of no other. */
#include "waiting/proof.h"

#include "waiting/waiting_store.h"

static enum status read_opened(struct store_connection *reader, const struct room_row *row,
                               struct proof *proof)
{
    static const struct sql opened = {
        "SELECT door FROM waiting_event WHERE option_id = $1 AND kind = 'O'"};
    const struct sql_value value = sql_int(row->option.value);
    struct rows rows;
    enum status status = store_query(reader, &opened, &value, 1, &rows);
    if (status != STATUS_OK)
        return status;
    while (rows_next(&rows)) {
        int64_t door = rows_int(&rows, 0);
        if (door < 0 || door >= WAITING_DOORS)
            continue;
        proof->doors[door].is_open = true;
        room_seed(row, (uint8_t)door, proof->doors[door].seed);
    }
    return rows_end(&rows);
}

static void begin_chain(const struct chain_header *header, struct chain *chain)
{
    char words[CHAIN_HEADER_BYTES];
    size_t size = chain_write_header(header, words);
    chain_begin(chain, text_make(words, size));
}

static enum status read_head(struct store_connection *reader, const struct seals *seals,
                             const struct room_row *row, struct proof *proof)
{
    char words[CHAIN_LINE_BYTES];
    begin_chain(&proof->header, &proof->head);
    enum status status = waiting_store_head(reader, row->option, &proof->head);
    if (status != STATUS_OK)
        return status;
    size_t size = chain_write_head(&proof->head, words);
    bool is_signed = seals_sign(seals, row->kid, text_make(words, size), proof->signature);
    return is_signed ? STATUS_OK : STATUS_MISSING;
}

enum status proof_read(struct store_connection *reader, const struct seals *seals,
                       struct option_id option, struct proof *out_proof)
{
    struct room_row row;
    unsigned char key[RECEIPT_KEY_BYTES];
    enum status status = waiting_store_find_room(reader, option, &row);
    if (status != STATUS_OK)
        return status;
    *out_proof = (struct proof){0};
    if (!receipt_public_key(seals, row.kid, key))
        return STATUS_MISSING;
    for (int door = 0; door < WAITING_DOORS; door++)
        out_proof->doors[door].door = (uint8_t)door;
    room_header(&row, key, &out_proof->header);
    status = read_opened(reader, &row, out_proof);
    return status == STATUS_OK ? read_head(reader, seals, &row, out_proof) : status;
}

static void add_line(struct buffer *out, const char *bytes, size_t size)
{
    buffer_add(out, text_make(bytes, size));
    buffer_add_char(out, '\n');
}

static void add_events(struct buffer *out, const struct proof *proof,
                       const struct waiting_store_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct chain_event chained = events[i].chained;
        struct chain after = {.number = chained.event.number};
        char words[CHAIN_LINE_BYTES], line[CHAIN_LINE_BYTES];
        memcpy(after.hash, events[i].hash, sizeof after.hash);
        if (chained.event.kind == LINE_OPENED)
            memcpy(chained.seed, proof->doors[chained.event.door].seed, sizeof chained.seed);
        size_t size = chain_write_event(&chained, words);
        size = chain_write_line(text_make(words, size), &after, line);
        add_line(out, line, size);
    }
}

/* HEAD, its number, its hash, the signature in hexadecimal. */
static void add_head(struct buffer *out, const struct proof *proof)
{
    static const char digits[] = "0123456789abcdef";
    char words[CHAIN_LINE_BYTES], signature[2 * SEAL_SIGNATURE_BYTES];
    size_t size = chain_write_head(&proof->head, words);
    for (size_t i = 0; i < SEAL_SIGNATURE_BYTES; i++) {
        signature[2 * i] = digits[proof->signature[i] >> 4];
        signature[2 * i + 1] = digits[proof->signature[i] & 15];
    }
    buffer_add(out, text_make(words, size));
    buffer_add_char(out, ' ');
    add_line(out, signature, sizeof signature);
}

/* *last becomes the number of the page's last event. */
static enum status write_page(struct store_connection *reader, struct option_id option,
                              const struct proof *proof, struct waiting_store_event *events,
                              int64_t *last, struct buffer *out)
{
    size_t count;
    int64_t after = *last;
    enum status status =
        waiting_store_events(reader, option, after, 0, events, WAITING_LOG_PAGE_MAX, &count);
    if (status != STATUS_OK)
        return status;
    if (after == 0) {
        char header[CHAIN_HEADER_BYTES];
        size_t size = chain_write_header(&proof->header, header);
        add_line(out, header, size);
    }
    add_events(out, proof, events, count);
    if (count > 0)
        *last = events[count - 1].chained.event.number;
    if (*last == proof->head.number)
        add_head(out, proof);
    return STATUS_OK;
}

enum status proof_write_log(struct store_connection *reader, const struct seals *seals,
                            struct option_id option, int64_t after, struct arena *arena,
                            struct buffer *out)
{
    struct proof proof;
    struct waiting_store_event *events = arena_take(arena, WAITING_LOG_PAGE_MAX * sizeof *events);
    if (!events)
        return STATUS_NO_MEMORY;
    enum status status = proof_read(reader, seals, option, &proof);
    return status == STATUS_OK ? write_page(reader, option, &proof, events, &after, out) : status;
}

enum status proof_write_all(struct store_connection *reader, const struct seals *seals,
                            struct option_id option, struct arena *arena, struct buffer *out)
{
    struct proof proof;
    struct waiting_store_event *events = arena_take(arena, WAITING_LOG_PAGE_MAX * sizeof *events);
    if (!events)
        return STATUS_NO_MEMORY;
    enum status status = store_snapshot_begin(reader);
    if (status != STATUS_OK)
        return status;
    status = proof_read(reader, seals, option, &proof);
    int64_t last = 0, before = -1;
    do {
        before = last;
        if (status == STATUS_OK)
            status = write_page(reader, option, &proof, events, &last, out);
    } while (status == STATUS_OK && last < proof.head.number && last > before);
    store_snapshot_end(reader);
    return status;
}
