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

-- name: certificate_request_write
INSERT INTO certificate_requests (cart, request, at_ms) VALUES ($1, $2, $3)
ON CONFLICT (cart) DO UPDATE SET request = excluded.request, at_ms = excluded.at_ms
WHERE excluded.at_ms >= certificate_requests.at_ms;

-- name: certificate_request_end
DELETE FROM certificate_requests WHERE cart = $1 AND at_ms <= $2;
