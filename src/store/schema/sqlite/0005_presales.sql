-- Who may buy before everybody else, which seats are set aside, and what a sale's limits once were.

CREATE TABLE fan_group (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL,
    name_ko       TEXT    NOT NULL,
    artist_id     INTEGER REFERENCES artist (id), -- whose fan club it is; NULL: nobody's
    member_count  INTEGER NOT NULL DEFAULT 0,     -- also the last place that was given
    version       INTEGER NOT NULL DEFAULT 1,
    deleted_at_ms INTEGER
) STRICT;
CREATE INDEX fan_group_artist ON fan_group (artist_id);

-- Places count 1, 2, … without a gap: whoever has read up to one knows where to go on. Members stay.
CREATE TABLE fan_group_member (
    group_id     INTEGER NOT NULL REFERENCES fan_group (id),
    place        INTEGER NOT NULL,
    fan_id       INTEGER NOT NULL,
    joined_at_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, place),
    UNIQUE (fan_id, group_id)
) STRICT, WITHOUT ROWID;

-- Each code makes one fan a member.
CREATE TABLE fan_group_code (
    hash          BLOB    PRIMARY KEY, -- BLAKE2b-256 of the code; the code itself is never kept
    group_id      INTEGER NOT NULL REFERENCES fan_group (id),
    created_at_ms INTEGER NOT NULL,
    used_by       INTEGER,
    used_at_ms    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX fan_group_code_group ON fan_group_code (group_id);

-- Members of the group can buy from opens_at_ms on, until closes_at_ms.
CREATE TABLE presale_round (
    option_id    INTEGER NOT NULL REFERENCES concert_option (id),
    position     INTEGER NOT NULL,
    group_id     INTEGER NOT NULL REFERENCES fan_group (id),
    opens_at_ms  INTEGER NOT NULL,
    closes_at_ms INTEGER NOT NULL,
    PRIMARY KEY (option_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX presale_round_group ON presale_round (group_id);

CREATE TABLE allotment (
    id            INTEGER PRIMARY KEY,
    option_id     INTEGER NOT NULL REFERENCES concert_option (id),
    name          TEXT    NOT NULL,
    group_id      INTEGER REFERENCES fan_group (id), -- who can hold its seats; NULL: nobody
    created_at_ms INTEGER NOT NULL,
    ended_at_ms   INTEGER
) STRICT;
CREATE INDEX allotment_option ON allotment (option_id);
CREATE INDEX allotment_group ON allotment (group_id);

ALTER TABLE seat ADD COLUMN allotment_id INTEGER NOT NULL DEFAULT 0; -- 0: not set aside
CREATE INDEX seat_marked ON seat (id) WHERE blocked <> 0 OR allotment_id <> 0;

ALTER TABLE sale ADD COLUMN max_per_concert INTEGER NOT NULL DEFAULT 0; -- 0: no such limit

-- Limits that were in force until they were changed: what was sold by them is judged by them.
CREATE TABLE sale_earlier_limits (
    option_id       INTEGER NOT NULL,
    until_ms        INTEGER NOT NULL,
    max_per_fan     INTEGER NOT NULL,
    max_per_concert INTEGER NOT NULL
) STRICT;
CREATE INDEX sale_earlier_limits_option ON sale_earlier_limits (option_id, until_ms);
