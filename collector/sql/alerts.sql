-- Alerts: one open row per kind and subject.

-- name: alert_open
INSERT INTO alerts (id, kind, subject, cart, severity, status, started_ms, ended_ms, details)
SELECT $1, $2, $3, $4, $5, 'ACTIVE_UNACK', $6, NULL, $7
WHERE NOT EXISTS (
    SELECT 1 FROM alerts WHERE kind = $2 AND subject = $3 AND ended_ms IS NULL);
