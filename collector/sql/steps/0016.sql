-- Step 16: which levels have moved and are not judged yet: in which partition of Kafka, by which
-- record (Kafka's time), and with how many low sales since the cart was last full.

-- name: store_step_16
ALTER TABLE stock_levels ADD COLUMN waits_in BIGINT;
ALTER TABLE stock_levels ADD COLUMN waits_ms BIGINT;
ALTER TABLE stock_levels ADD COLUMN low_sales BIGINT NOT NULL DEFAULT 0;
CREATE INDEX stock_levels_waiting ON stock_levels (waits_in) WHERE waits_in >= 0;
