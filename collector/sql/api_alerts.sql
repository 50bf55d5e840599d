-- Alerts for people.

-- $6: kinds that are not for the reader, as ",login-blocked,".
-- name: alerts_page
SELECT id, kind, cart, severity, status, started_ms, ended_ms, details, subject, times, about
FROM alerts
WHERE (started_ms, id) < ($1, $2) AND ($3 = '' OR status = $3) AND ($4 = '' OR kind = $4)
    AND ($5 = '' OR cart = $5) AND $6 NOT LIKE '%,' || kind || ',%'
ORDER BY started_ms DESC, id DESC
LIMIT $7;

-- name: alerts_one
SELECT id, kind, cart, severity, status, started_ms, ended_ms, details, subject, times, about
FROM alerts
WHERE id = $1;

-- name: alerts_open
SELECT kind, COUNT(*) FROM alerts WHERE ended_ms IS NULL GROUP BY kind;
