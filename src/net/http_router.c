/*
 * http_router.c — a tree of segments.
 *
 *     api ── concerts ─┬─ (GET)
 *                      └─ {…} ─┬─ (GET)
 *                              └─ options ── (GET)
 *
 * A node has a chain of children with fixed words and at most one child for `{name}`. Chains are
 * short (the longest has as many words as there are resources), so comparing sizes first beats
 * hashing. A request visits a node once at most, whatever its path: the work is bounded by the size
 * of the tree.
 */
#include "net/http_router.h"

#include <stdlib.h>

#include "base/must.h"

enum { NO_NODE = 0, ROOT = 0 }; /* nobody's child is the root */

struct node {
    struct text word; /* empty for `{name}` */
    uint16_t next;    /* the next child of the same parent */
    uint16_t first;   /* the first child with a fixed word */
    uint16_t any;     /* the child for `{name}` */
    uint16_t methods; /* bit 1 << method for each route that ends here */
    uint16_t routes[HTTP_METHOD_COUNT];
};

struct http_router {
    const struct http_route *routes;
    size_t route_count;
    size_t node_count;
    struct node nodes[];
};

struct search {
    const struct http_router *router;
    enum http_method method;
    const struct text *segments;
    size_t segment_count;
    struct http_match *match;
};

static size_t count_segments(const char *pattern)
{
    size_t count = 0;
    for (const char *c = pattern; *c; c++)
        count += *c == '/';
    return count;
}

static bool is_param(struct text word)
{
    return word.size > 2 && word.bytes[0] == '{' && word.bytes[word.size - 1] == '}';
}

static uint16_t node_add(struct http_router *router, struct text word)
{
    router->nodes[router->node_count] = (struct node){.word = word};
    return (uint16_t)router->node_count++;
}

static uint16_t child_of(struct http_router *router, uint16_t parent, struct text word)
{
    struct node *nodes = router->nodes;
    if (is_param(word)) {
        if (nodes[parent].any == NO_NODE) {
            uint16_t any = node_add(router, text_make(NULL, 0));
            nodes[parent].any = any;
        }
        return nodes[parent].any;
    }
    for (uint16_t i = nodes[parent].first; i != NO_NODE; i = nodes[i].next)
        if (text_equal(nodes[i].word, word))
            return i;
    uint16_t added = node_add(router, word);
    nodes[added].next = nodes[parent].first;
    nodes[parent].first = added;
    return added;
}

static void route_add(struct http_router *router, size_t index)
{
    const struct http_route *route = &router->routes[index];
    must(route->handle);
    must(route->pattern[0] == '/');
    must(route->method != HTTP_METHOD_HEAD); /* GET answers it */
    must(count_segments(route->pattern) <= HTTP_SEGMENTS_MAX);

    struct text rest = text_of(route->pattern + 1);
    uint16_t at = ROOT;
    size_t param_count = 0;
    for (size_t i = count_segments(route->pattern); i > 0; i--) {
        struct text word = text_cut(rest, '/', &rest);
        param_count += is_param(word);
        at = child_of(router, at, word);
    }
    must(param_count <= HTTP_PARAMS_MAX);

    struct node *node = &router->nodes[at];
    must(!(node->methods & (1u << route->method))); /* no two routes for one request */
    node->methods = (uint16_t)(node->methods | (1u << route->method));
    node->routes[route->method] = (uint16_t)index;
}

struct http_router *http_router_create(const struct http_route *routes, size_t route_count)
{
    must(route_count < UINT16_MAX);

    size_t node_count = 1;
    for (size_t i = 0; i < route_count; i++)
        node_count += count_segments(routes[i].pattern);
    must(node_count < UINT16_MAX);

    struct http_router *router = calloc(1, sizeof *router + node_count * sizeof(struct node));
    if (!router)
        return NULL;
    router->routes = routes;
    router->route_count = route_count;
    router->node_count = 1;
    for (size_t i = 0; i < route_count; i++)
        route_add(router, i);
    return router;
}

void http_router_destroy(struct http_router *router)
{
    free(router);
}

const struct http_route *http_router_routes(const struct http_router *router)
{
    return router->routes;
}

size_t http_router_count(const struct http_router *router)
{
    return router->route_count;
}

static bool ends_here(struct search *search, const struct node *node, size_t param_count)
{
    if (!(node->methods & (1u << search->method))) {
        search->match->methods |= node->methods;
        return false;
    }
    search->match->route = node->routes[search->method];
    search->match->param_count = param_count;
    return true;
}

/* Depth first; at most HTTP_SEGMENTS_MAX deep, as the tree is. */
static bool visit(struct search *search, uint16_t at, size_t depth, size_t param_count)
{
    const struct node *nodes = search->router->nodes;
    if (depth == search->segment_count)
        return ends_here(search, &nodes[at], param_count);

    struct text segment = search->segments[depth];
    for (uint16_t i = nodes[at].first; i != NO_NODE; i = nodes[i].next) {
        if (!text_equal(nodes[i].word, segment))
            continue;
        if (visit(search, i, depth + 1, param_count))
            return true;
        break;
    }
    if (nodes[at].any == NO_NODE || text_empty(segment))
        return false;
    search->match->params[param_count] = segment;
    return visit(search, nodes[at].any, depth + 1, param_count + 1);
}

void http_router_find(const struct http_router *router, enum http_method method,
                      const struct text *segments, size_t segment_count,
                      struct http_match *out_match)
{
    struct search search = {
        .router = router,
        .method = method == HTTP_METHOD_HEAD ? HTTP_METHOD_GET : method,
        .segments = segments,
        .segment_count = segment_count,
        .match = out_match,
    };
    out_match->route = router->route_count;
    out_match->methods = 0;
    out_match->param_count = 0;
    if (visit(&search, ROOT, 0, 0))
        out_match->methods = 0;
}

void http_router_allow(unsigned methods, char out_words[HTTP_ALLOW_BYTES])
{
    static const struct {
        enum http_method method;
        const char *words;
    } names[] = {
        {HTTP_METHOD_GET, "GET, HEAD, "}, {HTTP_METHOD_POST, "POST, "},
        {HTTP_METHOD_PUT, "PUT, "},       {HTTP_METHOD_PATCH, "PATCH, "},
        {HTTP_METHOD_DELETE, "DELETE, "},
    };
    size_t size = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text words = text_of(names[i].words);
        if (!(methods & (1u << names[i].method)))
            continue;
        memcpy(out_words + size, words.bytes, words.size);
        size += words.size;
    }
    memcpy(out_words + size, "OPTIONS", sizeof "OPTIONS");
}
