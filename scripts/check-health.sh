#!/bin/sh
# Waits until the app says that it can do its work, and shows what it says.
#
#   scripts/check-health.sh <address of /api/health>
#
# Gives up after five minutes: the answer then says what is missing, such as a secret.
set -eu
. "$(dirname "$0")/common.sh"
[ $# -eq 1 ] || fail "Usage: scripts/check-health.sh <address of /api/health>"
need curl

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
attempt=0
until
  status=$(curl --silent --output "$answer" --write-out '%{http_code}' --max-time 60 "$1") || status=000
  [ "$status" = 200 ]
do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 30 ]; then
    cat "$answer" >&2
    fail "$1 answers HTTP $status (000: not at all)."
  fi
  sleep 10
done
cat "$answer"
printf '\n'
