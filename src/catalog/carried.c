/* carried.c — a row a string, and whoever stands on the bill of the first concert that bears it. */
#include "catalog/carried.h"

#include <stdio.h>
#include <string.h>

enum { BILL_BYTES = 1024 };

static void add_artist(char bill[BILL_BYTES], struct text name, struct text agency)
{
    size_t used = strlen(bill);
    snprintf(bill + used, BILL_BYTES - used, "%s%.*s (%.*s)", used > 0 ? " + " : "", (int)name.size,
             name.bytes, agency.size > 0 ? (int)agency.size : (int)strlen("no agency"),
             agency.size > 0 ? agency.bytes : "no agency");
}

static enum status read_bill(struct store_connection *connection, int64_t concert,
                             char bill[BILL_BYTES], bool *out_known)
{
    static const struct sql select = {
        "SELECT a.name, g.name FROM concert_artist b JOIN artist a ON a.id = b.artist_id"
        " LEFT JOIN agency g ON g.id = a.agency_id WHERE b.concert_id = $1 ORDER BY b.position"};
    const struct sql_value id = sql_int(concert);
    struct rows rows;
    enum status status = store_query(connection, &select, &id, 1, &rows);
    if (status != STATUS_OK)
        return status;
    bill[0] = '\0';
    *out_known = true;
    while (rows_next(&rows)) {
        *out_known = *out_known && !rows_null(&rows, 1);
        add_artist(bill, rows_text(&rows, 0), rows_text(&rows, 1));
    }
    *out_known = *out_known && bill[0] != '\0';
    return rows_end(&rows);
}

static enum status read_strings(struct store_connection *connection,
                                struct carried_listener *listener, struct carried_totals *totals)
{
    static const struct sql strings = {"SELECT words, count(*), min(concert_id) FROM earlier_artist"
                                       " GROUP BY words ORDER BY words"};
    struct rows rows;
    enum status status = store_query(connection, &strings, NULL, 0, &rows);
    if (status != STATUS_OK)
        return status;
    enum status read = STATUS_OK;
    while (read == STATUS_OK && rows_next(&rows)) {
        char bill[BILL_BYTES];
        struct carried_string string = {
            .words = rows_text(&rows, 0), .concert_count = rows_int(&rows, 1), .bill = bill};
        read = read_bill(connection, rows_int(&rows, 2), bill, &string.known);
        if (read != STATUS_OK)
            break;
        totals->string_count += string.concert_count;
        totals->nobody_count += bill[0] == '\0';
        listener->hear(listener, &string);
    }
    status = rows_end(&rows);
    return status == STATUS_OK ? read : status;
}

enum status carried_read(struct store_connection *connection, struct carried_listener *listener,
                         struct carried_totals *out_totals)
{
    static const struct sql concerts = {"SELECT count(*) FROM concert"};
    static const struct sql artists = {
        "SELECT count(DISTINCT b.artist_id) FROM concert_artist b JOIN earlier_artist e"
        " ON e.concert_id = b.concert_id"};
    static const struct sql unknown = {
        "SELECT count(DISTINCT b.artist_id) FROM concert_artist b JOIN earlier_artist e"
        " ON e.concert_id = b.concert_id JOIN artist a ON a.id = b.artist_id"
        " WHERE a.agency_id IS NULL"};
    *out_totals = (struct carried_totals){0};
    enum status status =
        store_query_int(connection, &concerts, NULL, 0, &out_totals->concert_count);
    if (status == STATUS_OK)
        status = store_query_int(connection, &artists, NULL, 0, &out_totals->artist_count);
    if (status == STATUS_OK)
        status = store_query_int(connection, &unknown, NULL, 0, &out_totals->unknown_count);
    return status == STATUS_OK ? read_strings(connection, listener, out_totals) : status;
}
