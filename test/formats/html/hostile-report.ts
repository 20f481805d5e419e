import { makeBundle } from '../../../src/bundles/index.ts';
import { decodeLine } from '../../../src/core/otlp/decode.ts';
import { loadFormat } from '../../../src/formats/index.ts';
import { MemorySource } from '../../../src/sources/memory.ts';
import { Story } from '../../traces/otlp.ts';

/** The report of these lines of OTLP/JSON. */
export async function reportOf(story: Story, lines: readonly string[]): Promise<string> {
  const decoded = lines.map((line) => decodeLine(line));
  const source = new MemorySource(
    decoded.flatMap(({ spans }) => spans),
    decoded.flatMap(({ logs }) => logs),
  );
  const format = await loadFormat('html');
  return format.render(await makeBundle(source, story.traceId));
}

/** A report in whose every field each of these texts was planted. */
export function hostileReport(texts: readonly string[]): Promise<string> {
  const story = new Story('badc0de0'.repeat(4));
  const all = Object.fromEntries(texts.map((text, index) => [`planted.${index}`, text]));
  const lines = texts.flatMap((text, index) => {
    const resource = { 'service.name': text, 'service.version': text, [text]: text };
    const attributes = {
      [text]: text,
      nested: { [text]: [text, { [text]: text }] },
      ...(index % 3 === 0 && { 'db.system.name': text, 'db.query.text': text, 'code.file.path': text }),
      ...(index % 3 === 1 && {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': text,
        'gen_ai.provider.name': text,
        'gen_ai.response.finish_reasons': [text],
        'gen_ai.input.messages': JSON.stringify([{ role: text, parts: [{ type: 'text', content: text }] }]),
      }),
      ...(index % 3 === 2 && {
        'server.address': text,
        'url.full': text,
        'messaging.system': text,
        'messaging.destination.name': text,
      }),
      'http.route': text,
      'error.type': text,
      'agentlog.exception.fingerprint': text,
    };
    const exception = {
      'exception.type': text,
      'exception.message': text,
      'exception.stacktrace': `Error: ${text}\n    at ${text} (/srv/${text}/app.js:1:2)\n    at ok (/srv/app.js:3:4)`,
      [text]: text,
    };
    const span = {
      id: 2 + index,
      parent: 1,
      name: text,
      kind: index % 6,
      at: index + 1,
      ms: 2,
      error: text,
      attributes,
      events: [
        { name: 'exception', at: index + 1, attributes: exception },
        { name: text, at: index + 2, attributes: { [text]: text } },
      ],
      links: [{ traceId: '0123456789abcdef'.repeat(2), attributes: { [text]: text } }],
    };
    const log = { span: 2 + index, at: index + 1, severity: 17, body: text, attributes: { [text]: text } };
    const structured = { span: 1, at: index + 1, severity: 9, body: { [text]: [text] } };
    return [story.spans(resource, [span]), story.logs(resource, [log, structured])];
  });
  const root = {
    id: 1,
    name: texts[0] ?? '',
    kind: 2,
    at: 0,
    ms: texts.length + 10,
    error: texts[1] ?? '',
    attributes: all,
  };
  return reportOf(story, [story.spans({ 'service.name': texts[2] ?? '' }, [root]), ...lines]);
}
