#!/bin/sh
# Tries a running app from outside: submits small campaigns over HTTP and as a dropped file, waits for their reports, and
# checks states and counts.
#
#   [FUNCTION_KEY=…] [DROP_URL=…] scripts/smoke-test.sh <address>
#
# <address>     where the endpoints are, such as http://127.0.0.1:7071/api
# FUNCTION_KEY  a function key; the local host needs none
# DROP_URL      the container campaigns with a SAS that may create and write, as the local host prints it (with or without
#               /my.csv); without it no file is dropped
# AGENT_ID      the agent of the campaigns; 41 if it is not set, which the simulator takes
# NUMBERS       three numbers to call, separated by blanks. If it is not set they are numbers of fiction. With the real
#               Laaffic THESE NUMBERS ARE CALLED.
# WAIT_SECONDS  how long to wait for each report; 300 if it is not set. A file that no event announces is taken up by the
#               timer after two minutes.
set -eu
. "$(dirname "$0")/common.sh"
[ $# -eq 1 ] || fail "Usage: [FUNCTION_KEY=…] [DROP_URL=…] scripts/smoke-test.sh <address, such as http://127.0.0.1:7071/api>"
need curl date mktemp sed tr

api=${1%/}
agent=${AGENT_ID:-41}
wait_seconds=${WAIT_SECONDS:-300}
# shellcheck disable=SC2086 # One argument for each number.
set -- ${NUMBERS:-12025550101 12025550102 12025550103}
[ $# -eq 3 ] || fail "NUMBERS holds $# numbers; give three, separated by blanks."
# Of this run alone: Laaffic takes a task name once.
run=$(date -u +%Y%m%d-%H%M%S)-$$

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
answer=$folder/answer

ok() {
  printf 'ok     %s\n' "$1"
}

# Says what was expected, and what came instead.
wrong() {
  printf 'The last answer, HTTP %s:\n' "$status" >&2
  cat "$answer" >&2
  printf '\n' >&2
  fail "$1"
}

# request <path> [<argument of curl>…]: leaves $status and the file $answer. The key goes by standard input: arguments can
# be read by every process.
request() {
  path=$1
  shift
  : >"$answer"
  status=$(
    if [ -n "${FUNCTION_KEY:-}" ]; then
      printf 'header = "x-functions-key: %s"\n' "$FUNCTION_KEY"
    fi | curl --config - --silent --output "$answer" --write-out '%{http_code}' --max-time 240 "$@" "$api/$path"
  ) || status=000
}

# The last answer without blanks, to compare with.
flat() {
  tr -d ' \r\n' <"$answer"
}

# settled <what> <task name> <counts>: waits until all of the campaign is accepted, with exactly these counts.
settled() {
  deadline=$(($(date +%s) + wait_seconds))
  while :; do
    request "campaigns/$2"
    case $status:$(flat) in
      200:*'"state":"accepted"'*"\"counts\":{$3}"*)
        ok "$1: all is accepted, and the counts are right"
        return
        ;;
      200:*'"state":"rejected"'* | 200:*'"state":"expired"'* | 200:*'"state":"accepted"'*)
        wrong "$1: the campaign $2 was to be accepted, with $3."
        ;;
    esac
    [ "$(date +%s)" -lt "$deadline" ] || wrong "$1: the campaign $2 was not accepted within $wait_seconds seconds."
    sleep 1
  done
}

# Good health, which a host that has just started may take a while for.
deadline=$(($(date +%s) + wait_seconds))
while :; do
  request health
  [ "$status" != 200 ] || break
  [ "$(date +%s)" -lt "$deadline" ] || wrong "$api/health did not answer 200 within $wait_seconds seconds (000: not at all)."
  sleep 1
done
[ "$(flat)" = '{"isHealthy":true}' ] || wrong "$api/health was to say whether the app is healthy, and no more."
ok "health: the app can do its work"

request health/details
case $status:${FUNCTION_KEY:-} in
  200:*) ok "health: the details are shown" ;;
  401:) ok "health: the details are not shown without a function key" ;;
  *) wrong "$api/health/details was to answer 200, or 401 without a function key." ;;
esac

# JSON.
cat >"$folder/campaign.json" <<JSON
{
  "taskName": "smoke-json-$run",
  "agentId": $agent,
  "numberInfoList": [{ "calleeNumber": "$1" }, { "calleeNumber": "$2" }, { "calleeNumber": "$3" }]
}
JSON
post_json() {
  request campaigns --header 'Content-Type: application/json' --data-binary "@$folder/$1"
}
post_json campaign.json
case $status in
  200 | 202) ok "JSON over HTTP: answered $status" ;;
  *) wrong "JSON over HTTP was to be answered 200 or 202." ;;
esac
three='"read":3,"duplicate":0,"rejected":0,"accepted":3,"waiting":0,"notSubmitted":0,"suppressed":0'
settled "JSON over HTTP" "smoke-json-$run" "$three"
post_json campaign.json
[ "$status" = 200 ] || wrong "The same JSON again was to be answered 200."
settled "The same JSON again" "smoke-json-$run" "$three"

# CSV, with a duplicate and a wrong number in it.
cat >"$folder/campaign.csv" <<CSV
# taskName: smoke-csv-$run
# agentId: $agent
calleeNumber
$1
$2
$3
$1
12x
CSV
request campaigns --header 'Content-Type: text/csv' --data-binary "@$folder/campaign.csv"
case $status in
  200 | 202) ok "CSV over HTTP: answered $status" ;;
  *) wrong "CSV over HTTP was to be answered 200 or 202." ;;
esac
settled "CSV over HTTP" "smoke-csv-$run" '"read":5,"duplicate":1,"rejected":1,"accepted":3,"waiting":0,"notSubmitted":0,"suppressed":0'

# A wrong campaign.
sed "s/smoke-json/smoke-wrong/; s/\"agentId\"/\"maxCalls\": 1200, \"agentId\"/" "$folder/campaign.json" >"$folder/wrong.json"
post_json wrong.json
case $status:$(flat) in
  422:*'"field":"maxCalls"'*) ok "a wrong campaign: refused, with the reason" ;;
  *) wrong "A wrong campaign was to be answered 422 and to name maxCalls." ;;
esac
request "campaigns/smoke-wrong-$run"
[ "$status" = 404 ] || wrong "The wrong campaign was to leave nothing behind (404)."

# A dropped file.
if [ -z "${DROP_URL:-}" ]; then
  printf 'left   a dropped file: DROP_URL is not set\n'
  exit 0
fi
case $DROP_URL in
  *\?*) ;;
  *) fail "DROP_URL has no SAS (…/campaigns?sv=…)." ;;
esac
sed "s/smoke-csv/smoke-drop/" "$folder/campaign.csv" >"$folder/drop.csv"
container=${DROP_URL%%\?*}
container=${container%/my.csv}
: >"$answer"
status=$(
  printf 'url = "%s/smoke-test/%s.csv?%s"\n' "${container%/}" "$run" "${DROP_URL#*\?}" |
    curl --config - --silent --output "$answer" --write-out '%{http_code}' --max-time 240 \
      --header 'x-ms-blob-type: BlockBlob' --upload-file "$folder/drop.csv"
) || status=000
[ "$status" = 201 ] || wrong "Storage was to take the dropped file (201)."
ok "a dropped file: smoke-test/$run.csv is uploaded"
settled "a dropped file" "smoke-drop-$run" '"read":5,"duplicate":1,"rejected":1,"accepted":3,"waiting":0,"notSubmitted":0,"suppressed":0'
printf 'All is well. The tasks of this run end in %s.\n' "$run"
