-- Certificates of carts and bridges.

-- Partitions are read side by side: an older word changes nothing. Nor does one that says the same.
-- name: certificate_say
INSERT INTO certificates (subject, cart, end_ms, said_ms, told) VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (subject) DO UPDATE SET end_ms = excluded.end_ms, said_ms = excluded.said_ms, told = 0
WHERE excluded.end_ms <> certificates.end_ms AND excluded.said_ms > certificates.said_ms;

-- name: certificates_due
SELECT subject, cart, end_ms, said_ms FROM certificates
WHERE told = 0 AND end_ms < $1
ORDER BY end_ms, subject
LIMIT $2;

-- name: certificate_told
UPDATE certificates SET told = 1 WHERE subject = $1;
