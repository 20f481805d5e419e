import type { Hypothesis } from './hypothesis.ts';
import type { Known } from './known.ts';

/** So many answers that ask for tools, one after another, are a loop. */
const LOOP_CALLS = 5;

/** What went wrong with language models. */
export function modelHypotheses(known: Known): Hypothesis[] {
  return [...agentLoop(known), ...modelTrouble(known)];
}

/** A model that asks for tools each time and never answers. */
function agentLoop({ llmCalls }: Known): Hypothesis[] {
  const asking = llmCalls.filter(({ finishReasons }) =>
    finishReasons.some((reason) => /^(?:tool[_-](?:calls?|use)|function_call)$/i.test(reason)),
  );
  const [first] = asking;
  const last = asking.at(-1);
  if (first === undefined || last === undefined || asking.length < LOOP_CALLS) return [];
  const answered = llmCalls.some(({ finishReasons }) =>
    finishReasons.some((reason) => /^(?:stop|end_turn)$/i.test(reason)),
  );
  return [
    {
      rule: 'agent-loop',
      claim:
        'The model asked for a tool again and again: the tool’s answer does not give it what it needs (an error it cannot act on, the same result each time), and nothing in the code ends the loop after a number of turns.',
      confidence: answered ? 'low' : 'high',
      facts: {
        callCount: asking.length,
        model: first.model,
        ...(first.inputTokens !== undefined && { firstInputTokens: first.inputTokens }),
        ...(last.inputTokens !== undefined && { lastInputTokens: last.inputTokens }),
      },
      evidence: asking.slice(0, 10).map(({ spanId }) => spanId),
      refutedBy: 'Each call asked for something else, and each answer brought the task on.',
    },
  ];
}

/** A model that refused, stopped early or was too slow. */
function modelTrouble({ llmCalls }: Known): Hypothesis[] {
  const troubled = llmCalls.filter(({ trouble }) => trouble !== undefined);
  const [first] = troubled;
  if (first?.trouble === undefined) return [];
  const claims = {
    'rate limited':
      'The model’s provider refused calls because of its rate limit; retries and failures follow from it.',
    'timed out': 'The model did not answer in time.',
    filtered:
      'The model’s answer was withheld by a content filter, so what uses it got nothing or a refusal.',
    'cut at max tokens':
      'The model’s answer ended at the token limit, so what parses or shows it has only a part.',
  } as const;
  const last = llmCalls.at(-1);
  const isLasting = last !== undefined && (last.trouble !== undefined || last.isError);
  return [
    {
      rule: 'model-trouble',
      claim: claims[first.trouble],
      confidence: isLasting ? 'high' : 'medium',
      facts: { trouble: first.trouble, model: first.model, callCount: troubled.length },
      evidence: troubled.slice(0, 10).map(({ spanId }) => spanId),
      refutedBy: 'A later call of the same request got a whole answer and its result was used.',
    },
  ];
}
