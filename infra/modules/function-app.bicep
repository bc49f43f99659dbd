metadata description = 'The function app on Flex Consumption, with everything it reads and writes reached by one user-assigned identity.'

@description('Name of the app, unique in all of Azure. Host ids are cut to 32 characters: a longer name could share its locks with another app.')
@minLength(2)
@maxLength(32)
param name string

@description('Azure region. It must offer Flex Consumption: az functionapp list-flexconsumption-locations.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Resource id of the app\'s managed identity.')
param identityId string

@description('Client id of the app\'s managed identity.')
param identityClientId string

@description('Name of the storage account.')
param storageAccountName string

@description('Container that holds the deployed code.')
param deploymentContainerName string

@description('Name of the Application Insights component.')
param insightsName string

@description('Address of the key vault.')
param vaultUri string

@description('Memory of one instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('The most instances that may run at a time, for each group of functions that scales by itself.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('HTTP requests that one instance works on at a time.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Resource id of the subnet that the app sends through; empty for none.')
param subnetId string

@description('What the app reads of its own, by the names in the table of docs/settings.md.')
param settings { *: string }

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

var storageSuffix = environment().suffixes.storage

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd deploys the code to the app that bears its service's name.
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    // Little of it is for Flex Consumption: what the plan does without, such as FTP and alwaysOn, can not be set.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${storageAccountName}.blob.${storageSuffix}/${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        // Without a number the platform sends 16 at once to an instance of 2,048 MB: too many JSON bodies for its memory.
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, {
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    AZURE_CLIENT_ID: identityClientId
    AzureWebJobsStorage__blobServiceUri: 'https://${storageAccountName}.blob.${storageSuffix}'
    AzureWebJobsStorage__clientId: identityClientId
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__queueServiceUri: 'https://${storageAccountName}.queue.${storageSuffix}'
    AzureWebJobsStorage__tableServiceUri: 'https://${storageAccountName}.table.${storageSuffix}'
    // Above it the host answers an empty 500; the app itself refuses, with a reason, what is larger than it takes.
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '209715200'
    KeyVault__Uri: vaultUri
  })
}

// Publishing takes tokens only, no user name and password.
resource ftpPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scmPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

@description('Name of the app.')
output name string = app.name

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
