import { expect, test } from 'vitest'
import { shipperTarget } from './shipper-target'

const browser = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'user-agent': 'Mozilla/5.0' }
const none = {}

test.each<[string, string, Record<string, string>, string | null]>([
  ['POST', '/_bulk', none, '/api/es/_bulk'],
  ['POST', '/_bulk/', none, '/api/es/_bulk'],
  ['POST', '/_bulk?timeout=1m&x=/a?b', none, '/api/es/_bulk?timeout=1m&x=/a?b'],
  ['PUT', '/logs-web/_bulk', none, '/api/es/logs-web/_bulk'],
  ['POST', '/%3Clogs-%7Bnow%2Fd%7D%3E/_bulk', none, '/api/es/%3Clogs-%7Bnow%2Fd%7D%3E/_bulk'],
  ['POST', '/logs/_doc/1', none, '/api/es/logs/_doc/1'],
  ['GET', '/_license', none, '/api/es/_license'],
  ['GET', '/_nodes/http', none, '/api/es/_nodes/http'],
  ['HEAD', '/_index_template/filebeat-8.19.0', none, '/api/es/_index_template/filebeat-8.19.0'],
  ['GET', '/_cat/health', none, '/api/es/_cat/health'],
  ['GET', '/', { 'x-elastic-client-meta': 'es=9.5.1' }, '/api/es'],
  ['GET', '/', { accept: 'application/vnd.elasticsearch+json; compatible-with=9' }, '/api/es'],
  ['GET', '/?pretty', { 'user-agent': 'Elastic-filebeat/8.19.0 (linux; amd64)' }, '/api/es?pretty'],
  ['GET', '/', { 'user-agent': 'Vector/0.50.0 (x86_64-unknown-linux-gnu)' }, '/api/es'],
  ['HEAD', '/', { authorization: 'ApiKey x' }, '/api/es'],
  ['GET', '/', { 'user-agent': 'curl/8.0' }, null],
  ['GET', '/', browser, null],
  ['GET', '/', { ...browser, authorization: 'Basic x' }, null],
  ['POST', '/', { authorization: 'ApiKey x' }, null],
  ['POST', '/_bulk', { 'sec-fetch-mode': 'cors', 'user-agent': 'node' }, '/api/es/_bulk'],
  ['POST', '/_bulk', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, null],
  ['HEAD', '/logs-web', { authorization: 'ApiKey x' }, '/api/es/logs-web'],
  ['PUT', '/logs-web', { authorization: 'ApiKey x' }, '/api/es/logs-web'],
  ['GET', '/alerts', { authorization: 'ApiKey x' }, null],
  ['HEAD', '/alerts', none, null],
  ['GET', '/_next/static/chunks/a.js', none, null],
  ['GET', '/__nextjs_font/a.woff2', none, null],
  ['GET', '/alerts/A-1/process-tree', none, null],
  ['POST', '/api/ingest?source=a', { authorization: 'ApiKey x' }, null],
  ['POST', '/api/es/_bulk', { authorization: 'ApiKey x' }, null],
])('%s %s %j', (method, target, headers, expected) => {
  expect(shipperTarget({ method, target, headers })).toBe(expected)
})
