/*
 * subcommands.h — every subcommand by name; each stands in the file of its name.
 *
 * Thread   Constants.
 * Memory   None.
 */
#ifndef COMMAND_SUBCOMMANDS_H
#define COMMAND_SUBCOMMANDS_H

#include "command/command.h"

extern const struct subcommand subcommand_serve;
extern const struct subcommand subcommand_migrate;
extern const struct subcommand subcommand_seed;
extern const struct subcommand subcommand_audit;
extern const struct subcommand subcommand_ticket;
extern const struct subcommand subcommand_reconcile;
extern const struct subcommand subcommand_verify_line;
extern const struct subcommand subcommand_rush;
extern const struct subcommand subcommand_lab;
extern const struct subcommand subcommand_user;
extern const struct subcommand subcommand_token;
extern const struct subcommand subcommand_sale;
extern const struct subcommand subcommand_config;
extern const struct subcommand subcommand_version;

#endif
