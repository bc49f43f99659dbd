# Shared by the scripts beside it; not run by itself.

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || fail "$tool is not installed."
  done
}

# The name of the one resource of a type in a resource group.
only() {
  names=$(az resource list --resource-group "$1" --resource-type "$2" --query '[].name' --output tsv)
  [ -n "$names" ] || fail "The resource group $1 holds no $2. Deploy infra/main.bicep into it first."
  [ "$(printf '%s\n' "$names" | wc -l)" -eq 1 ] || fail "The resource group $1 holds more than one $2: $(printf '%s' "$names" | tr '\n' ' ')"
  printf '%s\n' "$names" | tr -d '\r'
}
