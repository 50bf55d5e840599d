"""docs/asyncapi.yaml and docs/schemas/ say what is on the wire: one of each kind of message is
caused, and every record of every topic of Kafka, with key and headers, and every message over MQTT
is as its schema says."""
import json
import re
import subprocess
from datetime import datetime, timedelta, timezone

import jsonschema
import yaml
from confluent_kafka.admin import ConfigResource

from harness.api import Api
from harness.cart import MqttClient
from harness.events import now_ms, plate
from harness.process import ROOT
from harness.wait import wait_until

DOCUMENT = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
SCHEMAS = {path.name: json.loads(path.read_text())
           for path in (ROOT / "docs" / "schemas").glob("*.json")}
BY_ID = {schema["$id"]: schema for schema in SCHEMAS.values()}
CHANNELS = DOCUMENT["channels"]
TOPICS = {channel["address"]: channel for channel in CHANNELS.values()
          if channel["servers"] == [{"$ref": "#/servers/kafka"}]}
MQTT = {channel["address"]: channel for channel in CHANNELS.values()
        if channel["servers"] == [{"$ref": "#/servers/mqtt"}]}
GOOD = ROOT / "tests" / "corpus" / "events" / "good"
BROKEN = b"{broken\n"  # becomes a dead letter


def validator(reference):
    schema = SCHEMAS[reference["$ref"].removeprefix("schemas/")] if "$ref" in reference else reference
    resolver = jsonschema.RefResolver(schema.get("$id", ""), schema, store=BY_ID)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def check(reference, value, what):
    wrong = [f"{'/'.join(map(str, error.path))}: {error.message}"
             for error in validator(reference).iter_errors(value)]
    assert not wrong, f"{what}: {wrong}\n{value}"
    schema = SCHEMAS.get(reference.get("$ref", "").removeprefix("schemas/"), {})
    if "event.json" in str(reference):
        schema = SCHEMAS[f"event-{value['type']}.json"]
    unknown = set(value) - set(schema["properties"]) if "properties" in schema else set()
    assert not unknown, f"{what}: {unknown} are not documented\n{value}"


def message_of(channel, kind):
    found = [DOCUMENT["components"]["messages"][one["$ref"].rpartition("/")[2]]
             for one in channel["messages"].values()]
    if len(found) == 1:
        return found[0]
    named = [one for one in found if one["name"] == kind]
    assert named, f"{channel['address']} has records of ce_type {kind}, which is not documented"
    return named[0]


def check_record(channel, record):
    """Key, headers, value. Returns the ce_type."""
    headers = {name: value.decode() for name, value in record.headers() or []}
    message = message_of(channel, headers.get("ce_type"))
    what = f"{channel['address']}/{record.partition()}/{record.offset()}"
    check(message["headers"], headers, what + ", headers")
    if message["name"] != "dead-letter":
        check(message["payload"], json.loads(record.value()), what)
    key = record.key().decode() if record.key() is not None else None
    check(message["bindings"]["kafka"]["key"], key, what + ", key")
    return headers.get("ce_type")


def check_mqtt(message):
    """Returns the channel's name."""
    for address, channel in MQTT.items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", address), message.topic) and not (
                address.startswith("carrito/v1/{cart}") and "/bridge/" in message.topic):
            payload = next(iter(channel["messages"].values()))["payload"]
            for line in message.payload.splitlines():
                check(payload, json.loads(line), message.topic)
            return address
    raise AssertionError(f"{message.topic} is not documented")


def kcat(world, *words):
    done = subprocess.run(["kcat", "-q", "-J", "-b", world.kafka.brokers, *words], timeout=60,
                          capture_output=True, check=True)
    return done.stdout.decode(errors="replace").splitlines()


def check_with_kcat(world):
    """Another reader, which knows the document alone: the topics are those of it, with its counts of
    partitions, and a group of its own gets every record of each, as its schema says."""
    there = {topic["topic"]: len(topic["partitions"])
             for topic in json.loads(kcat(world, "-L")[0])["topics"]
             if not topic["topic"].startswith("__")}
    assert there == {name: channel["bindings"]["kafka"]["partitions"]
                     for name, channel in TOPICS.items()}
    counts = dict.fromkeys(TOPICS, 0)
    lines = kcat(world, "-G", "stranger", "-X", "auto.offset.reset=earliest", "-e", *TOPICS)
    for record in map(json.loads, lines):
        headers = dict(zip(record["headers"][::2], record["headers"][1::2]))
        message = message_of(TOPICS[record["topic"]], headers.get("ce_type"))
        check(message["headers"], headers, record["topic"])
        if message["name"] != "dead-letter":
            check(message["payload"], json.loads(record["payload"]), record["topic"])
        counts[record["topic"]] += 1
    assert all(counts.values()), counts


