/* static_files_test.c — what a browser, a cache and an intruder get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/static_files.h"

#include <sys/stat.h>

#include "net/http_refusal.h"
#include "net/net_test.h"

struct folder {
    char path[64];
};

static void write_file(const struct folder *folder, const char *name, const char *content)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void make_folder(const struct folder *folder, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder->path, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void open_folder(struct folder *folder)
{
    (void)snprintf(folder->path, sizeof folder->path, "%s/static-XXXXXX", P_tmpdir);
    assert_non_null(mkdtemp(folder->path));
    make_folder(folder, "assets");
    make_folder(folder, ".git");
    write_file(folder, "index.html", "<html>page</html>");
    write_file(folder, "index.html.br", "brotli page");
    write_file(folder, "index.html.gz", "gzip page");
    write_file(folder, "assets/app-1a2b.js", "alert()");
    write_file(folder, "assets/app-1a2b.js.gz", "gzip alert");
    write_file(folder, "mark.svg", "<svg/>");
    write_file(folder, ".secret", "secret");
    write_file(folder, ".git/config", "secret");
    char link[256];
    (void)snprintf(link, sizeof link, "%s/link.txt", folder->path);
    assert_int_equal(symlink("/etc/passwd", link), 0);
}

static void close_folder(const struct folder *folder)
{
    static const char *const names[] = {
        "index.html",
        "index.html.br",
        "index.html.gz",
        "assets/app-1a2b.js",
        "assets/app-1a2b.js.gz",
        "mark.svg",
        ".secret",
        ".git/config",
        "link.txt",
        "assets",
        ".git",
        "",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
        (void)remove(path);
    }
}

static void fall_back(struct http_app *app, struct http_request *request)
{
    if (static_files_answer(app->files, request))
        return;
    const struct http_problem problem = {.status = 404, .code = "NOT_FOUND", .detail = "Nothing."};
    http_refuse(request, &problem);
}

struct ask {
    const char *request_line;
    const char *fields;
    int status;
    const char *body; /* NULL: not looked at */
    const char *head[3];
};

static const struct ask story[] = {
    {"GET / HTTP/1.1",
     "",
     200,
     "<html>page</html>",
     {"Content-Type: text/html; charset=utf-8\r\n", "Cache-Control: no-cache\r\n",
      "Vary: Accept-Encoding\r\n"}},
    {"GET /index.html HTTP/1.1",
     "",
     200,
     "<html>page</html>",
     {"Content-Security-Policy: default-src 'self' ;", "X-Frame-Options: DENY\r\n",
      "Referrer-Policy: "}},
    {"GET / HTTP/1.1",
     "Accept-Encoding: gzip, deflate, br\r\n",
     200,
     "brotli page",
     {"Content-Encoding: br\r\n", "Vary: Accept-Encoding\r\n", "Content-Type: text/html"}},
    {"GET / HTTP/1.1",
     "Accept-Encoding: gzip\r\n",
     200,
     "gzip page",
     {"Content-Encoding: gzip\r\n"}},
    {"GET / HTTP/1.1",
     "Accept-Encoding: br;q=0, gzip;q=0.0, x;q=1\r\n",
     200,
     "<html>page</html>",
     {NULL}},
    {"GET /assets/app-1a2b.js HTTP/1.1",
     "Accept-Encoding: br\r\n",
     200,
     "alert()",
     {"Cache-Control: public, max-age=31536000, immutable\r\n", "Content-Type: text/javascript",
      "Vary: Accept-Encoding\r\n"}},
    {"GET /assets/app-1a2b.js HTTP/1.1",
     "Accept-Encoding: br, GZIP;q=0.5\r\n",
     200,
     "gzip alert",
     {"Content-Encoding: gzip\r\n"}},
    {"GET /mark.svg HTTP/1.1", "", 200, "<svg/>", {"Content-Type: image/svg+xml\r\n"}},
    {"POST /mark.svg HTTP/1.1", "", 405, NULL, {"Allow: GET, HEAD, OPTIONS\r\n"}},
    {"OPTIONS /mark.svg HTTP/1.1", "", 204, NULL, {"Allow: GET, HEAD, OPTIONS\r\n"}},
    /* the page finds its way itself */
    {"GET /concerts/7 HTTP/1.1",
     "Accept: text/html,*/*;q=0.8\r\n",
     200,
     "<html>page</html>",
     {"Content-Type: text/html"}},
    {"GET /concerts/7 HTTP/1.1", "Accept: */*\r\n", 404, NULL, {"application/problem+json"}},
    {"GET /concerts/7 HTTP/1.1", "Accept: text/html;q=0\r\n", 404, NULL, {NULL}},
    {"POST /concerts/7 HTTP/1.1", "Accept: text/html\r\n", 404, NULL, {NULL}},
    {"GET /api/nothing HTTP/1.1", "Accept: text/html\r\n", 404, NULL, {NULL}},
    /* intruders */
    {"GET /.secret HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /.git/config HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /../../../etc/passwd HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /assets/../.secret HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /assets%2f..%2f.secret HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /link.txt HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /index.html.br HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /assets HTTP/1.1", "", 404, NULL, {NULL}},
    {"GET /assets/ HTTP/1.1", "", 404, NULL, {NULL}},
};

