import type { Rule } from '../rule.ts';
import type { RunRule } from '../run-rule.ts';
import { AZURE_RULES } from './azure.ts';
import { CLOUD_RULES } from './cloud.ts';
import { CODE_HOSTING_RULES } from './code-hosting.ts';
import { COMMAND_LINE_RULES } from './command-lines.ts';
import { COMMAND_RULES } from './commands.ts';
import { COMPLAINT_RULES } from './complaints.ts';
import { CREDENTIAL_RULES } from './credentials.ts';
import { INSERT_RULES } from './insert.ts';
import { ISSUER_RULES } from './issuers.ts';
import { JWK_RULES } from './jwk.ts';
import { LINK_RULES } from './links.ts';
import { MESSAGING_RULES } from './messaging.ts';
import { MODEL_RULES } from './models.ts';
import { OBSERVABILITY_RULES } from './observability.ts';
import { CONTACT_RULES, NUMBER_RULES } from './personal.ts';
import { SERVICE_RULES } from './services.ts';
import { SHAPE_RULES } from './shapes.ts';
import { VIOLATION_RULES } from './violations.ts';
import { WEB_RULES } from './web.ts';

/** The table: every built-in rule, the families in order. */
export const RULES: readonly Rule[] = [
  ...CREDENTIAL_RULES,
  ...WEB_RULES,
  ...JWK_RULES,
  ...LINK_RULES,
  ...COMMAND_RULES,
  ...COMMAND_LINE_RULES,
  ...INSERT_RULES,
  ...VIOLATION_RULES,
  ...COMPLAINT_RULES,
  ...CODE_HOSTING_RULES,
  ...CLOUD_RULES,
  ...AZURE_RULES,
  ...MODEL_RULES,
  ...MESSAGING_RULES,
  ...SERVICE_RULES,
  ...OBSERVABILITY_RULES,
  ...ISSUER_RULES,
  ...CONTACT_RULES,
];

/** The rules over long numbers. */
export const NUMBERS: readonly RunRule[] = NUMBER_RULES;

/** The rules over runs of letters and digits. */
export const SHAPES: readonly RunRule[] = SHAPE_RULES;

/** All of them. */
export const ALL_RULES: readonly (Rule | RunRule)[] = [...RULES, ...NUMBERS, ...SHAPES];
