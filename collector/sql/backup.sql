-- When the store was last backed up.

-- name: backup_write
INSERT INTO backups (place, at_ms, bytes) VALUES ($1, $2, $3)
ON CONFLICT (place) DO UPDATE SET at_ms = excluded.at_ms, bytes = excluded.bytes;

-- name: backup_watch
INSERT INTO backups (place, at_ms, bytes) VALUES ('', $1, 0) ON CONFLICT (place) DO NOTHING;

-- name: backup_watched
SELECT at_ms FROM backups WHERE place = '';

-- name: backup_last
SELECT MAX(at_ms) FROM backups WHERE place <> '';

-- name: backup_last_at
SELECT MAX(at_ms) FROM backups WHERE place = $1;
