metadata description = 'Step two, once the app\'s code is deployed: storage tells the app of each dropped file. It needs the system key blobs_extension, which the app makes when its code first starts.'

@description('Name of the function app.')
@minLength(2)
@maxLength(60)
param functionAppName string

@description('Name of the storage account\'s Event Grid system topic.')
@minLength(3)
@maxLength(128)
param systemTopicName string

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param storageAccountName string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: systemTopicName
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'campaign-uploaded'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        // The key stays within Azure: it is read while this is deployed, and is no parameter.
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.CampaignUploaded&code=${listKeys('${app.id}/host/default', '2024-11-01').systemKeys.blobs_extension}'
        maxEventsPerBatch: 1
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      // With the slash, a container whose name merely begins so does not match.
      subjectBeginsWith: '/blobServices/default/containers/campaigns/'
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      enableAdvancedFilteringOnArrays: true
      advancedFilters: [
        {
          // The calls that end an upload; others may come before the content is complete.
          operatorType: 'StringIn'
          key: 'data.api'
          values: ['CopyBlob', 'FlushWithClose', 'PutBlob', 'PutBlockList', 'SftpCommit']
        }
      ]
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: storage.id
          blobContainerName: 'deadletters'
        }
      }
    }
  }
}

@description('Name of the event subscription.')
output eventSubscriptionName string = subscription.name
