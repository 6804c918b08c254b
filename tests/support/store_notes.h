/*
 * store_notes.h — a house with notes in it: what the contract tests of the store share.
 *
 * A story gets an empty database with one table, a store and a reader on it. Most stories run
 * without the writer thread, so that a group is exactly what was submitted before store_turn().
 *
 * Thread   One thread at a time, unless a story says otherwise.
 * Memory   One house at a time; notes_close() takes everything away.
 */
#ifndef SUPPORT_STORE_NOTES_H
#define SUPPORT_STORE_NOTES_H

#include "support/databases.h"

struct house {
    struct database *database;
    struct store *store;
    struct store_connection *reader;
};

/* Writes `row_count` notes from `id` on, then answers `answer`. */
struct note {
    struct store_job job;
    int64_t id;
    int row_count;
    enum status answer;
    enum status heard;
    int heard_as; /* 1: the first of all */
};

extern const struct sql insert_note; /* id, words */

/* Around each story, as cmocka likes it; the house is the state. */
void notes_use(enum database_kind used);
int notes_open(void **state);
int notes_close(void **state);

void leave_house(struct house *house); /* closes the store */
void reenter_house(struct house *house);
struct store *open_outsider(const struct house *house); /* another process */

struct note note_of(int64_t id, enum status answer);
void submit(struct store *store, struct note *note);
int64_t count_notes(struct store_connection *reader);
bool has_note(struct store_connection *reader, int64_t id);

#endif
