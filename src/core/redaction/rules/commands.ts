import { isPlaceholder } from '../assignment/placeholder.ts';
import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { sample } from './sample.ts';
import { form } from './token.ts';

const QUOTED = `''[^'\\n]{1,200}''|'[^'\\n]{1,200}(?:'|$)|"[^"\\n]{1,200}(?:"|$)`;
const BARE = `(?:[^\\s'"\`;<]|<(?!\\/)){1,200}`;

const MAX_DSN = 128;
const DSN_END: ReadonlySet<string> = new Set(' \t\r\n"\'`/=@');

/** Passwords in SQL, Redis and shell commands, where no name stands before the value. */
export const COMMAND_RULES: readonly Rule[] = [
  pattern({
    id: 'sql-password',
    literals: ['identified'],
    // Prose is "identified by" something as well: without quotes only a statement about a user counts.
    form: `identified\\s{1,4}(?:with\\s{1,4}['"\`]?[\\w-]{1,60}['"\`]?\\s{1,4})?(?:by|as)\\s{1,4}(?:password\\s{1,4})?(${QUOTED}|(?<=\\b(?:create|alter|grant|set)\\b[^;]{0,300})${BARE})`,
    flags: 'i',
    check: (secret) => !isPlaceholder(secret.replace(/^['"]|['"]$/g, '')),
    reference: 'https://dev.mysql.com/doc/refman/8.4/en/create-user.html',
    example: () => {
      const secret = `'${sample('alnum', 14)}'`;
      return { text: `CREATE USER shop IDENTIFIED BY ${secret}`, secret };
    },
  }),
  form(
    'sql-password',
    'crypt(',
    // `pgp_sym_encrypt(data, '…')`, `crypt('…', gen_salt('bf'))`
    "crypt(?:_bytea)?\\((?:[^()'\"\\n]{1,120}|'{1,2}[^'\\n]{1,200}'{1,2}),\\s{0,4}'{1,2}((?:[^'\\n<]|<(?!\\/)){3,200})|crypt\\('{1,2}((?:[^'\\n<]|<(?!\\/)){3,200})(?='{1,2}\\s{0,4},)",
    'https://www.postgresql.org/docs/current/pgcrypto.html',
    () => ["SELECT pgp_sym_decrypt(body, '", sample('alnum', 14)],
    '',
    (secret) => !isPlaceholder(secret),
  ),
  form(
    'redis-password',
    ['setuser ', 'auth2 '],
    '(?:SETUSER \\S{1,64} [^\\n]{0,100}?>|AUTH2 \\S{1,64} )(?!\\?)((?:[^\\s<]|<(?!\\/)){3,200})',
    'https://redis.io/docs/latest/commands/acl-setuser/',
    () => ['ACL SETUSER shop on >', sample('alnum', 20)],
  ),
  form(
    'redis-password',
    'auth ',
    '(?:AUTH[ \\t]{1,4}(?:[\\w.-]{1,64}[ \\t]{1,4})?|auth[ \\t]{1,4}(?=\\S{0,100}\\d))(?!\\?)((?:[^\\s?<]|<(?!\\/)){3,200})(?=\\s|<|$)',
    'https://redis.io/docs/latest/commands/auth/',
    () => ['AUTH ', sample('alnum', 20)],
    '^\\r\\n',
  ),
  form(
    'redis-password',
    'hello ',
    'HELLO \\d{1,2} AUTH \\S{1,64} (?!\\?)((?:[^\\s<]|<(?!\\/)){3,200})',
    'https://redis.io/docs/latest/commands/hello/',
    () => ['HELLO 3 AUTH shop ', sample('alnum', 20)],
  ),
  form(
    'redis-password',
    ['requirepass', 'masterauth'],
    '(?:requirepass|masterauth)[ \\t]{1,4}["\']?((?:[^\\s"\'?<]|<(?!\\/)){3,200})',
    'https://redis.io/docs/latest/operate/oss_and_stack/management/security/',
    () => ['CONFIG SET requirepass ', sample('alnum', 20)],
  ),
  form(
    'command-password',
    ['mysql ', 'mysqldump ', 'mysqladmin ', 'mariadb ', 'sshpass '],
    '(?:mysql(?:dump|admin)?|mariadb|sshpass)[ \\t](?:[^\\n|;]{0,120}?[ \\t])?-p[ \\t]{0,1}["\']?(?!-)((?:[^\\s"\'<]|<(?!\\/)){3,200})',
    'https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html',
    () => ['mysql -u root -p', sample('alnum', 14)],
    undefined,
    (secret) => !isPlaceholder(secret),
  ),
  form(
    'command-password',
    ['-u ', '--user ', '--user=', '--proxy-user '],
    `(?:-u|--user|--proxy-user)[ =]{1,4}(?:"[^"\\n:]{0,64}:(?=[^"\\n]{3})|'[^'\\n:]{0,64}:(?=[^'\\n]{3})|(?:"[^"\\n:]{1,64}"|'[^'\\n:]{1,64}'|[^\\s:"'/]{1,64}):["']?)(?!\\d{1,5}(?:\\s|$)|\\/\\/)((?:[^\\s"'<]|<(?!\\/)){3,200})`,
    'https://curl.se/docs/manpage.html',
    () => ['curl -u shop:', sample('alnum', 14)],
    '\\w-',
    (secret) => !isPlaceholder(secret) && !isPlaceholder(secret.replace(/[>)\]}]+$/, '')),
  ),
  pattern({
    id: 'command-password',
    literals: ['-u ', '--user '],
    // `curl -u key: …`: the name is the key, and there is no password.
    form: `(?:-u|--user)[ =]{1,4}["']?((?=[^\\s"':/]{0,100}\\d)[^\\s"':/<$]{8,200})(?=:(?:["'\`\\\\<&]|\\s|$))`,
    border: '\\w-',
    check: (secret) => !isPlaceholder(secret),
    reference: 'https://curl.se/docs/manpage.html',
    example: () => {
      const secret = sample('alnum', 24);
      return { text: `curl -u ${secret}:`, secret };
    },
  }),
  form(
    'command-password',
    'net use ',
    '[Nn][Ee][Tt] [Uu][Ss][Ee] [^\\n|]{0,120}?\\/user:[^\\s"\'<]{1,100}[ \\t]{1,4}(?![/-])((?:[^\\s"\'<>|]|<(?!\\/)){3,100})',
    'https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/net-use',
    () => ['net use Z: /user:shop ', sample('alnum', 14)],
    '',
    (secret) => !isPlaceholder(secret),
  ),
  form(
    'command-password',
    'smbclient ',
    'smbclient[ \\t][^\\n|;]{0,160}?-U[ \\t]{0,2}["\']?[^\\s%"\']{1,64}%((?:[^\\s"\'<]|<(?!\\/)){3,100})',
    'https://www.samba.org/samba/docs/current/man-html/smbclient.1.html',
    () => ['smbclient //host/share -U shop%', sample('alnum', 14)],
    '',
    (secret) => !isPlaceholder(secret),
  ),
  form(
    'command-password',
    ['securestring ', 'networkcredential(', 'directoryentry(', 'sp_addlogin '],
    `(?:[Ss]ecure[Ss]tring[ \\t]{1,4}(?:-String[ \\t]{1,4})?["']|[Nn]etwork[Cc]redential\\(\\s{0,8}"[^"\\n]{0,100}"\\s{0,8},\\s{0,8}"|[Dd]irectory[Ee]ntry\\(\\s{0,8}"[^"\\n]{0,200}"\\s{0,8},\\s{0,40}"[^"\\n]{0,100}"\\s{0,8},\\s{0,40}"|sp_addlogin\\s{1,4}N?'[^'\\n]{1,100}'\\s{0,4},\\s{0,4}N?')((?!\\$)(?:[^"'\\n<]|<(?!\\/)){3,200})`,
    'https://learn.microsoft.com/en-us/dotnet/api/system.net.networkcredential',
    () => ['new NetworkCredential("shop", "', sample('alnum', 14)],
    undefined,
    (secret) => !isPlaceholder(secret),
  ),
  form(
    'command-password',
    'password for ',
    `[Pp]assword for (?:the )?(?:user(?:name)? |account )?["'\`]{0,2}[\\w.@-]{1,64}["'\`]{0,2} (?:is|was) (?:["'\`]{1,2}((?!\\$)(?:[^"'\`\\n<]|<(?!\\/)){3,100})|((?=[^\\s]{0,60}\\d)(?:[^\\s"'\`<]|<(?!\\/)){5,100}))`,
    'https://github.com/Samsung/CredData',
    () => ["password for user 'shop' is '", sample('alnum', 14)],
    undefined,
    (secret) => !isPlaceholder(secret),
  ),
  form(
    'smtp-password',
    ['auth plain', 'auth login', 'auth xoauth2'],
    '(?:AUTH|auth|Auth) (?:PLAIN|LOGIN|XOAUTH2|plain|login|xoauth2)(?:[ \\t]{1,4}|\\r?\\n)([A-Za-z0-9+/]{6,4096}={0,2}(?:\\r?\\n[A-Za-z0-9+/]{6,4096}={0,2})?)',
    'https://www.rfc-editor.org/rfc/rfc4954',
    () => ['AUTH PLAIN ', sample('base64', 32)],
  ),
  form(
    'dsn-password',
    [':5432:', ':5433:', ':6432:'],
    ':(?:543[23]|6432):[\\w.*-]{1,64}:[\\w.*-]{1,64}:((?:[^\\s:"\'\\\\]|\\\\[:\\\\]){3,128})(?![^\\s"\'\\\\])',
    'https://www.postgresql.org/docs/current/libpq-pgpass.html',
    () => ['db.internal:5432:shop:bob:', sample('alnum', 14)],
    '',
  ),
  pattern({
    id: 'dsn-password',
    kind: 'url',
    literals: ['thin:'],
    form: 'thin:[^/\\s@"\']{1,60}\\/([^@\\s"\']{1,100})(?=@)',
    reference: 'https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/',
    example: () => {
      const secret = sample('alnum', 14);
      return { text: `jdbc:oracle:thin:scott/${secret}@//db.internal:1521/shop`, secret };
    },
  }),
  form(
    'password-hash',
    [
      '$2a$',
      '$2b$',
      '$2y$',
      '$apr1$',
      '$argon2',
      '$pbkdf2',
      '$scrypt$',
      '$1$',
      '$5$',
      '$6$',
      '$8$',
      '$9$',
      '$y$',
    ],
    '\\$(?:2[aby]\\$\\d\\d\\$([./A-Za-z0-9]{53})|apr1\\$([./A-Za-z0-9$]{20,40})|(?:argon2(?:id|i|d)|pbkdf2[\\w-]{0,20}|scrypt)\\$([\\w$=,+/.-]{20,300})|[15689y]\\$([./A-Za-z0-9$=]{20,200}))',
    'https://passlib.readthedocs.io/en/stable/modular_crypt_format.html',
    () => [`$2b$10$`, sample('alnum', 53)],
  ),
  {
    id: 'dsn-password',
    kind: 'url',
    literals: ['@tcp(', '@unix(', '@udp('],
    reference: 'https://github.com/go-sql-driver/mysql#dsn-data-source-name',
    find(text, at) {
      let start = at;
      while (start > 0 && at - start < MAX_DSN && !DSN_END.has(text[start - 1] as string)) start--;
      const colon = text.indexOf(':', start);
      if (colon <= start || colon >= at - 1) return undefined;
      const secret = text.slice(colon + 1, at);
      return { start: at - secret.length, end: at, ruleId: 'dsn-password', isSpecific: true };
    },
    examples: () => {
      const secret = sample('alnum', 14);
      return [{ text: `shop:${secret}@tcp(db.internal:3306)/shop`, secret }];
    },
  },
];
