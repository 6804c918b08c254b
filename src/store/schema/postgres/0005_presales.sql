-- Who may buy before everybody else, which seats are set aside, and what a sale's limits once were.

CREATE TABLE fan_group (
    id            BIGINT           PRIMARY KEY,
    name          TEXT COLLATE "C" NOT NULL,
    name_ko       TEXT COLLATE "C" NOT NULL,
    artist_id     BIGINT           REFERENCES artist (id), -- whose fan club it is; NULL: nobody's
    member_count  BIGINT           NOT NULL DEFAULT 0, -- also the last place that was given
    version       BIGINT           NOT NULL DEFAULT 1,
    deleted_at_ms BIGINT
);
ALTER TABLE fan_group ALTER COLUMN id SET DEFAULT next_id('fan_group');
CREATE INDEX fan_group_artist ON fan_group (artist_id);

-- Places count 1, 2, … without a gap: whoever has read up to one knows where to go on. Members stay.
CREATE TABLE fan_group_member (
    group_id     BIGINT NOT NULL REFERENCES fan_group (id),
    place        BIGINT NOT NULL,
    fan_id       BIGINT NOT NULL,
    joined_at_ms BIGINT NOT NULL,
    PRIMARY KEY (group_id, place),
    UNIQUE (fan_id, group_id)
);

-- Each code makes one fan a member.
CREATE TABLE fan_group_code (
    hash          BYTEA  PRIMARY KEY, -- BLAKE2b-256 of the code; the code itself is never kept
    group_id      BIGINT NOT NULL REFERENCES fan_group (id),
    created_at_ms BIGINT NOT NULL,
    used_by       BIGINT,
    used_at_ms    BIGINT
);
CREATE INDEX fan_group_code_group ON fan_group_code (group_id);

-- Members of the group can buy from opens_at_ms on, until closes_at_ms.
CREATE TABLE presale_round (
    option_id    BIGINT NOT NULL REFERENCES concert_option (id),
    position     BIGINT NOT NULL,
    group_id     BIGINT NOT NULL REFERENCES fan_group (id),
    opens_at_ms  BIGINT NOT NULL,
    closes_at_ms BIGINT NOT NULL,
    PRIMARY KEY (option_id, position)
);
CREATE INDEX presale_round_group ON presale_round (group_id);

CREATE TABLE allotment (
    id            BIGINT           PRIMARY KEY,
    option_id     BIGINT           NOT NULL REFERENCES concert_option (id),
    name          TEXT COLLATE "C" NOT NULL,
    group_id      BIGINT           REFERENCES fan_group (id), -- who can hold its seats; NULL: nobody
    created_at_ms BIGINT           NOT NULL,
    ended_at_ms   BIGINT
);
ALTER TABLE allotment ALTER COLUMN id SET DEFAULT next_id('allotment');
CREATE INDEX allotment_option ON allotment (option_id);
CREATE INDEX allotment_group ON allotment (group_id);

ALTER TABLE seat ADD COLUMN allotment_id BIGINT NOT NULL DEFAULT 0; -- 0: not set aside
CREATE INDEX seat_marked ON seat (id) WHERE blocked <> 0 OR allotment_id <> 0;

ALTER TABLE sale ADD COLUMN max_per_concert BIGINT NOT NULL DEFAULT 0; -- 0: no such limit

-- Limits that were in force until they were changed: what was sold by them is judged by them.
CREATE TABLE sale_earlier_limits (
    option_id       BIGINT NOT NULL,
    until_ms        BIGINT NOT NULL,
    max_per_fan     BIGINT NOT NULL,
    max_per_concert BIGINT NOT NULL
);
CREATE INDEX sale_earlier_limits_option ON sale_earlier_limits (option_id, until_ms);
