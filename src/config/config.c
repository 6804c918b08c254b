/*
 * config.c — four sources, one above the other.
 *
 *     default  <  file  <  environment  <  command line
 *
 * A start never goes on with a guess: a setting that nobody knows and a value that cannot be meant
 * both stop it, because a misspelled limit that is silently ignored is found on the opening night.
 * Every value remembers where it came from, so that `ticketrush config` can answer "why is it so?".
 *
 * Sources are read in rising order and each overwrites the one below, so a value needs no rank of
 * its own.
 */
#include "config/config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/must.h"
#include "config/settings.h"
#include "limits.h"

enum {
    ORIGIN_BYTES = 128,
    QUOTED_BYTES = 80, /* of a foreign name or value inside a fault */
    SETTING_NAME_BYTES = 64,
};

static const char environment_prefix[] = "TICKETRUSH_";
static const char file_variable[] = "TICKETRUSH_CONFIG"; /* names the file; no setting itself */
static const char file_beside[] = "ticketrush.conf";

enum source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT, SOURCE_COMMAND_LINE };

struct value {
    char *words; /* owned, terminated */
    int64_t number;
    enum source source;
    char origin[ORIGIN_BYTES]; /* "default", "ticketrush.conf line 3", "TICKETRUSH_DATA", "--set" */
};

struct config {
    struct value values[SETTING_COUNT];
};

/* --- one assignment --------------------------------------------------------------------------- */

struct assignment {
    struct text name, value;
    enum source source;
    const char *origin;
};

static int quoted_size(struct text text)
{
    return (int)(text.size < QUOTED_BYTES ? text.size : QUOTED_BYTES);
}

static enum status fault_unknown(const struct assignment *assignment, struct config_fault *fault)
{
    const char *nearest = settings_nearest(assignment->name);
    snprintf(fault->words, sizeof fault->words,
             "%s: there is no setting '%.*s'.%s%s%s `ticketrush --help` lists them all.",
             assignment->origin, quoted_size(assignment->name), assignment->name.bytes,
             nearest ? " Is '" : "", nearest ? nearest : "", nearest ? "' meant?" : "");
    return STATUS_INVALID;
}

static enum status fault_value(const struct assignment *assignment, const struct setting_row *row,
                               struct config_fault *fault)
{
    char expected[SETTING_EXPECTED_BYTES];
    settings_expected(row, expected);
    bool quiet = row->secret || assignment->value.size == 0;
    snprintf(fault->words, sizeof fault->words, "%s: %s cannot be %s%.*s%s; expected %s.",
             assignment->origin, row->name, quiet ? "" : "'",
             quiet ? 0 : quoted_size(assignment->value), quiet ? "" : assignment->value.bytes,
             quiet ? (row->secret ? "what was given" : "empty") : "'", expected);
    return STATUS_INVALID;
}

static enum status fault_place(const struct assignment *assignment, const struct setting_row *row,
                               struct config_fault *fault)
{
    snprintf(fault->words, sizeof fault->words,
             "%s: %s is a secret that others could read there; it comes from the environment only.",
             assignment->origin, row->name);
    return STATUS_INVALID;
}

static enum status put(struct config *config, enum setting setting,
                       const struct assignment *assignment, int64_t number)
{
    struct value *value = &config->values[setting];
    char *words =
        strndup(assignment->value.bytes ? assignment->value.bytes : "", assignment->value.size);
    if (!words)
        return STATUS_NO_MEMORY;

    free(value->words);
    value->words = words;
    value->number = number;
    value->source = assignment->source;
    snprintf(value->origin, sizeof value->origin, "%s", assignment->origin);
    return STATUS_OK;
}

static enum status assign(struct config *config, const struct assignment *assignment,
                          struct config_fault *fault)
{
    enum setting setting;
    int64_t number;

    if (!settings_find(assignment->name, &setting))
        return fault_unknown(assignment, fault);
    if (!settings_accept(&settings[setting], assignment->value, &number))
        return fault_value(assignment, &settings[setting], fault);

    if (settings[setting].environment_only && assignment->source != SOURCE_ENVIRONMENT)
        return fault_place(assignment, &settings[setting], fault);

    const struct value *earlier = &config->values[setting];
    if (assignment->source == SOURCE_FILE && earlier->source == SOURCE_FILE) {
        snprintf(fault->words, sizeof fault->words, "%s: %s was already set by %s.",
                 assignment->origin, settings[setting].name, earlier->origin);
        return STATUS_INVALID;
    }
    return put(config, setting, assignment, number);
}

/* --- defaults --------------------------------------------------------------------------------- */

static int64_t default_number(enum setting setting)
{
    if (setting != SETTING_IO_THREADS)
        return settings[setting].initial_number;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > LOOPS_MAX ? LOOPS_MAX : cores;
}

