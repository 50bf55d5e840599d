-- Step 21: up to where all that a log gives was applied, where it ends in markers of transactions,
-- which are no records: no less than `next`, or not known.

-- name: store_step_21
ALTER TABLE positions ADD COLUMN read_to BIGINT NOT NULL DEFAULT 0;
