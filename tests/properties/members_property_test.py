"""After any applications, a plate and a person have one member, and whoever was first is it."""
import json

from hypothesis import strategies as st

from oracle.members import Members, check_digit, is_right
from oracle.record import Record

from .centre import Centre
from .given import histories

NOON = 1_790_000_000_001
TOPIC = "carrito.members"
PARTITIONS = [(TOPIC, 0), (TOPIC, 1)]


def rut(number, way):
    digit = check_digit(number)
    return {0: f"{number}-{digit}", 1: f"{number:,}".replace(",", ".") + f"-{digit}",
            2: f"{number}-{digit.lower()}",
            3: f"{number}-{check_digit(number + 1)}"}[way]


RUT = st.builds(rut, st.sampled_from((1, 2, 7654321, 12345678, 10000013)),
                st.sampled_from((0, 0, 0, 1, 2, 3)))
PERSON = st.one_of(RUT.map(lambda text: {"rut": text}), RUT.map(lambda text: {"rut": text}),
                   st.sampled_from(("AB1234", "ab1234", "A1")).map(lambda t: {"passport": t}))
STEP = st.fixed_dictionaries({
    "again": st.sampled_from((None,) * 6 + (0, 3)), "person": PERSON, "premium": st.sampled_from((False, False, True)),
    "plate": st.sampled_from(("BBCL23", "bb·cl-23", "B-BCL23", " bbcl 23", "BBCL23-K", "CCDF45", "XY9-1",
                              "DD", "FGHJ55")),
    "email": st.sampled_from(("ana@example.cl",) * 6 + ("no address",)),
    "gap": st.sampled_from((0, 1, 200, 5000)),
})


def a_history(**fixed):
    return st.fixed_dictionaries({"steps": st.lists(STEP, max_size=30),
                                  "seed": st.integers(0, 2**32), "auto": st.booleans(), **fixed})


def records_of(history):
    """`again`: this one is an earlier application once more, as Kafka's producers may send it."""
    now_ms, offsets, log = NOON, [0, 0], []
    for number, step in enumerate(history["steps"]):
        now_ms += step["gap"]
        partition, value = int(step["premium"]), json.dumps({
            "id": f"id-{number}", "name": "Ana", "lastname": "Soto", **step["person"],
            "email": step["email"], "plate": step["plate"], "premium": step["premium"],
            "ts_ms": now_ms})
        if step["again"] is not None and log:
            earlier = log[step["again"] % len(log)]
            partition, value = earlier.partition, earlier.value
        log.append(Record(TOPIC, partition, offsets[partition], now_ms, "key", value))
        offsets[partition] += 1
    return log, now_ms + 60_000


def open_with(replay, history, instances):
    replay.open(f"--members-auto-accept={int(history['auto'])}", instances=instances)


def rows_of(replay):
    return {number: tuple(rest) for number, *rest in
            replay.query("id, person, plate, status", "members")}


def assert_queued(replay, log, rows):
    """A mail for each decision, a dead letter for each record that is no application."""
    mails = sorted((number, template) for number, template in
                   replay.query("id, template", "mails"))
    assert mails == sorted((f"member/{number}/{status}", "member")
                           for number, (_, _, status) in rows.items() if status != "pending")
    dead = replay.query("CAST(value AS TEXT)", "effects WHERE topic = 'carrito.dead-letters'")
    assert sorted(text for text, in dead) == sorted(
        record.value for record in log if not is_right(json.loads(record.value)))


@histories(80, history=a_history())
def test_whoever_waits_together_is_decided_premium_first(replay, history):
    log, end_ms = records_of(history)
    open_with(replay, history, 1)
    centre = Centre(replay, "members", PARTITIONS, 0, instances=1)
    replay.batch("members", log, end_ms)
    members = Members(history["auto"])
    for record in sorted(log, key=lambda one: -one.partition):
        members.take(record)
    centre.run([], end_ms)
    assert rows_of(replay) == members.rows
    assert_queued(replay, log, members.rows)


@histories(80, history=a_history())
def test_a_plate_and_a_person_have_one_member(replay, history):
    log, end_ms = records_of(history)
    open_with(replay, history, 2)
    Centre(replay, "members", PARTITIONS, history["seed"]).run(log, end_ms)
    rows = rows_of(replay)
    members = [row for row in rows.values() if row[2] == "accepted"]
    assert len({person for person, _, _ in members}) == len({plate for _, plate, _ in members})
    assert len({plate for _, plate, _ in members}) == len(members)
    for number, (person, plate, status) in rows.items():
        others = [row for other, row in rows.items() if other != number]
        assert status == ("accepted" if history["auto"] else "pending") or history["auto"] and \
            any(person == other[0] or plate == other[1] for other in others)
    right = [json.loads(record.value) for record in log if is_right(json.loads(record.value))]
    assert rows.keys() == {application["id"] for application in right}
    assert_queued(replay, log, rows)