def post(api, path, status, **body):
    answer = api.request("POST", "/api/v1" + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def cause_by_http(world, cart):
    api, stranger = world.api, Api(f"http://{world.collector.http}")
    late = datetime.now(timezone.utc) - timedelta(days=2)
    post(api, "/sales", 202, cart=cart, quantity=2, ts=late.strftime("%Y-%m-%dT%H:%M:%SZ"))
    post(stranger, "/members", 202, name="Ana", lastname="Soto", rut="12345678-5",
         email="ana@example.org", plate=plate(), premium=True)
    post(stranger, "/reports", 202, cart=cart, lat=-33.4, lon=-70.6, note="Sin permiso.")
    post(stranger, "/reports", 202, lat=-33.4, lon=-70.6)
    order = post(stranger, "/orders", 202, product="sopaipilla", price=500,
                 email="ana@example.org", lat=-33.4, lon=-70.6)
    wait_until("the cart is known", lambda: api.cart(cart), 20)
    post(api, f"/carts/{cart}/commands", 202, command="locate", interval_s=2)
    return order["id"]


def one_of_each_type():
    """Of each type that event.json names, the first good event of the corpus by a cart."""
    events = [json.loads(path.read_text()) for path in sorted(GOOD.glob("*.json"))]
    for kind in SCHEMAS["event.json"]["properties"]["type"]["enum"]:
        yield json.dumps(next(one for one in events if one["type"] == kind and "epoch" in one
                              and one["cart"] == "BBCL23"))


def offer(client, cart, order):
    """As `orders=dispatch` does; the cart moves no order that it was not offered."""
    client.publish(f"carrito/v1/{cart}/command", json.dumps({
        "id": f"offer/{order}/1", "command": "order-offer", "cart": cart, "order": order, "turn": 1,
        "product": "sopaipilla", "quantity": 1, "price": 500, "pickup": False,
        "expires_ms": now_ms() + 60_000}))


def cause_by_a_cart(agent, order):
    wait_until("the offer", lambda: order in agent.command("orders").stdout, 20)
    assert agent.sell(3, client="Ana Soto", amount=1500).returncode == 0
    assert agent.sell(1).returncode == 0
    for words in (("void", 2, "--reason", "error"), ("restock", 40), ("order", order, "preparando")):
        done = agent.command(*words)
        assert done.returncode == 0, done.stderr


def test_the_documents_are_good():
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    operated = {one["channel"]["$ref"].rpartition("/")[2] for one in DOCUMENT["operations"].values()}
    assert operated == set(CHANNELS)
    used = set(re.findall(r"schemas/([\w-]+\.json)", str(DOCUMENT))) | set(
        re.findall(r"'\$ref': '([\w-]+\.json)'", str(SCHEMAS)))
    assert used == set(SCHEMAS)


def test_the_topics_are_those_that_are_made(world):
    world.start()
    admin = world.kafka.admin()
    topics = {name: len(topic.partitions)
              for name, topic in admin.list_topics(timeout=10).topics.items()
              if name.startswith("carrito.")}
    configs = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, name)
                                      for name in topics])
    made = {topic.name: (topics[topic.name],
                         "compact" in config.result()["cleanup.policy"].value)
            for topic, config in configs.items()}
    said = {}
    for name, channel in TOPICS.items():
        kafka = channel["bindings"]["kafka"]
        said[name] = (kafka["partitions"], "topicConfiguration" in kafka)
    assert said == made


def test_what_is_on_the_wire_is_documented(world):
    world.collector.env["CARRITO_SMTP"] = ""
    world.start()
    listener = world.scene.add(MqttClient(world.mqtt_port))
    listener.subscribe("carrito/v1/#")
    cart = plate()
    agent = world.make_agent(cart, CARRITO_GPS="sim:1", CARRITO_LOCATION_S=1).start()
    agent.wait_socket()
    phone = world.scene.add(MqttClient(world.mqtt_port))
    phone.publish(f"owntracks/ana/{plate()}", json.dumps(
        {"_type": "location", "lat": -33.4, "lon": -70.6, "tst": int(datetime.now().timestamp())}))
    phone.publish(f"carrito/v1/{cart}/events", BROKEN)
    order = cause_by_http(world, cart)
    offer(phone, cart, order)
    cause_by_a_cart(agent, order)
    phone.publish("carrito/v1/BBCL23/events", "\n".join(one_of_each_type()))
    wanted = {"ack", "command", "events", "state", "heartbeat"}
    wait_until("every kind of message over MQTT", lambda: wanted <= {
        message.topic.rpartition("/")[2] for message in listener.messages}, 30, every=0.2)
    wait_until("records in every topic", lambda: all(
        any(world.kafka.ends(name)) for name in TOPICS), 30, every=0.5)
    agent.terminate()
    kinds = {(name, check_record(channel, record)) for name, channel in TOPICS.items()
             for record in world.kafka.records(name)}
    types = set(SCHEMAS["event.json"]["properties"]["type"]["enum"])
    assert {kind for _, kind in kinds} >= types | {"state", "heartbeat", "beat", "member", "report",
                                                   "alert", "notification", "login-attempt",
                                                   "daily-sales", "locate"}
    heard = {check_mqtt(message) for message in listener.messages if message.payload != BROKEN}
    assert heard >= set(MQTT) - {"owntracks/{user}/{device}"}
    check_with_kcat(world)
