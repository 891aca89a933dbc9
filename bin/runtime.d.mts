export declare const SUPPORTED: string
export declare function isSupported(version?: string): boolean
export declare function bundledRuntime(): { readonly path: string; readonly version: string } | undefined
export declare function tooOld(): string
export declare function onSupportedRuntime(): Promise<void>
export declare function runtimeName(): string
