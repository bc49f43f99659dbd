#!/bin/sh
# Sets the secrets of the Laaffic account in the key vault of a resource group. Used again, it replaces them: the app
# takes a new value up by itself, within minutes or at once when Laaffic refuses the old one.
#
#   scripts/set-secrets.sh <resource-group>
#
# Asks for the values, or reads three lines from standard input: the app id, the API key, the API secret. An empty line
# leaves what the vault has. Needs the role Key Vault Secrets Officer on the vault.
set -eu
. "$(dirname "$0")/common.sh"
[ $# -eq 1 ] || fail "Usage: scripts/set-secrets.sh <resource-group>"
need az
vault=$(only "$1" Microsoft.KeyVault/vaults)

folder=$(mktemp -d)
trap 'rm -rf "$folder"; stty echo 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

for name in Laaffic--AppId Laaffic--ApiKey Laaffic--ApiSecret; do
  if [ -t 0 ]; then
    printf '%s (empty: leave as it is): ' "$name" >&2
    stty -echo
    IFS= read -r value || value=
    stty echo
    printf '\n' >&2
  else
    IFS= read -r value || value=
  fi
  [ -n "$value" ] || continue
  # By a file that only this user can read: arguments can be read by every process.
  (umask 077 && printf '%s' "$value" >"$folder/value")
  az keyvault secret set --vault-name "$vault" --name "$name" --file "$folder/value" --encoding utf-8 --output none
  rm "$folder/value"
  printf 'Set %s in %s.\n' "$name" "$vault"
done
