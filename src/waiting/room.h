/*
 * room.h — one waiting room: a line, its admission, its log and its document.
 *
 * The rules of the room, without a file, a thread or a clock: the usher (waiting.c) brings asks and
 * times, takes the events of a round, has them written, and comes back to say so.
 *
 * Thread   The usher's.
 * Memory   The line's, and some 20 kB.
 */
#ifndef WAITING_ROOM_H
#define WAITING_ROOM_H

#include "waiting/chain.h"
#include "waiting/listeners.h"
#include "waiting/waiting.h"

struct room_door {
    int64_t opens_at_ms, closes_at_ms; /* 0, 0: there is no such door */
};

struct room_sale { /* what the room knows of its sale */
    struct room_door doors[WAITING_DOORS];
    bool paused, sold_out, closed;
    uint32_t seats_free, seats_sold;
};

struct room_row { /* what the store keeps beside the events */
    struct option_id option;
    unsigned char secret[SHUFFLE_SEED_BYTES];
    char kid[24];
    struct admission_terms terms;
};

struct room_entry { /* an event on its way to the disk */
    struct room *room;
    struct chain_event chained;
    struct chain after;
};

struct room_departure {
    int64_t number;
    uint32_t turn;
};

struct room {
    struct option_id option;
    struct line *line;
    struct room_row row;
    struct chain_header header;
    struct chain chain; /* of what is durable */
    struct admission admission;
    struct listeners listeners;
    struct room_sale sale;
    struct line_counts counts; /* after the last durable round */
    uint32_t arrived_count;    /* of those who came to the gate, as far as admission knows */

    enum room_state state;
    bool suspect; /* a commit failed: read everything back first */
    bool leads;
    bool seen; /* while sales are looked at: there still is one */

    struct room_departure departures[WAITING_DEPARTURES_TOLD_MAX]; /* a ring */
    size_t departure_count;
    int64_t since; /* departures after this event are all there */

    char document[WAITING_DOCUMENT_BYTES_MAX];
    size_t document_size;
    int64_t document_number;
    bool document_urgent;                          /* the state has changed */
    int64_t shown_at_ms, swept_at_ms, signs_at_ms; /* steady */
    int64_t sold_at_ms; /* when the seats sold were counted last: the same */
    uint32_t sold_count;
    double sold_per_second;
    int64_t read_again_at_ms; /* a suspect room: the same */
};

/* Takes the line. NULL when memory is short, or when there is no key of the row's name. */
struct room *room_create(const struct room_row *row, const struct seals *seals, struct line *line,
                         struct line_time now);
void room_destroy(struct room *room); /* NULL is welcome */

void room_decide(struct room *room, struct waiting_ask *ask, uint8_t door, struct line_time now);

/* Opens doors, ends places, calls fans. A status other than OK makes the room suspect. */
void room_proceed(struct room *room, int64_t commit_us, struct line_time now);

/* The events that are not durable yet, chained; returns how many. They stay until room_kept(). */
size_t room_entries(struct room *room, const struct seals *seals, struct line_event *scratch,
                    struct room_entry *out_entries, size_t most);

/* This entry is durable. */
void room_kept(struct room *room, const struct room_entry *entry, struct line_time now);

/* Reading back: adds an event of the store to the line and to the chain; `hash` is the event's. */
MUST_USE enum status room_restore(struct room *room, const struct line_event *event,
                                  const unsigned char hash[CHAIN_HASH_BYTES], struct line_time now);

/* Another node has written this event down, and the line has it. */
MUST_USE enum status room_follow(struct room *room, const struct line_event *event,
                                 const unsigned char hash[CHAIN_HASH_BYTES]);

/* What another node has written down lately: for the pace. */
void room_hear(struct room *room, const struct line_event *event, struct line_time now);

/* After the last one. */
MUST_USE enum status room_restored(struct room *room);

/* True when there is a new document. */
bool room_write_document(struct room *room, struct line_time now);

/* The seed of a door. */
void room_seed(const struct room_row *row, uint8_t door,
               unsigned char out_seed[SHUFFLE_SEED_BYTES]);
void room_header(const struct room_row *row, const unsigned char key[RECEIPT_KEY_BYTES],
                 struct chain_header *out_header);

#endif
