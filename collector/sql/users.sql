-- Users, their tokens and their blocks.

-- name: user_add
INSERT INTO users (name, role, cart, password, created_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO NOTHING;

-- name: user_list
SELECT u.name, u.role, u.cart, u.created_ms, (
    SELECT MAX(b.until_ms) FROM (
        SELECT until_ms FROM login_accounts WHERE name = u.name UNION ALL
        SELECT until_ms FROM login_places WHERE name = u.name) b)
FROM users u
ORDER BY u.name;

-- name: user_find
SELECT role, cart, password FROM users WHERE name = $1;

-- The last admin stays.
-- name: user_remove
DELETE FROM users WHERE name = $1 AND (role <> 'admin' OR EXISTS (
    SELECT 1 FROM users WHERE role = 'admin' AND name <> $1));

-- The last admin stays one.
-- name: user_role
UPDATE users SET role = $1, cart = $2 WHERE name = $3 AND ($1 = 'admin' OR role <> 'admin' OR EXISTS (
    SELECT 1 FROM users WHERE role = 'admin' AND name <> $3));

-- One row of the page.
-- name: user_row
SELECT u.name, u.role, u.cart, u.created_ms, (
    SELECT MAX(b.until_ms) FROM (
        SELECT until_ms FROM login_accounts WHERE name = u.name UNION ALL
        SELECT until_ms FROM login_places WHERE name = u.name) b WHERE b.until_ms > $1)
FROM users u
WHERE u.name = $2;

-- A vendor of the cart, or its phone.
-- name: users_of_cart_remove
DELETE FROM users WHERE (role = 'vendor' AND cart = $1) OR (role = 'tracker' AND UPPER(name) = $1);

-- name: tokens_of_cart_remove
DELETE FROM tokens
WHERE (role IN ('vendor', 'tracker') AND cart = $1) OR (role = 'tracker' AND UPPER(name) = $1)
    OR owner IN (
    SELECT name FROM users WHERE role = 'vendor' AND cart = $1);

-- name: users_page
SELECT u.name, u.role, u.cart, u.created_ms, (
    SELECT MAX(b.until_ms) FROM (
        SELECT until_ms FROM login_accounts WHERE name = u.name UNION ALL
        SELECT until_ms FROM login_places WHERE name = u.name) b WHERE b.until_ms > $1)
FROM users u
WHERE u.name > $2
ORDER BY u.name LIMIT $3;

-- name: user_password
UPDATE users SET password = $1 WHERE name = $2;

-- name: token_add
INSERT INTO tokens (hash, id, name, owner, role, cart, created_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: token_find
SELECT name, role, cart, expires_ms FROM tokens WHERE hash = $1;

-- name: token_remove
DELETE FROM tokens WHERE hash = $1;

-- name: token_remove_by_id
DELETE FROM tokens WHERE id = $1;

-- Without those that have expired; one without end has no time.
-- name: tokens_page
SELECT id, name, role, cart, owner, created_ms,
    CASE WHEN expires_ms < 9223372036854775807 THEN expires_ms END
FROM tokens
WHERE expires_ms > $1 AND (created_ms, id) > ($2, $3)
ORDER BY created_ms, id LIMIT $4;

-- What stands for the user of the token with this hash, that token first of all: a program's is
-- nobody's.
-- name: sessions_page
SELECT id, role, created_ms, CASE WHEN expires_ms < 9223372036854775807 THEN expires_ms END,
    CASE WHEN hash = $1 THEN 1 ELSE 0 END
FROM tokens
WHERE (hash = $1 OR owner = (SELECT owner FROM tokens WHERE hash = $1) AND name = owner)
  AND expires_ms > $2 AND (created_ms, id) > ($3, $4)
ORDER BY created_ms, id LIMIT $5;

-- name: session_remove
DELETE FROM tokens
WHERE id = $1 AND (hash = $2 OR owner = (SELECT owner FROM tokens WHERE hash = $2) AND name = owner);

-- name: sessions_remove_others
DELETE FROM tokens
WHERE owner = (SELECT owner FROM tokens WHERE hash = $1) AND name = owner AND hash <> $1;

-- name: tokens_remove_of
DELETE FROM tokens WHERE owner = $1;

-- What stands for the user, and not the phones that the user has made.
-- name: tokens_remove_own
DELETE FROM tokens WHERE owner = $1 AND name = $1;

-- name: tokens_remove_expired
DELETE FROM tokens WHERE expires_ms <= $1;

-- A phone is a token of a tracker that has a name among those of its cart.
-- name: phones_page
SELECT id, cart, phone, created_ms, expires_ms, owner FROM tokens
WHERE cart = $1 AND phone IS NOT NULL AND expires_ms > $2 AND (created_ms, id) > ($3, $4)
ORDER BY created_ms, id LIMIT $5;

-- name: phone_name
UPDATE tokens SET phone = $1 WHERE id = $2;

-- name: phone_remove_named
DELETE FROM tokens WHERE cart = $1 AND phone = $2;

-- name: phone_remove
DELETE FROM tokens WHERE cart = $1 AND id = $2 AND phone IS NOT NULL;

-- The phones that a user made go on when its password is another.
-- name: tokens_remove_signed_in
DELETE FROM tokens WHERE owner = $1 AND phone IS NULL;
