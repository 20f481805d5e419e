import { type GivenOptions, OPTIONS, type Options } from './options.ts';
import { expectation, parseOption, valueAt } from './parse-option.ts';
import type { RedactorOptions } from './redaction/redactor.ts';

/**
 * The options in force: code before environment before default. A bad value is replaced by the default and
 * named in `problems`; never throws.
 */
export function readOptions(
  env: Readonly<Record<string, string | undefined>>,
  given: GivenOptions = {},
): { options: Options; problems: string[] } {
  const problems: string[] = [];
  const options: Partial<Record<keyof Options, unknown>> = {};
  for (const row of OPTIONS) {
    const inCode = valueAt(given, row.name);
    const inEnv = env[row.env];
    const [raw, where] = inCode === undefined ? [inEnv?.trim() || undefined, row.env] : [inCode, row.name];
    const value = parseOption(row, raw === undefined ? row.default : raw);
    if (value === undefined)
      problems.push(`${where}: ${expectation(row)}; using ${JSON.stringify(row.default)}`);
    options[row.name] = value ?? parseOption(row, row.default);
  }
  if (env.NODE_ENV === 'production' && given.redaction?.allowOff !== true)
    refuseUnmasked(options as Options, given, problems);
  if (options['redaction.dryRun'] === true)
    problems.push('redaction.dryRun: what would be masked is counted, and leaves as it is');
  return { options: options as Options, problems };
}

/** Takes back what the environment alone says and would let everything out; in production somebody must have meant it. */
function refuseUnmasked(
  options: { -readonly [Name in keyof Options]: Options[Name] },
  given: GivenOptions,
  problems: string[],
): void {
  const refused = (name: keyof Options, variable: string, said: string, instead: string): boolean => {
    if (valueAt(given, name) !== undefined) return false;
    problems.push(
      `${variable}: "${said}" is refused under NODE_ENV=production; using "${instead}". ` +
        'Code can allow it: `redaction: { allowOff: true }`',
    );
    return true;
  };
  const allow = options['redaction.allow'];
  if (
    options['redaction.policy'] === 'off' &&
    refused('redaction.policy', 'AGENTLOG_REDACTION', 'off', 'default')
  )
    options['redaction.policy'] = 'default';
  if (
    options['redaction.dryRun'] &&
    refused('redaction.dryRun', 'AGENTLOG_REDACTION_DRY_RUN', 'true', 'false')
  )
    options['redaction.dryRun'] = false;
  if (allow.includes('*') && refused('redaction.allow', 'AGENTLOG_REDACTION_ALLOW', '*', 'the others'))
    options['redaction.allow'] = allow.filter((key) => key !== '*');
}

/** What the redactor is built with. */
export function redactorOptions(options: Options, given: GivenOptions = {}): RedactorOptions {
  const extraRules = given.redaction?.extraRules;
  return {
    maxValueBytes: options.maxValueBytes,
    policy: options['redaction.policy'],
    extraKeys: options['redaction.extraKeys'],
    allow: options['redaction.allow'],
    disable: options['redaction.disable'],
    enable: options['redaction.enable'],
    rulesFile: options['redaction.rulesFile'],
    dryRun: options['redaction.dryRun'],
    pseudonymKey: options['redaction.pseudonymKey'],
    ...(Array.isArray(extraRules) && { extraRules }),
  };
}
