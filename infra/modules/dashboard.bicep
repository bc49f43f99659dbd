metadata description = 'A workbook that shows campaigns, tasks, holds and the API\'s latency.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Title of the workbook.')
@minLength(1)
param title string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // A workbook's name must be a GUID.
  name: guid(resourceGroup().id, title)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: title
    category: 'workbook'
    sourceId: workspaceId
    version: '1.0'
    // Its queries name no resource, so that they are those of the workspace.
    serializedData: string(union(loadJsonContent('workbook.json'), { fallbackResourceIds: [workspaceId] }))
  }
}

@description('Resource id of the workbook.')
output workbookId string = workbook.id
