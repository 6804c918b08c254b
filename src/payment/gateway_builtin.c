/*
 * gateway_builtin.c — a gateway inside the house: it says yes, or no when asked to, and moves no
 * money.
 *
 * It keeps no book of its charges. After a restart it has therefore never heard of any, and says
 * so: what was under way then was not paid, which is true, for no money moves here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/container.h"
#include "payment/gateway.h"

struct builtin {
    struct gateway base;
};

static enum gateway_verdict builtin_charge(struct gateway *gateway, struct gateway_request *request)
{
    (void)gateway;
    if (!text_equal(request->data, text_of("decline")))
        return GATEWAY_CAPTURED;
    snprintf(request->reason, sizeof request->reason, "declined on request");
    return GATEWAY_DECLINED;
}

static enum gateway_verdict builtin_ask(struct gateway *gateway, struct gateway_request *request)
{
    (void)gateway;
    (void)request;
    return GATEWAY_NEVER_HEARD;
}

static enum gateway_verdict builtin_refund(struct gateway *gateway, struct gateway_request *request)
{
    (void)gateway;
    (void)request;
    return GATEWAY_CAPTURED;
}

static void builtin_destroy(struct gateway *gateway)
{
    free(container_of(gateway, struct builtin, base));
}

static const struct gateway_ops builtin_ops = {
    .name = "test",
    .charge = builtin_charge,
    .ask = builtin_ask,
    .refund = builtin_refund,
    .destroy = builtin_destroy,
};

struct gateway *gateway_builtin_create(void)
{
    struct builtin *builtin = calloc(1, sizeof *builtin);
    if (!builtin)
        return NULL;
    builtin->base.ops = &builtin_ops;
    return &builtin->base;
}
