import type { ServerResponse } from 'node:http';
import { type Json, type StandIn, sendJson, startEvents, startStandIn } from './stand-in.ts';

const USAGE = {
  promptTokenCount: 30,
  toolUsePromptTokenCount: 4,
  cachedContentTokenCount: 12,
  candidatesTokenCount: 7,
  thoughtsTokenCount: 5,
  totalTokenCount: 46,
};

/**
 * The Gemini API: generateContent, streamGenerateContent and batchEmbedContents. The model's name chooses what
 * happens: `busy` (503 the first time), `limited` (429), `refuses` (400), `breaks` (the connection dies
 * mid-stream), `complains` (an error in the stream), `endless`, `slow`, `tools`, `cut`, `blocked`.
 */
export function startGoogle(): Promise<StandIn> {
  return startStandIn(
    (path) => /models\/([^:/]+):/.exec(path)?.[1] ?? path,
    ({ model, path, body, count }, response) => {
      if (model === 'busy' && count === 1) sendError(response, 503, 'UNAVAILABLE');
      else if (model === 'limited') sendError(response, 429, 'RESOURCE_EXHAUSTED', { 'retry-after': '7' });
      else if (model === 'refuses') sendError(response, 400, 'INVALID_ARGUMENT');
      else if (model === 'slow') return;
      else if (path.includes('mbedContent')) sendJson(response, embeddings(body));
      else if (path.includes('streamGenerateContent')) stream(response, model);
      else sendJson(response, generated(model));
    },
  );
}

function generated(model: string): Json {
  if (model === 'blocked') {
    return { responseId: 'g_1', modelVersion: model, promptFeedback: { blockReason: 'SAFETY' } };
  }
  const parts =
    model === 'tools'
      ? [{ functionCall: { id: 'call_1', name: 'get_weather', args: { city: 'whisper town' } } }]
      : [{ text: 'whisper thought', thought: true }, { text: '{"answer":"whisper"}' }];
  return {
    responseId: 'g_1',
    modelVersion: `${model}-2026`,
    candidates: [
      { index: 0, finishReason: model === 'cut' ? 'MAX_TOKENS' : 'STOP', content: { role: 'model', parts } },
    ],
    usageMetadata: USAGE,
  };
}

function stream(response: ServerResponse, model: string): void {
  const send = startEvents(response);
  const piece = (text: string, last: Json = {}): Json => ({
    responseId: 'g_1',
    modelVersion: `${model}-2026`,
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...last }],
    usageMetadata: { ...USAGE, candidatesTokenCount: last.finishReason === undefined ? 1 : 7 },
  });
  send(piece('whi'));
  if (model === 'endless') return;
  if (model === 'breaks') {
    setTimeout(() => response.destroy(), 30);
    return;
  }
  if (model === 'complains') {
    setTimeout(() => {
      response.end(
        `data: ${JSON.stringify({ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } })}\n\n`,
      );
    }, 30);
    return;
  }
  send(piece('sper', { finishReason: 'STOP' }));
  response.end();
}

function embeddings(body: Json): Json {
  const count = Array.isArray(body.requests) ? body.requests.length : 1;
  return { embeddings: Array.from({ length: count }, () => ({ values: [0.5, 0.25] })) };
}

function sendError(
  response: ServerResponse,
  code: number,
  status: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, { error: { code, message: `no: ${status}`, status } }, code, headers);
}
