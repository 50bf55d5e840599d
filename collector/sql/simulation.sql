-- Simulations and how far they are.

-- name: simulation_unfinished
SELECT COUNT(*) FROM simulations WHERE produced < total;

-- name: simulation_insert
INSERT INTO simulations (id, kind, carts, total, seed, started_ms, produced)
VALUES ($1, $2, $3, $4, $5, $6, 0);

-- name: simulation_read
SELECT id, kind, carts, total, seed, started_ms, produced FROM simulations WHERE id = $1;

-- name: simulation_next
SELECT id, kind, carts, total, seed, started_ms, produced FROM simulations
WHERE produced < total ORDER BY started_ms, id LIMIT 1;

-- name: simulation_advance
UPDATE simulations SET produced = $1 WHERE id = $2 AND produced = $3;

-- How much waits to be sent, as far as it matters.
-- name: simulation_enqueued
SELECT COUNT(*) FROM (SELECT 1 FROM effects WHERE queue >= '' LIMIT 2000) AS waiting;
