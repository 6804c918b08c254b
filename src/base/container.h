/*
 * container.h — from a member back to the struct that holds it.
 *
 * Thread   Any.
 * Memory   None.
 */
#ifndef BASE_CONTAINER_H
#define BASE_CONTAINER_H

#include <stddef.h>

/* The usual intrusive-container idiom; a macro because it takes a type and a member name. */
#define container_of(member_pointer, type, member)                                                 \
    ((type *)(void *)((char *)(member_pointer)-offsetof(type, member)))

#endif
