/* effect.c — loop → engine → loop → usher → loop. */
#include "api/effect.h"

#include "api/problem.h"
#include "base/container.h"
#include "catalog/catalog.h"

static void on_in_effect(struct loop_note *note)
{
    struct effect *effect = container_of(note, struct effect, note);
    effect->answer(effect);
}

static void on_glanced(struct waiting_ask *ask)
{
    struct effect *effect = container_of(ask, struct effect, glance);
    effect->note.on_arrive = on_in_effect;
    loop_post(http_loop(effect->request), &effect->note); /* continues in on_in_effect */
}

/* Nobody's place is asked for: the round that answers has looked at all sales before. */
static void glance(struct effect *effect)
{
    waiting_refresh(effect->app->waiting);
    effect->glance = (struct waiting_ask){.kind = WAITING_GLANCE, .on_answer = on_glanced};
    if (waiting_submit(effect->app->waiting, &effect->glance) != STATUS_OK)
        problem_busy(effect->request);
}

static void on_back(struct loop_note *note)
{
    struct effect *effect = container_of(note, struct effect, note);
    if (effect->look.verdict == BOOKING_FAILED)
        problem_status(effect->request, effect->look.status);
    else
        glance(effect); /* continues in on_glanced */
}

static void on_looked(struct booking_ask *ask)
{
    struct effect *effect = container_of(ask, struct effect, look);
    loop_post(http_loop(effect->request), &effect->note); /* continues in on_back */
}

void effect_start_unseen(struct effect *effect, struct http_app *app, struct http_request *request)
{
    effect->app = app;
    effect->request = request;
    effect->note.on_arrive = on_back;
    effect->look = (struct booking_ask){.kind = BOOKING_LOOK, .on_answer = on_looked};
    if (booking_submit(app->booking, &effect->look) != STATUS_OK) /* continues in on_looked */
        problem_busy(request);
}

void effect_start(struct effect *effect, struct http_app *app, struct http_request *request)
{
    catalog_touch(app->catalog);
    effect_start_unseen(effect, app, request);
}
