/** Every cap in one place. Meeting one gives a clear error or a visible "truncated at N", never silence. */
export const LIMITS = {
  /** Bytes of one line or one array element; a longer record is rejected by itself. */
  recordBytes: 16 * 1024 * 1024,
  /** Nesting of one record. */
  recordDepth: 64,
  /** Fields of one record whose text was no well-formed Unicode that are named in it. */
  repairedFields: 20,
  /** Bytes of a rejected record that are kept to look at. */
  rejectBytes: 64 * 1024,
  /**
   * Rejected records in a row after which a source is given up: when nothing of it could be stored, and when something was. A small
   * packed file may unpack to any number of them.
   */
  rejectsOnly: 100_000,
  rejectsInARow: 1_000_000,
  /** Rejected records kept for one import; those beyond are counted and their number is shown. */
  rejectsKept: 10_000,
  /**
   * Records that are prepared and stored together, and the bytes that end a batch sooner: enough that a page of an index is
   * written once for many of its entries, few enough that the threads do not wait for each other (docs/benchmarks.md).
   */
  batchRecords: 5_000,
  batchBytes: 8 * 1024 * 1024,
  /** A batch that is not full is stored after this many milliseconds all the same. */
  batchMs: 400,
  /** auditd: records of one event, fields of one record, and arguments of one program that are read. */
  auditLines: 10_000,
  auditFields: 20_000,
  auditArguments: 100_000,
  /** auditd: events whose records are still being gathered, and the bytes they hold; beyond either the oldest is closed. */
  auditOpenEvents: 4_096,
  auditOpenBytes: 32 * 1024 * 1024,
  /** Bytes of one upload after decompression, and as it is sent. */
  importBytes: 256 * 1024 * 1024 * 1024,
  /** Memory that a zstd stream may ask for to be unpacked: what zstd itself gives unless told otherwise. */
  zstdWindowBytes: 128 * 1024 * 1024,
  /**
   * Resumable uploads: how many may be open, sending or waiting; how long one waits for its sender after the last byte, its
   * decoder and half-read record held in memory; how long the question for its offset waits for the store before it is answered
   * with what is stored by then; how many ended ones are remembered; characters of the metadata of one.
   */
  openUploads: 16,
  uploadWaitMs: 15 * 60 * 1000,
  uploadSettleMs: 2_000,
  uploadsRemembered: 500,
  uploadMetadata: 16 * 1024,
  /** Files of one drop in the browser, and uploads that its list shows at once. */
  uploadFiles: 1_000,
  uploadsShown: 50,
  /** Files that one `linklocal ingest` reads. */
  ingestFiles: 100_000,
  /** Watched folders: how many; files of one that are looked at; files read at a time; problems of one that are kept to show. */
  watchedFolders: 32,
  watchedFiles: 100_000,
  watchedAtOnce: 2,
  watchedProblems: 100,
  /** Push: tokens in use; bytes of one request after decompression, and its documents. */
  pushTokens: 1_000,
  pushBytes: 64 * 1024 * 1024,
  pushItems: 50_000,
  /** Push: bytes and requests that are being read or wait to be stored; beyond them senders are asked to come back. */
  pushHeldBytes: 192 * 1024 * 1024,
  pushHeldRequests: 1_000,
  /** Push: requests that arrive within this many milliseconds of one another share a transaction. */
  pushMs: 15,
  /** A stop: how long the threads have to come to an end, and after which time of the signal the process ends whatever they do. */
  threadStopMs: 5_000,
  stopMs: 9_000,
  /**
   * Bytes of the body of any other request (a form, a draft, the arguments of an action), and of all of them that are held at a
   * time. `next.config.js` has the first once more.
   */
  formBytes: 4 * 1024 * 1024,
  formHeldBytes: 64 * 1024 * 1024,
  /** Bodies of forms and pushes: a sender that brings fewer bytes within so many milliseconds is cut off. */
  bodyIdleMs: 15_000,
  bodyLeastBytes: 4 * 1024,
  /** Files and logs that are sent as they are written: how long one may pause, and how many are read at a time. */
  streamIdleMs: 5 * 60 * 1000,
  openStreams: 64,
  /** Bodies of one token that are on their way at a time: routes cost time as well, which slow senders must not take from the others. */
  unreadBodies: 128,
  /** A connection that has not sent the head of a request after so long is cut off. */
  headMs: 15_000,
  /** Connections at a time; bytes of a request's target. */
  connections: 2_000,
  targetBytes: 8 * 1024,
  /** After an answer that did not wait for the end of the body: how long its sender may go on, so that it reads the answer. */
  lingerMs: 2_000,
  /** Pages that hold a stream of live events open. */
  liveStreams: 64,
  /** Events of one rule and key that a match can reach back over: where more lie within maxspan, only the newest are looked at. */
  joinEvents: 20_000,
  /** Records of one process that are looked through for its beginning and its connections, and connections an alert links. */
  processRecords: 200,
  linkedConnections: 20,
  /** Keys with more events than that which a run names for one rule. */
  truncatedKeys: 100,
  /**
   * Queued work that fails: how often it is tried before it is set aside, how much of it may be failing before what fails is set
   * aside at once, characters kept of why, and how much of it is named for one run.
   */
  workTries: 3,
  failingWork: 500,
  setAsideError: 1_000,
  setAsideNamed: 100,
  /**
   * Events that are read again when something becomes known of the one process they wait for, oldest first; those beyond keep
   * the hits they have, and the import that told it says so.
   */
  enrichWaiting: 100_000,
  /**
   * Events that are read again on the whole for each thing that became known of a pid at one time, beside `enrichWaiting` for all of
   * it: what a batch of so many records may cause does not grow with what is stored.
   */
  enrichPerTold: 1_000,
  /** Pids of one host of which the storing thread remembers that they were met before. */
  seenPids: 100_000,
  /** Records of one process that are looked through for how it began, its execs first. */
  enrichRecords: 200,
  /** Hits of one rule and key that one join looks at. */
  joinHits: 20_000,
  /** Events that a back-fill looks at before it lets others store. */
  backfillSlice: 2_000,
  /** Retention: events it looks at, alerts whose surroundings it reads, and rejects it deletes before it lets others store. */
  retentionSlice: 2_000,
  retentionAlerts: 20,
  retentionRejects: 500,
  /** Retention: hits that hang together and go only together; of longer chains they go as they come due. */
  retentionChain: 1_000,
  /** Retention: alerts whose surroundings a preview reads; beyond them its count of kept events is a lower bound. */
  retentionPreviewAlerts: 1_000,
  /** Retention: bytes in use up to which a page tells what takes how much: all of the file is read for it. */
  retentionMeasuredBytes: 2 * 1024 * 1024 * 1024,
  /** Parts of one member's name that stands for nested objects (`a.b.c`), as Elasticsearch's index.mapping.depth.limit; longer ones stand for themselves. */
  nameParts: 20,
  /** EQL: characters of one query. */
  eqlQueryLength: 200_000,
  /** EQL: tokens of one query. */
  eqlTokens: 50_000,
  /** EQL: nesting of parentheses and calls. */
  eqlDepth: 100,
  /** EQL: entries of one list. */
  eqlListItems: 10_000,
  /** EQL: terms of one sequence or sample. */
  eqlStages: 64,
  /** EQL: events of one sequence, its runs counted out. */
  eqlSequenceLength: 1_000,
  /** EQL: diagnostics reported for one query. */
  eqlDiagnostics: 100,
  /** EQL: characters of one regular expression, as Elasticsearch's index.max_regex_length. */
  eqlRegexLength: 1_000,
  /** EQL: automaton states one regular expression may need. */
  eqlRegexStates: 4_000,
  /** EQL: join keys that one event stands for where its key fields have several values: every combination, up to so many. */
  eqlKeyCombinations: 1_000,
  /** EQL: value combinations tried for one condition over several multi-valued fields. */
  eqlValueCombinations: 10_000,
  /** EQL: partial sequences kept by one incremental sequence machine; the oldest are dropped and counted. */
  eqlPartialSequences: 100_000,
  /** EQL: largest size of a request's result. */
  eqlResultSize: 100_000,
  /** SECL: characters of one expression. */
  seclLength: 200_000,
  /** SECL: tokens of one expression. */
  seclTokens: 50_000,
  /** SECL: nesting of parentheses and signs. */
  seclDepth: 100,
  /** SECL: entries of one list. */
  seclListItems: 10_000,
  /** SECL: conditions of one rule once its macros are written out. */
  seclConditions: 20_000,
  /** SECL: diagnostics reported for one expression. */
  seclDiagnostics: 100,
  /** SECL: characters of one regular expression. */
  seclRegexLength: 1_000,
  /** SECL: named registers of one rule: each multiplies the combinations that are tried. */
  seclRegisters: 2,
  /** SECL: ancestors of one process that a rule sees, nearest first. */
  seclAncestors: 100,
  /** SECL: bytes, rules and macros of one policy file. */
  seclPolicyBytes: 8 * 1024 * 1024,
  seclPolicyEntries: 10_000,
  /** Undo: for how long what somebody did can be taken back, how many acts of one person, and changes since that a refusal names. */
  undoMs: 24 * 60 * 60 * 1000,
  undoActs: 500,
  changesNamed: 20,
  /** Alerts of one case. */
  caseAlerts: 1_000,
  /** Alerts one call may name; more than a case holds, so that the refusal can say how many there are. */
  alertIdsPerCall: 10_000,
  /** Characters of a case's description or of one note. */
  caseTextLength: 30_000,
  /** Entries of a case's time line, and open checklist items, that its page shows. */
  caseTimeline: 500,
  caseOpenItems: 200,
  /** Half-written texts that one browser keeps. */
  draftsKept: 100,
  /** Notes of one case. */
  caseNotes: 10_000,
  /** Bytes of one case export before compression; the same for one that is verified. */
  exportBytes: 1024 * 1024 * 1024,
  /** Bytes of a manifest, or of its list of digests, that is read back. */
  exportManifestBytes: 32 * 1024 * 1024,
  /** Bytes of an export's files that are searched for secrets, to say which hold some. */
  exportSecretBytes: 16 * 1024 * 1024,
  /** Files of one case export. */
  exportFiles: 20_000,
  /** Up to this size the finished ZIP is kept while it is hashed; a larger one is built a second time as it is sent. */
  exportHeldBytes: 32 * 1024 * 1024,
  /** Characters of what an alert keeps of a request to a metadata service: its host, its path, the role it names. */
  imdsHost: 256,
  imdsPath: 2_048,
  imdsRole: 256,
  /** Observables kept of one alert, and characters of one; longer values are not looked for. */
  alertObservables: 200,
  observableLength: 1_024,
  /** Characters of what is looked for in the palette, results of one kind, and observables that are counted for it. */
  findLength: 200,
  findPerKind: 5,
  findCandidates: 200,
  /** Alerts of an earlier version that are described anew before new events are let in. */
  describeSlice: 50,
  /** Processes one tree holds, nearest to its focus first. */
  treeNodes: 2_000,
  /** Children of one process that are shown before "n more" is asked for, and how many that adds. */
  treeChildren: 50,
  /** Generations above the focus that are kept, and as many below it. */
  treeDepth: 100,
  /** Different peers of one process; further ones are counted. */
  treeConnections: 50,
  /** Characters of one text (a command line, a path) in a tree. */
  treeText: 4_096,
  /** Preview of an exception: stored events and alerts looked through, newest first, and how many alerts are listed. */
  previewEvents: 1_000_000,
  previewAlerts: 100_000,
  previewAlertsListed: 200,
  /** Matches held back that are kept of an exception, the newest by their events; its count goes on. */
  heldBackKept: 10_000,
  /** True positives that an exception is tried on before it is saved and in lists, the newest first. */
  hiddenAlerts: 5_000,
  /** Milliseconds that saving an exception may look for an event with a field that is not known. */
  fieldLookMs: 3_000,
} as const
