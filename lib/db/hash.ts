/**
 * A 53-bit hash of a string (Math.imul mixing in two 32-bit lanes), as a number SQLite stores in an INTEGER. Indexes on
 * such numbers cost a fraction of indexes on long random text; readers compare the text as well, so a collision costs a
 * look, never a wrong answer.
 */
export function hash53(text: string, seed = 0): number {
  let a = 0xdeadbeef ^ seed
  let b = 0x41c6ce57 ^ seed
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 2654435761)
    b = Math.imul(b ^ c, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}

/** The key under which a process of a host is indexed. */
export function entityKey(hostId: string, entityId: string): number {
  return hash53(`${hostId}\u0000${entityId}`)
}
