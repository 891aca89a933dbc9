let isWatching = false

/**
 * Ends this process in order (SIGTERM) when the one that started it is gone. npm runs scripts under a shell that does not
 * pass on the signal that ends it, and a test runner may be killed outright: either would leave a server holding its port.
 */
export function endWithParent() {
  if (isWatching) return
  isWatching = true
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}
