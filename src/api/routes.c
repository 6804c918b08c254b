/*
 * routes.c — every path of the server on one screen; each handler is documented where it is
 * declared.
 */
#include "api/admission.h"
#include "api/api.h"
#include "api/auth.h"
#include "api/catalog.h"
#include "api/concert_refunds.h"
#include "api/edits.h"
#include "api/gate.h"
#include "api/groups.h"
#include "api/layouts.h"
#include "api/marks.h"
#include "api/open_payments.h"
#include "api/openapi.h"
#include "api/operations.h"
#include "api/payments.h"
#include "api/problem.h"
#include "api/refund_runs.h"
#include "api/refunds.h"
#include "api/requests.h"
#include "api/reservations.h"
#include "api/sales.h"
#include "api/seats.h"
#include "api/tickets.h"
#include "api/users.h"
#include "api/waiting.h"
#include "api/waiting_news.h"
#include "api/waiting_proof.h"
#include "api/webhooks.h"
#include "net/static_files.h"

/* clang-format off */
const struct http_route api_routes[] = {
    {HTTP_METHOD_POST,   "/api/users",                      users_post,           LOGIN_BYTES_MAX},
    {HTTP_METHOD_GET,    "/api/users/me",                   users_me_get,         0},
    {HTTP_METHOD_PATCH,  "/api/users/me",                   users_me_patch,       0},
    {HTTP_METHOD_DELETE, "/api/users/me",                   users_me_delete,      0},
    {HTTP_METHOD_POST,   "/api/users/me/groups",            my_groups_post,       0},
    {HTTP_METHOD_GET,    "/api/users/me/groups",            my_groups_list,       0},
    {HTTP_METHOD_POST,   "/api/auth/login",                 auth_login,           LOGIN_BYTES_MAX},
    {HTTP_METHOD_POST,   "/api/auth/refresh",               auth_refresh,         LOGIN_BYTES_MAX},
    {HTTP_METHOD_POST,   "/api/auth/logout",                auth_logout,          LOGIN_BYTES_MAX},
    {HTTP_METHOD_POST,   "/api/auth/stream-token",          auth_stream_token,    0},

    {HTTP_METHOD_GET,    "/api/agencies",                   agencies_list,        0},
    {HTTP_METHOD_GET,    "/api/agencies/{id}",              agencies_get,         0},
    {HTTP_METHOD_GET,    "/api/artists",                    artists_list,         0},
    {HTTP_METHOD_GET,    "/api/artists/{id}",               artists_get,          0},
    {HTTP_METHOD_GET,    "/api/venues",                     venues_list,          0},
    {HTTP_METHOD_GET,    "/api/venues/{id}",                venues_get,           0},
    {HTTP_METHOD_GET,    "/api/groups",                     groups_list,          0},
    {HTTP_METHOD_GET,    "/api/groups/{id}",                groups_get,           0},
    {HTTP_METHOD_GET,    "/api/concerts",                   concerts_list,        0},
    {HTTP_METHOD_GET,    "/api/concerts/{id}",              concerts_get,         0},
    {HTTP_METHOD_GET,    "/api/concerts/{id}/options",      options_list,         0},
    {HTTP_METHOD_GET,    "/api/options/{id}",               options_get,          0},
    {HTTP_METHOD_GET,    "/api/options/{id}/seats",         seats_list,           0},
    {HTTP_METHOD_GET,    "/api/options/{id}/seat-map",      seat_map_get,         0},
    {HTTP_METHOD_GET,    "/api/options/{id}/seat-states",   seat_states_get,      0},
    {HTTP_METHOD_PUT,    "/api/options/{id}/layout",        layout_put,           LAYOUT_BYTES_MAX},
    {HTTP_METHOD_PUT,    "/api/options/{id}/sale",          sale_put,             0},
    {HTTP_METHOD_POST,   "/api/options/{id}/seats/block",   seats_block,          MARKS_BYTES_MAX},
    {HTTP_METHOD_POST,   "/api/options/{id}/seats/unblock", seats_unblock,        MARKS_BYTES_MAX},
    {HTTP_METHOD_POST,   "/api/options/{id}/allotments",    allotments_post,      MARKS_BYTES_MAX},
    {HTTP_METHOD_GET,    "/api/options/{id}/allotments",    allotments_list,      0},
    {HTTP_METHOD_DELETE, "/api/options/{id}/allotments/{allotmentId}", allotments_delete, 0},
    {HTTP_METHOD_POST,   "/api/options/{id}/sale/pause",    sale_pause,           0},
    {HTTP_METHOD_POST,   "/api/options/{id}/sale/resume",   sale_resume,          0},
    {HTTP_METHOD_POST,   "/api/options/{id}/sale/close",    sale_close,           0},

    {HTTP_METHOD_POST,   "/api/options/{id}/waiting",       waiting_post,         0},
    {HTTP_METHOD_GET,    "/api/options/{id}/waiting/me",    waiting_me_get,       0},
    {HTTP_METHOD_DELETE, "/api/options/{id}/waiting/me",    waiting_me_delete,    0},
    {HTTP_METHOD_GET,    "/api/options/{id}/waiting/serving", waiting_serving_get, 0},
    {HTTP_METHOD_GET,    "/api/options/{id}/waiting/events", waiting_events,      0},
    {HTTP_METHOD_GET,    "/api/options/{id}/waiting/ws",    waiting_events,       0},
    {HTTP_METHOD_GET,    "/api/options/{id}/waiting/challenge", waiting_challenge_get, 0},
    {HTTP_METHOD_GET,    "/api/options/{id}/waiting/proof", waiting_proof_get,    0},
    {HTTP_METHOD_GET,    "/api/options/{id}/waiting/proof/log", waiting_proof_log_get, 0},
    {HTTP_METHOD_GET,    "/api/options/{id}/admission",     admission_get,        0},
    {HTTP_METHOD_PUT,    "/api/options/{id}/admission",     admission_put,        0},

    {HTTP_METHOD_POST,   "/api/agencies",                   agencies_post,        0},
    {HTTP_METHOD_PUT,    "/api/agencies/{id}",              agencies_edit,        0},
    {HTTP_METHOD_PATCH,  "/api/agencies/{id}",              agencies_edit,        0},
    {HTTP_METHOD_DELETE, "/api/agencies/{id}",              agencies_edit,        0},
    {HTTP_METHOD_POST,   "/api/artists",                    artists_post,         0},
    {HTTP_METHOD_PUT,    "/api/artists/{id}",               artists_edit,         0},
    {HTTP_METHOD_PATCH,  "/api/artists/{id}",               artists_edit,         0},
    {HTTP_METHOD_DELETE, "/api/artists/{id}",               artists_edit,         0},
    {HTTP_METHOD_POST,   "/api/venues",                     venues_post,          0},
    {HTTP_METHOD_PUT,    "/api/venues/{id}",                venues_edit,          0},
    {HTTP_METHOD_PATCH,  "/api/venues/{id}",                venues_edit,          0},
    {HTTP_METHOD_DELETE, "/api/venues/{id}",                venues_edit,          0},
    {HTTP_METHOD_POST,   "/api/concerts",                   concerts_post,        0},
    {HTTP_METHOD_PUT,    "/api/concerts/{id}",              concerts_edit,        0},
    {HTTP_METHOD_PATCH,  "/api/concerts/{id}",              concerts_edit,        0},
    {HTTP_METHOD_DELETE, "/api/concerts/{id}",              concerts_edit,        0},
    {HTTP_METHOD_POST,   "/api/groups",                     groups_post,          0},
    {HTTP_METHOD_PUT,    "/api/groups/{id}",                groups_edit,          0},
    {HTTP_METHOD_PATCH,  "/api/groups/{id}",                groups_edit,          0},
    {HTTP_METHOD_DELETE, "/api/groups/{id}",                groups_edit,          0},
    {HTTP_METHOD_POST,   "/api/groups/{id}/codes",          group_codes_post,     CODES_BYTES_MAX},
    {HTTP_METHOD_POST,   "/api/concerts/{id}/options",      options_post,         0},
    {HTTP_METHOD_PUT,    "/api/options/{id}",               options_edit,         0},
    {HTTP_METHOD_PATCH,  "/api/options/{id}",               options_edit,         0},
    {HTTP_METHOD_DELETE, "/api/options/{id}",               options_edit,         0},

    {HTTP_METHOD_POST,   "/api/reservations",               reservations_post,    0},
    {HTTP_METHOD_POST,   "/api/v1/reservations",            reservations_v1_post, 0},
    {HTTP_METHOD_POST,   "/api/v2/reservations",            reservations_v2_post, 0},
    {HTTP_METHOD_POST,   "/api/v3/reservations",            reservations_v3_post, 0},
    {HTTP_METHOD_POST,   "/api/v4/reservations",            reservations_v4_post, 0},
    {HTTP_METHOD_POST,   "/api/v5/reservations",            reservations_v5_post, 0},
    {HTTP_METHOD_GET,    "/api/reservations",               reservations_list,    0},
    {HTTP_METHOD_GET,    "/api/reservations/{id}",          reservations_get,     0},
    {HTTP_METHOD_GET,    "/api/reservations/requests/{requestId}", requests_get,   0},
    {HTTP_METHOD_GET,    "/api/reservations/requests/{requestId}/events", requests_events, 0},
    {HTTP_METHOD_DELETE, "/api/reservations/{id}",          reservations_delete,  0},

    {HTTP_METHOD_POST,   "/api/reservations/{id}/payments", payments_post,        0},
    {HTTP_METHOD_GET,    "/api/reservations/{id}/ticket",   tickets_get,          0},
    {HTTP_METHOD_GET,    "/api/payments/{id}",              payments_get,         0},
    {HTTP_METHOD_POST,   "/api/payments/{id}/refunds",      refunds_post,         0},
    {HTTP_METHOD_POST,   "/api/tickets/verify",             tickets_verify,       0},
    {HTTP_METHOD_POST,   "/api/options/{id}/refunds",       refund_runs_post,     0},
    {HTTP_METHOD_GET,    "/api/options/{id}/refunds",       refund_runs_list,     0},
    {HTTP_METHOD_POST,   "/api/concerts/{id}/refunds",      concert_refunds_post, 0},
    {HTTP_METHOD_GET,    "/api/concerts/{id}/refunds",      concert_refunds_list, 0},
    {HTTP_METHOD_GET,    "/api/tickets/key",                tickets_key_get,      0},
    {HTTP_METHOD_GET,    "/api/options/{id}/tickets/void",  tickets_void_list,    0},
    {HTTP_METHOD_GET,    "/api/payment-methods",            payment_methods_get,  0},
    {HTTP_METHOD_POST,   "/api/webhooks/payments/{gateway}", webhooks_payments_post, 0},

    {HTTP_METHOD_GET,    "/healthz",                        health_get,           0},
    {HTTP_METHOD_GET,    "/readyz",                         ready_get,            0},
    {HTTP_METHOD_GET,    "/metrics",                        metrics_get,          0},
    {HTTP_METHOD_GET,    "/api/openapi.json",               openapi_get,          0},
    {HTTP_METHOD_GET,    "/api/docs",                       openapi_page_get,     0},
    {HTTP_METHOD_GET,    "/api/admin/overview",             overview_get,         0},
    {HTTP_METHOD_GET,    "/api/admin/events",               overview_events,      0},
    {HTTP_METHOD_GET,    "/api/admin/changes",              changes_list,         0},
    {HTTP_METHOD_GET,    "/api/admin/payments/open",        open_payments_list,   0},
};
/* clang-format on */

const size_t api_route_count = sizeof api_routes / sizeof api_routes[0];

void api_fallback(struct http_app *app, struct http_request *request)
{
    bool of_the_page = !text_starts(http_path(request), text_of("/api/"));
    if (of_the_page && app->page && static_files_answer(app->page, request))
        return;
    problem_not_found(request, "There is nothing here.");
}
