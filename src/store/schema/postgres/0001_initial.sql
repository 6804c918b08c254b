-- The first shape of the core database.
--
-- Times are milliseconds since 1970 UTC, money is whole won, ids stay below 2^53.
-- There are no foreign keys on the two hot tables: checking them would cost each reservation a look-up
-- that the engine has already made in memory. `ticketrush audit` checks them instead.
--
-- Texts compare by their bytes, whatever the database's own rules are, so that every database sorts
-- and folds as SQLite does.

-- Ids that nobody named go on where the last one is, as on SQLite. A sequence would know nothing of
-- rows that came with their ids, as the initial data do. Jobs come one after the other, so no two
-- take the same; payments and their entries are too many for a look-up each.
CREATE FUNCTION next_id(name regclass) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    last BIGINT;
BEGIN
    EXECUTE format('SELECT coalesce(max(id), 0) FROM %s', name) INTO last;
    RETURN last + 1;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

CREATE TABLE account (
    id            BIGINT           PRIMARY KEY,
    email         TEXT COLLATE "C" NOT NULL UNIQUE, -- lower case
    nickname      TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL, -- argon2id, libsodium's string form
    role          TEXT COLLATE "C" NOT NULL CHECK (role IN ('FAN', 'OPERATOR', 'ADMIN')),
    version       BIGINT           NOT NULL DEFAULT 1,
    created_at_ms BIGINT           NOT NULL,
    deleted_at_ms BIGINT
);
ALTER TABLE account ALTER COLUMN id SET DEFAULT next_id('account');

-- Single use: a spent token that comes again ends its whole family.
CREATE TABLE refresh_token (
    hash          BYTEA  PRIMARY KEY, -- BLAKE2b-256 of the token; the token itself is never kept
    family        BYTEA  NOT NULL,
    account_id    BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    spent_at_ms   BIGINT
);
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_account ON refresh_token (account_id);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at_ms);

CREATE TABLE venue (
    id            BIGINT           PRIMARY KEY,
    name          TEXT COLLATE "C" NOT NULL,
    name_ko       TEXT COLLATE "C" NOT NULL,
    city          TEXT COLLATE "C" NOT NULL,
    city_ko       TEXT COLLATE "C" NOT NULL DEFAULT '',
    capacity      BIGINT           NOT NULL DEFAULT 0,
    version       BIGINT           NOT NULL DEFAULT 1,
    deleted_at_ms BIGINT
);
ALTER TABLE venue ALTER COLUMN id SET DEFAULT next_id('venue');

CREATE TABLE concert (
    id             BIGINT           PRIMARY KEY,
    title          TEXT COLLATE "C" NOT NULL,
    title_ko       TEXT COLLATE "C" NOT NULL,
    artist         TEXT COLLATE "C" NOT NULL DEFAULT '', -- a plain string once; an entity from 0002 on
    description    TEXT COLLATE "C" NOT NULL DEFAULT '',
    description_ko TEXT COLLATE "C" NOT NULL DEFAULT '',
    poster_hue     BIGINT           NOT NULL DEFAULT 0,
    version        BIGINT           NOT NULL DEFAULT 1,
    deleted_at_ms  BIGINT
);
ALTER TABLE concert ALTER COLUMN id SET DEFAULT next_id('concert');

-- One date of a concert. Its seats have consecutive ids, in seat-map order, from first_seat_id on.
CREATE TABLE concert_option (
    id             BIGINT           PRIMARY KEY,
    concert_id     BIGINT           NOT NULL REFERENCES concert (id),
    venue_id       BIGINT           NOT NULL REFERENCES venue (id),
    starts_at_ms   BIGINT           NOT NULL,
    first_seat_id  BIGINT           NOT NULL DEFAULT 0, -- 0: no layout yet
    seat_count     BIGINT           NOT NULL DEFAULT 0,
    map_width      DOUBLE PRECISION NOT NULL DEFAULT 0, -- seat-map units: one seat pitch is 1
    map_height     DOUBLE PRECISION NOT NULL DEFAULT 0,
    stage_x        DOUBLE PRECISION NOT NULL DEFAULT 0,
    stage_y        DOUBLE PRECISION NOT NULL DEFAULT 0,
    stage_width    DOUBLE PRECISION NOT NULL DEFAULT 0,
    stage_height   DOUBLE PRECISION NOT NULL DEFAULT 0,
    layout_version BIGINT           NOT NULL DEFAULT 0,
    version        BIGINT           NOT NULL DEFAULT 1,
    deleted_at_ms  BIGINT
);
ALTER TABLE concert_option ALTER COLUMN id SET DEFAULT next_id('concert_option');
CREATE INDEX concert_option_concert ON concert_option (concert_id, starts_at_ms);

CREATE TABLE section (
    id        BIGINT           PRIMARY KEY,
    option_id BIGINT           NOT NULL REFERENCES concert_option (id),
    position  BIGINT           NOT NULL, -- 0, 1, … in seat-map order
    name      TEXT COLLATE "C" NOT NULL,
    name_ko   TEXT COLLATE "C" NOT NULL DEFAULT '',
    grade     TEXT COLLATE "C" NOT NULL,
    price     BIGINT           NOT NULL CHECK (price >= 0),
    label_x   DOUBLE PRECISION NOT NULL DEFAULT 0,
    label_y   DOUBLE PRECISION NOT NULL DEFAULT 0,
    UNIQUE (option_id, position)
);

