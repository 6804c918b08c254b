/*
 * problem.h — saying no: problem documents (RFC 9457) with a stable code.
 *
 * Thread   The request's loop.
 * Memory   Borrowed for the call.
 */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "base/json_in.h"
#include "base/json_out.h"
#include "base/status.h"
#include "catalog/complaints.h"
#include "net/http.h"

struct problem {
    int status;
    const char *code;      /* "SEAT_TAKEN" */
    const char *detail;    /* a sentence for people */
    const char *field;     /* the field that is wrong; NULL for none */
    int64_t retry_after_s; /* Retry-After; 0 for none */
    struct text extra;     /* more members, already JSON: "\"seatIds\":[1,2]"; empty for none */
};

void problem_answer(struct http_request *request, const struct problem *problem);

/* The ones that many endpoints need. */
void problem_not_found(struct http_request *request, const char *what); /* "There is no such …." */
void problem_busy(struct http_request *request); /* 503 BUSY, Retry-After: 1 */
void problem_no_memory(struct http_request *request);
void problem_validation(struct http_request *request, const char *field,
                        const char *detail); /* 422 */

/* 422 with everything that is wrong; `field` is that of the first. */
void problem_complaints(struct http_request *request, const struct complaints *complaints);

/* Answers for a field that json_in_read_…() refused; `expected` such as "a whole number from 1 to
   16". */
void problem_field(struct http_request *request, const char *field, enum json_in_verdict verdict,
                   const char *expected);

/* A status of the world: BUSY, FULL, IO, UNKNOWN → 503 with Retry-After. */
void problem_status(struct http_request *request, enum status status);

#endif
