#!/bin/sh
# Measures all peers on one and two threads: sh all.sh PYTHON OUT.jsonl
# Lines are added to OUT: of a script that is run again, the faster lines count.
set -eu
if [ $# -ne 2 ]; then
  echo "usage: sh all.sh PYTHON OUT.jsonl" >&2
  exit 2
fi
python=$1
out=$2
here=$(dirname "$0")

measure() {
  echo "$*" >&2
  "$python" "$here/$@" >> "$out"
}

for threads in 1 2; do
  for framework in torch jax tensorflow onnxruntime; do
    measure layer.py --framework $framework --threads $threads
  done
  for framework in torch jax tensorflow; do
    measure characters.py --framework $framework --threads $threads
  done
done
# Small steps and cells are compared on one thread alone.
measure cells.py
measure airline.py --framework numpy
measure airline.py --framework jax
measure airline.py --framework jax --cell gru --configs "" --units 4,16,32
# A program takes PyTorch many seconds; one shows how long a step is.
measure airline.py --framework torch --configs 3
measure airline.py --framework torch --cell gru --configs "" --units 4,16,32
