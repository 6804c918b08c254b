/*
 * map.c — reads the table of folders, and holds a file's includes against it.
 *
 * Three questions are asked of each include. Is it a vendor's header outside the adapter that hides
 * the vendor? Is it an adapter (store/store_sqlite.h beside store/store.h) named by somebody who
 * wires nothing? Is it a folder that this one does not stand on? Tests and the wiring (main.c,
 * command/) may name any folder, but vendors stay behind their doors even there.
 */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDERS = 64, NAME_BYTES = 256 };

struct map {
    char *names[FOLDERS]; /* "api" */
    char *uses[FOLDERS];  /* " net account base ", blanks around every name */
    int count;
};

struct vendor {
    const char *header;
    const char *places[8]; /* paths that may include it, as beginnings */
};

static const struct vendor vendors[] = {
    {"uv.h", {"src/net/", "src/rush/"}},
    {"llhttp.h", {"src/net/", "src/rush/"}},
    {"sqlite3.h", {"src/store/store_sqlite", "tests/support/"}},
    {"jansson.h", {"src/base/json_in.c", "tools/openapi_page.c", "tests/support/openapi.c"}},
    {"sodium.h",
     {"src/base/", "src/account/", "src/payment/", "src/waiting/", "tests/fuzz/",
      "tests/gateway/"}},
    {"jwt.h", {"src/account/"}},
    {"qrencode.h", {"src/payment/"}},
    {"zlib.h", {"src/catalog/"}},
    {"libpq-fe.h", {"src/store/store_postgres", "tests/support/server_postgres.c"}},
    {"hiredis/", {"src/redis/"}},
    {"librdkafka/", {"src/bus/bus_kafka"}},
    {"wslay/", {"src/net/"}},
    {"curl/", {"src/payment/"}},
    {"cmocka.h", {"tests/"}},
};

/* The endings that make `port_vendor.h` an adapter of `port.h`. */
static const char *const adapters[] = {"_sqlite.h", "_postgres.h", "_redis.h",
                                       "_kafka.h",  "_memory.h",   NULL};

/* The text between the next two quotes, NULL when they do not come before `end`. */
static char *quoted(const char **at, const char *end)
{
    const char *open = strchr(*at, '\'');
    const char *close = open ? strchr(open + 1, '\'') : NULL;
    if (!close || close > end)
        return NULL;
    *at = close + 1;
    return strndup(open + 1, (size_t)(close - open - 1));
}

static void read_row(struct map *map, const char *row, const char *end)
{
    char list[1024] = " ";
    char *name = quoted(&row, end);
    if (!name || map->count == FOLDERS) {
        free(name);
        return;
    }
    for (char *used; (used = quoted(&row, end)) != NULL; free(used)) {
        strncat(list, used, sizeof list - strlen(list) - 1);
        strncat(list, " ", sizeof list - strlen(list) - 1);
    }
    map->names[map->count] = name;
    map->uses[map->count++] = strdup(list);
}

struct map *map_read(const char *meson_build)
{
    const char *at = strstr(meson_build, "\nuses = {");
    const char *end = at ? strstr(at, "\n}") : NULL;
    struct map *map = end ? calloc(1, sizeof *map) : NULL;
    if (!map)
        return NULL;

    for (at = strchr(at + 1, '\n') + 1; at < end;) {
        const char *row_end = strstr(at, "],"); /* a row may go over several lines */
        if (!row_end || row_end > end)
            break;
        read_row(map, at, row_end);
        at = row_end + 2;
    }
    return map;
}

void map_destroy(struct map *map)
{
    if (!map)
        return;
    for (int i = 0; i < map->count; i++) {
        free(map->names[i]);
        free(map->uses[i]);
    }
    free(map);
}

static int folder_index(const struct map *map, const char *path)
{
    for (int i = 0; i < map->count; i++) {
        size_t bytes = strlen(map->names[i]);
        if (strncmp(path, map->names[i], bytes) == 0 && path[bytes] == '/')
            return i;
    }
    return -1;
}

static bool is_wiring(const char *path)
{
    return strcmp(path, "src/main.c") == 0 || text_starts(path, "src/command/") ||
           text_starts(path, "bench/");
}

static void check_vendor(const struct source *source, int line_number, const char *name,
                         struct findings *findings)
{
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        const struct vendor *vendor = &vendors[i];
        bool folder = text_ends(vendor->header, "/");
        if (folder ? !text_starts(name, vendor->header) : strcmp(name, vendor->header) != 0)
            continue;
        bool welcome = strcmp(name, "cmocka.h") == 0 && source_is_test(source);
        for (const char *const *place = vendor->places; *place; place++)
            welcome = welcome || text_starts(source->path, *place);
        if (!welcome)
            findings_add(findings, source->path, line_number,
                         "<%s> is a vendor's header; it is for its adapter only", name);
    }
}

static void check_adapter(const struct source *source, int line_number, const char *name,
                          struct findings *findings)
{
    const char *slash = strchr(name, '/');
    bool own = slash && text_starts(source->path, "src/") &&
               strncmp(source->path + 4, name, (size_t)(slash - name) + 1) == 0;

    for (const char *const *ending = adapters; *ending; ending++)
        if (slash && text_ends(name, *ending) && !own && !is_wiring(source->path) &&
            !source_is_test(source))
            findings_add(findings, source->path, line_number,
                         "\"%s\" is an adapter; only main.c and command/ name one", name);
}

static void check_folder(const struct map *map, const struct source *source, int line_number,
                         const char *name, struct findings *findings)
{
    if (!text_starts(source->path, "src/") || is_wiring(source->path))
        return;
    int from = folder_index(map, source->path + 4);
    int to = folder_index(map, name);
    char word[NAME_BYTES];

    if (to < 0 || from == to)
        return;
    snprintf(word, sizeof word, " %s ", map->names[to]);
    if (from < 0 || !strstr(map->uses[from], word))
        findings_add(findings, source->path, line_number,
                     "\"%s\" is against the map: see `uses` in meson.build", name);
}

void map_check(const struct map *map, const struct source *source, struct findings *findings)
{
    char name[NAME_BYTES];
    for (int i = 0; i < source->line_count; i++) {
        if (!source_line_includes(&source->lines[i], name, sizeof name))
            continue;
        check_vendor(source, i + 1, name, findings);
        check_adapter(source, i + 1, name, findings);
        check_folder(map, source, i + 1, name, findings);
    }
}
