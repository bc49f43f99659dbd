#!/bin/sh
# Waits until the app says that it can do its work, and shows what it says.
#
#   [FUNCTION_KEY=…] scripts/check-health.sh <address of /api/health>
#
# Gives up after five minutes. What is missing, such as a secret, the app tells only to those who have a function key:
# with one in FUNCTION_KEY the details are shown at the end, good or bad.
set -eu
. "$(dirname "$0")/common.sh"
[ $# -eq 1 ] || fail "Usage: [FUNCTION_KEY=…] scripts/check-health.sh <address of /api/health>"
need curl

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

details() {
  if [ -z "${FUNCTION_KEY:-}" ]; then
    printf 'Details: put a function key into FUNCTION_KEY, or ask %s/details with the header x-functions-key.\n' "$1"
    return
  fi
  # By standard input: arguments can be read by every process.
  printf 'header = "x-functions-key: %s"\n' "$FUNCTION_KEY" |
    curl --config - --silent --show-error --max-time 60 "$1/details" || true
  printf '\n'
}

attempt=0
until
  status=$(curl --silent --output "$answer" --write-out '%{http_code}' --max-time 60 "$1") || status=000
  [ "$status" = 200 ]
do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 30 ]; then
    cat "$answer" >&2
    printf '\n' >&2
    details "$1" >&2
    fail "$1 answers HTTP $status (000: not at all)."
  fi
  sleep 10
done
cat "$answer"
printf '\n'
details "$1"
