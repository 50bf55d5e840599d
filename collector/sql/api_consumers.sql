-- Where each role stands in Kafka.

-- name: consumers_positions
SELECT role, topic, part, next FROM positions ORDER BY role, topic, part;
