#!/bin/bash
# ./dev bench http. A file http.py beside the other programs would hide Python's own module http.
exec /usr/bin/python3 "$(dirname "$0")/http_load.py" "$@"
