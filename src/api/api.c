/* api.c — what a loop keeps for itself, so that no two loops ever wait for each other. */
#include "api/api.h"

#include <stdlib.h>

#include "account/tokens.h"
#include "api/documents.h"
#include "api/presses.h"
#include "push/push.h"

void *api_loop_create(struct http_app *app, struct loop *loop)
{
    struct api_loop *mine = calloc(1, sizeof *mine);
    if (!mine)
        return NULL;
    mine->tokens = tokens_memory_create();
    mine->documents = documents_create(app, loop);
    mine->presses = presses_create(app->booking, loop);
    if (mine->tokens && mine->documents && mine->presses && push_add_loop(app->push, loop))
        return mine;
    api_loop_destroy(app, mine);
    return NULL;
}

void api_loop_destroy(struct http_app *app, void *loop_data)
{
    (void)app;
    struct api_loop *mine = loop_data;
    if (!mine)
        return;
    presses_destroy(mine->presses);
    documents_destroy(mine->documents);
    tokens_memory_destroy(mine->tokens);
    free(mine);
}
