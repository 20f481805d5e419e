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
  const isRefused = options['redaction.policy'] === 'off' && given.redaction?.policy !== 'off';
  if (isRefused && env.NODE_ENV === 'production' && given.redaction?.allowOff !== true) {
    options['redaction.policy'] = 'default';
    problems.push(
      'AGENTLOG_REDACTION: "off" is refused under NODE_ENV=production; using "default". ' +
        'Code can allow it: `redaction: { allowOff: true }`',
    );
  }
  return { options: options as Options, problems };
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
