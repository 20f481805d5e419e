/** Where the application made a call, as the running code has it. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Undefined for an anonymous function and for module code. */
  readonly functionName: string | undefined;
}
