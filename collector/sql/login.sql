-- Attempts to sign in, and the accounts that they were made on. An account's row counts what comes
-- from anywhere; a row of login_places what comes from where somebody signed in to it.

-- Takes the row for the transaction: two processes judge one after the other.
-- name: login_account_take
INSERT INTO login_accounts (name, since_ms, until_ms, attempts, forgiven_ms, touched_ms)
VALUES ($1, 0, 0, 0, 0, $2)
ON CONFLICT (name) DO UPDATE SET touched_ms = excluded.touched_ms;

-- name: login_account_read
SELECT until_ms, forgiven_ms FROM login_accounts WHERE name = $1;

-- name: login_place_read
SELECT until_ms, forgiven_ms FROM login_places
WHERE name = $1 AND site = $2 AND signed_in_ms > $3;

-- name: login_place_any
SELECT 1 FROM login_places WHERE site = $1 AND signed_in_ms > $2 LIMIT 1;

-- What an operator forgave the account, the place does not count either.
-- name: login_place_add
INSERT INTO login_places (name, site, signed_in_ms, since_ms, until_ms, attempts, forgiven_ms)
SELECT name, $1, $2, 0, 0, 0, forgiven_ms FROM login_accounts WHERE name = $3
ON CONFLICT (name, site) DO UPDATE SET signed_in_ms = excluded.signed_in_ms
WHERE excluded.signed_in_ms > login_places.signed_in_ms;

-- name: login_account_block
UPDATE login_accounts SET since_ms = $1, forgiven_ms = $1, until_ms = $2, attempts = $3
WHERE name = $4;

-- name: login_place_block
UPDATE login_places SET since_ms = $1, forgiven_ms = $1, until_ms = $2, attempts = $3
WHERE name = $4 AND site = $5;

-- name: login_account_lift
UPDATE login_accounts SET until_ms = 0, forgiven_ms = $1, touched_ms = $1
WHERE name = $2 AND until_ms > $1;

-- name: login_places_lift
UPDATE login_places SET until_ms = 0, forgiven_ms = $1 WHERE name = $2 AND until_ms > $1;

-- name: login_blocks_ended
SELECT name, '' AS site, until_ms FROM login_accounts WHERE until_ms > 0 AND until_ms <= $1
UNION ALL
SELECT name, site, until_ms FROM login_places WHERE until_ms > 0 AND until_ms <= $1
ORDER BY until_ms LIMIT 100;

-- name: login_account_end
UPDATE login_accounts SET until_ms = 0 WHERE name = $1;

-- name: login_place_end
UPDATE login_places SET until_ms = 0 WHERE name = $1 AND site = $2;

-- name: login_is_blocked
SELECT 1 FROM login_accounts WHERE name = $1 AND until_ms > $2
UNION ALL
SELECT 1 FROM login_places WHERE name = $1 AND until_ms > $2;

-- name: login_attempt_insert
INSERT INTO login_attempts (id, user_name, site, at_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO NOTHING;

-- Those that count, near a time: from anywhere but the account's places.
-- name: login_attempt_times
SELECT at_ms FROM login_attempts
WHERE user_name = $1 AND at_ms > $2 AND at_ms < $3
  AND at_ms > (SELECT forgiven_ms FROM login_accounts WHERE name = $1)
  AND NOT EXISTS (
    SELECT 1 FROM login_places p
    WHERE p.name = $1 AND p.site = login_attempts.site AND p.signed_in_ms > $4)
ORDER BY at_ms;

-- The same, from one of its places.
-- name: login_attempt_times_at
SELECT at_ms FROM login_attempts
WHERE user_name = $1 AND at_ms > $2 AND at_ms < $3 AND site = $4
  AND at_ms > (SELECT forgiven_ms FROM login_places WHERE name = $1 AND site = $4)
ORDER BY at_ms;

-- name: login_attempts_prune
DELETE FROM login_attempts WHERE at_ms < $1;

-- name: login_accounts_prune
DELETE FROM login_accounts WHERE touched_ms < $1 AND until_ms = 0;

-- name: login_places_prune
DELETE FROM login_places WHERE signed_in_ms < $1 AND until_ms = 0;

-- Whence a name that nobody has was tried.
-- name: login_stranger_add
INSERT INTO login_strangers (name, site)
SELECT DISTINCT user_name, site FROM login_attempts
WHERE user_name = $1 AND at_ms > $2 AND at_ms <= $3
ON CONFLICT (name, site) DO NOTHING;

-- name: login_strangers_any
SELECT 1 FROM login_strangers LIMIT 1;

-- name: login_strangers_count
SELECT COUNT(DISTINCT name), COUNT(DISTINCT site) FROM login_strangers;

-- name: login_strangers_forget
DELETE FROM login_strangers;

-- An account is one row, wherever it is blocked.
-- name: blocked_page
SELECT name, MIN(since_ms), MAX(until_ms), MAX(attempts) FROM (
    SELECT name, since_ms, until_ms, attempts FROM login_accounts
    WHERE name > $1 AND until_ms > $2
    UNION ALL
    SELECT name, since_ms, until_ms, attempts FROM login_places
    WHERE name > $1 AND until_ms > $2) blocks
GROUP BY name ORDER BY name LIMIT $3;
