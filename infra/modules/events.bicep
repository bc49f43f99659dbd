metadata description = 'The storage account\'s events. The subscription follows in event-subscription.bicep, once the app\'s code is deployed.'

@description('Name of the system topic.')
@minLength(3)
@maxLength(128)
param name string

@description('Azure region; the storage account\'s.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Name of the storage account.')
param storageAccountName string

@description('Container for events that could not be delivered.')
param deadLetterContainerName string

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

// Its own identity: without account keys it is the only way for Event Grid to write dead letters.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${storageAccountName}/default/${deadLetterContainerName}'
}

resource deadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: container
  name: guid(container.id, topic.id, storageBlobDataContributor)
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
  }
}

@description('Resource id of the system topic.')
output topicId string = topic.id

@description('Name of the system topic.')
output topicName string = topic.name
