-- The lines in front of sales: what each is promised, and everything that has happened in it.

CREATE TABLE waiting_room (
    option_id       BIGINT           PRIMARY KEY REFERENCES concert_option (id),
    secret          BYTEA            NOT NULL, -- 32 bytes: the seeds of its draws follow from it
    kid             TEXT COLLATE "C" NOT NULL, -- the key that signs its receipts
    mode            TEXT COLLATE "C" NOT NULL CHECK (mode IN ('FIXED', 'ADAPTIVE', 'PAUSED')),
    fans_per_second BIGINT           NOT NULL,
    active_max      BIGINT           NOT NULL,
    entry_seconds   BIGINT           NOT NULL,
    challenge_bits  BIGINT           NOT NULL DEFAULT 0,
    created_at_ms   BIGINT           NOT NULL
);

-- Append only, numbered 1, 2, … without a gap: a line is what its events say. src/waiting/line.h
-- has the kinds, src/waiting/chain.h what the hash is of.
CREATE TABLE waiting_event (
    option_id BIGINT           NOT NULL,
    number    BIGINT           NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL CHECK (kind IN ('J', 'O', 'A', 'E', 'K', 'B', 'L', 'X', 'M', 'T')),
    sequence  BIGINT           NOT NULL,
    turn      BIGINT           NOT NULL,
    fan_id    BIGINT           NOT NULL, -- of 'J'; else 0
    door      BIGINT           NOT NULL,
    until_s   BIGINT           NOT NULL,
    at_ms     BIGINT           NOT NULL,
    tag       BYTEA,           -- of 'J': what the log has of the receipt
    hash      BYTEA            NOT NULL,
    PRIMARY KEY (option_id, number)
);
CREATE TRIGGER waiting_event_no_change BEFORE UPDATE OR DELETE ON waiting_event
FOR EACH ROW EXECUTE FUNCTION refuse_change('the log of a line is append only');
CREATE TRIGGER waiting_event_no_truncate BEFORE TRUNCATE ON waiting_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the log of a line is append only');
