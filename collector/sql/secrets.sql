-- What only this store's processes know.

-- The first one stays: what was made of it is known to others.
-- name: secret_take
INSERT INTO secrets (name, secret) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING;

-- name: secret_read
SELECT secret FROM secrets WHERE name = $1;