static void every_path_gets_the_right_form_with_the_right_headers(void **state)
{
    (void)state;
    struct folder folder;
    struct stage stage = {0};
    struct reply reply = {0};
    char why[256];
    open_folder(&folder);
    assert_int_equal(static_files_load(folder.path, why, &stage.app.files), STATUS_OK);
    struct http_server_settings settings = stage_settings(&stage);
    settings.fallback = fall_back;
    stage_open_with(&stage, &settings);
    for (size_t i = 0; i < sizeof story / sizeof story[0]; i++) {
        char request[512];
        (void)snprintf(request, sizeof request, "%s\r\nHost: h\r\n%s\r\n", story[i].request_line,
                       story[i].fields);
        ask_once(&stage, request, &reply);
        if (reply.status != story[i].status)
            print_message("%s\n", story[i].request_line);
        assert_int_equal(reply.status, story[i].status);
        if (story[i].body)
            assert_string_equal(reply.body, story[i].body);
        for (size_t k = 0; k < 3 && story[i].head[k]; k++)
            assert_true(reply_has(&reply, story[i].head[k]));
    }
    reply_free(&reply);
    stage_close(&stage);
    static_files_destroy(stage.app.files);
    close_folder(&folder);
}

static void ask_with_tag(const struct stage *stage, const char *before, const char *tag,
                         const char *after, struct reply *reply)
{
    char request[512];
    (void)snprintf(
        request, sizeof request,
        "GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: br\r\nIf-None-Match: %s%s%s\r\n\r\n", before,
        tag, after);
    ask_once(stage, request, reply);
}

static void what_a_cache_has_is_not_sent_again(void **state)
{
    (void)state;
    struct folder folder;
    struct stage stage = {0};
    struct reply reply = {0};
    char why[256], tag[64] = "";
    open_folder(&folder);
    assert_int_equal(static_files_load(folder.path, why, &stage.app.files), STATUS_OK);
    struct http_server_settings settings = stage_settings(&stage);
    settings.fallback = fall_back;
    stage_open_with(&stage, &settings);

    ask_once(&stage, "GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: br\r\n\r\n", &reply);
    const char *found = strstr(reply.head, "\r\nETag: ");
    assert_non_null(found);
    assert_int_equal(sscanf(found, " ETag: %60s", tag), 1);

    static const char *const around[][2] = {{"", ""}, {"W/", ""}, {"\"other\", ", ", \"more\""}};
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        ask_with_tag(&stage, around[i][0], tag, around[i][1], &reply);
        assert_int_equal(reply.status, 304);
        assert_true(reply_has(&reply, tag));
        assert_true(reply_has(&reply, "\r\nVary: Accept-Encoding\r\n"));
        assert_false(reply_has(&reply, "Content-Length"));
    }
    ask_with_tag(&stage, "", "*", "", &reply);
    assert_int_equal(reply.status, 304);
    ask_with_tag(&stage, "", "\"other\"", "", &reply);
    assert_int_equal(reply.status, 200);

    /* the plain form is another entity */
    char plain[256];
    (void)snprintf(plain, sizeof plain, "GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: %s\r\n\r\n",
                   tag);
    ask_once(&stage, plain, &reply);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    stage_close(&stage);
    static_files_destroy(stage.app.files);
    close_folder(&folder);
}

static void a_folder_that_is_not_there_is_said_so(void **state)
{
    (void)state;
    char why[256];
    struct static_files *files = NULL;
    assert_int_equal(static_files_load("/nowhere/at/all", why, &files), STATUS_IO);
    assert_non_null(strstr(why, "/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_gets_the_right_form_with_the_right_headers),
        cmocka_unit_test(what_a_cache_has_is_not_sent_again),
        cmocka_unit_test(a_folder_that_is_not_there_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
