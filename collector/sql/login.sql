-- Attempts to sign in, and the accounts that they were made on.

-- Takes the row for the transaction: two processes judge one after the other.
-- name: login_account_take
INSERT INTO login_accounts (name, since_ms, until_ms, attempts, forgiven_ms, touched_ms)
VALUES ($1, 0, 0, 0, 0, $2)
ON CONFLICT (name) DO UPDATE SET touched_ms = excluded.touched_ms;

-- name: login_account_read
SELECT until_ms, forgiven_ms FROM login_accounts WHERE name = $1;

-- name: login_account_block
UPDATE login_accounts SET since_ms = $1, forgiven_ms = $1, until_ms = $2, attempts = $3
WHERE name = $4;

-- name: login_account_lift
UPDATE login_accounts SET until_ms = 0, forgiven_ms = $1, touched_ms = $1
WHERE name = $2 AND until_ms > $1;

-- name: login_accounts_ended
SELECT name, until_ms FROM login_accounts WHERE until_ms > 0 AND until_ms <= $1
ORDER BY until_ms LIMIT 100;

-- name: login_account_end
UPDATE login_accounts SET until_ms = 0 WHERE name = $1;

-- name: login_attempt_insert
INSERT INTO login_attempts (id, user_name, at_ms) VALUES ($1, $2, $3)
ON CONFLICT (id) DO NOTHING;

-- Those that count, near a time.
-- name: login_attempt_times
SELECT at_ms FROM login_attempts
WHERE user_name = $1 AND at_ms > $2 AND at_ms < $3
  AND at_ms > (SELECT forgiven_ms FROM login_accounts WHERE name = $1)
ORDER BY at_ms;

-- name: login_attempts_prune
DELETE FROM login_attempts WHERE at_ms < $1;

-- name: login_accounts_prune
DELETE FROM login_accounts WHERE touched_ms < $1 AND until_ms = 0;

-- name: blocked_page
SELECT name, since_ms, until_ms, attempts FROM login_accounts
WHERE name > $1 AND until_ms > $2 ORDER BY name LIMIT $3;
