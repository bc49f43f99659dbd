metadata description = 'Everything that the app needs in one resource group. Deploy the code next, then event-subscription.bicep.'

targetScope = 'resourceGroup'

@description('Short name of the environment, such as test or prod: lower-case letters and digits. It is part of the resources\' names.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Azure region of everything. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags { *: string } = {}

@description('Memory of one instance of the app in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances that may run at a time, for each group of functions that scales by itself: HTTP, dropped files, the timer. Every region takes 40 to 1000.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('How the app reaches the outside. public: addresses of the region\'s pool, which change. fixed-address: one static address through a NAT gateway, for accounts that Laaffic limits to known addresses. private: that, and storage and vault closed to the Internet but for allowedIpRanges.')
@allowed(['public', 'fixed-address', 'private'])
param network string = 'public'

@description('HTTP requests that one instance works on at a time. The Functions host holds a JSON body of 16 MiB in some 0.35 GB of memory: docs/performance.md.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 4

@description('IPv4 address range of the virtual network, at least a /25.')
@minLength(9)
param networkAddressPrefix string = '10.71.0.0/24'

@description('With network private: public IPv4 addresses (without /32) or CIDR ranges (/30 or larger) from which files are dropped, reports read and secrets set.')
@maxLength(200)
param allowedIpRanges string[] = []

@description('How copies of the stored data are kept.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Days after which stored request bodies and reports, which hold phone numbers, and dead letters are deleted. Longer than any campaign waits for its submitAt.')
@minValue(7)
@maxValue(3650)
param retentionDays int = 90

@description('Days for which deleted blobs can be brought back; they are gone for good after retentionDays and these.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 7

@description('Days for which a deleted vault or secret is kept. It can not be changed later, and the vault\'s name is taken that long.')
@minValue(7)
@maxValue(90)
param vaultSoftDeleteDays int = 90

@description('Object ids of users, groups or service principals that drop files: they may write into the container campaigns and nowhere else.')
@maxLength(50)
param dropperPrincipalIds string[] = []

@description('Whether files can be dropped by SFTP too. It is decided when the storage account is made, and costs by the hour: docs/deploy.md.')
param sftp bool = false

@description('With sftp: public SSH keys, RSA or ECDSA, of those who drop files by SFTP: they may write into the container campaigns and nowhere else.')
@maxLength(10)
param sftpPublicKeys string[] = []

@description('Object ids of users, groups or service principals that read reports: they may read the container results and nothing else.')
@maxLength(50)
param reportReaderPrincipalIds string[] = []

@description('Resource ids of the action groups that alerts notify. With none, alerts show in the portal only.')
@maxLength(5)
param actionGroupIds string[] = []

@description('Minutes for which a task may be deferred before an alert is raised.')
@minValue(5)
param deferredAlertMinutes int = 120

@description('Days for which logs, traces and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Address of the voice API, path prefix included.')
@minLength(9)
param laafficBaseUrl string = 'https://api.laaffic.com'

@description('IANA time zone in which Laaffic reads sendTime.')
@minLength(3)
param laafficTimeZone string = 'Etc/UTC'

@description('NCRONTAB schedule of the timer that tries deferred tasks again and looks for files that no event announced.')
@minLength(11)
param retryDeferredSchedule string = '0 * * * * *'

@description('Wait after the first refusal of a task, and first pause when Laaffic fails, as hh:mm:ss; it doubles with each further one.')
@minLength(8)
param retryInitialDelay string = '00:01:00'

@description('The longest wait between two attempts of a task, as hh:mm:ss.')
@minLength(8)
param retryMaxDelay string = '00:30:00'

@description('For how long a task without expireAt is tried, and a file that storage does not let the app read, as hh:mm:ss.')
@minLength(8)
param retryGiveUpAfter string = '24:00:00'

@description('After a lost reply: how long until Laaffic\'s query must know an accepted task, as hh:mm:ss.')
@minLength(8)
param uncertainSettleTime string = '00:15:00'

@description('For how long nothing is sent once the account was refused, as hh:mm:ss; also the longest pause when Laaffic fails.')
@minLength(8)
param holdDuration string = '00:10:00'

@description('For how long work on a task is reserved, as hh:mm:ss. One attempt is cut off after four fifths of it.')
@minLength(8)
param leaseDuration string = '00:05:00'

@description('How long a POST of a campaign waits for Laaffic before it answers 202, as hh:mm:ss. Azure breaks a request off after 230 seconds.')
@minLength(8)
param answerWithin string = '00:01:00'

@description('ISO codes of the countries that may be called, between commas, such as ID, SG; empty: all. The words premium and satellite allow what else is never called.')
param allowedCountries string = ''

@description('Nobody but these numbers is called, for a test environment: numbers with their country codes, between commas. Empty: everybody is.')
param onlyNumbers string = ''

@description('Callees in one task; Laaffic takes at most 200,000.')
@minValue(1)
@maxValue(200000)
param maxCalleesPerTask int = 200000

@description('How many due campaigns the timer works on at once, and beside them as many files that no event announced.')
@minValue(1)
@maxValue(100)
param maxConcurrentCampaigns int = 4

@description('How many tasks of one campaign are sent at once while Laaffic takes them.')
@minValue(1)
@maxValue(32)
param maxConcurrentTasks int = 4

var token = uniqueString(resourceGroup().id, environmentName)
var namePrefix = 'laaffic-${environmentName}'
var storageAccountName = 'st${token}'
var vaultName = 'kv-${token}'
var isPrivate = network == 'private'
var hasNetwork = network != 'public'

var campaignsContainer = 'campaigns'
var profilesContainer = 'profiles'
var schedulesContainer = 'schedules'
var listsContainer = 'lists'
var tasksContainer = 'tasks'
var resultsContainer = 'results'
var deadLettersContainer = 'deadletters'
var deploymentsContainer = 'deployments'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${namePrefix}-identity'
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
    logRetentionDays: logRetentionDays
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: storageAccountName
    location: location
    tags: tags
    sku: storageSku
    restrictNetwork: isPrivate
    allowedIpRanges: isPrivate ? allowedIpRanges : []
    containerNames: [
      campaignsContainer
      profilesContainer
      schedulesContainer
      listsContainer
      tasksContainer
      resultsContainer
      deadLettersContainer
      deploymentsContainer
    ]
    tableNames: ['ledger']
    expiringContainerNames: [tasksContainer, resultsContainer, deadLettersContainer]
    retentionDays: retentionDays
    softDeleteDays: softDeleteDays
    sftp: sftp
    sftpPublicKeys: sftpPublicKeys
    sftpContainerName: campaignsContainer
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: vaultName
    location: location
    tags: tags
    restrictNetwork: isPrivate
    allowedIpRanges: isPrivate ? allowedIpRanges : []
    softDeleteDays: vaultSoftDeleteDays
    workspaceId: monitoring.outputs.workspaceId
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  params: {
    principalId: identity.properties.principalId
    storageAccountName: storage.outputs.name
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

module droppers 'modules/container-access.bicep' = {
  name: 'droppers'
  params: {
    storageAccountName: storage.outputs.name
    containerName: campaignsContainer
    role: 'writer'
    principalIds: dropperPrincipalIds
  }
}

module reportReaders 'modules/container-access.bicep' = {
  name: 'report-readers'
  params: {
    storageAccountName: storage.outputs.name
    containerName: resultsContainer
    role: 'reader'
    principalIds: reportReaderPrincipalIds
  }
}

module events 'modules/events.bicep' = {
  name: 'events'
  params: {
    name: '${namePrefix}-events'
    location: location
    tags: tags
    storageAccountName: storage.outputs.name
    deadLetterContainerName: deadLettersContainer
  }
}

module outbound 'modules/network.bicep' = if (hasNetwork) {
  name: 'network'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
    addressPrefix: networkAddressPrefix
  }
}

module storageEndpoints 'modules/private-endpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: if (isPrivate) {
    name: 'private-${service}'
    params: {
      name: '${namePrefix}-${service}'
      location: location
      tags: tags
      targetId: resourceId('Microsoft.Storage/storageAccounts', storage.outputs.name)
      service: service
      zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
      networkId: outbound!.outputs.networkId
      subnetId: outbound!.outputs.endpointSubnetId
    }
  }
]

module vaultEndpoint 'modules/private-endpoint.bicep' = if (isPrivate) {
  name: 'private-vault'
  params: {
    name: '${namePrefix}-vault'
    location: location
    tags: tags
    targetId: resourceId('Microsoft.KeyVault/vaults', vault.outputs.name)
    service: 'vault'
    // The zone's name is not the vaults' own suffix, vault.azure.net.
    zoneName: 'privatelink.vaultcore.azure.net'
    networkId: outbound!.outputs.networkId
    subnetId: outbound!.outputs.endpointSubnetId
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: 'func-${environmentName}-${token}'
    location: location
    tags: tags
    identityId: identity.id
    identityClientId: identity.properties.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerName: deploymentsContainer
    insightsName: monitoring.outputs.insightsName
    vaultUri: 'https://${vault.outputs.name}${environment().suffixes.keyvaultDns}/'
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    subnetId: hasNetwork ? outbound!.outputs.appSubnetId : ''
    httpConcurrency: httpConcurrency
    settings: {
      Campaigns__AllowedCountries: allowedCountries
      Campaigns__AnswerWithin: answerWithin
      Campaigns__HoldDuration: holdDuration
      Campaigns__LeaseDuration: leaseDuration
      Campaigns__MaxCalleesPerTask: string(maxCalleesPerTask)
      Campaigns__MaxConcurrentCampaigns: string(maxConcurrentCampaigns)
      Campaigns__MaxConcurrentTasks: string(maxConcurrentTasks)
      Campaigns__OnlyNumbers: onlyNumbers
      Campaigns__Retry__GiveUpAfter: retryGiveUpAfter
      Campaigns__Retry__InitialDelay: retryInitialDelay
      Campaigns__Retry__MaxDelay: retryMaxDelay
      Campaigns__UncertainSettleTime: uncertainSettleTime
      Laaffic__BaseUrl: laafficBaseUrl
      Laaffic__TimeZone: laafficTimeZone
      RetryDeferredSchedule: retryDeferredSchedule
    }
  }
  // The app fails to start while its identity may not read, or can not reach, its storage.
  dependsOn: [
    access
    storageEndpoints
    vaultEndpoint
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    topicId: events.outputs.topicId
    actionGroupIds: actionGroupIds
    deferredAlertMinutes: deferredAlertMinutes
  }
}

module dashboard 'modules/dashboard.bicep' = {
  name: 'dashboard'
  params: {
    location: location
    tags: tags
    title: 'Laaffic campaigns (${environmentName})'
    workspaceId: monitoring.outputs.workspaceId
  }
}

@description('Name of the function app.')
output functionAppName string = functionApp.outputs.name

@description('Address that tells whether the app can do its work.')
output healthUrl string = 'https://${functionApp.outputs.hostName}/api/health'

@description('Name of the storage account.')
output storageAccountName string = storage.outputs.name

@description('Address of the container into which campaign files are dropped.')
output dropUrl string = 'https://${storageAccountName}.blob.${environment().suffixes.storage}/${campaignsContainer}'

@description('User name for SFTP at the storage account; empty without SFTP.')
output sftpUserName string = storage.outputs.sftpUserName

@description('Name of the key vault that holds, once set, Laaffic--AppId, Laaffic--ApiKey and Laaffic--ApiSecret.')
output keyVaultName string = vault.outputs.name

@description('Name of the Event Grid system topic.')
output systemTopicName string = events.outputs.topicName

@description('The fixed address to give to Laaffic; empty when network is public.')
output outboundAddress string = hasNetwork ? outbound!.outputs.outboundAddress : ''

@description('Resource id of the Log Analytics workspace.')
output workspaceId string = monitoring.outputs.workspaceId
