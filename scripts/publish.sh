#!/bin/sh
# Builds the app with the official worker packages and deploys it to the function app of a resource group.
#
#   scripts/publish.sh <resource-group> [<package.zip>]
#
# With a package, that one is deployed and nothing is built: to roll back, or to deploy what a pipeline built.
set -eu
. "$(dirname "$0")/common.sh"
[ $# -eq 1 ] || [ $# -eq 2 ] || fail "Usage: scripts/publish.sh <resource-group> [<package.zip>]"
need az
app=$(only "$1" Microsoft.Web/sites)

if [ $# -eq 2 ]; then
  package=$2
  [ -f "$package" ] || fail "$package does not exist."
else
  need dotnet zip
  root=$(cd "$(dirname "$0")/.." && pwd)
  rm -rf "$root/artifacts/functions" "$root/artifacts/functions.zip"
  dotnet publish "$root/src/Laaffic.Functions" --configuration Release -p:FunctionsWorker=Official --output "$root/artifacts/functions"
  # With the folder .azurefunctions, which * would leave out.
  (cd "$root/artifacts/functions" && zip --quiet --recurse-paths ../functions.zip .)
  package=$root/artifacts/functions.zip
fi

az functionapp deployment source config-zip --resource-group "$1" --name "$app" --src "$package" --output none
printf 'Deployed %s to %s.\n' "$package" "$app"
