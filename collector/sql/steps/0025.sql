-- Step 25: applications for the same plate or by the same person wait beside each other; of those that
-- are accepted each has its own.

-- name: store_step_25
DROP INDEX members_by_plate;
DROP INDEX members_by_person;
CREATE INDEX members_of_plate ON members (plate) WHERE status <> 'rejected';
CREATE INDEX members_of_whom ON members (person) WHERE status <> 'rejected';
CREATE UNIQUE INDEX members_one_of_plate ON members (plate) WHERE status = 'accepted';
CREATE UNIQUE INDEX members_one_of_person ON members (person) WHERE status = 'accepted';