-- Seat i of a row sits at (x + i * dx, y + i * dy).
CREATE TABLE seat_row (
    id            BIGINT           PRIMARY KEY,
    section_id    BIGINT           NOT NULL REFERENCES section (id),
    option_id     BIGINT           NOT NULL,
    position      BIGINT           NOT NULL, -- 0, 1, … inside the section, front to back
    name          TEXT COLLATE "C" NOT NULL,
    first_seat_id BIGINT           NOT NULL,
    seat_count    BIGINT           NOT NULL CHECK (seat_count > 0),
    x             DOUBLE PRECISION NOT NULL DEFAULT 0,
    y             DOUBLE PRECISION NOT NULL DEFAULT 0,
    dx            DOUBLE PRECISION NOT NULL DEFAULT 1,
    dy            DOUBLE PRECISION NOT NULL DEFAULT 0,
    UNIQUE (section_id, position)
);
CREATE INDEX seat_row_option ON seat_row (option_id, first_seat_id);

CREATE TABLE seat (
    id          BIGINT           PRIMARY KEY,
    option_id   BIGINT           NOT NULL,
    section_id  BIGINT           NOT NULL,
    seat_row_id BIGINT           NOT NULL,
    number      TEXT COLLATE "C" NOT NULL,
    accessible  SMALLINT         NOT NULL DEFAULT 0,
    blocked     SMALLINT         NOT NULL DEFAULT 0
);

CREATE TABLE sale (
    option_id    BIGINT           PRIMARY KEY REFERENCES concert_option (id),
    opens_at_ms  BIGINT           NOT NULL,
    closes_at_ms BIGINT           NOT NULL,
    strategy     TEXT COLLATE "C" NOT NULL DEFAULT 'v5' CHECK (strategy IN ('v1', 'v2', 'v3', 'v4', 'v5')),
    lock_kind    TEXT COLLATE "C" NOT NULL DEFAULT '',
    hold_seconds BIGINT           NOT NULL CHECK (hold_seconds > 0),
    max_per_fan  BIGINT           NOT NULL CHECK (max_per_fan > 0),
    waiting_room BIGINT           NOT NULL DEFAULT 0,
    status       TEXT COLLATE "C" NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'PAUSED', 'CLOSED')),
    version      BIGINT           NOT NULL DEFAULT 1
);

-- The two hot tables: a reservation is inserted once, its seats are inserted once, and a seat row is
-- never touched. Ids grow with time. A page keeps some room, so that a reservation that is paid for
-- stays on it, and no index hears of the change.
CREATE TABLE reservation (
    id            BIGINT           PRIMARY KEY,
    option_id     BIGINT           NOT NULL,
    fan_id        BIGINT           NOT NULL,
    state         TEXT COLLATE "C" NOT NULL
                  CHECK (state IN ('HOLD', 'PAYING', 'CONFIRMED', 'REFUNDED', 'EXPIRED', 'CANCELLED')),
    amount        BIGINT           NOT NULL,
    key_hash      BIGINT           NOT NULL, -- of the idempotency key: 63 bits of BLAKE2b; a third of its size
    request_hash  BIGINT           NOT NULL, -- of the body, to tell a repeat from another request
    created_at_ms BIGINT           NOT NULL,
    expires_at_ms BIGINT           NOT NULL,
    ended_at_ms   BIGINT, -- confirmed, expired, cancelled or refunded
    UNIQUE (fan_id, key_hash)
) WITH (fillfactor = 90);

CREATE TABLE reservation_seat (
    reservation_id BIGINT   NOT NULL,
    seat_id        BIGINT   NOT NULL,
    price          BIGINT   NOT NULL,
    live           SMALLINT NOT NULL DEFAULT 1,
    PRIMARY KEY (reservation_id, seat_id)
);

-- The last line of defence: one live reservation a seat.
CREATE UNIQUE INDEX reservation_seat_live ON reservation_seat (seat_id) WHERE live = 1;

CREATE TABLE payment (
    id              BIGINT           GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    reservation_id  BIGINT           NOT NULL,
    fan_id          BIGINT           NOT NULL,
    gateway         TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL
                    CHECK (state IN ('READY', 'AUTHORIZED', 'CAPTURED', 'REFUNDED', 'FAILED')),
    amount          BIGINT           NOT NULL CHECK (amount > 0),
    currency        TEXT COLLATE "C" NOT NULL DEFAULT 'KRW',
    idempotency_key TEXT COLLATE "C" NOT NULL,
    request_hash    BIGINT           NOT NULL,
    failure         TEXT COLLATE "C" NOT NULL DEFAULT '', -- the gateway's reason
    created_at_ms   BIGINT           NOT NULL,
    updated_at_ms   BIGINT           NOT NULL,
    UNIQUE (fan_id, idempotency_key)
);
CREATE INDEX payment_reservation ON payment (reservation_id);
CREATE INDEX payment_open ON payment (id) WHERE state IN ('READY', 'AUTHORIZED');

-- Double entry, append only: the entries of a payment sum to zero.
CREATE TABLE ledger_entry (
    id            BIGINT           GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    payment_id    BIGINT           NOT NULL,
    account       TEXT COLLATE "C" NOT NULL CHECK (account IN ('GATEWAY', 'SALES')),
    amount        BIGINT           NOT NULL CHECK (amount <> 0),
    created_at_ms BIGINT           NOT NULL
);
CREATE INDEX ledger_entry_payment ON ledger_entry (payment_id);
CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change('the ledger is append only');
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the ledger is append only');
