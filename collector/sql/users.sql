-- Users, their tokens and their blocks.

-- name: user_add
INSERT INTO users (name, role, cart, password, created_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO NOTHING;

-- name: user_list
SELECT u.name, u.role, u.cart, u.created_ms, b.until_ms
FROM users u LEFT JOIN blocks b ON b.name = u.name
ORDER BY u.name;

-- name: user_find
SELECT role, cart, password FROM users WHERE name = $1;

-- name: user_remove
DELETE FROM users WHERE name = $1;

-- name: user_password
UPDATE users SET password = $1 WHERE name = $2;

-- name: block_find
SELECT until_ms FROM blocks WHERE name = $1;

-- name: block_lift
DELETE FROM blocks WHERE name = $1;

-- name: token_add
INSERT INTO tokens (hash, name, owner, role, cart, created_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: token_find
SELECT name, role, cart, expires_ms FROM tokens WHERE hash = $1;

-- name: token_remove
DELETE FROM tokens WHERE hash = $1;

-- name: tokens_remove_of
DELETE FROM tokens WHERE owner = $1;

-- name: tokens_remove_expired
DELETE FROM tokens WHERE expires_ms <= $1;
