-- What became of v4's asynchronous requests. A row comes into being with the decision, in its
-- transaction; its id is unique, so a message that comes twice acts once.

CREATE TABLE reservation_request (
    id             TEXT PRIMARY KEY CHECK (length(id) = 44),
    fan_id         INTEGER NOT NULL,
    option_id      INTEGER NOT NULL, -- 0: not known to who wrote the row
    key_hash       INTEGER NOT NULL,
    request_hash   INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('SUCCESS', 'FAILED')),
    reservation_id INTEGER REFERENCES reservation (id),
    code           TEXT,          -- why it failed
    extra          TEXT NOT NULL, -- more about that: members of a JSON object
    decided_at_ms  INTEGER NOT NULL,
    CHECK ((state = 'SUCCESS') = (reservation_id IS NOT NULL)),
    CHECK ((state = 'FAILED') = (code IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_request_decided ON reservation_request (decided_at_ms);

-- Seals request ids; all servers of one database use the same.
CREATE TABLE reservation_request_secret (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;
