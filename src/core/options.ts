import type { RedactorOptions } from './redaction/redactor.ts';

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
  readonly 'redaction.policy': 'default' | 'strict' | 'off';
  readonly 'redaction.extraKeys': readonly string[];
  readonly 'redaction.allow': readonly string[];
  readonly 'redaction.disable': readonly string[];
  readonly 'redaction.enable': readonly string[];
  readonly 'redaction.rulesFile': string;
  readonly 'redaction.dryRun': boolean;
  readonly 'redaction.pseudonymKey': string;
  readonly genaiContent: readonly string[];
  readonly genaiOldNames: 'keep' | 'drop';
  readonly genaiHosts: readonly string[];
  readonly callSite: 'auto' | 'all' | 'off';
  readonly renameDbSpans: boolean;
  readonly crashHint: boolean;
  readonly workers: boolean;
  readonly console: boolean;
}

/** One option of ours: a row of the table that makes the environment, the code and the README agree. */
export interface OptionRow {
  /** Name in code: `preset({ [name]: … })`; `a.b` is a field of a field: `preset({ a: { b: … } })`. */
  readonly name: keyof Options;
  readonly env: string;
  /** A list is separated by commas in the environment. A secret is never shown. */
  readonly type: 'choice' | 'integer' | 'switch' | 'path' | 'list' | 'secret';
  readonly unit?: string;
  /** The allowed values of a choice, or of the items of a list. */
  readonly values?: readonly string[];
  readonly default: string | number | boolean;
  readonly meaning: string;
}

/** The options as code gives them: those of redaction in an object of their own. */
export type GivenOptions = Partial<Omit<Options, `redaction.${string}`>> & {
  readonly redaction?: RedactionOptions;
};

/** `preset({ redaction: … })`: the rows `redaction.*` of the table, and what only code can say. */
export interface RedactionOptions
  extends Pick<
    RedactorOptions,
    | 'policy'
    | 'extraRules'
    | 'rulesFile'
    | 'extraKeys'
    | 'allow'
    | 'disable'
    | 'enable'
    | 'dryRun'
    | 'pseudonymKey'
  > {
  /** Whether `AGENTLOG_REDACTION=off` may have its way under `NODE_ENV=production`. Default false. */
  readonly allowOff?: boolean;
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
    meaning: 'Mask secrets in the baggage and trace state that leave with outgoing requests.',
  },
  {
    name: 'redaction.policy',
    env: 'AGENTLOG_REDACTION',
    type: 'choice',
    values: ['default', 'strict', 'off'],
    default: 'default',
    meaning:
      'What is masked: what is surely a secret; weak keys and all personal data as well; nothing. Under `NODE_ENV=production` only code can turn it off.',
  },
  {
    name: 'redaction.extraKeys',
    env: 'AGENTLOG_REDACTION_KEYS',
    type: 'list',
    default: '',
    meaning: 'Further sensitive keys, by words: `customer ref` fits `customer_ref` and `x.customerRef`.',
  },
  {
    name: 'redaction.allow',
    env: 'AGENTLOG_REDACTION_ALLOW',
    type: 'list',
    default: '',
    meaning:
      'Attribute keys, whole or with a `*` at the end, whose values are left as they are. Under `NODE_ENV=production` only code can allow all (`*`).',
  },
  {
    name: 'redaction.disable',
    env: 'AGENTLOG_REDACTION_DISABLE',
    type: 'list',
    default: '',
    meaning: 'Ids of rules that do not run.',
  },
  {
    name: 'redaction.enable',
    env: 'AGENTLOG_REDACTION_ENABLE',
    type: 'list',
    default: '',
    meaning: 'Ids of rules that are off by default and shall run: `email`, `phone`, `ip-address`.',
  },
  {
    name: 'redaction.rulesFile',
    env: 'AGENTLOG_REDACTION_RULES',
    type: 'path',
    default: '',
    meaning:
      'A JSON file of further rules, a list of `{ id, literals, pattern }`; `redact` and `bundle` use it as well.',
  },
  {
    name: 'redaction.dryRun',
    env: 'AGENTLOG_REDACTION_DRY_RUN',
    type: 'switch',
    default: false,
    meaning:
      'Count what would be masked and change nothing, and say so. Under `NODE_ENV=production` only code can turn it on.',
  },
  {
    name: 'redaction.pseudonymKey',
    env: 'AGENTLOG_PSEUDONYM_KEY',
    type: 'secret',
    default: '',
    meaning:
      'Personal data becomes `[email:3f9c…]`, an HMAC under this key, so that distinct people can still be counted.',
  },
  {
    name: 'genaiContent',
    env: 'AGENTLOG_GENAI_CONTENT',
    type: 'list',
    values: ['off', 'prompts', 'completions', 'tools'],
    default: '',
    meaning:
      'What is recorded of the text of model calls: `off`, or any of `prompts`, `completions`, `tools`. Empty: what `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says, else off.',
  },
  {
    name: 'genaiOldNames',
    env: 'AGENTLOG_GENAI_OLD_NAMES',
    type: 'choice',
    values: ['keep', 'drop'],
    default: 'keep',
    meaning:
      'Attributes of GenAI libraries (`ai.*`, `llm.*`, older `gen_ai.*`) beside the current names they were brought to: both, or the current ones alone.',
  },
  {
    name: 'genaiHosts',
    env: 'AGENTLOG_GENAI_HOSTS',
    type: 'list',
    default: '',
    meaning:
      'Further hosts that serve models, each with its provider: `127.0.0.1:11434=ollama`. Requests to them are model calls.',
  },
  {
    name: 'callSite',
    env: 'AGENTLOG_CALLSITE',
    type: 'choice',
    values: ['auto', 'all', 'off'],
    default: 'auto',
    meaning:
      'Whose line of code is recorded: calls that repeat, from the third on; every database and HTTP call (about 15 µs each); none.',
  },
  {
    name: 'renameDbSpans',
    env: 'AGENTLOG_RENAME_DB_SPANS',
    type: 'switch',
    default: true,
    meaning:
      'A database span that is named by its operation only (`pg.query:SELECT shop`) is named by its summary (`SELECT users`).',
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
