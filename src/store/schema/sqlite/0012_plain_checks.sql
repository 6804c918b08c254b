-- A CHECK over a list of more than two words makes SQLite fill an ephemeral table with them at every
-- insert, which cost more than the insert did. Words joined by OR are compared one after the other,
-- so the state a row is born with comes first. docs/knowledge/decisions/0027 has the measurement.
--
-- A CHECK cannot be changed in place: the tables that grow with a sale are written anew.

-- Its rows stand aside meanwhile, for they refer to the table that is dropped.
CREATE TABLE reservation_request_aside AS SELECT * FROM reservation_request;
DELETE FROM reservation_request;
CREATE TABLE reservation_anew (
    id              INTEGER PRIMARY KEY,
    option_id       INTEGER NOT NULL,
    fan_id          INTEGER NOT NULL,
    state           TEXT    NOT NULL
                    CHECK (state = 'HOLD' OR state = 'PAYING' OR state = 'CONFIRMED'
                           OR state = 'REFUNDED' OR state = 'EXPIRED' OR state = 'CANCELLED'),
    amount          INTEGER NOT NULL,
    key_hash        INTEGER NOT NULL, -- of the idempotency key: 63 bits of BLAKE2b; a third of its size
    request_hash    INTEGER NOT NULL, -- of the body, to tell a repeat from another request
    created_at_ms   INTEGER NOT NULL,
    expires_at_ms   INTEGER NOT NULL,
    ended_at_ms     INTEGER,          -- confirmed, expired, cancelled or refunded
    UNIQUE (fan_id, key_hash)
) STRICT;
INSERT INTO reservation_anew (id, option_id, fan_id, state, amount, key_hash, request_hash,
                              created_at_ms, expires_at_ms, ended_at_ms)
SELECT id, option_id, fan_id, state, amount, key_hash, request_hash, created_at_ms, expires_at_ms,
       ended_at_ms
FROM reservation
ORDER BY id;
DROP TABLE reservation;
ALTER TABLE reservation_anew RENAME TO reservation;
INSERT INTO reservation_request SELECT * FROM reservation_request_aside;
DROP TABLE reservation_request_aside;

CREATE TABLE payment_anew (
    id               INTEGER PRIMARY KEY,
    reservation_id   INTEGER NOT NULL,
    fan_id           INTEGER NOT NULL,
    gateway          TEXT    NOT NULL,
    state            TEXT    NOT NULL
                     CHECK (state = 'READY' OR state = 'UNKNOWN' OR state = 'AUTHORIZED'
                            OR state = 'CAPTURED' OR state = 'REFUNDED' OR state = 'FAILED'),
    amount           INTEGER NOT NULL CHECK (amount > 0),
    currency         TEXT    NOT NULL DEFAULT 'KRW',
    order_id         TEXT    NOT NULL DEFAULT '', -- our name of it at the gateway
    gateway_key      TEXT    NOT NULL DEFAULT '', -- the gateway's own name of it
    idempotency_key  TEXT    NOT NULL,
    request_hash     INTEGER NOT NULL,
    failure          TEXT    NOT NULL DEFAULT '', -- the gateway's reason
    unknown_since_ms INTEGER CHECK ((state = 'UNKNOWN') = (unknown_since_ms IS NOT NULL)),
    created_at_ms    INTEGER NOT NULL,
    updated_at_ms    INTEGER NOT NULL,
    UNIQUE (fan_id, idempotency_key)
) STRICT;
INSERT INTO payment_anew (id, reservation_id, fan_id, gateway, state, amount, currency, order_id,
                          gateway_key, idempotency_key, request_hash, failure, unknown_since_ms,
                          created_at_ms, updated_at_ms)
SELECT id, reservation_id, fan_id, gateway, state, amount, currency, order_id, gateway_key,
       idempotency_key, request_hash, failure, unknown_since_ms, created_at_ms, updated_at_ms
FROM payment
ORDER BY id;
DROP TABLE payment;
ALTER TABLE payment_anew RENAME TO payment;
CREATE INDEX payment_reservation ON payment (reservation_id);
CREATE INDEX payment_order ON payment (order_id) WHERE order_id <> '';
-- A question finds it when it has the same words.
CREATE INDEX payment_open ON payment (id)
    WHERE state = 'READY' OR state = 'UNKNOWN' OR state = 'AUTHORIZED';

CREATE TABLE ledger_entry_anew (
    id            INTEGER PRIMARY KEY,
    payment_id    INTEGER NOT NULL,
    account       TEXT    NOT NULL
                  CHECK (account = 'GATEWAY' OR account = 'SALES' OR account = 'FEES'),
    amount        INTEGER NOT NULL CHECK (amount <> 0),
    created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO ledger_entry_anew (id, payment_id, account, amount, created_at_ms)
SELECT id, payment_id, account, amount, created_at_ms FROM ledger_entry ORDER BY id;
DROP TABLE ledger_entry;
ALTER TABLE ledger_entry_anew RENAME TO ledger_entry;
CREATE INDEX ledger_entry_payment ON ledger_entry (payment_id);
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE (ABORT, 'the ledger is append only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE (ABORT, 'the ledger is append only'); END;

CREATE TABLE payment_news_anew (
    id              INTEGER PRIMARY KEY,
    reservation_id  INTEGER NOT NULL,
    payment_id      INTEGER NOT NULL,
    refund_id       INTEGER NOT NULL, -- 0: not about a refund
    kind            TEXT    NOT NULL
                    CHECK (kind = 'CAPTURED' OR kind = 'FAILED' OR kind = 'UNKNOWN'
                           OR kind = 'REFUND_DONE' OR kind = 'REFUND_FAILED'),
    amount          INTEGER NOT NULL,
    at_ms           INTEGER NOT NULL,
    published_at_ms INTEGER
) STRICT;
INSERT INTO payment_news_anew (id, reservation_id, payment_id, refund_id, kind, amount, at_ms,
                               published_at_ms)
SELECT id, reservation_id, payment_id, refund_id, kind, amount, at_ms, published_at_ms
FROM payment_news
ORDER BY id;
DROP TABLE payment_news;
ALTER TABLE payment_news_anew RENAME TO payment_news;
CREATE INDEX payment_news_waiting ON payment_news (id) WHERE published_at_ms IS NULL;
CREATE INDEX payment_news_payment ON payment_news (payment_id);

CREATE TABLE waiting_event_anew (
    option_id INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    kind      TEXT    NOT NULL
              CHECK (kind = 'J' OR kind = 'A' OR kind = 'E' OR kind = 'L' OR kind = 'X' OR kind = 'B'
                     OR kind = 'K' OR kind = 'O' OR kind = 'M' OR kind = 'T'),
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
INSERT INTO waiting_event_anew (option_id, number, kind, sequence, turn, fan_id, door, until_s, at_ms,
                                tag, hash)
SELECT option_id, number, kind, sequence, turn, fan_id, door, until_s, at_ms, tag, hash
FROM waiting_event
ORDER BY option_id, number;
DROP TABLE waiting_event;
ALTER TABLE waiting_event_anew RENAME TO waiting_event;
CREATE TRIGGER waiting_event_no_update BEFORE UPDATE ON waiting_event
BEGIN SELECT RAISE (ABORT, 'the log of a line is append only'); END;
CREATE TRIGGER waiting_event_no_delete BEFORE DELETE ON waiting_event
BEGIN SELECT RAISE (ABORT, 'the log of a line is append only'); END;
