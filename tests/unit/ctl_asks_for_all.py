"""carritoctl can do what the API can: each operation of openapi.yaml has a command that asks for it, with its
parameters and as CSV where the API writes CSV; or ctl_operations.txt says which command has it, or why none.

    ctl_asks_for_all.py OPENAPI PROGRAM LIST"""
import re
import subprocess
import sys

import yaml

METHODS = ("get", "post", "delete", "put", "patch")
PAGING = {"limit", "cursor", "format", "dialect"}


def operations(openapi):
    """Operation: (method and path, its own parameters of the query, whether it is given as CSV)."""
    with open(openapi, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    shared = document["components"]["parameters"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method not in METHODS:
                continue
            parameters = [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
                          for one in operation.get("parameters", [])]
            query = {one["name"] for one in parameters if one["in"] == "query"}
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            asked = set(body.get("schema", {}).get("properties", {}))
            query |= asked if PAGING <= asked else set()  # a list that is asked for in the body
            yield (operation["operationId"],
                   (f"{method.upper()} {re.sub('{[^}]*}', '{}', path)}", query - PAGING,
                    "format" in query and "dialect" in query))


def commands(program):
    """Method and path: (parameters, whether --csv is the API's) of the command that asks for it."""
    asked = {}
    for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines():
        request, csv, parameters, _name = (part.strip() for part in line.split("|"))
        before, was_csv = asked.get(request, (set(), False))
        asked[request] = before | set(parameters.split()), was_csv or csv == "csv"
    return asked


def excused(path):
    """Operation: its line, `operation | command or - | why`."""
    with open(path, encoding="utf-8") as file:
        lines = [line.split("|") for line in file if line.strip() and not line.startswith("#")]
    return {line[0].strip(): [part.strip() for part in line[1:]] for line in lines}


def faults(openapi, program, listed):
    known, asked, excuses = dict(operations(openapi)), commands(program), excused(listed)
    for name, (request, query, csv) in known.items():
        if name in excuses:
            if len(excuses[name]) != 2 or not excuses[name][1]:
                yield f"{name}: {listed} gives no reason"
        elif request not in asked:
            yield f"{name}: no command asks for {request}"
        else:
            parameters, has_csv = asked[request]
            if query - parameters:
                yield f"{name}: no option for {' '.join(sorted(query - parameters))}"
            if csv != has_csv:
                yield f"{name}: --csv is {'not the' if csv else 'said to be the'} API's"
    for name in excuses.keys() - known.keys():
        yield f"{name}: {listed} has it, the API does not"
    paths = {request for request, _, _ in known.values()}
    for request in asked.keys() - paths:
        yield f"{request}: a command asks for it, the API has no such operation"


if __name__ == "__main__":
    found = list(faults(*sys.argv[1:]))
    print("\n".join(found) or "each operation has its command")
    sys.exit(bool(found))
