-- Alerts for people.

-- $4, $8: some of their words, as ",MAJOR,CRITICAL,", or ''. $7: kinds that are not for the reader. $9: 1 those that ended, 2 those
-- that did not.
-- name: alerts_page
SELECT id, kind, cart, severity, status, started_ms, ended_ms, details, subject, times, about
FROM alerts
WHERE (started_ms, id) < ($1, $2) AND started_ms >= $3 AND ($4 = '' OR $4 LIKE '%,' || status || ',%')
    AND ($5 = '' OR kind = $5) AND ($6 = '' OR cart = $6) AND $7 NOT LIKE '%,' || kind || ',%'
    AND ($8 = '' OR $8 LIKE '%,' || severity || ',%')
    AND ($9 = 0 OR ($9 = 1 AND ended_ms IS NOT NULL) OR ($9 = 2 AND ended_ms IS NULL))
ORDER BY started_ms DESC, id DESC
LIMIT $10;

-- name: alerts_one
SELECT id, kind, cart, severity, status, started_ms, ended_ms, details, subject, times, about
FROM alerts
WHERE id = $1;

-- name: alerts_shown
SELECT id, kind, cart, severity, status, started_ms, ended_ms, details, subject, times, about
FROM alerts
WHERE id = $1 AND $2 NOT LIKE '%,' || kind || ',%';

-- name: alerts_open
SELECT kind, COUNT(*) FROM alerts WHERE ended_ms IS NULL GROUP BY kind;
