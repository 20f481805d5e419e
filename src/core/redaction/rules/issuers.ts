import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { type Alphabet, sample } from './sample.ts';
import { form, token } from './token.ts';

const REFERENCE =
  'https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns';

interface Issuer {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly alphabet: Alphabet;
  readonly min: number;
  readonly max: number;
  /** The prefix is short, and a name may begin with it: letters of both cases and a digit have to follow. */
  readonly isShort?: boolean;
}

/** Issuers of whom no more is known than how their tokens begin. A literal that ordinary names hold costs every text. */
const ISSUERS: readonly Issuer[] = [
  issuer('Adobe', 'p8e-', 'alnum', 32, 32),
  issuer('Aikido', 'AIK_CI_ AIK_SECRET_', 'alnum', 20, 64),
  issuer('Asaas', '$aact_', 'url', 20, 200),
  issuer('Bitbucket', 'BBDC-', 'base64', 32, 64),
  issuer('Brave', 'BSA', 'url', 24, 40, true),
  issuer('Canva', 'cnvca', 'url', 51, 51, true),
  issuer('Cartesia', 'sk_car_', 'url', 20, 40),
  issuer('Cloudsmith', 'csa_', 'alnum', 36, 36, true),
  issuer('CockroachDB', 'CCDB1_', 'url', 63, 63),
  issuer('Defined Networking', 'dnkey-', 'url', 26, 90),
  issuer('Deno', 'ddp_ ddo_', 'alnum', 36, 36, true),
  issuer('DevCycle', 'dvc_server_', 'url', 8, 64),
  issuer('Devin', 'apk_user_', 'base64', 120, 180),
  issuer('Devin', 'apk_', 'base64', 80, 100, true),
  issuer('Devin', 'cog_', 'lower', 52, 52),
  issuer('Dropbox', 'sl.u. sl.A sl.B sl.C', 'url', 77, 400, true),
  issuer('Elastic', 'essu_', 'url', 40, 200),
  issuer('Exoscale', 'EXO', 'alnum', 24, 30, true),
  issuer('Facebook', 'EAA', 'alnum', 80, 500, true),
  issuer('Frame.io', 'fio-u-', 'url', 64, 64),
  issuer('GC Notify', 'gcntfy-', 'url', 72, 200),
  issuer('Infracost', 'ico-', 'alnum', 32, 32, true),
  issuer('Instagram', 'IGQVJ IGQWR IGQWM', 'url', 80, 400, true),
  issuer('Intra 42', 's-s4t2ud- s-s4t2af-', 'hex', 64, 64),
  issuer('Labelbox', 'lbx_ rma_', 'url', 43, 43, true),
  issuer('Lichess', 'lip_', 'alnum', 16, 60, true),
  issuer('Llama Cloud', 'llx-', 'url', 44, 52, true),
  issuer('MailerSend', 'mlsn.', 'alnum', 30, 100),
  issuer('Mercury', 'mercury_production_ mercury_sandbox_', 'url', 40, 80),
  issuer('Mergify', 'mergify_application_key_', 'url', 40, 200),
  issuer('Nylas', 'nyk_', 'url', 60, 80, true),
  issuer('OneSignal', 'os_v2_app_ os_v2_org_', 'lower', 103, 103),
  issuer('Onfido', 'api_live. api_live_ca. api_live_us. api_sandbox.', 'url', 20, 80),
  issuer('OpenShift', 'sha256~', 'url', 43, 43),
  issuer('Packagist', 'packagist_ort_ packagist_out_ packagist_acs_ packagist_ack_', 'hex', 28, 96),
  issuer('Paddle', 'pdl_live_apikey_ pdl_sdbx_apikey_', 'url', 50, 60),
  issuer('Persona', 'persona_production_ persona_sandbox_', 'url', 20, 80),
  issuer('Pinterest', 'pina_', 'url', 20, 200, true),
  issuer('Polar', 'polar_at_ polar_oat_ polar_pat_ polar_rt_', 'url', 20, 100),
  issuer('Prefect', 'pnu_ pnb_', 'alnum', 36, 36, true),
  issuer('Proof', 'prf_', 'url', 20, 80, true),
  issuer('Ramp', 'ramp_sec_', 'alnum', 48, 48),
  issuer('Render', 'rnd_', 'alnum', 28, 32, true),
  issuer('Rootly', 'rootly_', 'hex', 64, 64),
  issuer('RunPod', 'rpa_', 'alnum', 30, 46, true),
  issuer('Samsara', 'samsara_api_', 'alnum', 26, 32),
  issuer('Scalingo', 'tk-us-', 'url', 48, 48),
  issuer('SettleMint', 'sm_aat_ sm_pat_ sm_sat_', 'alnum', 16, 16),
  issuer('Thunderstore', 'tss_', 'url', 20, 80, true),
  issuer('Unkey', 'unkey_', 'alnum', 20, 32, true),
  issuer('UpCloud', 'ucat_', 'alnum', 24, 32),
  issuer('Val Town', 'vtwn_', 'url', 20, 80, true),
  issuer('WakaTime', 'waka_', 'url', 36, 64),
  issuer('WunderGraph', 'cosmo_', 'hex', 32, 32),
  issuer('Xendit', 'xnd_production_ xnd_development_', 'alnum', 40, 80),
  issuer('Zuplo', 'zpka_', 'url', 41, 41),
];

