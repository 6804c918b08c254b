-- Payments whose outcome nobody knows, fees that the house keeps, webhooks, refunds of a whole date,
-- and news of payments on their way out.

-- A CHECK cannot be changed in place, so two tables are written anew. UNKNOWN: the gateway was
-- asked and no answer came.
CREATE TABLE payment_anew (
    id               INTEGER PRIMARY KEY,
    reservation_id   INTEGER NOT NULL,
    fan_id           INTEGER NOT NULL,
    gateway          TEXT    NOT NULL,
    state            TEXT    NOT NULL
                     CHECK (state IN ('READY', 'UNKNOWN', 'AUTHORIZED', 'CAPTURED', 'REFUNDED', 'FAILED')),
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
INSERT INTO payment_anew (id, reservation_id, fan_id, gateway, state, amount, currency,
                          idempotency_key, request_hash, failure, created_at_ms, updated_at_ms)
SELECT id, reservation_id, fan_id, gateway, state, amount, currency, idempotency_key, request_hash,
       failure, created_at_ms, updated_at_ms
FROM payment
ORDER BY id;
DROP TABLE payment;
ALTER TABLE payment_anew RENAME TO payment;
CREATE INDEX payment_reservation ON payment (reservation_id);
CREATE INDEX payment_order ON payment (order_id) WHERE order_id <> '';
CREATE INDEX payment_open ON payment (id) WHERE state IN ('READY', 'UNKNOWN', 'AUTHORIZED');

-- FEES: what is kept of a refund. The entries of a payment still sum to zero.
CREATE TABLE ledger_entry_anew (
    id            INTEGER PRIMARY KEY,
    payment_id    INTEGER NOT NULL,
    account       TEXT    NOT NULL CHECK (account IN ('GATEWAY', 'SALES', 'FEES')),
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

-- amount + fee is what leaves the fan's side of the payment: amount goes back, fee stays.
ALTER TABLE refund ADD COLUMN fee INTEGER NOT NULL DEFAULT 0 CHECK (fee >= 0);
ALTER TABLE refund ADD COLUMN run_id INTEGER; -- of the refund of a whole date it belongs to
CREATE INDEX refund_of_run ON refund (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE refund_run (
    id              INTEGER PRIMARY KEY,
    option_id       INTEGER NOT NULL,
    asked_by        INTEGER NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('RUNNING', 'DONE')),
    reason          TEXT    NOT NULL,
    idempotency_key TEXT    NOT NULL,
    request_hash    INTEGER NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    updated_at_ms   INTEGER NOT NULL,
    UNIQUE (asked_by, idempotency_key)
) STRICT;
CREATE INDEX refund_run_option ON refund_run (option_id);
CREATE UNIQUE INDEX refund_run_running ON refund_run (option_id) WHERE state = 'RUNNING';

-- What a fan gets who gives seats back.
ALTER TABLE sale ADD COLUMN refund_free_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale ADD COLUMN refund_fee_percent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale ADD COLUMN refund_fee_per_seat INTEGER NOT NULL DEFAULT 0;

-- What gateways told us without being asked; each delivery once.
CREATE TABLE webhook (
    id             INTEGER PRIMARY KEY,
    gateway        TEXT    NOT NULL,
    delivery       TEXT    NOT NULL, -- the gateway's name of it
    order_id       TEXT    NOT NULL,
    said           TEXT    NOT NULL, -- the state it claims
    payment_id     INTEGER,          -- NULL: no payment of ours has this order, so far
    received_at_ms INTEGER NOT NULL,
    UNIQUE (gateway, delivery)
) STRICT;
CREATE INDEX webhook_unmatched ON webhook (order_id) WHERE payment_id IS NULL;

-- News of payments, written with what they tell in one transaction, sent in the order of the ids.
CREATE TABLE payment_news (
    id              INTEGER PRIMARY KEY,
    reservation_id  INTEGER NOT NULL,
    payment_id      INTEGER NOT NULL,
    refund_id       INTEGER NOT NULL, -- 0: not about a refund
    kind            TEXT    NOT NULL
                    CHECK (kind IN ('UNKNOWN', 'CAPTURED', 'FAILED', 'REFUND_DONE', 'REFUND_FAILED')),
    amount          INTEGER NOT NULL,
    at_ms           INTEGER NOT NULL,
    published_at_ms INTEGER
) STRICT;
CREATE INDEX payment_news_waiting ON payment_news (id) WHERE published_at_ms IS NULL;
CREATE INDEX payment_news_payment ON payment_news (payment_id);

-- What happened before there was anybody to tell counts as told.
INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms, published_at_ms)
SELECT reservation_id, id, 0, CASE state WHEN 'FAILED' THEN 'FAILED' ELSE 'CAPTURED' END, amount,
       updated_at_ms, updated_at_ms
FROM payment
WHERE state IN ('CAPTURED', 'REFUNDED', 'FAILED')
ORDER BY id;
INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms, published_at_ms)
SELECT p.reservation_id, p.id, f.id,
       CASE f.state WHEN 'DONE' THEN 'REFUND_DONE' ELSE 'REFUND_FAILED' END, f.amount,
       f.updated_at_ms, f.updated_at_ms
FROM refund f JOIN payment p ON p.id = f.payment_id
WHERE f.state <> 'REQUESTED'
ORDER BY f.id;
