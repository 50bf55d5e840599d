-- How far the dead letters have been seen.

-- name: dead_letter_seen
SELECT seen FROM dead_letter_ends WHERE part = $1;

-- name: dead_letter_see
INSERT INTO dead_letter_ends (part, seen) VALUES ($1, $2)
ON CONFLICT (part) DO UPDATE SET seen = excluded.seen;
