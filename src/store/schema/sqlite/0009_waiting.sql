-- The lines in front of sales: what each is promised, and everything that has happened in it.

CREATE TABLE waiting_room (
    option_id       INTEGER PRIMARY KEY REFERENCES concert_option (id),
    secret          BLOB    NOT NULL, -- 32 bytes: the seeds of its draws follow from it
    kid             TEXT    NOT NULL, -- the key that signs its receipts
    mode            TEXT    NOT NULL CHECK (mode IN ('FIXED', 'ADAPTIVE', 'PAUSED')),
    fans_per_second INTEGER NOT NULL,
    active_max      INTEGER NOT NULL,
    entry_seconds   INTEGER NOT NULL,
    challenge_bits  INTEGER NOT NULL DEFAULT 0,
    created_at_ms   INTEGER NOT NULL
) STRICT;

-- Append only, numbered 1, 2, … without a gap: a line is what its events say. src/waiting/line.h
-- has the kinds, src/waiting/chain.h what the hash is of.
CREATE TABLE waiting_event (
    option_id INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    kind      TEXT    NOT NULL CHECK (kind IN ('J', 'O', 'A', 'E', 'K', 'B', 'L', 'X', 'M', 'T')),
    sequence  INTEGER NOT NULL,
    turn      INTEGER NOT NULL,
    fan_id    INTEGER NOT NULL, -- of 'J'; else 0
    door      INTEGER NOT NULL,
    until_s   INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL,
    tag       BLOB,             -- of 'J': what the log has of the receipt
    hash      BLOB    NOT NULL,
    PRIMARY KEY (option_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER waiting_event_no_update BEFORE UPDATE ON waiting_event
BEGIN SELECT RAISE (ABORT, 'the log of a line is append only'); END;
CREATE TRIGGER waiting_event_no_delete BEFORE DELETE ON waiting_event
BEGIN SELECT RAISE (ABORT, 'the log of a line is append only'); END;
