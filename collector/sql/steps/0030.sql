-- Step 30: an account counts attempts by the place that they come from, where somebody signed in to it
-- from there; names that nobody has are one alert together.

-- name: store_step_30
ALTER TABLE login_attempts ADD COLUMN site TEXT NOT NULL DEFAULT '';
CREATE TABLE login_places (
    name TEXT NOT NULL,
    site TEXT NOT NULL,
    signed_in_ms BIGINT NOT NULL,
    since_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    forgiven_ms BIGINT NOT NULL,
    PRIMARY KEY (name, site)
);
CREATE INDEX login_places_by_end ON login_places (until_ms) WHERE until_ms > 0;
CREATE INDEX login_places_by_age ON login_places (signed_in_ms);
CREATE INDEX login_places_by_site ON login_places (site, signed_in_ms);
CREATE TABLE login_strangers (
    name TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (name, site)
);
