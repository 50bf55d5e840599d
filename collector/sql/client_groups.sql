-- Distinct clients of the guild, by day, month and in all.

-- name: client_group_add
INSERT INTO client_groups (level, span, client, parts) VALUES ($1, $2, $3, $4)
ON CONFLICT (level, span, client) DO UPDATE SET parts = client_groups.parts + excluded.parts
RETURNING parts;

-- name: client_group_delete
DELETE FROM client_groups WHERE level = $1 AND span = $2 AND client = $3;

-- name: client_count_add
INSERT INTO client_counts (level, span, clients) VALUES ($1, $2, $3)
ON CONFLICT (level, span) DO UPDATE SET clients = client_counts.clients + excluded.clients;

-- name: client_count_read
SELECT clients FROM client_counts WHERE level = $1 AND span = $2;
