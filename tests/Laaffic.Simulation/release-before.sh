#!/bin/sh
# Builds the assemblies of the release before the present one, for the simulation's --before.
#
#   release-before.sh DIRECTORY [COMMIT]
#
# The commit must be in the repository's history: a shallow clone does not have it.
set -eu
commit=${2:-0066ec9}
root=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
sources=$(mktemp -d)
trap 'rm -rf "$sources"' EXIT
git -C "$root" archive "$commit" | tar -x -C "$sources"
mkdir -p "$1"
dotnet build -c Release --nologo -v quiet "$sources/src/Laaffic.Functions" -o "$1"
