/*
 * push.c — who listens where, and what is new there.
 */
#include "push/push.h"
