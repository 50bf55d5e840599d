-- Step 3: how much room the disk of the store had, a row a day (counted from 1970-01-01 UTC), by
-- which is told when it will be full.

-- name: store_step_3
CREATE TABLE disk_days (
    day BIGINT NOT NULL PRIMARY KEY,
    total BIGINT NOT NULL,
    available BIGINT NOT NULL
);
