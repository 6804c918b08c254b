/*
 * room_state.h — what a waiting room is doing, as everybody may know it.
 *
 * Thread   Values; any.
 * Memory   None.
 */
#ifndef WAITING_ROOM_STATE_H
#define WAITING_ROOM_STATE_H

enum room_state {
    ROOM_HALL, /* no door has opened yet */
    ROOM_OPEN,
    ROOM_PAUSED, /* the sale, or the admission, by an operator; or between presale and sale */
    ROOM_SOLD_OUT,
    ROOM_CLOSED,
};

/* "HALL", "OPEN", "PAUSED", "SOLD_OUT", "CLOSED". */
const char *room_state_name(enum room_state state);

#endif
