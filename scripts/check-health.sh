#!/bin/sh
# Waits until the app says that it can do its work, and shows what it says.
#
#   [FUNCTION_KEY=…] scripts/check-health.sh <address of /api/health>
#
# Gives up after five minutes. What is wrong, such as a missing secret, the app tells only who has a function key: put one into
# the environment variable FUNCTION_KEY, and it is shown.
set -eu
. "$(dirname "$0")/common.sh"
[ $# -eq 1 ] || fail "Usage: [FUNCTION_KEY=…] scripts/check-health.sh <address of /api/health>"
need curl

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# The key goes through standard input: the arguments of a process are for everybody to read.
details() {
  if [ -n "${FUNCTION_KEY:-}" ]; then
    printf 'header = "x-functions-key: %s"\n' "$FUNCTION_KEY" | curl --silent --max-time 60 --config - "$1/details" || true
  else
    cat "$answer"
    printf '\nWhat is wrong is at %s/details, for whoever has a function key: set FUNCTION_KEY.' "$1"
  fi
  printf '\n'
}

attempt=0
until
  status=$(curl --silent --output "$answer" --write-out '%{http_code}' --max-time 60 "$1") || status=000
  [ "$status" = 200 ]
do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 30 ]; then
    details "$1" >&2
    fail "$1 answers HTTP $status (000: not at all)."
  fi
  sleep 10
done
cat "$answer"
printf '\n'
details "$1"
