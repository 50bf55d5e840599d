-- Distinct clients of the guild, by day, month and in all.

-- As in the table of a cart's clients (sales.sql).
-- name: client_group_insert
INSERT INTO client_groups (parts, level, span, client) VALUES ($1, $2, $3, $4)
ON CONFLICT (level, span, client) DO NOTHING;

-- name: client_group_add
UPDATE client_groups SET parts = parts + $1 WHERE level = $2 AND span = $3 AND client = $4;

-- name: client_group_read
SELECT parts FROM client_groups WHERE level = $1 AND span = $2 AND client = $3;

-- name: client_group_delete
DELETE FROM client_groups WHERE level = $1 AND span = $2 AND client = $3;

-- name: client_count_add
INSERT INTO client_counts (level, span, clients) VALUES ($1, $2, $3)
ON CONFLICT (level, span) DO UPDATE SET clients = client_counts.clients + excluded.clients;

-- name: client_count_read
SELECT clients FROM client_counts WHERE level = $1 AND span = $2;
