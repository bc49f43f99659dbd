// A test environment: the cheapest form of everything, with addresses that change.
using 'main.bicep'

param environmentName = 'test'
param network = 'public'
param retentionDays = 14
param vaultSoftDeleteDays = 7
// To try it yourself, put your object id here: az ad signed-in-user show --query id --output tsv
param dropperPrincipalIds = []
param reportReaderPrincipalIds = []
param tags = {
  application: 'laaffic-campaigns'
  environment: 'test'
}
