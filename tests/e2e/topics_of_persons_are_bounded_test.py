"""Topics of members, orders and alerts that an earlier release made without end get their bound by --create-topics, once
the store has all that is in them, and keep whatever else they are set to."""
from confluent_kafka.admin import ConfigResource

from harness.people import applicant
from harness.wait import wait_until

FORTNIGHT_MS = "1209600000"
QUARTER_MS = "7776000000"  # as long as the store names an account that was blocked
ONCE_ENDLESS = ("members", "order-requests", "order-processing", "order-notifications")


def setting(kafka, topic, name, value=None):
    """Reads a setting of a topic, or sets it beside those that it has."""
    admin = kafka.admin()  # what is asked ends with it
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    entries = next(iter(admin.describe_configs([resource]).values())).result(20)
    if value is None:
        return entries[name].value
    own = {key: entry.value for key, entry in entries.items() if not entry.is_default}
    changed = ConfigResource(ConfigResource.Type.TOPIC, topic, set_config={**own, name: value})
    return next(iter(admin.alter_configs([changed]).values())).result(20)


def test_topics_of_an_earlier_release_get_their_bound(world):
    centre, collector = world.start(), world.collector
    kafka = centre.kafka
    topics = [f"carrito.{name}" for name in ONCE_ENDLESS]
    assert all(setting(kafka, topic, "retention.ms") == FORTNIGHT_MS for topic in topics)
    assert setting(kafka, "carrito.alerts", "retention.ms") == QUARTER_MS
    assert setting(kafka, "carrito.alerts", "cleanup.policy") == "compact,delete"
    setting(kafka, "carrito.alerts", "cleanup.policy", "compact")
    for topic in (*topics, "carrito.alerts"):
        setting(kafka, topic, "retention.ms", "-1")
    setting(kafka, "carrito.members", "max.message.bytes", "500000")

    assert collector.terminate() == 0
    kafka.produce("carrito.members", b"x", b'{"no":"application"}')  # by a bridge, while nobody reads
    done = collector.command("--create-topics")
    assert done.returncode == 0 and "carrito.members" in done.stderr and "carrito.members" not in done.stdout
    assert setting(kafka, "carrito.members", "retention.ms") == "-1"
    assert all(f"{topic} keeps its records for 14 days" in done.stdout for topic in topics[1:]), done
    assert "carrito.alerts keeps its records for 90 days" in done.stdout
    assert setting(kafka, "carrito.alerts", "retention.ms") == QUARTER_MS
    assert setting(kafka, "carrito.alerts", "cleanup.policy") == "compact,delete"
    assert setting(kafka, "carrito.daily-sales", "cleanup.policy") == "compact"

    collector.start().wait_ready()
    api = centre.sign_in()
    assert api.request("POST", "/api/v1/members", json=applicant()).status_code == 202
    wait_until("the application", lambda: api.items("/members"), 20)
    wait_until("its bound", lambda: "carrito.members keeps" in collector.command("--create-topics").stdout, 20, every=1)
    assert setting(kafka, "carrito.members", "retention.ms") == FORTNIGHT_MS
    assert setting(kafka, "carrito.members", "max.message.bytes") == "500000"
    assert setting(kafka, "carrito.members", "message.timestamp.type") == "LogAppendTime"
    assert setting(kafka, "carrito.sales", "retention.ms") == "-1"
    done = collector.command("--create-topics")
    assert (done.returncode, done.stdout, "keeps" in done.stderr) == (0, "", False)
