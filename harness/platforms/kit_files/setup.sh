#!/usr/bin/env bash
# Run once by Gradescope, as root, when it builds the image: Python 3.11 or newer, what the harness needs, and a trial.
set -euo pipefail
source="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$source")"

newest() {
  for name in python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'; then
      echo "$name"
      return
    fi
  done
}

python="$(newest)"
if [ -z "$python" ]; then
  apt-get update
  apt-get install -y --no-install-recommends python3.11 python3.11-venv
  python="$(newest)"
fi
"${python:?no Python 3.11 or newer: choose a newer Ubuntu as the base image}" -m venv "$root/environment"
"$root/environment/bin/python" -m pip install --no-cache-dir -r "$source/requirements.txt"

# The model solution has to pass; its cases and their answers are kept for every submission that comes.
export PYTHONPATH="$source/package" HARNESS_CACHE="$root/cache"
cd /
"$root/environment/bin/python" -P -m harness check "$source/package/reference_impls/@ASSIGNMENT@/model.py" \
  @ARGUMENTS@ --isolation process >/dev/null
"$root/environment/bin/python" -P -m harness doctor
