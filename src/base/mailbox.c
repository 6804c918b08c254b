/* mailbox.c — a list, a lock and a bell. */
#include "base/mailbox.h"

#include <stdint.h>

#include "base/must.h"

static void lock(struct mailbox *mailbox)
{
    int failed = pthread_mutex_lock(&mailbox->lock);
    must(!failed);
}

static void unlock(struct mailbox *mailbox)
{
    int failed = pthread_mutex_unlock(&mailbox->lock);
    must(!failed);
}

void mailbox_init(struct mailbox *mailbox, size_t letters_max)
{
    must(letters_max > 0);
    int failed =
        pthread_mutex_init(&mailbox->lock, NULL) || pthread_cond_init(&mailbox->arrived, NULL);
    must(!failed);
    list_init(&mailbox->letters);
    mailbox->letter_count = 0;
    mailbox->letters_max = letters_max;
    mailbox->closed = false;
}

void mailbox_deinit(struct mailbox *mailbox)
{
    must(mailbox->letter_count == 0);
    pthread_mutex_destroy(&mailbox->lock);
    pthread_cond_destroy(&mailbox->arrived);
}

static bool put(struct mailbox *mailbox, struct list *letter, size_t letters_max,
                bool *out_was_empty)
{
    lock(mailbox);
    bool fits = !mailbox->closed && mailbox->letter_count < letters_max;
    if (fits) {
        *out_was_empty = mailbox->letter_count == 0;
        list_push_back(&mailbox->letters, letter);
        mailbox->letter_count++;
        if (*out_was_empty)
            pthread_cond_signal(&mailbox->arrived);
    }
    unlock(mailbox);
    return fits;
}

bool mailbox_put(struct mailbox *mailbox, struct list *letter, bool *out_was_empty)
{
    return put(mailbox, letter, mailbox->letters_max, out_was_empty);
}

bool mailbox_put_always(struct mailbox *mailbox, struct list *letter, bool *out_was_empty)
{
    return put(mailbox, letter, SIZE_MAX, out_was_empty);
}

size_t mailbox_put_all(struct mailbox *mailbox, struct list *letters, bool *out_was_empty)
{
    lock(mailbox);
    size_t count = 0;
    *out_was_empty = mailbox->letter_count == 0;
    while (!mailbox->closed && mailbox->letter_count < mailbox->letters_max &&
           !list_empty(letters)) {
        list_push_back(&mailbox->letters, list_pop_front(letters));
        mailbox->letter_count++;
        count++;
    }
    if (*out_was_empty && count > 0)
        pthread_cond_signal(&mailbox->arrived);
    unlock(mailbox);
    return count;
}

static size_t take_locked(struct mailbox *mailbox, struct list *out_letters, size_t most)
{
    size_t count = mailbox->letter_count;
    if (count <= most) {
        list_move_all(&mailbox->letters, out_letters);
        mailbox->letter_count = 0;
        return count;
    }
    for (size_t i = 0; i < most; i++)
        list_push_back(out_letters, list_pop_front(&mailbox->letters));
    mailbox->letter_count -= most;
    return most;
}

size_t mailbox_take(struct mailbox *mailbox, struct list *out_letters, size_t most)
{
    lock(mailbox);
    size_t count = take_locked(mailbox, out_letters, most);
    unlock(mailbox);
    return count;
}

size_t mailbox_wait(struct mailbox *mailbox, struct list *out_letters, size_t most)
{
    lock(mailbox);
    while (mailbox->letter_count == 0 && !mailbox->closed)
        pthread_cond_wait(&mailbox->arrived, &mailbox->lock);
    size_t count = take_locked(mailbox, out_letters, most);
    bool more = mailbox->letter_count > 0;
    if (more) /* several owners may wait, as workers do */
        pthread_cond_signal(&mailbox->arrived);
    unlock(mailbox);
    return count;
}

void mailbox_close(struct mailbox *mailbox)
{
    lock(mailbox);
    mailbox->closed = true;
    pthread_cond_broadcast(&mailbox->arrived);
    unlock(mailbox);
}

size_t mailbox_count(struct mailbox *mailbox)
{
    lock(mailbox);
    size_t count = mailbox->letter_count;
    unlock(mailbox);
    return count;
}
