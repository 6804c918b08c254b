-- What operators do to the catalog: who changed what and when, and which keys have acted.

-- Append only. `before_json` and `after_json` hold the fields that can be edited; NULL before a
-- creation and after a deletion.
CREATE TABLE catalog_change (
    id          INTEGER PRIMARY KEY,
    at_ms       INTEGER NOT NULL,
    account_id  INTEGER NOT NULL,
    entity      TEXT    NOT NULL, -- 'agency', 'artist', 'venue', 'concert', 'option', …
    entity_id   INTEGER NOT NULL,
    action      TEXT    NOT NULL, -- 'CREATE', 'UPDATE', 'DELETE', …
    before_json TEXT,
    after_json  TEXT
) STRICT;
CREATE TRIGGER catalog_change_no_update BEFORE UPDATE ON catalog_change
BEGIN SELECT RAISE (ABORT, 'the list of changes is append only'); END;
CREATE TRIGGER catalog_change_no_delete BEFORE DELETE ON catalog_change
BEGIN SELECT RAISE (ABORT, 'the list of changes is append only'); END;

-- Idempotency keys of creations; forgotten after a day.
CREATE TABLE catalog_key (
    account_id    INTEGER NOT NULL,
    key_hash      INTEGER NOT NULL, -- of the key's text
    request_hash  INTEGER NOT NULL, -- of what was asked for, to tell a repeat from another request
    entity_id     INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX catalog_key_age ON catalog_key (created_at_ms);

-- Asked before something is deleted.
CREATE INDEX concert_option_venue ON concert_option (venue_id);
