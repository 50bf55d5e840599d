"""docker-compose.yml is understood by Debian 12's compose and by Debian 13's, and bounds all
that it starts."""
import pytest
import yaml

from harness.compose import V1, V2, Compose

PROFILES = "three,prometheus"


@pytest.fixture(scope="module", params=[V1, V2], ids=["1.29", "2"])
def services(request):
    compose = Compose("config", request.param, COMPOSE_PROFILES=PROFILES)
    return yaml.safe_load(compose.run("config"))["services"]


def test_all_profiles_together(services):
    assert set(services) == {"mosquitto", "kafka", "kafka-2", "kafka-3", "topics", "mail", "bridge",
                             "collector", "cart", "prometheus"}


@pytest.mark.parametrize("words", [V1, V2], ids=["1.29", "2"])
def test_what_starts_without_a_word(words):
    services = yaml.safe_load(Compose("config", words).run("config"))["services"]
    without = {name for name, service in services.items() if not service.get("profiles")}
    assert without == {"mosquitto", "kafka", "topics", "mail", "bridge", "collector", "cart"}


@pytest.mark.parametrize("words", [V1, V2], ids=["1.29", "2"])
def test_the_file_of_three_nodes(words):
    compose = Compose("config", words)
    text = compose.run("config", options=("--env-file", "deploy/docker/three.env"))
    services = yaml.safe_load(text)["services"]
    nodes = "kafka:9092,kafka-2:9092,kafka-3:9092"
    assert services["bridge"]["environment"]["CARRITO_KAFKA_BROKERS"] == nodes
    for name in nodes.replace(":9092", "").split(","):
        assert services[name]["environment"]["KAFKA_NODES"] == nodes
        assert services[name]["environment"]["KAFKA_REPLICATION"] == "3"


def test_each_service_is_bounded_and_guarded(services):
    for name, service in services.items():
        for limit in ("mem_limit", "cpus", "pids_limit"):
            assert service.get(limit), f"{name} has no {limit}"
        assert service["logging"]["options"]["max-size"], name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "healthcheck" in service or name == "topics", f"{name} has no health check"


def test_what_is_published_is_on_loopback(services):
    for name, service in services.items():
        for port in service.get("ports", []):
            address = port["host_ip"] if isinstance(port, dict) else port.rpartition(":")[0]
            assert address.startswith("127.0.0.1"), f"{name} publishes {port}"
