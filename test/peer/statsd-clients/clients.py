"""Sends one counter for each environment on standard input, by each client as it stands without arguments.

Prints by name what the client says itself: the socket that it chose, or its error.
"""
import importlib
import json
import os
import sys

import statsd.defaults
from datadog.dogstatsd import DogStatsd

said = {}


def datadog(name):
    client = DogStatsd(disable_telemetry=True, origin_detection_enabled=False)
    if client.socket_path is not None:
        said[name] = {"socket": client.socket_path}
        return
    client.increment(name)
    client.flush()
    client.close_socket()


def plain(name):
    importlib.import_module("statsd.defaults.env")
    module = importlib.reload(sys.modules["statsd.defaults.env"])
    module.statsd.incr(name)
    module.statsd.close()


for case in json.load(sys.stdin):
    for key in case["clear"]:
        os.environ.pop(key, None)
    os.environ.update(case["env"])
    for client, send in (("datadog", datadog), ("statsd", plain)):
        name = case["name"] + "_" + client
        try:
            send(name)
        except Exception as error:  # noqa: BLE001 - what a client raises is the answer
            said[name] = {"error": str(error)}

json.dump(said, sys.stdout)
