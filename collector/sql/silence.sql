-- What silence is counted by.

-- name: beats_read
SELECT bridge, beat_ms, mqtt, down_ms, told, gaps, next_offset, gaps_merged FROM beats WHERE part = $1;

-- name: beats_write
INSERT INTO beats (bridge, part, beat_ms, mqtt, down_ms, told, gaps, next_offset,
    gaps_merged)
VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)
ON CONFLICT (bridge, part) DO UPDATE SET beat_ms = excluded.beat_ms, mqtt = excluded.mqtt,
    down_ms = excluded.down_ms, told = excluded.told,
    next_offset = excluded.next_offset, gaps_merged = excluded.gaps_merged;

-- name: beats_gaps
UPDATE beats SET gaps = $1 WHERE bridge = $2 AND part = $3;

-- The carts that have a timer.
-- name: timers_read
SELECT cart, heard_ms, bridge, phone, heard_place FROM carts
WHERE part = $1 AND state IN ($2, $3) AND heard_ms IS NOT NULL;

-- A link that went down or came up: what is heard cannot be judged, or can again.
-- name: line_restate
UPDATE carts SET state = $1
WHERE part = $2 AND state = $3 AND heard_ms IS NOT NULL AND COALESCE(bridge, '') = $4;

-- name: bridge_silent
UPDATE carts SET state = $1
WHERE state = $2 AND heard_ms IS NOT NULL AND bridge = $3;

-- One outage is one alert, whichever partition tells of it first.
-- name: outage_find
SELECT id, started_ms, ended_ms FROM alerts
WHERE kind = 'link-down' AND subject = $1 AND started_ms <= $2
    AND (ended_ms IS NULL OR ended_ms >= $3)
ORDER BY ABS(started_ms - $4), id
LIMIT 1;

-- An outage that nobody can end any more: its bridge is forgotten (retention.sql), and it began
-- before $1.
-- name: outage_of_none
SELECT subject FROM alerts a
WHERE a.kind = 'link-down' AND a.ended_ms IS NULL AND a.started_ms < $1
    AND NOT EXISTS (SELECT 1 FROM beats b WHERE b.bridge = a.subject)
LIMIT 1;

-- Carts of members that were not heard on this day; where silence is no alert's affair. Of one whose
-- link is down nobody can tell: such a one ($3) only where it was never heard.
-- name: absent_mark
UPDATE carts SET state = $1, listens = 0
WHERE state = $2 AND (state <> $3 OR heard_ms IS NULL) AND COALESCE(heard_ms, 0) < $4
    AND EXISTS (SELECT 1 FROM member_carts m WHERE m.cart = carts.cart)
    AND NOT EXISTS (SELECT 1 FROM alerts WHERE kind = 'cart-vanished' AND subject = carts.cart
        AND ended_ms IS NULL);

-- name: absent_insert
INSERT INTO carts (cart, state, fugitive, part)
SELECT m.cart, $1, 0, -1 FROM member_carts m
WHERE NOT EXISTS (SELECT 1 FROM carts c WHERE c.cart = m.cart)
ON CONFLICT (cart) DO NOTHING;

-- Carts that fell silent this day before the hours began, and of whose silence nobody was told.
-- name: untold_silence
SELECT cart, part FROM carts
WHERE state = $1 AND heard_ms >= $2 AND heard_ms < $3
    AND NOT EXISTS (SELECT 1 FROM alerts WHERE kind = 'cart-vanished' AND subject = carts.cart
        AND started_ms >= carts.heard_ms)
ORDER BY cart
LIMIT $4;

-- name: bridges_last
SELECT bridge, MAX(beat_ms) FROM beats WHERE bridge <> '' GROUP BY bridge;

-- The same beat in every partition: $2 is the last of them.
-- name: bridge_last_beat
SELECT MIN(beat_ms) FROM beats WHERE bridge = $1 AND beat_ms >= $2;

-- name: bridge_parts
SELECT part FROM beats WHERE bridge = $1;
