metadata description = 'The storage account: dropped files, profiles, stored request bodies, reports, the ledger, and the host\'s own state. No keys: access is by identity only.'

@description('Name of the account, unique in all of Azure: 3 to 24 lower-case letters and digits.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('How copies of the data are kept. A zone- or geo-redundant account survives the loss of a zone or region.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string

@description('Whether only the private endpoints, trusted Azure services (Event Grid) and allowedIpRanges may connect.')
param restrictNetwork bool

@description('Public IPv4 addresses or CIDR ranges that may connect although the network is restricted.')
param allowedIpRanges string[]

@description('Blob containers to create.')
param containerNames string[]

@description('Tables to create.')
param tableNames string[]

@description('Containers whose blobs are deleted when they have not been written for retentionDays.')
param expiringContainerNames string[]

@description('Days until the blobs of expiringContainerNames are deleted.')
param retentionDays int

@description('Days for which a deleted blob or container can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('Whether files can be dropped by SFTP. An account that was made without can not be switched to it.')
param sftp bool

@description('Public SSH keys of those who drop files by SFTP.')
param sftpPublicKeys string[]

@description('The one container that is open to SFTP.')
param sftpContainerName string

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    // SFTP needs the hierarchical namespace, which stays once it is there: without SFTP it is not mentioned, so that SFTP can
    // be switched off again.
    isHnsEnabled: sftp ? true : null
    isLocalUserEnabled: sftp
    isSftpEnabled: sftp
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: 'Enabled'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      // Event Grid writes dead letters as a trusted service.
      bypass: 'AzureServices'
      defaultAction: restrictNetwork ? 'Deny' : 'Allow'
      ipRules: [for range in allowedIpRanges: { value: range, action: 'Allow' }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in containerNames: {
    parent: blobs
    name: container
    properties: {
      publicAccess: 'None'
    }
  }
]

// SFTP knows users of the account only, no identities. This one creates, writes and lists, and neither reads nor deletes; it
// has no password.
resource dropper 'Microsoft.Storage/storageAccounts/localUsers@2024-01-01' = if (sftp) {
  parent: account
  name: 'dropper'
  properties: {
    hasSharedKey: false
    hasSshKey: true
    hasSshPassword: false
    homeDirectory: sftpContainerName
    permissionScopes: [
      {
        service: 'blob'
        resourceName: sftpContainerName
        permissions: 'cwl'
      }
    ]
    sshAuthorizedKeys: [for key in sftpPublicKeys: { key: key }]
  }
  dependsOn: [
    containers
  ]
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for table in tableNames: {
    parent: tableService
    name: table
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'delete-what-holds-phone-numbers'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: [for container in expiringContainerNames: '${container}/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: retentionDays
                }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    blobs
  ]
}

@description('Name of the account.')
output name string = account.name

@description('User name for SFTP; empty without SFTP.')
output sftpUserName string = sftp ? '${account.name}.${dropper.name}' : ''
