// A production environment: a fixed outbound address, storage and vault closed to the Internet, data kept in three zones.
// The ids and addresses below are examples: put your own.
using 'main.bicep'

param environmentName = 'prod'
param network = 'private'
// From where files are dropped, reports read and secrets set.
param allowedIpRanges = ['203.0.113.10']
param storageSku = 'Standard_ZRS'
param retentionDays = 90
param softDeleteDays = 14
param logRetentionDays = 90
param maximumInstanceCount = 100
param deferredAlertMinutes = 60
param laafficTimeZone = 'Asia/Shanghai'
param dropperPrincipalIds = ['11111111-1111-1111-1111-111111111111']
param reportReaderPrincipalIds = ['22222222-2222-2222-2222-222222222222']
param actionGroupIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/operations/providers/Microsoft.Insights/actionGroups/on-call'
]
param tags = {
  application: 'laaffic-campaigns'
  environment: 'production'
}
