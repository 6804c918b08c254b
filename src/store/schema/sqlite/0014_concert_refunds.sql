-- A concert that is called off: the runs of its dates belong together.
CREATE TABLE concert_refund (
    id              INTEGER PRIMARY KEY,
    concert_id      INTEGER NOT NULL,
    asked_by        INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    idempotency_key TEXT    NOT NULL,
    request_hash    INTEGER NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    UNIQUE (asked_by, idempotency_key)
) STRICT;
CREATE INDEX concert_refund_concert ON concert_refund (concert_id);

ALTER TABLE refund_run ADD COLUMN concert_refund_id INTEGER; -- NULL: of one date only
CREATE INDEX refund_run_concert_refund ON refund_run (concert_refund_id)
WHERE concert_refund_id IS NOT NULL;
