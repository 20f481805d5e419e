export type View = 'waterfall' | 'time' | 'logs';

/** What the person looks at. `selected` holds indexes of spans: one, several that share a row, or none. */
export interface State {
  view: View;
  selected: readonly number[];
  /** Part of the time axis. */
  fromMs: number;
  toMs: number;
  hits: ReadonlySet<number> | undefined;
  showsLogs: boolean;
  showsCriticalPath: boolean;
}

export type Change = keyof State | 'tree';

/** The state and those who want to know of its changes. */
export class Store {
  readonly state: State;
  #listeners: ((changed: ReadonlySet<Change>) => void)[] = [];

  constructor(state: State) {
    this.state = state;
  }

  listen(listener: (changed: ReadonlySet<Change>) => void): void {
    this.#listeners.push(listener);
  }

  /** Sets what is given and tells everybody once. */
  set(values: Partial<State>, ...more: Change[]): void {
    const changed = new Set<Change>(more);
    for (const [key, value] of Object.entries(values) as [keyof State, never][]) {
      if (this.state[key] === value) continue;
      this.state[key] = value;
      changed.add(key);
    }
    if (changed.size === 0) return;
    for (const listener of this.#listeners) listener(changed);
  }
}
