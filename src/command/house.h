/*
 * house.h — all parts of a running server, opened in order and closed in reverse.
 *
 * Thread   The main thread.
 * Memory   One house a process. What the loops hold stays until the process ends: see
 *          house_close().
 * Failure  False: the user has been told why, and house_close() gives back what was opened.
 */
#ifndef COMMAND_HOUSE_H
#define COMMAND_HOUSE_H

#include "command/command.h"

struct house;

/* The one house. It must be closed, also when opening fails. */
struct house *house_of(const struct command *command);

bool house_open(struct house *house);

/* Serves from here on. */
bool house_start(struct house *house);
uint16_t house_port(const struct house *house);

/* Every HOUSE_TICK_MS: holds lapse, payments settle, and what another process wrote is noticed. */
enum { HOUSE_TICK_MS = 50 };
void house_tick(struct house *house);

/*
 * Requests in flight finish, payments under way settle — both within `drain_ms` — and everything
 * that was accepted is written. The loops' memory is left to the operating system: a request whose
 * client has left may stand between two of its steps, and its next step would find the store
 * closed. Where a payment does not settle, the process ends here, with `exit_code`.
 */
void house_close(struct house *house, enum exit_code exit_code);

#endif
