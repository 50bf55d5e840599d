"""What is monitored exists: each metric that the rules and the dashboard name is on /metrics of a
running program, the contract's metrics have their types, and a real Prometheus scrapes all three
programs and evaluates the rules."""
import json
import re
import subprocess

import pytest
import requests
from harness.events import plate
from harness.ports import free_port
from harness.process import ROOT, Process
from harness.wait import wait_until

PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "carrito.json"

# Contract, section 8: the name, its type, and the programs that have it.
CONTRACT = {
    "carrito_build_info": ("gauge", "agent bridge collector"),
    "carrito_agent_outbox_events": ("gauge", "agent"),
    "carrito_agent_outbox_oldest_timestamp_seconds": ("gauge", "agent"),
    "carrito_agent_outbox_written_bytes_total": ("counter", "agent"),
    "carrito_mqtt_connected": ("gauge", "agent bridge"),
    "carrito_bridge_messages_total": ("counter", "bridge"),
    "carrito_bridge_ack_seconds": ("histogram", "bridge"),
    "carrito_bridge_kafka_queue_messages": ("gauge", "bridge"),
    "carrito_collector_events_total": ("counter", "collector"),
    "carrito_collector_lag_messages": ("gauge", "collector"),
    "carrito_collector_commit_seconds": ("histogram", "collector"),
    "carrito_collector_backup_timestamp_seconds": ("gauge", "collector"),
    "carrito_duplicates_total": ("counter", "collector"),
    "carrito_set_aside_total": ("counter", "collector"),
    "carrito_carts": ("gauge", "collector"),
    "carrito_silence_detection_delay_seconds": ("histogram", "collector"),
    "carrito_alerts_active": ("gauge", "collector"),
    "carrito_notifications_total": ("counter", "collector"),
    "carrito_login_attempts_total": ("counter", "collector"),
    "process_cpu_seconds_total": ("counter", "agent bridge collector"),
    "process_resident_memory_bytes": ("gauge", "agent bridge collector"),
}


@pytest.fixture(name="programs")
def three_programs(centre):
    agent = centre.make_agent(plate()).start().wait_ready()
    assert agent.sell(2).returncode == 0
    return {"agent": agent, "bridge": centre.bridge, "collector": centre.collector}


def families(text):
    """{name: type}; a family that is not together, or has two heads, is refused."""
    found, order = {}, []
    for line in text.splitlines():
        head = re.match(r"# TYPE (\S+) (\S+)$", line)
        if head:
            assert head[1] not in found, f"{head[1]} has two heads"
            found[head[1]] = head[2]
            order.append(head[1])
        elif not line.startswith("#"):
            name = re.match(r"[a-z_]+", line)[0]
            assert re.sub(r"_(bucket|sum|count)$", "", name) in (order[-1], name), line
            assert name.startswith(order[-1]), f"{name} stands under {order[-1]}"
    return found


def named(text):
    """The metrics that an expression, or a file of them, names."""
    return {re.sub(r"_(bucket|sum|count)$", "", name)
            for name in re.findall(r"\b(?:carrito|process)_[a-z_]+", text)}


def test_each_metric_of_the_contract_is_there_with_its_type(programs):
    found = {name: families(program.metrics()) for name, program in programs.items()}
    for metric, (kind, where) in CONTRACT.items():
        for program in where.split():
            assert found[program].get(metric) == kind, (program, metric)


def test_no_rule_and_no_panel_names_a_metric_that_no_program_has(programs):
    have = set().union(*(families(program.metrics()) for program in programs.values()))
    panels = [target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"]
              for target in panel.get("targets", [])]
    rules = (PROMETHEUS / "carrito.rules.yml").read_text()
    assert len(panels) >= 20
    assert named(" ".join(panels)) - have == set()
    assert named(rules) - have == set()
    unwatched = set(CONTRACT) - named(" ".join(panels))
    assert unwatched == set(), "not on the dashboard"


def test_a_prometheus_scrapes_all_three_and_evaluates_the_rules(programs, scene):
    config = (PROMETHEUS / "prometheus.yml").read_text().replace("interval: 15s", "interval: 1s")
    config = re.sub(r"^  # (- job_name|  )", r"  \1", config, flags=re.M)  # the agent's is a comment
    for job, program in programs.items():
        config, changed = re.subn(rf"(job_name: carrito-{job}\n.*\n.*targets: )\[.*\]",
                                  rf'\1["{program.http}"]', config)
        assert changed == 1, job
    (scene.folder / "prometheus.yml").write_text(config)
    (scene.folder / "carrito.rules.yml").write_text((PROMETHEUS / "carrito.rules.yml").read_text())
    subprocess.run(["promtool", "check", "config", scene.folder / "prometheus.yml"], check=True)
    for name, program in programs.items():
        said = subprocess.run(["promtool", "check", "metrics"], input=program.metrics(), text=True,
                              capture_output=True, check=False)
        assert "error" not in said.stderr, (name, said.stderr)

    port = free_port()
    scene.add(Process("prometheus", [
        "prometheus", f"--config.file={scene.folder}/prometheus.yml",
        f"--storage.tsdb.path={scene.folder}/tsdb", f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn"], scene.folder)).start()

    def ask(path, **query):
        return requests.get(f"http://127.0.0.1:{port}/api/v1/{path}", params=query,
                            timeout=3).json()["data"]

    def all_up():
        targets = ask("targets")["activeTargets"]
        assert [t["lastError"] for t in targets if t["lastError"]] == []
        return sorted(t["labels"]["job"] for t in targets if t["health"] == "up") == [
            "carrito-agent", "carrito-bridge", "carrito-collector"]

    wait_until("three targets are up", all_up, 20)
    built = ask("query", query="count by (component) (carrito_build_info)")["result"]
    assert {one["metric"]["component"] for one in built} == {"agent", "bridge", "collector"}
    rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
    assert len(rules) >= 15
    for rule in rules:
        ask("query", query=rule["query"])
