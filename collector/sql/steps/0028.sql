-- Step 28: a member's row as people read it. A conflict is with another that waits or is accepted: of
-- its plate, or of the same person.

-- name: store_step_28
CREATE VIEW member_rows AS
SELECT rut, passport, name, lastname, email, plate, premium, status, reason, applied_ms, decided_ms, id,
    CASE WHEN status <> 'pending' THEN NULL
         WHEN EXISTS (SELECT 1 FROM members o WHERE o.status <> 'rejected' AND
              o.plate = members.plate AND o.id <> members.id) THEN 'plate'
         WHEN EXISTS (SELECT 1 FROM members o WHERE o.status <> 'rejected' AND
              o.person = members.person AND o.id <> members.id) THEN 'person' END AS conflict
FROM members;
