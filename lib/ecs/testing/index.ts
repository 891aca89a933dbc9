export { entityId, fingerprint, testHost, type TestHost } from './host'
export {
  TEST_TIME,
  endEvent,
  execEvent,
  forkEvent,
  imdsPair,
  networkEvent,
  withFields,
  type TestEndOptions,
  type TestEventOptions,
  type TestNetworkOptions,
  type TestParent,
} from './events'
