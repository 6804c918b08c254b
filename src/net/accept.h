/*
 * accept.h — which forms of an answer a client takes (RFC 9110 §12.4.2, §12.5.3).
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef NET_ACCEPT_H
#define NET_ACCEPT_H

#include <stdbool.h>

#include "base/text.h"

/* Does a list such as "gzip;q=0.8, br" let us send `form`? What is not named goes by "*". */
bool accept_takes(struct text list, const char *form);

#endif
