'use client'

import { useEffect, useEffectEvent } from 'react'
import type { LiveAlerts, LiveImports } from '@/lib/detect/schema'

interface LiveData {
  readonly alerts: LiveAlerts
  readonly imports: LiveImports
}
export type LiveType = keyof LiveData

const TYPES: readonly LiveType[] = ['alerts', 'imports']
/** After the server refused the stream, as while it starts or ends. A broken connection the browser opens again by itself. */
const AGAIN_MS = 5_000

type Listener = (type: LiveType, data: LiveAlerts | LiveImports) => void

const listeners = new Set<Listener>()
let source: EventSource | undefined
let again: ReturnType<typeof setTimeout> | undefined
let lastId = ''

function hear(event: MessageEvent<string>): void {
  if (event.lastEventId !== '') lastId = event.lastEventId
  const type = TYPES.find((known) => known === event.type)
  if (!type) return
  // Our own server's JSON, made from these very types.
  const data = JSON.parse(event.data) as LiveAlerts | LiveImports
  for (const listener of listeners) listener(type, data)
}

function disconnect(): void {
  clearTimeout(again)
  source?.close()
  source = undefined
}

/**
 * One stream a page, and none while it is hidden: a browser holds six connections to a server, and as many tabs in the
 * background would leave none to load a page with. What was missed comes in one event when it is opened again.
 */
function connect(): void {
  disconnect()
  if (listeners.size === 0 || document.visibilityState !== 'visible') return
  const opened = new EventSource(lastId === '' ? '/api/live' : `/api/live?after=${lastId}`)
  for (const type of ['here', ...TYPES]) opened.addEventListener(type, hear)
  opened.addEventListener('error', () => {
    if (opened.readyState === EventSource.CLOSED && source === opened) again = setTimeout(connect, AGAIN_MS)
  })
  source = opened
}

function listen(listener: Listener): () => void {
  listeners.add(listener)
  if (listeners.size === 1) {
    document.addEventListener('visibilitychange', connect)
    connect()
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    document.removeEventListener('visibilitychange', connect)
    disconnect()
  }
}

/**
 * Calls back for each event of a type while the page is looked at: `alerts` when some were raised or changed, `imports` as
 * they move. What happened while the page was hidden comes when it is shown again. Change no list under a cursor with it.
 */
export function useLiveEvents<Type extends LiveType>(type: Type, onEvent: (data: LiveData[Type]) => void): void {
  const hearOne = useEffectEvent((heard: LiveType, data: LiveAlerts | LiveImports) => {
    if (heard === type) onEvent(data as LiveData[Type])
  })
  useEffect(() => listen((heard, data) => hearOne(heard, data)), [])
}
