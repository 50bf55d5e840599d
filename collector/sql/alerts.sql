-- Alerts: one open row per kind and subject.

-- How many there are and, as old ones go, how many there were.
-- name: alert_count
SELECT COUNT(*), COALESCE(MAX(number) + 1, 0) FROM alerts WHERE kind = $1 AND subject = $2;

-- name: alert_open
INSERT INTO alerts (id, kind, subject, cart, severity, status, started_ms, ended_ms, details,
    about, number)
SELECT $1, $2, $3, $4, $5, 'ACTIVE_UNACK', $6, NULL, $7, $8, $9
WHERE NOT EXISTS (
    SELECT 1 FROM alerts WHERE kind = $2 AND subject = $3 AND ended_ms IS NULL);

-- Those that have begun since $3, the newest first.
-- name: alert_lately
SELECT id, times FROM alerts WHERE kind = $1 AND subject = $2 AND started_ms > $3
ORDER BY started_ms DESC, id;

-- name: alert_again
UPDATE alerts SET ended_ms = NULL, acknowledged_ms = NULL, status = 'ACTIVE_UNACK',
    times = times + 1, details = $1, about = $2
WHERE id = $3 AND ended_ms IS NOT NULL;

-- name: alert_find
SELECT id FROM alerts WHERE kind = $1 AND subject = $2 AND ended_ms IS NULL;

-- name: alert_read
SELECT id, kind, subject, cart, severity, status, details, started_ms, ended_ms, about, times
FROM alerts
WHERE id = $1;

-- The condition is over. It never ends before it began, whatever the clocks say.
-- name: alert_end
UPDATE alerts SET ended_ms = CASE WHEN $1 > started_ms THEN $1 ELSE started_ms END,
    status = CASE WHEN status = 'ACTIVE_ACK' THEN 'CLEARED_ACK' ELSE 'CLEARED_UNACK' END
WHERE id = $2 AND ended_ms IS NULL;

-- name: alert_acknowledge
UPDATE alerts SET acknowledged_ms = $1,
    status = CASE WHEN ended_ms IS NULL THEN 'ACTIVE_ACK' ELSE 'CLEARED_ACK' END
WHERE id = $2 AND acknowledged_ms IS NULL;

-- name: alert_last_end
SELECT COALESCE(MAX(ended_ms), 0) FROM alerts WHERE kind = $1 AND subject = $2;

-- name: alert_last_start
SELECT COALESCE(MAX(started_ms), 0) FROM alerts WHERE kind = $1 AND subject = $2;

-- An operator who clears it has seen it.
-- name: alert_clear
UPDATE alerts SET acknowledged_ms = COALESCE(acknowledged_ms, $1),
    ended_ms = CASE WHEN $1 > started_ms THEN $1 ELSE started_ms END, status = 'CLEARED_ACK'
WHERE id = $2 AND ended_ms IS NULL;

-- One that several tell of, each at a time of its own.
-- name: alert_began
UPDATE alerts SET started_ms = $1 WHERE id = $2 AND started_ms > $1;

-- name: alert_ended
UPDATE alerts SET ended_ms = $1 WHERE id = $2 AND ended_ms > $1 AND started_ms <= $1;
