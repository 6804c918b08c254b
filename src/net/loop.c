/*
 * loop.c — a libuv loop, a mailbox and a bell.
 *
 * uv_async_send() writes to an eventfd unless a ring is under way already, and the mailbox rings
 * only when it was empty: a thousand answers of one turn of the engine cost one system call.
 *
 * Giving those answers takes milliseconds, and whoever only wants to read would wait for all of
 * them. So a round delivers LOOP_NOTES_MAX at most, rings for the rest and looks at the sockets in
 * between. What runs at the end of a burst waits until all of what was taken together is delivered:
 * the fans who are answered first press again first, and their presses share the next turn with
 * those of the last.
 */
#include "net/loop_private.h"

#include "base/container.h"
#include "base/must.h"
#include "limits.h"

static void deliver(struct loop *loop)
{
    bool rang_in_vain = !list_empty(&loop->arrived); /* whoever posted while these were waiting */
    if (!rang_in_vain)
        (void)mailbox_take(&loop->notes, &loop->arrived, SIZE_MAX);
    for (size_t i = 0; i < LOOP_NOTES_MAX && !list_empty(&loop->arrived); i++) {
        struct list *link = list_pop_front(&loop->arrived);
        struct loop_note *note = container_of(link, struct loop_note, letter);
        note->on_arrive(note); /* the note may be gone afterwards */
    }
    if (rang_in_vain || !list_empty(&loop->arrived))
        loop_ring(loop);
}

static void on_ring(uv_async_t *bell)
{
    struct loop *loop = container_of(bell, struct loop, bell);
    deliver(loop);
    if (loop->on_wake)
        loop->on_wake(loop);
}

static void on_events_handled(uv_check_t *after_events)
{
    struct loop *loop = container_of(after_events, struct loop, after_events);
    if (!list_empty(&loop->arrived))
        return;
    struct list due; /* a note may come again at once: that is for the next time */
    list_init(&due);
    list_move_all(&loop->at_end, &due);
    for (struct list *link = list_pop_front(&due); link; link = list_pop_front(&due)) {
        struct loop_note *note = container_of(link, struct loop_note, letter);
        note->on_arrive(note);
    }
}

enum status loop_init(struct loop *loop, size_t index, int64_t (*now_ms)(void))
{
    loop->index = index;
    loop->now_ms = now_ms;
    loop->on_wake = NULL;
    if (uv_loop_init(&loop->uv) != 0)
        return STATUS_NO_MEMORY;
    if (uv_async_init(&loop->uv, &loop->bell, on_ring) != 0) {
        (void)uv_loop_close(&loop->uv);
        return STATUS_NO_MEMORY;
    }
    uv_unref((uv_handle_t *)&loop->bell);
    (void)uv_check_init(&loop->uv, &loop->after_events); /* these two cannot fail */
    (void)uv_check_start(&loop->after_events, on_events_handled);
    uv_unref((uv_handle_t *)&loop->after_events);
    list_init(&loop->at_end);
    list_init(&loop->arrived);
    mailbox_init(&loop->notes, SIZE_MAX);
    return STATUS_OK;
}

void loop_deinit(struct loop *loop)
{
    while (mailbox_count(&loop->notes) > 0 || !list_empty(&loop->arrived))
        deliver(loop);
    on_events_handled(&loop->after_events);
    uv_close((uv_handle_t *)&loop->bell, NULL);
    uv_close((uv_handle_t *)&loop->after_events, NULL);
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    int failed = uv_loop_close(&loop->uv);
    must(!failed); /* every handle was closed */
    mailbox_deinit(&loop->notes);
}

void loop_run(struct loop *loop)
{
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_ring(struct loop *loop)
{
    (void)uv_async_send(&loop->bell);
}

void loop_post(struct loop *loop, struct loop_note *note)
{
    must(note->on_arrive);

    bool was_empty = false;
    bool taken = mailbox_put(&loop->notes, &note->letter, &was_empty);
    must(taken);
    if (was_empty)
        loop_ring(loop);
}

void loop_at_end(struct loop *loop, struct loop_note *note)
{
    must(note->on_arrive);
    list_push_back(&loop->at_end, &note->letter);
}

size_t loop_index(const struct loop *loop)
{
    return loop->index;
}

int64_t loop_now_ms(const struct loop *loop)
{
    return loop->now_ms ? loop->now_ms() : (int64_t)uv_now(&loop->uv);
}
