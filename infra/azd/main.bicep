metadata description = 'For azd up: the resource group, and ../main.bicep in it.'

targetScope = 'subscription'

@description('Name of the azd environment: lower-case letters and digits.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Azure region of everything. It must offer Flex Consumption.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('How the app reaches the outside; see main.bicep.')
@allowed(['public', 'fixed-address', 'private'])
param network string = 'public'

@description('With network private: addresses and ranges from which files are dropped, reports read and secrets set, separated by commas; see main.bicep.')
param allowedIpRanges string = ''

@description('IANA time zone in which Laaffic reads sendTime.')
@minLength(3)
param laafficTimeZone string = 'Etc/UTC'

@description('Object id of whoever runs azd: may drop files and read reports. Empty for nobody.')
param principalId string = ''

// azd finds its resources by this tag.
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-laaffic-${environmentName}'
  location: location
  tags: tags
}

module app '../main.bicep' = {
  name: 'laaffic'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: tags
    network: network
    allowedIpRanges: empty(allowedIpRanges) ? [] : map(split(allowedIpRanges, ','), range => trim(range))
    laafficTimeZone: laafficTimeZone
    dropperPrincipalIds: empty(principalId) ? [] : [principalId]
    reportReaderPrincipalIds: empty(principalId) ? [] : [principalId]
  }
}

@description('Name of the resource group; the scripts take it.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output AZURE_FUNCTION_APP_NAME string = app.outputs.functionAppName

@description('Name of the key vault to set the secrets in.')
output AZURE_KEY_VAULT_NAME string = app.outputs.keyVaultName

@description('The fixed address to give to Laaffic; empty when network is public.')
output OUTBOUND_ADDRESS string = app.outputs.outboundAddress

@description('Address of the container into which campaign files are dropped.')
output DROP_URL string = app.outputs.dropUrl

@description('Address that tells whether the app can do its work.')
output HEALTH_URL string = app.outputs.healthUrl
