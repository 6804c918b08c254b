/*
 * draft_store.h — drafts as rows: the statements behind editing, a table of them for each entity.
 *
 * What is deleted stays as a row: reservations, changes and old tickets speak of it.
 *
 * Thread   Reading: the connection's. Writing: inside a store_job.
 * Memory   Texts and lists live in the arena.
 * Answers  STATUS_MISSING for what is not there or is deleted.
 */
#ifndef CATALOG_DRAFT_STORE_H
#define CATALOG_DRAFT_STORE_H

#include "catalog/draft.h"
#include "store/store.h"

MUST_USE enum status draft_find(struct store_connection *connection, struct arena *arena,
                                enum entity entity, int64_t id, struct draft *out_draft,
                                int64_t *out_version);

/* *out_field becomes the first field that refers to something that is not there; NULL when there is
   none. */
MUST_USE enum status draft_unknown_reference(struct store_connection *connection,
                                             const struct draft *draft, const char **out_field);

/* All fields of the draft must be given, its references known. */
MUST_USE enum status draft_insert(struct store_connection *connection, struct arena *arena,
                                  const struct draft *draft, int64_t *out_id);
MUST_USE enum status draft_update(struct store_connection *connection, struct arena *arena,
                                  int64_t id, const struct draft *draft);

/* Whether something that is not deleted stands on it. */
MUST_USE enum status draft_in_use(struct store_connection *connection, enum entity entity,
                                  int64_t id, bool *out_in_use);
MUST_USE enum status draft_delete(struct store_connection *connection, enum entity entity,
                                  int64_t id, int64_t now_ms);

#endif
