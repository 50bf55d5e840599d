-- Step 13: when a backup was put in the store's place; what happened before was told then.

-- name: store_step_13
CREATE TABLE restores (at_ms BIGINT NOT NULL PRIMARY KEY);
