-- Step 14: how often what an alert is about has begun: a cart that comes and goes is one alert.

-- name: store_step_14
ALTER TABLE alerts ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
