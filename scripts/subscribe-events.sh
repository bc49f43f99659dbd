#!/bin/sh
# Second step of the deployment, once the code is there: has storage tell the app of each dropped file.
#
#   scripts/subscribe-events.sh <resource-group>
#
# Under azd the resource group is the one of its environment.
# Until this has run, and whenever an event is lost, the app's timer finds dropped files within a minute or so.
set -eu
. "$(dirname "$0")/common.sh"
group=${1:-${AZURE_RESOURCE_GROUP:-}}
[ -n "$group" ] || fail "Usage: scripts/subscribe-events.sh <resource-group>"
need az curl
app=$(only "$group" Microsoft.Web/sites)
topic=$(only "$group" Microsoft.EventGrid/systemTopics)
storage=$(only "$group" Microsoft.Storage/storageAccounts)
host=$(az functionapp show --resource-group "$group" --name "$app" --query 'properties.defaultHostName || defaultHostName' --output tsv | tr -d '\r')

# The host makes the web-hook's key when it first starts, and must answer when Event Grid checks the address. What the
# health check says does not matter here: without secrets it is 503.
attempt=0
until
  curl --silent --output /dev/null --max-time 60 "https://$host/api/health" || true
  key=$(az functionapp keys list --resource-group "$group" --name "$app" --query "contains(keys(systemKeys), 'blobs_extension')" --output json 2>/dev/null | tr -d '\r') || key=
  [ "$key" = true ]
do
  attempt=$((attempt + 1))
  [ "$attempt" -lt 30 ] || fail "$app has no system key blobs_extension after five minutes. Is its code deployed (scripts/publish.sh), and does it start? Look at the log stream."
  sleep 10
done

az deployment group create --resource-group "$group" --name event-subscription --output none \
  --template-file "$(dirname "$0")/../infra/event-subscription.bicep" \
  --parameters functionAppName="$app" systemTopicName="$topic" storageAccountName="$storage"
printf 'Files dropped into %s are announced to %s.\n' "$storage" "$app"
