/*
 * config.h — the settings of one start: what each is, and where it came from.
 *
 * A setting has one name. In the file it is `name = value`, on the command line `--set name=value`,
 * in the environment TICKETRUSH_NAME. Later sources win: default, file, environment, command line.
 *
 * Thread   Filled on the main thread before anything starts; then read-only, for any thread.
 * Memory   Owns copies of everything; texts live as long as the config.
 * Failure  An unknown name or an ill-formed value is a sentence in a config_fault: where it came
 *          from, what is wrong, what would be right. The config is then of no more use than to be
 *          destroyed.
 * Secrets  A setting marked secret never appears in a fault nor in config_print(). One that is for
 *          the environment only is refused from a file and the command line, which others read.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"
#include "base/text.h"

enum setting {
    SETTING_LISTEN,
    SETTING_DATA,
    SETTING_WEB,
    SETTING_STORE,
    SETTING_REDIS,
    SETTING_KAFKA,
    SETTING_KAFKA_PREFIX,
    SETTING_LAB,
    SETTING_GATEWAY,
    SETTING_GATEWAY_URL,
    SETTING_GATEWAY_SECRET,
    SETTING_GATEWAY_CLIENT_KEY,
    SETTING_GATEWAY_WEBHOOK_SECRET,
    SETTING_GATEWAY_CONNECT_MS,
    SETTING_GATEWAY_TOTAL_MS,
    SETTING_GATEWAY_REFUNDS_PER_SECOND,
    SETTING_GATEWAY_FAULTS,
    SETTING_GATEWAY_DECLINES,
    SETTING_GATEWAY_SEED,
    SETTING_LOG_LEVEL,
    SETTING_IO_THREADS,
    SETTING_WORKERS,
    SETTING_STRATEGY_WORKERS,
    SETTING_CONNECTIONS,
    SETTING_CONNECTIONS_PER_ADDRESS,
    SETTING_STREAMS,
    SETTING_ORIGINS,
    SETTING_REQUESTS_PER_ACCOUNT_PER_SECOND,
    SETTING_LOGINS_PER_ADDRESS_PER_MINUTE,
    SETTING_JOINS_PER_ADDRESS_PER_MINUTE,
    SETTING_HEADER_TIMEOUT_MS,
    SETTING_BODY_TIMEOUT_MS,
    SETTING_IDLE_TIMEOUT_MS,
    SETTING_DRAIN_MS,
    SETTING_COUNT,
};

struct config;

struct config_fault {
    char words[512]; /* one sentence or two, terminated */
};

struct config_sources {
    char *const *environment; /* as `environ`: NAME=value, ended by NULL */
    const char *file; /* --config; NULL: TICKETRUSH_CONFIG, else ./ticketrush.conf if it exists */
    const char *const *assignments; /* --set name=value */
    size_t assignment_count;
    const char *web_beside; /* default of `web`: the page's folder beside the binary; "" for none */
};

/* All defaults. NULL when memory is short. */
struct config *config_create(void);
void config_destroy(struct config *config); /* NULL is welcome */

/* Everything in rising order. STATUS_INVALID: see the fault. STATUS_IO: the file cannot be read. */
MUST_USE enum status config_load(struct config *config, const struct config_sources *sources,
                                 struct config_fault *out_fault);

/* Only the lines of a file; `path` is its name in faults. */
MUST_USE enum status config_read(struct config *config, struct text lines, const char *path,
                                 struct config_fault *out_fault);

/* --- reading ---------------------------------------------------------------------------------- */

const char *config_text(const struct config *config, enum setting setting);
int64_t config_int(const struct config *config,
                   enum setting setting); /* numbers, milliseconds, shares */
bool config_switch(const struct config *config, enum setting setting);

/* "127.0.0.1" and 8080; an IPv6 address comes without its brackets. */
enum { CONFIG_HOST_BYTES = 64 };
void config_address(const struct config *config, enum setting setting,
                    char out_host[CONFIG_HOST_BYTES], uint16_t *out_port);

/* Every setting on a line: name, value and origin; secrets as "(set)". */
void config_print(const struct config *config, FILE *file);

/* Every setting with its default and its sentence, for `--help`. */
void config_print_help(FILE *file);

#endif
