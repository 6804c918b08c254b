/* presses.c — gathers while the loop handles its events, hands over at their end. */
#include "api/presses.h"

#include <stdlib.h>

#include "base/container.h"
#include "net/loop.h"

struct presses {
    struct booking *booking;
    struct loop *loop;
    struct loop_note end_of_burst;
    struct list asks;
};

static void refuse(struct booking_ask *ask)
{
    ask->verdict = BOOKING_FAILED;
    ask->status = STATUS_FULL;
    ask->on_answer(ask);
}

static void hand_over(struct loop_note *note)
{
    struct presses *presses = container_of(note, struct presses, end_of_burst);
    booking_submit_all(presses->booking, &presses->asks);
    struct list *link;
    while ((link = list_pop_front(&presses->asks)) != NULL)
        refuse(container_of(link, struct booking_ask, letter));
}

struct presses *presses_create(struct booking *booking, struct loop *loop)
{
    struct presses *presses = calloc(1, sizeof *presses);
    if (!presses)
        return NULL;
    presses->booking = booking;
    presses->loop = loop;
    presses->end_of_burst.on_arrive = hand_over;
    list_init(&presses->asks);
    return presses;
}

void presses_destroy(struct presses *presses)
{
    free(presses);
}

void presses_add(struct presses *presses, struct booking_ask *ask)
{
    if (list_empty(&presses->asks))
        loop_at_end(presses->loop, &presses->end_of_burst);
    list_push_back(&presses->asks, &ask->letter);
}
