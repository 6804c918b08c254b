/*
 * log.h — one line of JSON an event, to standard error.
 *
 * Thread   Any; a line is written in one piece.
 * Memory   None lasting; a line longer than LOG_LINE_BYTES_MAX is cut.
 * Secrets  Never pass a token, a password or a key. Pass ids.
 *
 *     log_info("server ready", log_words("address", address), log_int("loops", 2));
 *
 * writes {"time":"2026-…Z","level":"info","event":"server ready","address":"…","loops":2}
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/text.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

enum log_field_kind { LOG_FIELD_END, LOG_FIELD_TEXT, LOG_FIELD_INT };

struct log_field {
    const char *key;
    enum log_field_kind kind;
    struct text text;
    int64_t number;
};

static inline struct log_field log_text(const char *key, struct text text)
{
    return (struct log_field){key, LOG_FIELD_TEXT, text, 0};
}

static inline struct log_field log_words(const char *key, const char *terminated)
{
    return log_text(key, text_of(terminated));
}

static inline struct log_field log_int(const char *key, int64_t number)
{
    return (struct log_field){key, LOG_FIELD_INT, {NULL, 0}, number};
}

/* Lines below the level are dropped. LOG_INFO until told otherwise. */
void log_set_level(enum log_level level);

/* "debug", "info", "warn", "error", "off"; false for anything else. */
bool log_level_from_text(struct text text, enum log_level *out_level);

/* `fields` ends with a field of kind LOG_FIELD_END; NULL for none. */
void log_write(enum log_level level, const char *event, const struct log_field *fields);

/* Macros because the number of fields varies; at least one. */
#define LOG_FIELDS(...) ((const struct log_field[]){__VA_ARGS__, {0}})
#define log_debug(event, ...) log_write(LOG_DEBUG, event, LOG_FIELDS(__VA_ARGS__))
#define log_info(event, ...) log_write(LOG_INFO, event, LOG_FIELDS(__VA_ARGS__))
#define log_warn(event, ...) log_write(LOG_WARN, event, LOG_FIELDS(__VA_ARGS__))
#define log_error(event, ...) log_write(LOG_ERROR, event, LOG_FIELDS(__VA_ARGS__))

#endif
