/**
 * A member of this room: one instrumentation, what it is called, what it needs, and where its class is.
 *
 * Members are data, so that nothing of an instrumentation is loaded before its library is known to be there.
 */
export interface InstrumentationMember {
  /** As in `OTEL_NODE_ENABLED_INSTRUMENTATIONS`: the suffix of upstream's package, or a name of ours. */
  readonly name: string;
  /** Loaded if one of these resolves from the app. Empty: it belongs to Node itself and is always loaded. */
  readonly libraries: readonly string[];
  /** The package of the class, or a file of this room: `./` and no extension. */
  readonly module: string;
  /** A file of this room whose class extends that of the package, and is used in its place. */
  readonly extendedBy?: string;
  /** The class; its constructor takes one config object. */
  readonly exportName: string;
  /** Our defaults, where they differ from the instrumentation's own; the user's win key by key. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * What an ESM app imports to get at what is patched, where that is neither a package's name nor a file's; with
   * `node_modules/` before it a file that the package imports itself.
   */
  readonly specifiers?: readonly string[];
  /** Functions of ours that its config takes, by name; each runs beside the user's. Loaded with the class. */
  readonly hooks?: { readonly module: string; readonly exportName: string };
  /** The package is the app's own and is loaded from there, not from our tree. */
  readonly fromApp?: boolean;
  /** It begins to measure when it is enabled, so that happens when the SDK starts, not when it is built. */
  readonly startsLate?: boolean;
  /** Two instances of it record everything twice; of most the later one takes the place of the earlier. */
  readonly addsUp?: boolean;
  /** Why it cannot serve in this process, or undefined if it can. Asked before anything is loaded. */
  readonly unavailable?: (resolves: (library: string) => boolean) => string | undefined;
}

/**
 * Whether a library can be loaded by the app; never throws, answers from memory the second time.
 *
 * A resolver that can also load (`createAppResolver` can) lets members with `fromApp` work; a plain function
 * is enough for all others.
 */
export interface AppResolver {
  (library: string): boolean;
  /** The version of the package as it is installed, if it says one. */
  readonly versionOf?: (library: string) => string | undefined;
  /** Loads the package as the app would by `require`. @throws what loading throws. */
  readonly load?: (library: string) => unknown;
}
