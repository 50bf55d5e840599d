-- Step 2: when the last good backup was made, for each place that one was made in. `place` is the
-- folder; '' is no place: since when this store is looked after. Times are milliseconds since 1970.

-- name: store_step_2
CREATE TABLE backups (
    place TEXT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL
);
