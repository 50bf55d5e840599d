-- Applications for membership: those that wait, and the rows that came of them.

-- name: member_is_known
SELECT 1 FROM members WHERE id = $1;

-- name: member_insert
INSERT INTO members (id, person, rut, passport, name, lastname, email, plate, premium, status,
    reason, applied_ms, decided_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING;

-- Whether another application has the plate or the person; two searches, since one with OR reads the
-- whole table.
-- name: member_conflict
SELECT 1 FROM members WHERE status <> 'rejected' AND status <> 'left' AND plate = $1
UNION ALL
SELECT 1 FROM members WHERE status <> 'rejected' AND status <> 'left' AND person = $2
LIMIT 1;

-- name: member_taken
SELECT 1 FROM members WHERE status = 'accepted' AND plate = $1
UNION ALL
SELECT 1 FROM members WHERE status = 'accepted' AND person = $2
LIMIT 1;

-- The application that a decision is about: the pending one, else the latest.
-- name: member_of_person
SELECT status, id, name, email, plate, premium, person FROM members
WHERE person IN ($1, $2) OR id = $1
ORDER BY CASE status WHEN 'pending' THEN 0 ELSE 1 END, applied_ms DESC LIMIT 1;

-- name: member_decide
UPDATE members SET status = $1, reason = $2, decided_ms = $3
WHERE id = $4 AND status = 'pending';

-- name: members_page
SELECT rut, passport, name, lastname, email, plate, premium, status, reason, applied_ms,
    decided_ms, id, conflict, left_ms
FROM member_rows
WHERE (applied_ms, id) > ($1, $2) AND ($3 = '' OR $3 LIKE '%,' || status || ',%')
    AND ($4 = 0 OR premium = $4 - 1) AND ($5 = '' OR plate = $5) AND ($6 = '' OR rut = $6)
    AND ($7 = '' OR LOWER(name || ' ' || lastname || ' ' || email || ' ' || plate || ' '
         || COALESCE(rut, '') || ' ' || COALESCE(passport, '')) LIKE $7 ESCAPE '!')
ORDER BY applied_ms, id
LIMIT $8;

-- name: members_one
SELECT rut, passport, name, lastname, email, plate, premium, status, reason, applied_ms,
    decided_ms, id, conflict, left_ms
FROM member_rows
WHERE id = $1;

-- name: member_accepted
SELECT id, plate, decided_ms FROM members
WHERE status = 'accepted' AND (id = $1 OR person IN ($2, $3));

-- name: member_plate_taken
SELECT 1 FROM members WHERE status <> 'rejected' AND status <> 'left' AND plate = $1;

-- What was sold stays with the member of that time: the row keeps its plate.
-- name: member_leave
UPDATE members SET status = 'left', left_ms = $1, reason = COALESCE($2, reason) WHERE id = $3;

-- The same person under another plate, as one more application that was accepted.
-- name: member_again
INSERT INTO members (id, person, rut, passport, name, lastname, email, plate, premium, status,
    applied_ms, decided_ms)
SELECT $1, person, rut, passport, name, lastname, email, $2, premium, 'accepted', $3, $3
FROM members WHERE id = $4;

-- Whose cart it is, is looked up again with its next sale.
-- name: member_unchecked
UPDATE sources SET member_checked = 0 WHERE cart = $1;

-- Plates that the person had and nobody has now, which certificates still speak for.
-- name: member_certificates
SELECT DISTINCT c.cart FROM members m
JOIN members o ON o.person = m.person AND o.status = 'left'
JOIN certificates c ON c.subject = o.plate AND c.cart = o.plate
WHERE m.id = $1 AND NOT EXISTS (SELECT 1 FROM member_carts k WHERE k.cart = o.plate)
ORDER BY c.cart;

-- name: application_insert
INSERT INTO applications (id, part, record_offset, append_ms, queued_ms, value)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING;

-- name: application_any
SELECT 1 FROM applications LIMIT 1;

-- name: applications_premium
SELECT id, append_ms, value FROM applications WHERE part = $1 ORDER BY record_offset LIMIT 500;

-- Those of which Kafka had nothing newer when the premium partition had been taken to its end.
-- name: applications_others
SELECT id, append_ms, value FROM applications WHERE part <> $1 AND append_ms <= $2
ORDER BY part, record_offset LIMIT 500;

-- name: application_delete
DELETE FROM applications WHERE id = $1;