static enum status put_default(struct config *config, enum setting setting)
{
    const struct setting_row *row = &settings[setting];
    char digits[24];
    int64_t number = 0;

    snprintf(digits, sizeof digits, "%" PRId64, default_number(setting));
    struct assignment assignment = {.name = text_of(row->name),
                                    .value = text_of(row->initial ? row->initial : digits),
                                    .source = SOURCE_DEFAULT,
                                    .origin = "default"};
    must(settings_accept(row, assignment.value, &number));
    return put(config, setting, &assignment, number);
}

struct config *config_create(void)
{
    struct config *config = calloc(1, sizeof *config);
    if (!config)
        return NULL;
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        if (put_default(config, (enum setting)setting) == STATUS_OK)
            continue;
        config_destroy(config);
        return NULL;
    }
    return config;
}

void config_destroy(struct config *config)
{
    if (!config)
        return;
    for (int setting = 0; setting < SETTING_COUNT; setting++)
        free(config->values[setting].words);
    free(config);
}

/* --- the file --------------------------------------------------------------------------------- */

static enum status read_line(struct config *config, struct text line, const char *origin,
                             struct config_fault *fault)
{
    line = text_trim(line);
    if (text_empty(line) || line.bytes[0] == '#')
        return STATUS_OK;
    if (!memchr(line.bytes, '=', line.size)) {
        snprintf(fault->words, sizeof fault->words,
                 "%s: '%.*s' is no setting; a line is `name = value` or starts with #.", origin,
                 quoted_size(line), line.bytes);
        return STATUS_INVALID;
    }
    struct assignment assignment = {.source = SOURCE_FILE, .origin = origin};
    assignment.name = text_trim(text_cut(line, '=', &assignment.value));
    assignment.value = text_trim(assignment.value);
    return assign(config, &assignment, fault);
}

enum status config_read(struct config *config, struct text lines, const char *path,
                        struct config_fault *out_fault)
{
    if (!text_is_utf8(lines)) {
        snprintf(out_fault->words, sizeof out_fault->words, "%s is not UTF-8 text.", path);
        return STATUS_INVALID;
    }
    for (int number = 1; !text_empty(lines); number++) {
        char origin[ORIGIN_BYTES];
        snprintf(origin, sizeof origin, "%.100s line %d", path, number);
        struct text line = text_cut(lines, '\n', &lines);
        enum status status = read_line(config, line, origin, out_fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status fault_file(const char *path, const char *why, struct config_fault *fault)
{
    snprintf(fault->words, sizeof fault->words, "The settings file %.200s cannot be read: %s.",
             path, why);
    return STATUS_IO;
}

static enum status read_stream(struct config *config, FILE *file, const char *path,
                               struct config_fault *fault)
{
    char *bytes = malloc(CONFIG_FILE_BYTES_MAX + 1);
    if (!bytes)
        return STATUS_NO_MEMORY;
    size_t size = fread(bytes, 1, CONFIG_FILE_BYTES_MAX + 1, file);
    enum status status;
    if (ferror(file))
        status = fault_file(path, strerror(errno), fault);
    else if (size > CONFIG_FILE_BYTES_MAX)
        status = fault_file(path, "it is longer than 64 kB", fault);
    else
        status = config_read(config, text_make(bytes, size), path, fault);
    free(bytes);
    return status;
}

/* A file that was asked for must be there; the one in the current folder may be missing. */
static enum status read_file(struct config *config, const char *path, bool may_be_missing,
                             struct config_fault *fault)
{
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT && may_be_missing)
        return STATUS_OK;
    if (!file)
        return fault_file(path, strerror(errno), fault);
    enum status status = read_stream(config, file, path, fault);
    fclose(file);
    return status;
}

/* --- environment and command line ------------------------------------------------------------- */

static const char *variable(char *const *environment, const char *name)
{
    size_t size = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, size) == 0 && (*environment)[size] == '=')
            return *environment + size + 1;
    return NULL;
}

