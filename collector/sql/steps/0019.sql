-- Step 19: for clocks of Kafka that are set back. next_offset: after the last beat; one that comes
-- later with an earlier time tells of that, one that is read again does not. gaps_merged: of those
-- that are no longer in `gaps`. heard_place: of a cart's last word among the gaps of its bridge, plus
-- 1; 0: not known.

-- name: store_step_19
ALTER TABLE beats ADD COLUMN next_offset BIGINT NOT NULL DEFAULT 0;
ALTER TABLE beats ADD COLUMN gaps_merged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE carts ADD COLUMN heard_place BIGINT NOT NULL DEFAULT 0;
