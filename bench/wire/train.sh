#!/usr/bin/env bash
# Trains protocol/run/dictionary.zstd anew, on invented workloads of seeds that no measurement uses (1001 to 1024). A new dictionary is another wire
# format: both ends must have the same one.
#   bench/wire/train.sh BUILD_DIR      where bench_wire was built
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
wire=$(readlink -f "$1/bin/bench_wire")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for seed in $(seq 1001 1024); do
  python3 "$here/../workload/workload.py" --seed "$seed" --out "$work/workload"
  mkdir -p "$work/samples/$seed"
  "$wire" "$work/workload" --samples "$work/samples/$seed"
done
zstd --train-fastcover=d=8,f=22,accel=1,steps=16,split=100 -q -r "$work/samples" --maxdict=65536 -19 -f -o "$here/../../protocol/run/dictionary.zstd"
