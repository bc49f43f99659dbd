metadata description = 'The key vault of the Laaffic account\'s secrets. It is created empty: no deployment ever writes a secret.'

@description('Name of the vault, unique in all of Azure: 3 to 24 letters, digits and hyphens, beginning with a letter.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Whether only the private endpoint, trusted Azure services and allowedIpRanges may connect.')
param restrictNetwork bool

@description('Public IPv4 addresses or CIDR ranges that may connect although the network is restricted.')
param allowedIpRanges string[]

@description('Days for which the deleted vault, and deleted secrets, are kept; no one can purge them sooner. Fixed when the vault is created.')
@minValue(7)
@maxValue(90)
param softDeleteDays int

@description('Resource id of the Log Analytics workspace that receives the audit log.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: softDeleteDays
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: restrictNetwork ? 'Deny' : 'Allow'
      ipRules: [for range in allowedIpRanges: { value: range }]
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Name of the vault.')
output name string = vault.name
