-- Step 31: persons who were erased (contract, section 10). people_erased: the hash by which what comes
-- again is met, which is the pseudonym that stands in the person's place; number counts up. left_ms:
-- when a member left; with one who left nobody is in conflict.

-- name: store_step_31
CREATE TABLE people_erased (
    pseudonym TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    erased_ms BIGINT NOT NULL,
    number BIGINT NOT NULL UNIQUE
);
ALTER TABLE members ADD COLUMN left_ms BIGINT;
DROP VIEW member_rows;
CREATE VIEW member_rows AS
SELECT rut, passport, name, lastname, email, plate, premium, status, reason, applied_ms, decided_ms, id,
    CASE WHEN status <> 'pending' THEN NULL
         WHEN EXISTS (SELECT 1 FROM members o WHERE o.status <> 'rejected' AND
              o.status <> 'left' AND o.plate = members.plate AND o.id <> members.id) THEN 'plate'
         WHEN EXISTS (SELECT 1 FROM members o WHERE o.status <> 'rejected' AND
              o.status <> 'left' AND o.person = members.person AND o.id <> members.id) THEN 'person' END AS conflict,
    left_ms
FROM members;
