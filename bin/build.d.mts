export declare function commandsAreStale(): boolean
export declare function buildCommands(): Promise<void>
