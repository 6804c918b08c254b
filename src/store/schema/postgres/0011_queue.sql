-- What became of v4's asynchronous requests. A row comes into being with the decision, in its
-- transaction; its id is unique, so a message that comes twice acts once.

CREATE TABLE reservation_request (
    id             TEXT COLLATE "C" PRIMARY KEY CHECK (length(id) = 44),
    fan_id         BIGINT NOT NULL,
    option_id      BIGINT NOT NULL, -- 0: not known to who wrote the row
    key_hash       BIGINT NOT NULL,
    request_hash   BIGINT NOT NULL,
    state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('SUCCESS', 'FAILED')),
    reservation_id BIGINT REFERENCES reservation (id),
    code           TEXT COLLATE "C",          -- why it failed
    extra          TEXT COLLATE "C" NOT NULL, -- more about that: members of a JSON object
    decided_at_ms  BIGINT NOT NULL,
    CHECK ((state = 'SUCCESS') = (reservation_id IS NOT NULL)),
    CHECK ((state = 'FAILED') = (code IS NOT NULL))
);
CREATE INDEX reservation_request_decided ON reservation_request (decided_at_ms);

-- Seals request ids; all servers of one database use the same.
CREATE TABLE reservation_request_secret (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    secret BYTEA NOT NULL CHECK (length(secret) = 32)
);
