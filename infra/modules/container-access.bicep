metadata description = 'A role on a single blob container, for people or other systems.'

@description('Name of the storage account.')
param storageAccountName string

@description('Name of the container.')
@minLength(3)
@maxLength(63)
param containerName string

@description('The role: writer reads, writes and deletes blobs; reader reads them.')
@allowed(['writer', 'reader'])
param role string

@description('Object ids of the users, groups or service principals.')
param principalIds string[]

var roleIds = {
  writer: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
  reader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1' // Storage Blob Data Reader
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${storageAccountName}/default/${containerName}'
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in principalIds: {
    scope: container
    name: guid(container.id, principalId, roleIds[role])
    properties: {
      principalId: principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[role])
    }
  }
]
