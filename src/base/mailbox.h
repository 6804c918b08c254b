/*
 * mailbox.h — how threads hand each other messages: a bounded queue of intrusive letters.
 *
 * Thread   Any thread may put; one thread, the owner, takes.
 * Memory   None of its own: a letter lives inside the thing it announces and must stay alive until
 *          taken.
 * Limits   At most `letters_max` wait; putting one more answers false and does nothing.
 * Order    First in, first out.
 *
 * The owner takes everything at once, so the lock is held for a few instructions whatever the
 * crowd.
 */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

struct mailbox {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct list letters;
    size_t letter_count;
    size_t letters_max;
    bool closed;
};

void mailbox_init(struct mailbox *mailbox, size_t letters_max);
void mailbox_deinit(struct mailbox *mailbox); /* must be empty */

/* False when full or closed. *out_was_empty tells whether the owner may need waking. */
bool mailbox_put(struct mailbox *mailbox, struct list *letter, bool *out_was_empty);

/* Moves as many letters as there is room for from the front of `letters`; returns how many. */
size_t mailbox_put_all(struct mailbox *mailbox, struct list *letters, bool *out_was_empty);

/* mailbox_put() beyond the maximum: for the second step of what has been let in already, so that
   the number of such letters is bounded elsewhere. False when closed. */
bool mailbox_put_always(struct mailbox *mailbox, struct list *letter, bool *out_was_empty);

/* Moves up to `most` letters to the end of `out_letters`; returns how many. Never waits. */
size_t mailbox_take(struct mailbox *mailbox, struct list *out_letters, size_t most);

/* The same, but waits for the first letter; 0 only when the mailbox is closed and empty. */
size_t mailbox_wait(struct mailbox *mailbox, struct list *out_letters, size_t most);

/* Nothing more goes in; waiters wake. What is in can still be taken. */
void mailbox_close(struct mailbox *mailbox);

size_t mailbox_count(struct mailbox *mailbox);

#endif
