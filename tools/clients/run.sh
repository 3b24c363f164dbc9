#!/bin/sh
# Lets three generators of clients read the shop contract, and asks the store with what each has made.
# `run.sh NODE PYTHON`: how to start Node's programs, and the Python in which ariadne-codegen is installed.
set -e
cd "$(dirname "$0")"
node=$1
python=$2
$node node node_modules/relay-compiler/cli.js relay.config.json
$node node relay/run.mjs
$node node node_modules/@graphql-codegen/cli/cjs/bin.js --config codegen.yml
$node node node_modules/typescript/bin/tsc
$node node codegen/built/run.js
cd python
"$(dirname "$python")/ariadne-codegen" --config codegen.toml >/dev/null
"$python" run.py
