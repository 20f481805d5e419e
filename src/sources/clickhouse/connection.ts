import { Agent } from 'node:https';
import type { ClickHouseClient } from '@clickhouse/client';
import { AgentlogError } from '../../core/errors.ts';
import { HttpClient, type HttpHead } from '../http-client.ts';
import { readJson, refused } from '../json-answer.ts';
import type { Parameters } from './parameters.ts';
import type { Place } from './place.ts';
import type { Row } from './rows.ts';

const NAME_DATABASE =
  'Name the database that the exporter writes to, at the end of the address: http://host:8123/otel';
const ASK_LESS = 'Ask for less: a shorter window with --since, or a filter.';
/** What to do about errors that ClickHouse has a name for; no other text of its messages is repeated. */
const ADVICE: Readonly<Record<string, string>> = {
  UNKNOWN_DATABASE: NAME_DATABASE,
  UNKNOWN_TABLE: NAME_DATABASE,
  ACCESS_DENIED: 'Its user may not read the tables: GRANT SELECT ON otel_* is enough.',
  MEMORY_LIMIT_EXCEEDED: ASK_LESS,
  TIMEOUT_EXCEEDED: ASK_LESS,
  TOO_SLOW: ASK_LESS,
  TOO_MANY_ROWS: ASK_LESS,
  TOO_MANY_BYTES: ASK_LESS,
  CANNOT_COMPILE_REGEXP:
    'It does not know the regular expression: RE2 has no look-around and no back-references.',
};
const OTHER_ADVICE = 'Look at its own log; the exporter’s tables may be of another version.';

/** One database of a ClickHouse, asked over HTTP by `@clickhouse/client` under the rules of {@link HttpClient}. */
export class Connection {
  readonly #place: Place;
  readonly #http: HttpClient;
  #client: Promise<ClickHouseClient> | undefined;

  constructor(place: Place) {
    this.#place = place;
    this.#http = new HttpClient(place.endpoint);
  }

  /**
   * The rows of one SELECT; its parameters are bound by the server.
   * @throws AgentlogError DATABASE_MISSING, SOURCE_UNREACHABLE, SOURCE_FAILED with the name of ClickHouse's error.
   */
  async rows(sql: string, parameters?: Parameters): Promise<readonly Row[]> {
    this.#client ??= open(this.#place);
    const client = await this.#client;
    const send = async (deadline: AbortSignal): Promise<HttpHead> => {
      const { stream, http_status_code, response_headers } = await client.exec({
        query: `${sql} FORMAT JSONEachRow`,
        query_params: parameters?.values ?? {},
        abort_signal: deadline,
        // The answer is read by the client of all backends, which bounds it and words what is wrong with it.
        ignore_error_response: true,
        decompress_response_stream: false,
      });
      return { status: http_status_code ?? 0, headers: response_headers, body: stream };
    };
    const answer = await this.#http.patiently(send, true);
    const { status, body } = answer;
    const failure = /Code: \d+\. DB::Exception: [\s\S]*\(([A-Z][A-Z0-9_]{2,60})\)/.exec(body.slice(-4_000));
    if (failure?.[1] !== undefined && (status !== 200 || !body.endsWith('}\n')))
      throw this.#failed(failure[1]);
    if (status === 400 && body.includes('clickhouse-client')) {
      throw new AgentlogError(
        'SOURCE_FAILED',
        `${this.#place.endpoint.name} speaks ClickHouse’s native protocol on this port. Name the one for HTTP: 8123, or 8443 with https://.`,
      );
    }
    if (status !== 200) throw refused(this.#place.endpoint.name, status);
    return body === '' ? [] : readJson(answer, this.#place.endpoint.name);
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
    this.#http.close();
  }

  #failed(name: string): AgentlogError {
    const { endpoint, database } = this.#place;
    const place = `${endpoint.name} (database \`${database}\`)`;
    return new AgentlogError(
      'SOURCE_FAILED',
      `${place} could not answer: ${name}. ${ADVICE[name] ?? OTHER_ADVICE}`,
    );
  }
}

async function open({ endpoint, database, pathname }: Place): Promise<ClickHouseClient> {
  const { createClient, ClickHouseLogLevel } = await load();
  const { url, ca, headers, timeoutMs } = endpoint;
  return createClient({
    url: url.origin,
    pathname,
    database,
    // Credentials are in the headers, as for every backend.
    http_headers: { ...headers },
    set_basic_auth_header: false,
    // No settings go along: a user that may only read may not change any.
    compression: { request: false, response: false },
    application: 'agentlog-otel',
    // The deadline of a whole answer comes first.
    request_timeout: timeoutMs + 1_000,
    log: { level: ClickHouseLogLevel.OFF },
    // Its own option for an authority sends credentials of its own as well.
    ...(ca !== undefined && { http_agent: new Agent({ keepAlive: true, ca }) }),
  });
}

async function load(): Promise<typeof import('@clickhouse/client')> {
  try {
    return await import('@clickhouse/client');
  } catch (cause) {
    throw new AgentlogError(
      'DATABASE_MISSING',
      'Reading from ClickHouse needs its client, which is not installed here: npm i -D @clickhouse/client.',
      { cause },
    );
  }
}
