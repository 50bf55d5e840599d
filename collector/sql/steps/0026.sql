-- Step 26: who says that a cart is looked for. confirmed_ms: an operator or its own vendor did; null:
-- only what anybody may report. until_ms: it is asked for its place until then; 0: not yet. Those of
-- former releases go on for a day. What nobody knew is found when its cart is first heard.

-- name: store_step_26
ALTER TABLE fugitives ADD COLUMN confirmed_ms BIGINT;
ALTER TABLE fugitives ADD COLUMN until_ms BIGINT NOT NULL DEFAULT 0;
UPDATE fugitives SET until_ms = since_ms + 86400000 WHERE ended_ms IS NULL;
CREATE INDEX reports_sighted ON reports (cart, time_ms) WHERE status = 'sighting';
