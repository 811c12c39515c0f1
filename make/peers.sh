#!/bin/sh
# Makes the environments of two programs that tests ask for a second opinion on our web archives, in .tools: they pin
# libraries that the project needs newer, and pywb's licence (GPL) keeps it out of ours. What is there is left alone.
set -eu
cd "$(dirname "$0")/.."
export UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never
unset VIRTUAL_ENV

# Name of the environment, and what is in it.
make_env() {
    [ ! -e ".tools/$1/.complete" ] || return 0
    echo "peers: $2" >&2
    rm -rf ".tools/$1"
    .tools/bin/uv venv --quiet --python .venv/bin/python ".tools/$1"
    .tools/bin/uv pip install --quiet --python ".tools/$1/bin/python" "$2"
    touch ".tools/$1/.complete"
}

make_env wacz "wacz==0.6.0"
make_env pywb "pywb==2.10.0"
