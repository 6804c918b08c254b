/*
 * presses.h — the presses of one burst, handed to the engine together.
 *
 * A loop that wakes up finds hundreds of requests at once. Handing each to the engine by itself
 * would wake the writer for the first of them, which then makes a commit for one fan while the
 * others wait for the next; handed over together they share one lock, one wake-up and one commit.
 * Nothing is ever held back: the hand-over comes when the loop has handled what has arrived, so a
 * lonely press goes at once.
 *
 * Thread   One loop's.
 * Memory   A press is the request's; this holds the list only.
 */
#ifndef API_PRESSES_H
#define API_PRESSES_H

#include "booking/booking.h"

struct loop;
struct presses;

/* Borrows both. NULL when memory is short. */
struct presses *presses_create(struct booking *booking, struct loop *loop);
void presses_destroy(struct presses *presses); /* NULL is welcome; only after the loop has ended */

/* The ask is answered through its on_answer() as always; BOOKING_FAILED with STATUS_FULL when the
   engine has no room. */
void presses_add(struct presses *presses, struct booking_ask *ask);

#endif
