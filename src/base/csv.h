/*
 * csv.h — reads comma-separated values (RFC 4180), record by record, with line numbers.
 *
 * Lines end with CRLF or LF; a byte order mark in front is passed over. A record that is ill-formed
 * is told and skipped, and the reading goes on behind its line.
 *
 * Thread   One thread at a time.
 * Memory   Fields point into the text, or into the arena where quotes were doubled; they are good
 *          as long as both.
 * Limits   CSV_FIELDS_MAX fields a record.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"
#include "limits.h"

struct csv {
    struct text rest;
    struct arena *arena;
    int line; /* of the record read last; 1 is the first */
    int next_line;
    size_t field_count;
    struct text fields[CSV_FIELDS_MAX];
};

enum csv_verdict {
    CSV_RECORD,
    CSV_END,
    CSV_QUOTE_INSIDE,    /* a quote in a field that is not quoted, or text behind a closing one */
    CSV_QUOTE_OPEN,      /* the text ends inside a quoted field */
    CSV_TOO_MANY_FIELDS, /* more than CSV_FIELDS_MAX */
    CSV_NO_MEMORY,
};

void csv_init(struct csv *csv, struct text text, struct arena *arena);

/* Blank lines are no records. */
enum csv_verdict csv_next(struct csv *csv);

#endif
