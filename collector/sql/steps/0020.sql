-- Step 20: what goes with age (docs/engineer.md, "How large a table becomes"). number: how many alerts
-- of its kind and subject were there before, of which its id is made; null: an earlier release counted
-- the rows, so that none of its own may go.

-- name: store_step_20
ALTER TABLE alerts ADD COLUMN number BIGINT;
CREATE INDEX alerts_ended ON alerts (ended_ms) WHERE ended_ms IS NOT NULL AND number IS NOT NULL;
CREATE INDEX members_rejected ON members (decided_ms) WHERE status = 'rejected';
CREATE INDEX simulations_by_time ON simulations (started_ms);
