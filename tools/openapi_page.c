/*
 * openapi_page.c — turns the API's description into a page for people, at build time.
 *
 *     openapi_page INPUT.json OUTPUT.html
 *
 * One page with everything on it: no script, nothing from elsewhere, found by the browser's own
 * search. Endpoints stand in the order of their tags, then the shapes that they take and answer;
 * each has an address of its own (#get-/api/concerts, #Concert). The page carries the content
 * policy that it lives under. What the description lacks ends the build.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static FILE *out;
static json_t *root;

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Ticket-Rush: the API</title>\n<style>\n"
    ":root{color-scheme:light dark}\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}\n"
    "h2{margin-top:3rem}article{border-top:1px solid #8886;padding:.5rem 0}\n"
    "h3{font:600 1.05rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    "pre{background:#8881;padding:.6rem;overflow:auto;font-size:.85rem}\n"
    "table{border-collapse:collapse;display:block;overflow-x:auto;font-size:.9rem}\n"
    "td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}\n"
    "nav ul{columns:22rem;list-style:none;padding:0;font-size:.9rem}\n"
    "code{font-size:.9em}\n</style>\n</head>\n<body>\n";

static _Noreturn void fail(const char *what, const char *where)
{
    fprintf(stderr, "openapi_page: %s: %s\n", where, what);
    exit(1);
}

/* --- words ------------------------------------------------------------------------------------ */

static void write_words(const char *words)
{
    for (; *words; words++)
        switch (*words) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*words, out);
            break;
        }
}

static const char *words_of(json_t *holder, const char *key)
{
    const char *words = json_string_value(json_object_get(holder, key));
    return words ? words : "";
}

static json_t *resolve(json_t *value)
{
    const char *path = json_string_value(json_object_get(value, "$ref"));
    if (!path)
        return value;
    json_t *found = root;
    for (const char *at = path + 1; found && *at == '/';) {
        size_t size = strcspn(at + 1, "/");
        found = json_object_getn(found, at + 1, size);
        at += 1 + size;
    }
    if (!found)
        fail("nothing is there", path);
    return found;
}

static void write_example(json_t *holder)
{
    json_t *example = json_object_get(holder, "example");
    if (!example)
        return;
    char *words = json_dumps(example, JSON_INDENT(2) | JSON_ENCODE_ANY);
    if (!words)
        fail("no memory", "an example");
    fputs("<details><summary>example</summary><pre>", out);
    write_words(words);
    fputs("</pre></details>", out);
    free(words);
}

/* --- types ------------------------------------------------------------------------------------ */

static void write_type(json_t *schema);

static void write_choices(json_t *choices)
{
    size_t index;
    json_t *choice;
    json_array_foreach(choices, index, choice)
    {
        if (index > 0)
            fputs(" or ", out);
        if (json_is_object(choice))
            write_type(choice);
        else if (json_is_string(choice))
            write_words(json_string_value(choice));
        else
            fputs("null", out);
    }
}

static void write_bound(json_t *schema, const char *key, const char *words)
{
    json_t *bound = json_object_get(schema, key);
    if (json_is_number(bound))
        fprintf(out, ", %s %.0f", words, json_number_value(bound));
}

static void write_bounds(json_t *schema)
{
    static const char *const bounds[][2] = {
        {"minimum", "from"},        {"maximum", "to"},        {"minLength", "length from"},
        {"maxLength", "length to"}, {"minItems", "at least"}, {"maxItems", "at most"},
    };
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        write_bound(schema, bounds[i][0], bounds[i][1]);
}

static void write_type(json_t *schema)
{
    const char *reference = json_string_value(json_object_get(schema, "$ref"));
    json_t *type = json_object_get(schema, "type"), *items = json_object_get(schema, "items");
    if (reference) {
        const char *name = strrchr(reference, '/') + 1;
        fprintf(out, "<a href=\"#%s\">%s</a>", name, name);
    } else if (json_object_get(schema, "oneOf")) {
        write_choices(json_object_get(schema, "oneOf"));
    } else if (json_object_get(schema, "enum")) {
        write_choices(json_object_get(schema, "enum"));
    } else if (items) {
        fputs("list of ", out);
        write_type(items);
    } else if (json_is_array(type)) {
        write_choices(type);
    } else {
        write_words(json_is_string(type) ? json_string_value(type) : "anything");
    }
    if (*words_of(schema, "format"))
        fprintf(out, " (%s)", words_of(schema, "format"));
    write_bounds(schema);
}

static bool is_required(json_t *schema, const char *name)
{
    size_t index;
    json_t *required;
    json_array_foreach(json_object_get(schema, "required"), index, required)
    {
        if (strcmp(json_string_value(required), name) == 0)
            return true;
    }
    return false;
}

/* The fields of an object, and of the objects in it. */
static void write_fields(json_t *schema)
{
    const char *name;
    json_t *field;
    if (!json_object_get(schema, "properties"))
        return;
    fputs("<table><tr><th>field<th>type<th></tr>\n", out);
    json_object_foreach(json_object_get(schema, "properties"), name, field)
    {
        fputs("<tr><td><code>", out);
        write_words(name);
        fputs("</code><td>", out);
        write_type(field);
        write_fields(field);
        if (json_object_get(field, "items"))
            write_fields(json_object_get(field, "items"));
        fprintf(out, "<td>%s</tr>\n", is_required(schema, name) ? "" : "may be absent");
    }
    fputs("</table>\n", out);
}

/* --- endpoints -------------------------------------------------------------------------------- */

