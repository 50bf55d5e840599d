-- Step 17: a day closes partition by partition. part, of a row of `daily`: the partition of
-- carrito.sales that its sales were read from; of a source: the one that it was read from last. -1:
-- several, or not known (rows of before): such a row closes when all partitions have passed its day.
-- closed_parts: days that a partition has closed and the guild has not yet.

-- name: store_step_17
ALTER TABLE daily ADD COLUMN part BIGINT NOT NULL DEFAULT -1;
CREATE INDEX daily_open_part ON daily (part, day, cart) WHERE closed = 0;
ALTER TABLE sources ADD COLUMN part BIGINT NOT NULL DEFAULT -1;
CREATE TABLE closed_parts (
    day INTEGER NOT NULL,
    part BIGINT NOT NULL,
    closed_ms BIGINT NOT NULL,
    PRIMARY KEY (day, part)
) /* WITHOUT ROWID */;
