-- Money given back, and tickets used at the gate.

CREATE TABLE refund (
    id              BIGINT           PRIMARY KEY,
    payment_id      BIGINT           NOT NULL,
    asked_by        BIGINT           NOT NULL, -- an account; 0: the house, for money that came too late
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('REQUESTED', 'DONE', 'FAILED')),
    amount          BIGINT           NOT NULL CHECK (amount > 0),
    ends            BIGINT           NOT NULL CHECK (ends IN (0, 1)), -- 1: the payment ends with it
    reason          TEXT COLLATE "C" NOT NULL,
    failure         TEXT COLLATE "C" NOT NULL DEFAULT '', -- the gateway's reason
    idempotency_key TEXT COLLATE "C" NOT NULL,
    request_hash    BIGINT           NOT NULL,
    created_at_ms   BIGINT           NOT NULL,
    updated_at_ms   BIGINT           NOT NULL,
    UNIQUE (asked_by, idempotency_key)
);
ALTER TABLE refund ALTER COLUMN id SET DEFAULT next_id('refund');
CREATE INDEX refund_payment ON refund (payment_id);
CREATE INDEX refund_open ON refund (id) WHERE state = 'REQUESTED';

-- Until now only the house gave money back, all of it, and wrote no line about it.
INSERT INTO refund (payment_id, asked_by, state, amount, ends, reason, idempotency_key,
                    request_hash, created_at_ms, updated_at_ms)
SELECT id, 0, 'DONE', amount, 1, 'the hold had ended', 'late-' || id, 0, updated_at_ms,
       updated_at_ms
FROM payment
WHERE state = 'REFUNDED';

-- One ticket stands for all seats of its reservation, and opens the gate once.
CREATE TABLE ticket_use (
    reservation_id  BIGINT           PRIMARY KEY,
    used_at_ms      BIGINT           NOT NULL,
    checked_by      BIGINT           NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL DEFAULT ''
);
