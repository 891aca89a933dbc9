// A console of its own for the scripts of this folder: its data directory, its port, a push token; on loopback only.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'

const COMMAND = fileURLToPath(new URL('../../bin/linklocal', import.meta.url))
const START_MS = 120_000
const STOP_MS = 20_000

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** A data directory that is gone afterwards, and a console on it that can be killed and started again on its port. */
export class Console {
  static async create(dataDir = mkdtempSync(join(tmpdir(), 'linklocal-push-'))) {
    return new Console(dataDir, await freePort())
  }

  constructor(dataDir, port) {
    this.dataDir = dataDir
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.child = null
    this.output = []
  }

  /** Starts the process and resolves when it serves. */
  async start() {
    const child = spawn(process.execPath, [COMMAND, 'serve', '--port', String(this.port), '--data', this.dataDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LINKLOCAL_DATA: this.dataDir, LINKLOCAL_END_WITH_PARENT: '1' },
    })
    this.child = child
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
    const { output } = this
    const ready = new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          output.push(line)
          if (line.startsWith('Linklocal is ready')) resolve()
        })
      }
      void this.exited.then((code) => reject(new Error(`the console ended with ${code}\n${output.join('\n')}`)))
      setTimeout(() => reject(new Error(`the console was not ready in time\n${output.join('\n')}`)), START_MS).unref()
    })
    await ready
  }

  /** As `kill -9` does: no chance to finish anything. */
  async kill() {
    this.child.kill('SIGKILL')
    await this.exited
  }

  /** Ends it in order; answers its exit code or the signal that had to end it. */
  async stop() {
    if (!this.child) return 0
    this.child.kill('SIGTERM')
    const cut = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS)
    const code = await this.exited
    clearTimeout(cut)
    this.child = null
    return code
  }

  /** Makes a push token, as the Sources page does; answers its two halves. */
  token(name) {
    const prefix = `ll_${randomBytes(6).toString('hex')}`
    const secret = randomBytes(32).toString('base64url')
    const hash = createHash('sha256').update(secret).digest('hex')
    const db = new Sqlite(join(this.dataDir, 'linklocal.db'), { timeout: 10_000 })
    db.prepare('INSERT INTO push_token (name, prefix, token_hash, created_by, created_at) VALUES (?, ?, ?, ?, ?)').run(name, prefix, hash, 'bench', Date.now())
    db.close()
    return { prefix, secret }
  }

  /** Answers a query over what is stored. */
  query(sql, ...values) {
    const db = new Sqlite(join(this.dataDir, 'linklocal.db'), { readonly: true, timeout: 10_000 })
    try {
      return db.prepare(sql).all(...values)
    } finally {
      db.close()
    }
  }

  remove() {
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}
