"""docs/openapi.yaml as the JSON that the collector serves: openapi_json.py IN OUT.

Run by the build. `x-shared` holds what YAML's anchors stand for, and is of no use in JSON."""
import json
import sys

import yaml


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        document = yaml.safe_load(source)
    del document["x-shared"]
    with open(sys.argv[2], "w", encoding="utf-8") as target:
        json.dump(document, target, ensure_ascii=False, separators=(",", ":"))
        target.write("\n")


main()
