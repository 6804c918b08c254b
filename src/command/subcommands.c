/* subcommands.c — the table of subcommands, in the order of the help. */
#include "command/subcommands.h"

/* clang-format off */
const struct subcommand *const subcommands[] = {
    &subcommand_serve,
    &subcommand_migrate,
    &subcommand_seed,
    &subcommand_sale,
    &subcommand_audit,
    &subcommand_reconcile,
    &subcommand_verify_line,
    &subcommand_rush,
    &subcommand_lab,
    &subcommand_user,
    &subcommand_token,
    &subcommand_ticket,
    &subcommand_config,
    &subcommand_version,
    NULL,
};
/* clang-format on */
