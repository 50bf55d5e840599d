-- A backup in the store's place, and a store that is read anew.

-- name: restore_positions
SELECT topic, part, next FROM positions WHERE $1 = '' OR role = $1;

-- name: restore_days
SELECT (SELECT MIN(day) FROM daily), (SELECT MAX(day) FROM daily);

-- What the backup still had to tell was told since, or is old by now.
-- name: restore_note
INSERT INTO restores (at_ms) VALUES ($1);

-- name: restore_silence
UPDATE mails SET status = 'skipped', answer = 'older than the restore of a backup'
WHERE status IN ('waiting', 'held');
DELETE FROM effects WHERE lane IN ('mail', 'post', 'alert');
DELETE FROM webhook_posts;
DELETE FROM alert_notices;
