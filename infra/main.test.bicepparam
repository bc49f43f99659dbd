// A test environment: the cheapest form of everything, with addresses that change.
using 'main.bicep'

param environmentName = 'test'
param network = 'public'
param retentionDays = 14
param vaultSoftDeleteDays = 7
param tags = {
  application: 'laaffic-campaigns'
  environment: 'test'
}