/** Issuers whose tokens have a form of their own. */
const FORMS: readonly (readonly [
  name: string,
  literals: string,
  expression: string,
  parts: () => readonly [prefix: string, secret: string],
])[] = [
  [
    '1Password',
    'A3-',
    'A3-([A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3})',
    () => [
      'A3-',
      `${sample('upper', 6)}-${sample('upper', 11)}-${[1, 2, 3].map((seed) => sample('upper', 5, seed)).join('-')}`,
    ],
  ],
  [
    'Akamai',
    'akab-',
    'akab-([0-9a-z]{16}-[0-9a-z]{16})(?![\\w.-])',
    () => ['akab-', `${sample('lower', 16)}-${sample('lower', 16, 2)}`],
  ],
  ['Alibaba', 'STS.N', 'STS\\.N([A-Za-z0-9]{16,64})', () => ['STS.N', sample('alnum', 24)]],
  [
    'DataStax',
    'AstraCS:',
    'AstraCS:([A-Za-z0-9:]{20,120})',
    () => ['AstraCS:', `${sample('alnum', 24)}:${sample('hex', 64)}`],
  ],
  [
    'Docker Swarm',
    'SWMTKN-1- SWMKEY-1-',
    'SWM(?:TKN|KEY)-1-([\\w+/-]{40,100})',
    () => ['SWMTKN-1-', `${sample('lower', 50)}-${sample('lower', 25)}`],
  ],
  [
    'eBay',
    'PRD- SBX-',
    '(?:PRD|SBX)-([a-f0-9]{8,12}(?:-[a-f0-9]{4}){4})(?![a-f0-9])',
    () => ['PRD-', hexParts(12, 4, 4, 4, 4)],
  ],
  [
    'Harness',
    'pat. sat.',
    '[ps]at\\.([\\w-]{22}\\.[0-9a-f]{24}\\.[A-Za-z0-9]{20})',
    () => ['pat.', `${sample('url', 22)}.${sample('hex', 24)}.${sample('alnum', 20)}`],
  ],
  [
    'Miro',
    'eyJtaXJv',
    'eyJtaXJv([A-Za-z0-9-]{10,64}_[\\w-]{20,64})',
    () => ['eyJtaXJv', `${sample('alnum', 24)}_${sample('alnum', 40)}`],
  ],
  [
    'PASETO',
    'v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.',
    'v[1-4]\\.(?:local|public)\\.([\\w-]{32,8000}(?:\\.[\\w-]{4,4000})?)',
    () => ['v4.local.', sample('url', 90)],
  ],
  [
    'Plaid',
    'access-sandbox- access-production- access-development-',
    'access-(?:sandbox|production|development)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    () => ['access-sandbox-', hexParts(8, 4, 4, 4, 12)],
  ],
  [
    'Riot Games',
    'RGAPI-',
    'RGAPI-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    () => ['RGAPI-', hexParts(8, 4, 4, 4, 12)],
  ],

  [
    'Workato',
    'wrka',
    'wrka[a-z]{0,2}-(eyJ[\\w-]{8,400}\\.[\\w-]{16,2000}\\.[\\w-]{64,1000})',
    () => ['wrkaeu-', `eyJ${sample('alnum', 20)}.${sample('alnum', 40)}.${sample('url', 86)}`],
  ],
];

/** Those that are told by what stands in their middle or at their end. */
const BEHIND: readonly (readonly [
  name: string,
  literals: string,
  expression: string,
  before: { readonly chars: string; readonly max: number },
  secret: () => string,
])[] = [
  [
    'Authress',
    '.acc_ .acc-',
    '((?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[\\w+/=-]{30,120})',
    { chars: 'a-z0-9_.', max: 46 },
    () => `sc_${sample('lower', 12)}.${sample('lower', 5)}.acc_${sample('lower', 16)}.${sample('alnum', 60)}`,
  ],
  [
    'MaxMind',
    '_mmk',
    '([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?!\\w)',
    { chars: 'A-Za-z0-9_', max: 36 },
    () => `${sample('alnum', 6)}_${sample('alnum', 29)}_mmk`,
  ],
  [
    'Salesforce',
    '!AQ !AR',
    '(00[A-Za-z0-9]{13}!A[QR][\\w.-]{60,260})',
    { chars: 'A-Za-z0-9', max: 15 },
    () => `00D${sample('alnum', 12)}!AQ${sample('alnum', 94)}`,
  ],
];

/** Issuers of whom no more is told than the form of their tokens, one line each. */
export const ISSUER_RULES: readonly Rule[] = [
  ...ISSUERS.map(({ name, prefixes, alphabet, min, max, isShort }) =>
    token(idOf(name), prefixes, alphabet, min, max, REFERENCE, isShort === true ? isMixed : undefined),
  ),
  ...FORMS.map(([name, literals, expression, parts]) =>
    form(idOf(name), literals.split(' '), expression, REFERENCE, parts, 'A-Za-z0-9'),
  ),
  ...BEHIND.map(([name, literals, expression, before, secret]) =>
    pattern({
      id: idOf(name),
      literals: literals.split(' '),
      form: expression,
      before,
      reference: REFERENCE,
      example: () => {
        const made = secret();
        return { text: made, secret: made };
      },
    }),
  ),
];

/** What their rules find, by id. */
export const ISSUER_DESCRIPTIONS: Readonly<Record<string, string>> = Object.fromEntries(
  [...ISSUERS.map(({ name }) => name), ...FORMS.map(([name]) => name), ...BEHIND.map(([name]) => name)].map(
    (name) => [idOf(name), `${name} token or key`],
  ),
);

function issuer(
  name: string,
  prefixes: string,
  alphabet: Alphabet,
  min: number,
  max: number,
  isShort = false,
): Issuer {
  return { name, prefixes: prefixes.split(' '), alphabet, min, max, isShort };
}

/** `Docker Swarm` → `docker-swarm-token` */
function idOf(name: string): string {
  return `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-token`;
}

function hexParts(...lengths: readonly number[]): string {
  return lengths.map((length, seed) => sample('hex', length, seed)).join('-');
}

function isMixed(secret: string): boolean {
  return /\d/.test(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret);
}
