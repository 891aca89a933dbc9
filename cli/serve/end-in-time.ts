/**
 * Ends this process a while from now, whatever its threads do: one in the middle of a long call of the database cannot be ended, and
 * an orderly exit would wait for it. Killed like that the data is as after any kill: what was acknowledged is stored.
 */
export function endInTime(ms: number): void {
  setTimeout(() => {
    process.stderr.write('linklocal: something did not come to an end; the process ends without it. What was acknowledged is stored.\n')
    process.kill(process.pid, 'SIGKILL')
  }, ms).unref()
}
