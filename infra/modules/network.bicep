metadata description = 'A virtual network through which everything that the app sends leaves by one fixed public address.'

@description('Prefix of the resources\' names.')
param namePrefix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('IPv4 address range of the network, of at least 128 addresses (/25); it needs to differ only from networks that will be peered with it.')
param addressPrefix string

resource address 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: '${namePrefix}-outbound'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Regional'
  }
  properties: {
    publicIPAddressVersion: 'IPv4'
    publicIPAllocationMethod: 'Static'
  }
}

resource gateway 'Microsoft.Network/natGateways@2024-05-01' = {
  name: '${namePrefix}-nat'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [
      {
        id: address.id
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${namePrefix}-vnet'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressPrefix]
    }
    // Within the network: subnets that are resources of their own would be removed by its next deployment.
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: [
            {
              name: 'flex-consumption'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
          natGateway: {
            id: gateway.id
          }
        }
      }
      {
        name: 'private-endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

@description('Resource id of the network.')
output networkId string = network.id

@description('Resource id of the subnet delegated to the function app.')
output appSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'app')

@description('Resource id of the subnet of the private endpoints.')
output endpointSubnetId string = resourceId(
  'Microsoft.Network/virtualNetworks/subnets',
  network.name,
  'private-endpoints'
)

@description('The fixed public IPv4 address.')
output outboundAddress string = address.properties.ipAddress
