/*
 * complaints.h — what is wrong with a document, all of it, each thing with its field.
 *
 * Thread   One thread at a time.
 * Memory   The arena's. When it is full, `short_of_memory` stays true: ask once, at the end.
 * Limits   COMPLAINTS_MAX are kept; the others are counted.
 */
#ifndef CATALOG_COMPLAINTS_H
#define CATALOG_COMPLAINTS_H

#include "base/arena.h"
#include "base/json_out.h"
#include "limits.h"

struct complaint {
    char field[COMPLAINT_FIELD_BYTES_MAX]; /* "sections[2].rows[0].seats"; empty: the whole */
    const char *detail;                    /* a sentence that lives for ever */
    struct complaint *next;
};

struct complaints {
    struct arena *arena;
    struct complaint *first, *last;
    size_t count; /* with those that are not kept */
    bool short_of_memory;
};

void complaints_init(struct complaints *complaints, struct arena *arena);

void complaints_add(struct complaints *complaints, const char *detail, const char *field_format,
                    ...) __attribute__((format(printf, 3, 4)));

/* The members of a problem document: "errors":[{"field":…,"detail":…}],"errorCount":… */
void complaints_json(const struct complaints *complaints, struct json_out *out);

#endif
