/**
 * lib/eql: the Event Query Language as Elasticsearch runs it. Text → tokens → tree → checked → plan → closures; sets of
 * rules, sequences, samples and explanations over parsed JSON events. Pure: no input, output, clock or randomness.
 */
export { parse } from './parser'
export type { ParseResult } from './parser'
export { print, printExpr } from './print'
export { check } from './check'
export type { CheckOptions } from './check'
export { UNTIL_STAGE, compile } from './compile'
export type { CompileOptions, CompileResult, CompiledPipe, CompiledQuery, CompiledStage } from './compile'
export { joinKeyText } from './join-key'
export type { KeyValue } from './join-key'
export { compileRuleSet } from './rule-set'
export type { RuleSet, RuleSetEntry, RuleSetStats, StageHit } from './rule-set'
export { SequenceMachine, compareHits, compareTiebreakers, runSequence } from './sequence'
export type { SequenceHit, SequenceMatch, SequenceOptions, SequenceRejection, SequenceResult } from './sequence'
export { SampleCollector } from './sample'
export type { SampleMatch } from './sample'
export { Search, openSearch, search } from './search'
export type { SearchError, SearchHit, SearchOptions, SearchOrigin, SearchRequest, SearchResponse, SearchSequence } from './search'
export { evaluateDateMath } from './date-math'
export { FUNCTION_NAMES, findFunction, signature } from './functions'
export type * from './ast'
