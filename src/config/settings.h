/*
 * settings.h — the one table of settings, and what a value of each may be.
 *
 * Thread   Constants and pure functions; any thread.
 * Memory   None.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>

#include "config/config.h"

enum setting_kind {
    SETTING_KIND_TEXT,     /* anything without control characters; may be empty */
    SETTING_KIND_FOLDER,   /* the same, not empty */
    SETTING_KIND_ADAPTER,  /* what serves a port: one of `choices`, "…" is whatever follows */
    SETTING_KIND_CHOICE,   /* one of `choices` */
    SETTING_KIND_SWITCH,   /* on, off */
    SETTING_KIND_NUMBER,   /* a whole number within bounds */
    SETTING_KIND_DURATION, /* the same, in milliseconds */
    SETTING_KIND_SHARE,    /* "2.5%"; its number is of 10,000 */
    SETTING_KIND_ADDRESS,  /* 127.0.0.1:8080, [::1]:8080 */
    SETTING_KIND_BROKERS,  /* host:port, several with commas; or empty */
};

struct setting_row {
    const char *name; /* "listen"; in the environment TICKETRUSH_LISTEN */
    enum setting_kind kind;
    const char *initial;    /* the default; NULL for numbers */
    int64_t initial_number; /* theirs */
    int64_t least, most;
    const char *choices; /* "debug|info|warn"; of an adapter: "sqlite|postgresql://…",
                            "|redis://…" where it may be empty */
    const char *help;    /* a sentence */
    bool secret;         /* may hold a password: never shown */
    bool environment_only;
};

extern const struct setting_row settings[SETTING_COUNT];

/* Finds a name, in any case; false when there is none. */
bool settings_find(struct text name, enum setting *out_setting);

/* The name that differs least from a misspelled one; NULL when none is near. */
const char *settings_nearest(struct text name);

/* Is `value` one of this setting's? *out_number is the number, or 1 for a switch that is on. */
bool settings_accept(const struct setting_row *row, struct text value, int64_t *out_number);

/* Does this version have an adapter for such a value? */
bool settings_has_adapter(const struct setting_row *row, struct text value);

/* What would be right: "a whole number from 1 to 64". */
enum { SETTING_EXPECTED_BYTES = 160 };
void settings_expected(const struct setting_row *row, char out_words[SETTING_EXPECTED_BYTES]);

/* Splits an address; false when it is none. */
bool settings_address(struct text value, char out_host[CONFIG_HOST_BYTES], uint16_t *out_port);

#endif
