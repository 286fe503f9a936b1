// Every box of the system that ARCHITECTURE draws on AWS, and what must hold of it. One row a box.
import {
  busesAreAFullMesh,
  everyRegionHearsTheOthers,
  nothingIsGivenUpSilently,
  regionsForwardOnlyTheirOwn
} from './bus-checks'
import {
  connectionsAreForgotten,
  everyRegionFollowsItsOwnStream,
  everyRegionHasItsOwnCache,
  nothingOfTheLogGoesByItself,
  theLogIsInEveryRegion
} from './data-checks'
import {
  everyPathLeadsToItsOrigin,
  filesAreReadThroughCloudFrontAlone,
  filesAreSentAsNpmStartSendsThem,
  nothingLiveIsCached,
  onlyFilesWithHashesAreKept,
  originsKnowCloudFront,
  theEdgeFunctionRoutesRegions,
  theFirewallStandsInFront
} from './edge-checks'
import {
  everyFunctionHasItsOwnRole,
  everythingCallsTheAlias,
  everyTriggerHasItsHandler,
  foldingHasAFunctionOfItsOwn,
  onlyFoldingDeletes,
  regionsMayAskEachOther,
  rightsAreTheRegionsOwn,
  onlyTargetTrackingScales,
  socketsFollowPeople,
  warmFunctionsAreScaled
} from './function-checks'
import {
  answersComeInTime,
  environmentsFit,
  everyHandlerKnowsItsEnvironment,
  functionsAreArm,
  nothingIsTooLong,
  rulesHaveFewTargets
} from './limit-checks'
import {
  functionsReachTheWorldThroughNat,
  natIsAnInstance,
  nobodyReachesIn,
  tablesNeedNoNat
} from './network-checks'
import { everyRegionHasItsNetwork, everyRegionHasItsParts, type Check } from './region-checks'
import {
  functionsAnswerThroughTheirOwnRegion,
  onlyTicketsConnect,
  peopleComeToTheNearestHealthyRegion,
  socketsAnswer,
  socketsLeaveRoomForFanOut,
  theNameHasThePath
} from './socket-checks'
import {
  breakersAreWatched,
  everyRegionIsWatched,
  theDashboardShowsEveryRegion
} from './watch-checks'

/** By the box's name; the names of the checks say what each proves. */
export const boxes: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'Client browser, service worker': {
    filesAreSentAsNpmStartSendsThem,
    onlyFilesWithHashesAreKept,
    filesAreReadThroughCloudFrontAlone
  },
  'Route 53 latency routing, health checks': { peopleComeToTheNearestHealthyRegion },
  'CloudFront edge': {
    everyPathLeadsToItsOrigin,
    nothingLiveIsCached,
    originsKnowCloudFront,
    theFirewallStandsInFront
  },
  'CloudFront Function': { theEdgeFunctionRoutesRegions },
  'API Gateway WebSocket': { theNameHasThePath, socketsLeaveRoomForFanOut },
  'Lambda Auth': { onlyTicketsConnect },
  'Lambda Router, Document Handler': { everyTriggerHasItsHandler, answersComeInTime },
  'Lambda Sync Handler': { foldingHasAFunctionOfItsOwn, onlyFoldingDeletes },
  'Other-region Lambda': { everyRegionHearsTheOthers, everyRegionFollowsItsOwnStream },
  'EventBridge, cross-region': {
    busesAreAFullMesh,
    regionsForwardOnlyTheirOwn,
    nothingIsGivenUpSilently
  },
  'DynamoDB Global Table': { theLogIsInEveryRegion, nothingOfTheLogGoesByItself },
  'ElastiCache Redis per region': { everyRegionHasItsOwnCache, connectionsAreForgotten },
  'CloudWatch metrics': { everyRegionIsWatched, theDashboardShowsEveryRegion },
  'Provisioned concurrency': {
    everythingCallsTheAlias,
    warmFunctionsAreScaled,
    onlyTargetTrackingScales,
    socketsFollowPeople
  },
  'Circuit breakers': { breakersAreWatched },
  'WebSocket multiplexing': { socketsAnswer, functionsAnswerThroughTheirOwnRegion },
  'Infrastructure as code': {
    everyRegionHasItsParts,
    everyRegionHasItsNetwork,
    rightsAreTheRegionsOwn,
    regionsMayAskEachOther,
    everyFunctionHasItsOwnRole,
    everyHandlerKnowsItsEnvironment,
    environmentsFit,
    nothingIsTooLong,
    rulesHaveFewTargets,
    functionsAreArm,
    functionsReachTheWorldThroughNat,
    tablesNeedNoNat,
    nobodyReachesIn,
    natIsAnInstance
  }
}

/** What must hold of a personal stage too. */
export const boxesOfAPersonalStage: Readonly<Record<string, Check>> = {
  everyRegionHasItsParts,
  everythingCallsTheAlias,
  onlyTicketsConnect,
  socketsAnswer,
  functionsAnswerThroughTheirOwnRegion,
  everyHandlerKnowsItsEnvironment,
  environmentsFit,
  nothingIsTooLong,
  rulesHaveFewTargets,
  nothingIsGivenUpSilently,
  everyRegionFollowsItsOwnStream
}
