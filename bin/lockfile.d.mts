export interface LockFile {
  packages: Record<string, object>
}
export declare function corrected<T extends LockFile>(lock: T): T
