#!/usr/bin/python3
"""The order system that the benchmark is held against: our own plain rewriting of one that people
build with Flask and kafka-python, kept as it is usually done.

    orders_reference.py orders PORT BROKERS           takes orders, and tells their state
    orders_reference.py processing WORK_MS BROKERS    takes each through its four states
    orders_reference.py notifications SMTP_PORT BROKERS    mails each state

Three services with one producer each, records without a key. `orders` answers when Kafka has the
order, and learns the states from the topic: as the last record that it reads says. Kinder than the
usual: the server keeps connections and answers each in a thread of its own, and `processing` does
not wait for Kafka."""
import json
import smtplib
import sys
import threading
import time
import uuid
from email.message import EmailMessage

from flask import Flask, jsonify, request
from kafka import KafkaConsumer, KafkaProducer
from werkzeug.serving import WSGIRequestHandler, make_server

REQUESTS, STATES_TOPIC = "reference-requests", "reference-states"
STATES = ["recibido", "preparando", "entregando", "finalizado"]


def producer(brokers):
    return KafkaProducer(bootstrap_servers=brokers,
                         value_serializer=lambda value: json.dumps(value).encode())


def consumer(brokers, topic, group):
    return KafkaConsumer(topic, bootstrap_servers=brokers, group_id=group,
                         auto_offset_reset="earliest",
                         value_deserializer=lambda value: json.loads(value.decode()))


def orders(port, brokers):
    app, out, states = Flask(__name__), producer(brokers), {}

    @app.post("/api/v1/orders")
    def place():
        order = {**request.get_json(), "id": uuid.uuid4().hex}
        states[order["id"]] = "nuevo"
        out.send(REQUESTS, order).get(timeout=60)
        return jsonify(id=order["id"], status="nuevo"), 202

    @app.get("/api/v1/orders/<order>")
    def look(order):
        return jsonify(id=order, status=states[order])

    def follow():
        for record in consumer(brokers, STATES_TOPIC, "reference-orders"):
            states[record.value["id"]] = record.value["status"]

    threading.Thread(target=follow, daemon=True).start()
    WSGIRequestHandler.protocol_version = "HTTP/1.1"
    WSGIRequestHandler.log_request = lambda *_: None
    make_server("127.0.0.1", int(port), app, threaded=True).serve_forever()


def processing(work_ms, brokers):
    out = producer(brokers)
    for record in consumer(brokers, REQUESTS, "reference-processing"):
        for status in STATES:
            time.sleep(int(work_ms) / 1000)
            out.send(STATES_TOPIC, {**record.value, "status": status})


def notifications(smtp_port, brokers):
    for record in consumer(brokers, STATES_TOPIC, "reference-notifications"):
        mail = EmailMessage()
        mail["From"], mail["To"] = "orders@example.com", record.value["email"]
        mail["Subject"] = f"Order {record.value['id']}"
        mail.set_content(f"Your order is {record.value['status']}.")
        with smtplib.SMTP("127.0.0.1", int(smtp_port)) as server:
            server.send_message(mail)


if __name__ == "__main__":
    {"orders": orders, "processing": processing,
     "notifications": notifications}[sys.argv[1]](*sys.argv[2:])
