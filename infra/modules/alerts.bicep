metadata description = 'Alerts on what needs a person. The metrics are those of the meter Laaffic.Campaigns, the event ids those of the log lines in docs/deploy.md.'

@description('Prefix of the resources\' names.')
param namePrefix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the Event Grid system topic.')
param topicId string

@description('Resource ids of the action groups to notify.')
param actionGroupIds string[]

@description('Minutes for which a task may be deferred before an alert is raised.')
@minValue(5)
param deferredAlertMinutes int

type logAlert = {
  @description('Last part of the rule\'s name.')
  name: string

  @description('What the alert says to whoever receives it.')
  description: string

  @description('0 critical, 1 error, 2 warning, 3 informational.')
  severity: 0 | 1 | 2 | 3

  @description('Kusto query; each row counts.')
  query: string

  @description('The alert is raised by more rows than this.')
  threshold: int

  @description('How often the query runs, as an ISO 8601 duration. A rule costs less the rarer it runs.')
  every: 'PT5M' | 'PT15M'

  @description('The time that the query looks back on: longer than every, as telemetry arrives some minutes late.')
  over: 'PT15M' | 'PT30M'

  @description('Whether the alert is over once the query finds nothing. If not, it tells of something that happened: it notifies once for what it looks back on, and stays until somebody closes it.')
  isOverByItself: bool
}

var logAlerts logAlert[] = [
  {
    name: 'account-on-hold'
    description: 'Laaffic refuses the account as a whole: credentials, IP address, balance or user lock; or something before Laaffic answers HTTP 401, 403, 404 or 405: a wrong base address, a firewall. Nothing is sent meanwhile. The log and /api/health/details name the answer.'
    severity: 1
    // The log rather than the metric laaffic.account.holds: its line has the reason, and is sent at once, not once a minute.
    query: 'AppTraces | where toint(Properties.EventId) == 3001'
    threshold: 0
    every: 'PT5M'
    over: 'PT15M'
    isOverByItself: false
  }
  {
    name: 'acceptance-lost'
    description: 'Laaffic accepted a task, and storage did not take the note of it. The app looks the task up at Laaffic later; look why storage fails, and at the task\'s report.'
    severity: 1
    query: 'AppTraces | where toint(Properties.EventId) == 2009'
    threshold: 0
    every: 'PT5M'
    over: 'PT15M'
    isOverByItself: false
  }
  {
    name: 'tasks-rejected'
    description: 'Tasks were rejected for good or expired. The reports in the container results say why, and what to do about their callees.'
    severity: 2
    query: 'AppMetrics | where Name == "laaffic.tasks.settled" and Sum > 0 | where tolower(tostring(Properties.state)) in ("rejected", "expired")'
    threshold: 0
    every: 'PT15M'
    over: 'PT30M'
    isOverByItself: false
  }
  {
    name: 'schedule-not-made'
    description: 'A schedule came to its time and no campaign was made: its list is missing, empty, too old, unchanged, still being written or wrong, or it was missed; or the file of a schedule is wrong. GET /api/schedules says why.'
    severity: 2
    query: 'AppMetrics | where Name == "laaffic.schedules" and Sum > 0 | where tostring(Properties.state) != "made"'
    threshold: 0
    every: 'PT5M'
    over: 'PT15M'
    isOverByItself: false
  }
  {
    name: 'tasks-deferred-long'
    description: 'A task has waited for more than ${deferredAlertMinutes} minutes since Laaffic first did not take it, as it is busy, fails or refuses the account; or a file for the account\'s secrets.'
    severity: 2
    query: 'AppMetrics | where Name == "laaffic.tasks.oldest_deferred" and Sum > ${deferredAlertMinutes * 60}'
    threshold: 0
    every: 'PT15M'
    over: 'PT30M'
    isOverByItself: true
  }
  {
    name: 'function-failures'
    description: 'Functions, or the work within them, fail repeatedly. A single failure is made up for by the next run of the timer.'
    severity: 2
    // A run that fails ends in a log line, and is no failure to the host. What the app does not catch shows as a failed span:
    // of a function, which is no request but a dependency within the process, or of an HTTP request, which is the host's. A
    // health check that answers 503, with details or without, does what it is for. One run counts once.
    query: 'union isfuzzy=true (AppRequests | where Success == false and ResultCode !startswith "4" and Url !has "/api/health"), (AppDependencies | where Success == false and DependencyType == "InProc" and Name startswith "function "), (AppTraces | where toint(Properties.EventId) in (1010, 3008, 4001, 4002, 5001)) | summarize TimeGenerated = min(TimeGenerated) by Run = iff(isempty(OperationId), tostring(TimeGenerated), OperationId)'
    threshold: 2
    every: 'PT15M'
    over: 'PT30M'
    isOverByItself: true
  }
]

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${namePrefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${namePrefix}: ${alert.name}'
      description: alert.description
      enabled: true
      severity: alert.severity
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.over
      autoMitigate: alert.isOverByItself
      ...(alert.isOverByItself ? {} : { muteActionsDuration: alert.over })
      // The tables of a new workspace appear with the first telemetry.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: alert.threshold
            failingPeriods: {
              minFailingPeriodsToAlert: 1
              numberOfEvaluationPeriods: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: actionGroupIds
      }
    }
  }
]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${namePrefix}-events-dead-lettered'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid could not tell the app of a dropped file for a day. The timer takes the file up all the same; the app or its key needs a look.'
    enabled: true
    severity: 2
    scopes: [topicId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-lettered'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [for id in actionGroupIds: { actionGroupId: id }]
  }
}
