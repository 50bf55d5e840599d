-- Commands that were carried out, the newest at the highest place; places may be missing between
-- two. And what is set for good: by the centre, and that the day is closed.

-- name: command_read
SELECT 1 FROM commands WHERE id = ?1;

-- name: command_insert
INSERT OR IGNORE INTO commands (id, place)
VALUES (?1, (SELECT COALESCE(MAX(place), 0) + 1 FROM commands));

-- name: command_move
UPDATE commands SET place = (SELECT MAX(place) + 1 FROM commands)
WHERE id = ?1 AND place <= ?2;

-- name: commands_prune
DELETE FROM commands
WHERE place <= (SELECT place FROM commands ORDER BY place DESC LIMIT 1 OFFSET ?1);

-- name: commands_told
SELECT id FROM (SELECT id, place FROM commands WHERE place > ?2 ORDER BY place DESC LIMIT ?1)
ORDER BY place;

-- name: commands_newest
SELECT COALESCE(MAX(place), 0) FROM commands;

-- name: config_write
INSERT INTO config (name, value) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: config_read
SELECT value FROM config WHERE name = ?1;

-- name: config_any
SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'config';

-- name: config_forget
DELETE FROM config WHERE name = ?1;

-- The first number that may be of ?1 or later. A quotation mark inside a text is written \", so that
-- only the event's own member looks like this.
-- name: replay_since
SELECT COALESCE(MAX(seq), 0) + 1 FROM events WHERE ts_ms < ?1
    AND (instr(bytes, '"clock":"gps"') > 0 OR instr(bytes, '"clock":"ntp"') > 0);

-- name: clocks_newest
SELECT bytes FROM events WHERE type = 5 ORDER BY seq DESC LIMIT ?1;

-- name: sales_all
SELECT bytes FROM events WHERE type = 0 ORDER BY seq;

-- name: receipt_move
UPDATE receipts SET day = ?2 WHERE receipt = ?1;
