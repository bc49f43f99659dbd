#!/bin/sh
# Puts each break back in, one after the other, and tells which seed finds it and after how many runs.
#
#   run.sh [-n RUNS] [-s FIRST_SEED] [-k KNOWN] [PATCH...]
#
# KNOWN: text in the message of a failure that the present code has too, and that is not counted.
#
# The patches are applied to a copy of the working tree's last commit, which is removed at the end.
set -eu
runs=10000 seed=1 known=none
while getopts n:s:k: option; do
  case $option in
    n) runs=$OPTARG ;;
    s) seed=$OPTARG ;;
    k) known=$OPTARG ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
here=$(cd "$(dirname "$0")" && pwd)
root=$(git -C "$here" rev-parse --show-toplevel)
[ $# -gt 0 ] || set -- "$here"/*.patch
copy=$(mktemp -d)
trap 'git -C "$root" worktree remove --force "$copy/tree" 2>/dev/null; rm -rf "$copy"' EXIT
git -C "$root" worktree add --quiet --detach "$copy/tree" HEAD
project=$copy/tree/tests/Laaffic.Simulation
missed=0
for patch; do
  name=$(basename "$patch" .patch)
  git -C "$copy/tree" checkout --quiet .
  if ! git -C "$copy/tree" apply "$(cd "$(dirname "$patch")" && pwd)/$name.patch" 2>"$copy/why"; then
    echo "$name: does not apply: $(head -1 "$copy/why")"
    missed=1
    continue
  fi
  if ! dotnet build -c Release --nologo -v quiet -p:TreatWarningsAsErrors=false "$project" >"$copy/build" 2>&1; then
    echo "$name: does not build: $(grep -m1 'error' "$copy/build")"
    missed=1
    continue
  fi
  if dotnet "$project/bin/Release/net10.0/Laaffic.Simulation.dll" --runs "$runs" --seed "$seed" --known "$known" --stop >"$copy/run"; then
    echo "$name: NOT FOUND in $runs runs"
    missed=1
  else
    echo "$name: $(grep -m1 ' runs in ' "$copy/run" | cut -d' ' -f1) runs, $(grep -m1 '^seed ' "$copy/run" | cut -c1-160)"
  fi
done
exit $missed
