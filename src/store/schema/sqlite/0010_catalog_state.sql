-- The catalog's version: every change of what the catalog's documents show raises it, in the
-- transaction of the change. Caches go by it (src/cache/cache.h). It is the time in milliseconds, or
-- one more than before: so a database that was taken back to a backup never gives out a version
-- that it had given out before, for other contents. The identity tells databases apart that share
-- a cache.

CREATE TABLE catalog_state (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    version  INTEGER NOT NULL,
    identity INTEGER NOT NULL
) STRICT;

INSERT INTO catalog_state (id, version, identity)
VALUES (1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), random() & 9007199254740991);

CREATE TRIGGER agency_catalog_insert AFTER INSERT ON agency
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER agency_catalog_update AFTER UPDATE ON agency
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER agency_catalog_delete AFTER DELETE ON agency
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER artist_catalog_insert AFTER INSERT ON artist
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER artist_catalog_update AFTER UPDATE ON artist
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER artist_catalog_delete AFTER DELETE ON artist
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER artist_alias_catalog_insert AFTER INSERT ON artist_alias
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER artist_alias_catalog_update AFTER UPDATE ON artist_alias
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER artist_alias_catalog_delete AFTER DELETE ON artist_alias
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER venue_catalog_insert AFTER INSERT ON venue
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER venue_catalog_update AFTER UPDATE ON venue
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER venue_catalog_delete AFTER DELETE ON venue
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_catalog_insert AFTER INSERT ON concert
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_catalog_update AFTER UPDATE ON concert
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_catalog_delete AFTER DELETE ON concert
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_artist_catalog_insert AFTER INSERT ON concert_artist
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_artist_catalog_update AFTER UPDATE ON concert_artist
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_artist_catalog_delete AFTER DELETE ON concert_artist
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_option_catalog_insert AFTER INSERT ON concert_option
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_option_catalog_update AFTER UPDATE ON concert_option
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER concert_option_catalog_delete AFTER DELETE ON concert_option
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER section_catalog_insert AFTER INSERT ON section
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER section_catalog_update AFTER UPDATE ON section
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER section_catalog_delete AFTER DELETE ON section
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER sale_catalog_insert AFTER INSERT ON sale
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER sale_catalog_update AFTER UPDATE ON sale
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER sale_catalog_delete AFTER DELETE ON sale
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER presale_round_catalog_insert AFTER INSERT ON presale_round
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER presale_round_catalog_update AFTER UPDATE ON presale_round
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER presale_round_catalog_delete AFTER DELETE ON presale_round
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER allotment_catalog_insert AFTER INSERT ON allotment
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER allotment_catalog_update AFTER UPDATE ON allotment
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER allotment_catalog_delete AFTER DELETE ON allotment
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER fan_group_catalog_insert AFTER INSERT ON fan_group
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER fan_group_catalog_update AFTER UPDATE ON fan_group
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER fan_group_catalog_delete AFTER DELETE ON fan_group
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER fan_group_code_catalog_insert AFTER INSERT ON fan_group_code
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER fan_group_code_catalog_update AFTER UPDATE ON fan_group_code
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
CREATE TRIGGER fan_group_code_catalog_delete AFTER DELETE ON fan_group_code
BEGIN UPDATE catalog_state SET version = max(version + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); END;