static enum status read_environment(struct config *config, char *const *environment,
                                    struct config_fault *fault)
{
    for (; *environment; environment++) {
        struct text pair = text_of(*environment);
        if (!text_starts(pair, text_of(environment_prefix)))
            continue;
        struct text value;
        struct text name = text_cut(pair, '=', &value);
        if (text_equal(name, text_of(file_variable)))
            continue;
        char origin[ORIGIN_BYTES];
        snprintf(origin, sizeof origin, "environment variable %.*s", quoted_size(name), name.bytes);
        size_t prefix_size = sizeof environment_prefix - 1;
        struct assignment assignment = {
            .name = text_make(name.bytes + prefix_size, name.size - prefix_size),
            .value = value,
            .source = SOURCE_ENVIRONMENT,
            .origin = origin};
        enum status status = assign(config, &assignment, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status read_assignments(struct config *config, const struct config_sources *sources,
                                    struct config_fault *fault)
{
    for (size_t i = 0; i < sources->assignment_count; i++) {
        struct text pair = text_of(sources->assignments[i]);
        if (!memchr(pair.bytes, '=', pair.size)) {
            snprintf(fault->words, sizeof fault->words, "--set %.*s: write it as --set name=value.",
                     quoted_size(pair), pair.bytes);
            return STATUS_INVALID;
        }
        struct assignment assignment = {.source = SOURCE_COMMAND_LINE, .origin = "option --set"};
        assignment.name = text_cut(pair, '=', &assignment.value);
        enum status status = assign(config, &assignment, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* --- all together ----------------------------------------------------------------------------- */

static enum status check_adapters(const struct config *config, struct config_fault *fault)
{
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        const struct setting_row *row = &settings[setting];
        const struct value *value = &config->values[setting];
        if (row->kind != SETTING_KIND_ADAPTER || settings_has_adapter(row, text_of(value->words)))
            continue;
        bool nothing = row->choices[0] == '\0', or_nothing = row->choices[0] == '|';
        snprintf(fault->words, sizeof fault->words,
                 "%s: %s names a server, and this version has no adapter for it; %s%s.",
                 value->origin, row->name,
                 nothing      ? "leave it empty"
                 : or_nothing ? "leave it empty or use "
                              : "it knows only ",
                 row->choices + or_nothing);
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

static enum status put_web(struct config *config, const char *folder)
{
    struct assignment assignment = {
        .value = text_of(folder), .source = SOURCE_DEFAULT, .origin = "default, beside the binary"};
    return put(config, SETTING_WEB, &assignment, 0);
}

enum status config_load(struct config *config, const struct config_sources *sources,
                        struct config_fault *out_fault)
{
    snprintf(out_fault->words, sizeof out_fault->words, "Memory is short.");

    enum status status = STATUS_OK;
    if (sources->web_beside[0] != '\0')
        status = put_web(config, sources->web_beside);

    const char *asked_for =
        sources->file ? sources->file : variable(sources->environment, file_variable);
    if (status == STATUS_OK)
        status =
            read_file(config, asked_for ? asked_for : file_beside, asked_for == NULL, out_fault);
    if (status == STATUS_OK)
        status = read_environment(config, sources->environment, out_fault);
    if (status == STATUS_OK)
        status = read_assignments(config, sources, out_fault);
    if (status == STATUS_OK)
        status = check_adapters(config, out_fault);
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

const char *config_text(const struct config *config, enum setting setting)
{
    must(setting < SETTING_COUNT);
    return config->values[setting].words;
}

int64_t config_int(const struct config *config, enum setting setting)
{
    must(settings[setting].kind == SETTING_KIND_NUMBER ||
         settings[setting].kind == SETTING_KIND_DURATION ||
         settings[setting].kind == SETTING_KIND_SHARE);
    return config->values[setting].number;
}

bool config_switch(const struct config *config, enum setting setting)
{
    must(settings[setting].kind == SETTING_KIND_SWITCH);
    return config->values[setting].number == 1;
}

void config_address(const struct config *config, enum setting setting,
                    char out_host[CONFIG_HOST_BYTES], uint16_t *out_port)
{
    must(settings[setting].kind == SETTING_KIND_ADDRESS);
    must(settings_address(text_of(config->values[setting].words), out_host, out_port));
}

/* The default of a secret setting is no secret. */
static const char *shown(const struct value *value, const struct setting_row *row)
{
    return row->secret && value->source != SOURCE_DEFAULT && value->words[0] != '\0' ? "(set)"
                                                                                     : value->words;
}

void config_print(const struct config *config, FILE *file)
{
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        const struct value *value = &config->values[setting];
        fprintf(file, "%-32s = %-20s (%s)\n", settings[setting].name,
                shown(value, &settings[setting]), value->origin);
    }
}

static void variable_name(const char *name, char out_words[SETTING_NAME_BYTES])
{
    int size = snprintf(out_words, SETTING_NAME_BYTES, "%s%s", environment_prefix, name);
    must(size > 0 && size < SETTING_NAME_BYTES);
    for (char *letter = out_words; *letter; letter++)
        *letter = (char)toupper((unsigned char)*letter);
}

void config_print_help(FILE *file)
{
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        const struct setting_row *row = &settings[setting];
        char name[SETTING_NAME_BYTES];
        variable_name(row->name, name);
        char digits[24];
        snprintf(digits, sizeof digits, "%" PRId64, default_number((enum setting)setting));
        const char *initial = row->initial ? row->initial : digits;
        fprintf(file, "  %s\n      %s%s%s\n", name, row->help, initial[0] ? " Default: " : "",
                initial);
    }
}
