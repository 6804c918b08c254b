/*
 * draft.h — what an operator writes of an agency, an artist, a venue, a concert or a date.
 *
 * A draft is the fields that can be edited, in the order of the entity's table of rules. One table
 * reads them, writes them and names what is wrong with them, for all five.
 *
 * Thread   Any; pure.
 * Memory   Texts and lists live in the arena.
 */
#ifndef CATALOG_DRAFT_H
#define CATALOG_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "limits.h" /* DRAFT_FIELDS_MAX */

enum entity {
    ENTITY_AGENCY,
    ENTITY_ARTIST,
    ENTITY_VENUE,
    ENTITY_CONCERT,
    ENTITY_OPTION, /* a date */
    ENTITY_GROUP,  /* of fans */
    ENTITY_COUNT,  /* not an entity: how many there are */
};

const char *entity_name(enum entity entity); /* "agency" */

/* --- rules ------------------------------------------------------------------------------------ */

enum draft_kind {
    DRAFT_LINE,       /* text without control characters, white space around it taken off */
    DRAFT_PROSE,      /* text of several lines */
    DRAFT_NUMBER,     /* a whole number */
    DRAFT_TIME,       /* ISO 8601, kept in ms */
    DRAFT_REFERENCE,  /* an id */
    DRAFT_REFERENCES, /* ids, each once, in order */
};

struct draft_rule {
    const char *name; /* in JSON */
    enum draft_kind kind;
    bool required;        /* when the whole item is written */
    bool nullable;        /* a reference to nothing */
    int64_t least, most;  /* bytes of a text, size of a number, length of a list */
    enum entity of;       /* of a reference */
    const char *expected; /* in words, for a refusal */
};

struct draft_rules {
    const struct draft_rule *rules;
    size_t count; /* at most DRAFT_FIELDS_MAX */
};

struct draft_rules draft_rules(enum entity entity);

/* The fields' names, ended by NULL. */
void draft_names(enum entity entity, const char *out_names[DRAFT_FIELDS_MAX + 1]);

/* --- drafts ----------------------------------------------------------------------------------- */

struct draft_value {
    bool given;
    struct text text;   /* DRAFT_LINE, DRAFT_PROSE */
    int64_t number;     /* DRAFT_NUMBER; DRAFT_TIME in wall ms; DRAFT_REFERENCE, 0 for none */
    const int64_t *ids; /* DRAFT_REFERENCES */
    size_t id_count;
};

struct draft {
    enum entity entity;
    int64_t concert_id; /* of a date: it is fixed */
    struct draft_value values[DRAFT_FIELDS_MAX];
};

struct draft_complaint {
    const char *field, *expected;
    enum json_in_verdict verdict;
};

enum draft_verdict { DRAFT_GOOD, DRAFT_WRONG, DRAFT_NO_MEMORY };

/*
 * Reads the fields of a JSON object into out->values. `whole`: what is required must be there, what
 * is left out gets its default; otherwise what is left out is not given. On DRAFT_WRONG
 * *out_complaint says what is wrong with the first field that is.
 */
enum draft_verdict draft_read(const struct json_in *body, bool whole, struct arena *arena,
                              struct draft *out, struct draft_complaint *out_complaint);

/* What `changes` gives replaces what stood there. */
void draft_merge(struct draft *draft, const struct draft *changes);

/* {"concertId":…, "name":…, …}; equal drafts have equal bytes. */
void draft_json(struct json_out *out, const struct draft *draft);

#endif
