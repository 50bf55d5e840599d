"""docs/conceptos.md says what happens: each command of the page is executed, in its order and in one
shell, and answers in the form that the page shows."""
import os
import re
import subprocess

from harness.process import BIN, ROOT, clean_environment

PAGE = ROOT / "docs" / "conceptos.md"
MARK = "@@@ next"


def commands(page):
    """[(command, lines of its answer)]; a line with `>` continues the command before it."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", page, re.S | re.M):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append([line[2:], []])
            elif line.startswith("> "):
                found[-1][0] += "\n" + line[2:]
            else:
                found[-1][1].append(line)
    return found


def form(lines):
    """Numbers are N: times, ports, offsets and sizes are others each time."""
    return [re.sub(r"\d+", "N", re.sub(r"\s+", " ", line.strip())) for line in lines]


def test_each_command_of_the_page_answers_as_the_page_shows(centre):
    steps = commands(PAGE.read_text())
    assert len(steps) >= 15
    script = 'mqtt="-h $CARRITO_MQTT_HOST -p $CARRITO_MQTT_PORT -V 5"\n'
    script += "".join(f"{command}\necho '{MARK}'\n" for command, _ in steps)
    done = subprocess.run(["bash"], input=script, text=True, capture_output=True, timeout=90,
                          check=False, env=clean_environment({
                              "PATH": f"{BIN}:{os.environ['PATH']}",
                              "CARRITO_URL": f"http://{centre.collector.http}",
                              "CARRITO_TOKEN": centre.api.token,
                              "CARRITO_MQTT_HOST": "127.0.0.1",
                              "CARRITO_MQTT_PORT": centre.mqtt_port,
                              "CARRITO_KAFKA_BROKERS": centre.kafka.brokers}))
    answers = done.stdout.split(f"{MARK}\n")[:-1]
    assert len(answers) == len(steps), (done.stdout[-500:], done.stderr[-500:])
    for (command, shown), answer in zip(steps, answers):
        assert form(answer.splitlines()) == form(shown), (command, answer, done.stderr[-500:])
