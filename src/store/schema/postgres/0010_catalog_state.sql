-- The catalog's version: every change of what the catalog's documents show raises it, in the
-- transaction of the change. Caches go by it (src/cache/cache.h). It is the time in milliseconds, or
-- one more than before: so a database that was taken back to a backup never gives out a version
-- that it had given out before, for other contents. The identity tells databases apart that share
-- a cache.

CREATE TABLE catalog_state (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    version  BIGINT NOT NULL,
    identity BIGINT NOT NULL
);

INSERT INTO catalog_state (id, version, identity)
VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, (random() * 9007199254740991)::bigint);

CREATE FUNCTION raise_catalog_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_state
    SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    RETURN NULL;
END $$;

CREATE TRIGGER agency_catalog AFTER INSERT OR UPDATE OR DELETE ON agency
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER artist_catalog AFTER INSERT OR UPDATE OR DELETE ON artist
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER artist_alias_catalog AFTER INSERT OR UPDATE OR DELETE ON artist_alias
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER venue_catalog AFTER INSERT OR UPDATE OR DELETE ON venue
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER concert_catalog AFTER INSERT OR UPDATE OR DELETE ON concert
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER concert_artist_catalog AFTER INSERT OR UPDATE OR DELETE ON concert_artist
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER concert_option_catalog AFTER INSERT OR UPDATE OR DELETE ON concert_option
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER section_catalog AFTER INSERT OR UPDATE OR DELETE ON section
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER sale_catalog AFTER INSERT OR UPDATE OR DELETE ON sale
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER presale_round_catalog AFTER INSERT OR UPDATE OR DELETE ON presale_round
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER allotment_catalog AFTER INSERT OR UPDATE OR DELETE ON allotment
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER fan_group_catalog AFTER INSERT OR UPDATE OR DELETE ON fan_group
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER fan_group_code_catalog AFTER INSERT OR UPDATE OR DELETE ON fan_group_code
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
