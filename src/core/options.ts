/** The value of every option; the table below says what each means. */
export interface Options {
  readonly local: 'all' | 'sampled' | 'off';
  readonly dir: string;
  readonly fileMaxBytes: number;
  readonly dirMaxBytes: number;
  readonly dirMaxAgeDays: number;
  readonly flushTimeoutMs: number;
  readonly queueMaxBytes: number;
  readonly maxValueBytes: number;
  readonly redactBaggage: boolean;
  readonly callSite: 'auto' | 'all' | 'off';
  readonly crashHint: boolean;
  readonly workers: boolean;
  readonly console: boolean;
}

/** One option of ours: a row of the table that makes the environment, the code and the README agree. */
export interface OptionRow {
  /** Name in code: `preset({ [name]: … })`. */
  readonly name: keyof Options;
  readonly env: string;
  readonly type: 'choice' | 'integer' | 'switch' | 'path';
  readonly unit?: string;
  /** The allowed values of a choice. */
  readonly values?: readonly string[];
  readonly default: string | number | boolean;
  readonly meaning: string;
}

/** Every option of ours. The standard `OTEL_*` variables are read in `src/sdk/config.ts`. */
export const OPTIONS: readonly OptionRow[] = [
  {
    name: 'local',
    env: 'AGENTLOG_LOCAL',
    type: 'choice',
    values: ['all', 'sampled', 'off'],
    default: 'all',
    meaning: 'What the local files keep: everything, also what the sampler drops; what it sampled; nothing.',
  },
  {
    name: 'dir',
    env: 'AGENTLOG_DIR',
    type: 'path',
    default: '',
    meaning:
      'Directory of the local files. Empty: the nearest `.agentlog` upwards, else one in the working directory.',
  },
  {
    name: 'fileMaxBytes',
    env: 'AGENTLOG_FILE_MAX_BYTES',
    type: 'integer',
    unit: 'bytes',
    default: 67_108_864,
    meaning: 'A local file that reaches this size is closed and a new one begun.',
  },
  {
    name: 'dirMaxBytes',
    env: 'AGENTLOG_DIR_MAX_BYTES',
    type: 'integer',
    unit: 'bytes',
    default: 536_870_912,
    meaning: 'The local files together stay below this size: the oldest closed ones go first.',
  },
  {
    name: 'dirMaxAgeDays',
    env: 'AGENTLOG_DIR_MAX_AGE_DAYS',
    type: 'integer',
    unit: 'days',
    default: 14,
    meaning: 'Closed local files older than this are removed.',
  },
  {
    name: 'flushTimeoutMs',
    env: 'AGENTLOG_FLUSH_TIMEOUT_MS',
    type: 'integer',
    unit: 'ms',
    default: 2_000,
    meaning: 'How long a signal or the end of the app may wait for the collector.',
  },
  {
    name: 'queueMaxBytes',
    env: 'AGENTLOG_QUEUE_MAX_BYTES',
    type: 'integer',
    unit: 'bytes',
    default: 33_554_432,
    meaning:
      'A destination that cannot keep up holds at most this much; what comes after is dropped and counted.',
  },
  {
    name: 'maxValueBytes',
    env: 'AGENTLOG_MAX_VALUE_BYTES',
    type: 'integer',
    unit: 'bytes',
    default: 65_536,
    meaning: 'A longer text value is cut, and says so.',
  },
  {
    name: 'redactBaggage',
    env: 'AGENTLOG_REDACT_BAGGAGE',
    type: 'switch',
    default: true,
    meaning: 'Mask secrets in the baggage that leaves with outgoing requests.',
  },
  {
    name: 'callSite',
    env: 'AGENTLOG_CALLSITE',
    type: 'choice',
    values: ['auto', 'all', 'off'],
    default: 'auto',
    meaning:
      'Whose line of code is recorded: calls that repeat, from the third on; every database and HTTP call (about 10 µs each); none.',
  },
  {
    name: 'crashHint',
    env: 'AGENTLOG_CRASH_HINT',
    type: 'switch',
    default: true,
    meaning: 'At a crash, one line on stderr names the command that shows its trace.',
  },
  {
    name: 'workers',
    env: 'AGENTLOG_WORKERS',
    type: 'switch',
    default: false,
    meaning: 'Record in worker threads as well.',
  },
  {
    name: 'console',
    env: 'AGENTLOG_CONSOLE',
    type: 'switch',
    default: false,
    meaning: 'Record what the app prints with `console` as log records.',
  },
];

/**
 * The options in force: code before environment before default. A bad value is replaced by the default and
 * named in `problems`; never throws.
 */
export function readOptions(
  env: Readonly<Record<string, string | undefined>>,
  given: Partial<Options> = {},
): { options: Options; problems: string[] } {
  const problems: string[] = [];
  const options: Partial<Record<keyof Options, unknown>> = {};
  for (const row of OPTIONS) {
    const inCode: unknown = given[row.name];
    const inEnv = env[row.env];
    const [raw, where] = inCode === undefined ? [inEnv?.trim() || undefined, row.env] : [inCode, row.name];
    const value = raw === undefined ? row.default : parse(row, raw);
    if (value === undefined)
      problems.push(`${where}: ${expectation(row)}; using ${JSON.stringify(row.default)}`);
    options[row.name] = value ?? row.default;
  }
  return { options: options as Options, problems };
}

function parse(row: OptionRow, raw: unknown): OptionRow['default'] | undefined {
  switch (row.type) {
    case 'choice':
      return row.values?.find((value) => value === String(raw).toLowerCase());
    case 'integer': {
      const number = typeof raw === 'number' ? raw : /^\d+$/.test(String(raw)) ? Number(raw) : Number.NaN;
      return Number.isSafeInteger(number) && number > 0 ? number : undefined;
    }
    case 'switch':
      return { true: true, '1': true, on: true, false: false, '0': false, off: false }[
        String(raw).toLowerCase()
      ];
    case 'path':
      return typeof raw === 'string' ? raw : undefined;
  }
}

function expectation(row: OptionRow): string {
  if (row.type === 'choice') return `expected one of ${row.values?.join(', ')}`;
  if (row.type === 'integer') return `expected a whole number of ${row.unit} above 0`;
  return row.type === 'switch' ? 'expected true or false' : 'expected a path';
}
