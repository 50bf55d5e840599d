-- Step 8: when the cart had said something last as it first told of this outbox, by which is known since
-- when the outbox may have sold; 0: nothing before.

-- name: store_step_8
ALTER TABLE words ADD COLUMN since_ms BIGINT NOT NULL DEFAULT 0;
