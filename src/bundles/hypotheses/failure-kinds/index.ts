import type { Finding } from '../../../analyses/analysis.ts';
import { BY_CODE } from './by-code.ts';
import { BY_MESSAGE } from './by-message.ts';
import { BY_STATUS } from './by-status.ts';
import type { FailureKind } from './failure-kind.ts';

/**
 * What a failure of this sort usually is: by the code of the database or of the system, by what its message says, by
 * the status that a call was answered with. Undefined where only the code can tell. Never throws.
 */
export function failureKindOf({
  type,
  at,
  message,
  status,
  call,
  statement,
}: Finding['facts']): FailureKind | undefined {
  const text = String(message ?? '').slice(0, 2_000);
  const codes = [String(type ?? ''), ...(text.match(/\b(?:E[A-Z_]{3,40}|[A-Z]+_[A-Z_]{3,60})\b/g) ?? [])];
  // What the called side itself recorded says more than how it answered.
  const isCall = at === undefined && (call !== undefined || statement !== undefined);
  return (
    BY_CODE.find(({ code }) => codes.some((each) => code.test(each)))?.kind ??
    BY_MESSAGE.find(({ words }) => words.test(`${String(type ?? '')}: ${text}`))?.kind ??
    (isCall
      ? BY_STATUS.find(({ from, to }) => Number(status) >= from && Number(status) <= to)?.kind
      : undefined)
  );
}
