export declare const BROWSER_ARGS: readonly string[]
export declare const BROWSER_ADVICE: string
export declare function findBrowser(): Promise<string | undefined>
export declare function ensureBrowser(): Promise<string>