static void write_name(const char *method, const char *path)
{
    for (; *method; method++)
        fputc(toupper((unsigned char)*method), out);
    fputc(' ', out);
    write_words(path);
}

static void write_parameters(json_t *operation)
{
    size_t index;
    json_t *parameter, *parameters = json_object_get(operation, "parameters");
    if (json_array_size(parameters) == 0)
        return;
    fputs("<table><tr><th>takes<th>in<th>type<th></tr>\n", out);
    json_array_foreach(parameters, index, parameter)
    {
        parameter = resolve(parameter);
        fputs("<tr><td><code>", out);
        write_words(words_of(parameter, "name"));
        fprintf(out, "</code><td>%s<td>", words_of(parameter, "in"));
        write_type(json_object_get(parameter, "schema"));
        fputs("<td>", out);
        write_words(words_of(parameter, "description"));
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

/* Of a request or a response. */
static void write_contents(json_t *holder)
{
    const char *type;
    json_t *media;
    json_object_foreach(json_object_get(holder, "content"), type, media)
    {
        fputs("<code>", out);
        write_words(type);
        fputs("</code> ", out);
        write_type(json_object_get(media, "schema"));
        write_example(media);
    }
}

static void write_codes(json_t *response)
{
    size_t index;
    json_t *code;
    json_array_foreach(json_object_get(response, "x-codes"), index, code)
    {
        fprintf(out, "%s<code>", index > 0 ? ", " : "");
        write_words(json_string_value(code));
        fputs("</code>", out);
    }
}

static void write_responses(json_t *operation)
{
    const char *status;
    json_t *response;
    fputs("<table><tr><th>status<th>when<th>body</tr>\n", out);
    json_object_foreach(json_object_get(operation, "responses"), status, response)
    {
        response = resolve(response);
        bool is_refusal = json_object_get(response, "x-codes") != NULL;
        fprintf(out, "<tr><td>%s<td>", status);
        if (is_refusal)
            write_codes(response);
        else
            write_words(words_of(response, "description"));
        fputs("<td>", out);
        if (!is_refusal)
            write_contents(response);
        else
            fputs("<a href=\"#Problem\">Problem</a>", out);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void write_operation(const char *path, const char *method, json_t *operation)
{
    fprintf(out, "<article id=\"%s-%s\"><h3>", method, path);
    write_name(method, path);
    fputs("</h3>\n<p>", out);
    if (!*words_of(operation, "summary") || !*words_of(operation, "x-for"))
        fail("no summary, or nobody who may ask", path);
    write_words(words_of(operation, "summary"));
    fprintf(out, " <small>For %s.</small></p>\n", words_of(operation, "x-for"));
    write_parameters(operation);
    json_t *body = resolve(json_object_get(operation, "requestBody"));
    if (body) {
        fputs("<div>Body: ", out);
        write_contents(body);
        fputs("</div>\n", out);
    }
    write_responses(operation);
    fputs("</article>\n", out);
}

/* --- the page --------------------------------------------------------------------------------- */

static void write_link(const char *path, const char *method, json_t *operation)
{
    (void)operation;
    fprintf(out, "<li><a href=\"#%s-%s\">", method, path);
    write_name(method, path);
    fputs("</a></li>\n", out);
}

static void each_of_tag(const char *tag,
                        void (*write)(const char *path, const char *method, json_t *operation))
{
    const char *path, *method;
    json_t *item, *operation;
    json_object_foreach(json_object_get(root, "paths"), path, item)
    {
        json_object_foreach(item, method, operation)
        {
            json_t *first = json_array_get(json_object_get(operation, "tags"), 0);
            if (!first)
                fail("an operation without a tag", path);
            if (strcmp(json_string_value(first), tag) == 0)
                write(path, method, operation);
        }
    }
}

static void write_page(void)
{
    size_t index;
    json_t *tag, *schema, *tags = json_object_get(root, "tags");
    const char *name;
    fputs(head, out);
    fputs("<h1>Ticket-Rush: the API</h1>\n<p>The same for programs: "
          "<a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\n<nav>\n",
          out);
    json_array_foreach(tags, index, tag)
    {
        fprintf(out, "<strong>%s</strong>\n<ul>\n", words_of(tag, "name"));
        each_of_tag(words_of(tag, "name"), write_link);
        fputs("</ul>\n", out);
    }
    fputs("</nav>\n<main>\n", out);
    json_array_foreach(tags, index, tag)
    {
        fprintf(out, "<h2>%s</h2>\n", words_of(tag, "name"));
        each_of_tag(words_of(tag, "name"), write_operation);
    }
    fputs("<h2>Shapes</h2>\n", out);
    json_object_foreach(json_object_get(json_object_get(root, "components"), "schemas"), name,
                        schema)
    {
        fprintf(out, "<article id=\"%s\"><h3>%s</h3>\n<p>", name, name);
        write_type(schema);
        fputs("</p>\n", out);
        write_fields(schema);
        fputs("</article>\n", out);
    }
    fputs("</main>\n</body>\n</html>\n", out);
}

int main(int count, char **words)
{
    if (count != 3) {
        fputs("usage: openapi_page INPUT.json OUTPUT.html\n", stderr);
        return 2;
    }
    json_error_t error;
    root = json_load_file(words[1], 0, &error);
    if (!root)
        fail(error.text, words[1]);
    out = fopen(words[2], "w");
    if (!out)
        fail("cannot be written", words[2]);
    write_page();
    json_decref(root);
    if (fclose(out) != 0)
        fail("cannot be written", words[2]);
    return 0;
}
