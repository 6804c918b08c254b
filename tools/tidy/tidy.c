/*
 * tidy.c — the house rules, held against every file of the checkout.
 *
 *     tidy ROOT       exit 0: nothing found; 1: findings, one a line; 2: it could not look
 *
 * All files are read first, because one rule needs them all: a header nobody includes.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "findings.h"
#include "map.h"
#include "rules.h"
#include "source.h"

enum { PATH_BYTES = 1024, NAME_BYTES = 256 };

struct checkout {
    struct source **sources;
    size_t count;
};

static const char *const folders[] = {"src", "tests", "tools", "bench", "web", NULL};
static const char *const skipped[] = {"node_modules", "dist", ".tested", NULL};
static const char *const kinds[] = {".c", ".h", ".ts", ".tsx", ".sh", ".sql", ".lua", NULL};

static bool listed(const char *name, const char *const *list, bool as_ending)
{
    for (; *list; list++)
        if (as_ending ? text_ends(name, *list) : strcmp(name, *list) == 0)
            return true;
    return false;
}

/* The whole file, terminated; the program ends when it cannot be read. */
static char *read_file(const char *path)
{
    char *text = NULL;
    size_t text_bytes = 0;
    FILE *file = fopen(path, "r");

    if (!file || (getdelim(&text, &text_bytes, '\0', file) < 0 && ferror(file))) {
        perror(path);
        exit(2);
    }
    fclose(file);
    if (!text)
        text = calloc(1, 1);
    if (!text)
        exit(2);
    return text;
}

static void add_source(struct checkout *checkout, const char *path)
{
    char *text = read_file(path);
    size_t bytes = (checkout->count + 1) * sizeof *checkout->sources;
    struct source **sources = realloc(checkout->sources, bytes);
    if (!sources) {
        perror("tidy");
        exit(2);
    }
    checkout->sources = sources;
    checkout->sources[checkout->count++] = source_create(path, text);
    free(text);
}

static void add_folder(struct checkout *checkout, const char *folder);

static void add_entry(struct checkout *checkout, const char *folder, const char *name)
{
    char path[PATH_BYTES];
    struct stat facts;

    if (name[0] == '.' || listed(name, skipped, false))
        return;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return;
    if (lstat(path, &facts) != 0)
        return;
    if (S_ISDIR(facts.st_mode))
        add_folder(checkout, path);
    else if (S_ISREG(facts.st_mode) && listed(name, kinds, true))
        add_source(checkout, path);
}

static void add_folder(struct checkout *checkout, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        add_entry(checkout, folder, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static bool anybody_includes(const struct checkout *checkout, const char *header_path)
{
    char name[NAME_BYTES];
    for (size_t i = 0; i < checkout->count; i++) {
        const struct source *source = checkout->sources[i];
        for (int line = 0; line < source->line_count; line++)
            if (source_line_includes(&source->lines[line], name, sizeof name) &&
                source_include_names(name, header_path))
                return true;
    }
    return false;
}

static void check_checkout(const struct checkout *checkout, const struct map *map,
                           struct findings *findings)
{
    for (size_t i = 0; i < checkout->count; i++) {
        const struct source *source = checkout->sources[i];
        rules_check(source, findings);
        if (source_is_c(source))
            map_check(map, source, findings);
        if (source_is_header(source) && !anybody_includes(checkout, source->path))
            findings_add(findings, source->path, 1, "nobody includes this header");
    }
}

int main(int count, char **words)
{
    struct findings findings = {.out = stdout};
    struct checkout checkout = {0};
    if (count != 2 || chdir(words[1]) != 0) {
        fputs("usage: tidy ROOT\n", stderr);
        return 2;
    }

    char *meson_build = read_file("meson.build");
    struct map *map = map_read(meson_build);
    free(meson_build);
    if (!map) {
        fputs("meson.build: no table `uses` in it\n", stderr);
        return 2;
    }
    for (const char *const *folder = folders; *folder; folder++)
        add_folder(&checkout, *folder);
    check_checkout(&checkout, map, &findings);

    for (size_t i = 0; i < checkout.count; i++)
        source_destroy(checkout.sources[i]);
    free(checkout.sources);
    map_destroy(map);
    if (findings.count > 0)
        printf("%d findings in %zu files\n", findings.count, checkout.count);
    return findings.count > 0;
}
