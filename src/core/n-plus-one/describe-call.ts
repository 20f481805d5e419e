import { DB_SYSTEM_NAME, GEN_AI_OPERATION_NAME, HTTP_REQUEST_METHOD, OLD_DB_SYSTEM } from '../attributes.ts';
import { type Call, type CallAttributes, stringOf } from './call.ts';
import { describeDatabaseCall } from './database-call.ts';
import { describeHttpCall } from './http-call.ts';
import { describeModelCall } from './model-call.ts';

/**
 * What a span calls, by its attributes alone, so that spans of every SDK are understood; undefined for a span that
 * calls nothing we know. `isClient`: its kind is CLIENT. Never throws.
 */
export function describeCall(attributes: CallAttributes, isClient: boolean): Call | undefined {
  const system = stringOf(attributes, DB_SYSTEM_NAME) ?? stringOf(attributes, OLD_DB_SYSTEM);
  if (system !== undefined) return describeDatabaseCall(attributes, system);
  if (attributes[GEN_AI_OPERATION_NAME] !== undefined) return describeModelCall(attributes);
  if (isClient && (attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method']) !== undefined)
    return describeHttpCall(attributes);
  return undefined;
}
