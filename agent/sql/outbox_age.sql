-- How long ago events were acknowledged, in time that the agent has run.

-- name: age_note
INSERT INTO acknowledged (ran_ms, seq) VALUES (?1, ?2);

-- For how long it has run, as far as that was noted, and what was acknowledged ?1 before.
-- name: age_read
SELECT (SELECT COALESCE(MAX(ran_ms), 0) FROM acknowledged),
    (SELECT COALESCE(MAX(seq), 0) FROM acknowledged
     WHERE ran_ms <= (SELECT MAX(ran_ms) FROM acknowledged) - ?1);

-- The newest one that is so old stays.
-- name: age_forget
DELETE FROM acknowledged
WHERE ran_ms < (SELECT MAX(ran_ms) FROM acknowledged
    WHERE ran_ms <= (SELECT MAX(ran_ms) FROM acknowledged) - ?1);

-- name: events_oldest
SELECT MIN(seq) FROM events;
