-- What operators do to the catalog: who changed what and when, and which keys have acted.

-- Append only. `before_json` and `after_json` hold the fields that can be edited; NULL before a
-- creation and after a deletion.
CREATE TABLE catalog_change (
    id          BIGINT           PRIMARY KEY,
    at_ms       BIGINT           NOT NULL,
    account_id  BIGINT           NOT NULL,
    entity      TEXT COLLATE "C" NOT NULL, -- 'agency', 'artist', 'venue', 'concert', 'option', …
    entity_id   BIGINT           NOT NULL,
    action      TEXT COLLATE "C" NOT NULL, -- 'CREATE', 'UPDATE', 'DELETE', …
    before_json TEXT COLLATE "C",
    after_json  TEXT COLLATE "C"
);
ALTER TABLE catalog_change ALTER COLUMN id SET DEFAULT next_id('catalog_change');
CREATE TRIGGER catalog_change_no_change BEFORE UPDATE OR DELETE ON catalog_change
FOR EACH ROW EXECUTE FUNCTION refuse_change('the list of changes is append only');
CREATE TRIGGER catalog_change_no_truncate BEFORE TRUNCATE ON catalog_change
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the list of changes is append only');

-- Idempotency keys of creations; forgotten after a day.
CREATE TABLE catalog_key (
    account_id    BIGINT NOT NULL,
    key_hash      BIGINT NOT NULL, -- of the key's text
    request_hash  BIGINT NOT NULL, -- of what was asked for, to tell a repeat from another request
    entity_id     BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, key_hash)
);
CREATE INDEX catalog_key_age ON catalog_key (created_at_ms);

-- Asked before something is deleted.
CREATE INDEX concert_option_venue ON concert_option (venue_id);
