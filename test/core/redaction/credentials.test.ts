import { Console } from 'node:console';
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';
import { piecesLeft } from './pieces.ts';

const redactor = createRedactor();

/** How credentials are written down, by the languages and tools that do. */
const FORMS: Record<string, (secret: string) => string> = {
  'env line': (s) => `NODE_ENV=test\nexport ACME_API_KEY=${s}\nPORT=80`,
  ini: (s) => `[db]\nhost = h\npassword = ${s}\n`,
  yaml: (s) => `db:\n  password: ${s}\n  port: 1`,
  'yaml, quoted': (s) => `api_token: '${s}'`,
  'yaml, block': (s) => `api_token: |\n  ${s}\n`,
  kubernetes: (s) => `- name: DB_PASSWORD\n  value: "${s}"\n- name: PORT`,
  'json, escaped': (s) => `sent {\\"client_secret\\":\\"${s}\\"} to x`,
  'python dict': (s) => `{'user': 'bob', 'passwd': '${s}'}`,
  'ruby hash': (s) => `{ :password => "${s}" }`,
  php: (s) => `$config['password'] = '${s}';`,
  java: (s) => `private static final String SECRET_KEY = "${s}";`,
  go: (s) => `var apiToken string = "${s}"`,
  'go, short': (s) => `apiToken := \`${s}\``,
  typescript: (s) => `const apiKey: string = '${s}';`,
  rust: (s) => `let password: &str = "${s}";`,
  'objective-c': (s) => `NSString *apiKey = @"${s}";`,
  setter: (s) => `connection.setPassword("${s}");`,
  'header call': (s) => `.header("X-Api-Key", "${s}")`,
  makefile: (s) => `API_TOKEN ?= "${s}"`,
  'xml element': (s) => `<password>${s}</password>`,
  'xml attribute': (s) => `<add key="ApiToken" value="${s}" />`,
  'property list': (s) => `<key>apiPassword</key>\n  <string>${s}</string>`,
  csv: (s) => `apiToken,${s}x1,2`,
  flag: (s) => `tool --db-password ${s} --port 80`,
  'flag with a sign': (s) => `tool --token=${s} run`,
  'system property': (s) => `java -Dspring.datasource.password=${s} -jar a.jar`,
  'form body': (s) => `user=bob&password=${s}&remember=1`,
  header: (s) => `POST / HTTP/1.1\r\nX-Auth-Token: ${s}\r\nAccept: */*`,
  authorization: (s) => `Authorization: ${s}`,
  'token scheme': (s) => `authorization: Token ${s}`,
  cookie: (s) => `Cookie: theme=dark; sid=${s}`,
  'set-cookie': (s) => `Set-Cookie: sid=${s}; Path=/; HttpOnly`,
  'connection string': (s) => `Server=db;User Id=sa;Password=${s};Encrypt=true`,
  odbc: (s) => `DRIVER={x};UID=sa;PWD=${s}`,
  libpq: (s) => `host=db user=shop password=${s} dbname=shop`,
  jdbc: (s) => `jdbc:mysql://h:3306/db?user=root&password=${s}`,
  npmrc: (s) => `//registry.example.com/:_authToken=${s}`,
  netrc: (s) => `machine api.example.com login bob password ${s}`,
  'sql, postgres': (s) => `ALTER USER bob WITH PASSWORD '${s}'`,
  'sql, mysql': (s) => `CREATE USER 'a'@'%' IDENTIFIED BY '${s}'`,
  'sql, function': (s) => `SET PASSWORD FOR 'a'@'%' = PASSWORD('${s}')`,
  redis: (s) => `AUTH default ${s}`,
  'mysql client': (s) => `mysql -uroot -p${s} shop`,
  curl: (s) => `curl -u bob:${s} https://x.test`,
  prose: (s) => `your access token is ${s}`,
  'prose, two words': (s) => `API Key: ${s}`,
  'prose, for somebody': (s) => `password for bob: ${s}`,
  'prose, of somebody': (s) => `the password of user bob is ${s}`,
  'user and password': (s) => `ID/PW: bob/${s}`,
  'user and password, in brackets': (s) => `10.0.0.7 (id:bob pw:${s})`,
  'name in brackets': (s) => `(ID&PWD): bob/${s}`,
  'value in brackets': (s) => `id(bob)/pwd(${s})`,
  'short name': (s) => `bob@db.example.com pw=${s}`,
  'terraform variable': (s) =>
    `variable "shop_token" {\n  type      = string\n  sensitive = true\n  default   = "${s}"\n}`,
  'quoted prose': (s) => `the password "${s}" is wrong`,
  list: (s) => `"api_keys": ["${s}", "${s}"]`,
  'environment call': (s) => `os.Setenv("API_SECRET", "${s}")`,
  'name of two words': (s) => `SHOP_AUTH_PASS=${s}`,
  'weak name': (s) => `"pass": "${s}"`,
  'part of a form': (s) => `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${s}\r\n--x--`,
  'part of a form, typed': (s) =>
    `Content-Disposition: form-data; name="api_token"; size=9\r\nContent-Type: text/plain\r\n\r\n${s}\r\n--x--`,
  'xml element with attributes': (s) => `<wsse:Password Type="PasswordText">${s}</wsse:Password>`,
  'entities of HTML': (s) => `<a data-x="{&quot;password&quot;:&quot;${s}&quot;}">`,
  'entities by number': (s) => `password&#61;${s}&#x3b;user&#61;bob`,
  'doubled quotes': (s) => `1,"{""password"":""${s}"",""a"":1}"`,
  'the next line': (s) => `password:\r\n${s}\r\n`,
  'many spaces': (s) => `password              =              ${s}`,
  'spaces that do not break': (s) => `password\u00a0=\u00a0${s}`,
  'full-width colon': (s) => `password：${s}`,
  'path of a URL': (s) => `https://shop.example.com/reset/token/${s}x?lang=en`,
  'cookie alone': (s) => `connect.sid=s%3A${s}.${s}`,
  'a coloured terminal': (s) => `{ password: \u001b[32m'${s}'\u001b[39m }`,
  'a coloured name': (s) => `\u001b[1mpassword\u001b[22m: ${s}`,
  'a name with signs of no width': (s) => `pass\u200bword\u2060=${s}`,
  'bold in Markdown': (s) => `**Password:** ${s}`,
  'a term of HTML': (s) => `<dt>API key</dt><dd>${s}</dd>`,
  'bold in HTML': (s) => `<b>Password:</b> ${s}`,
  CDATA: (s) => `<password><![CDATA[${s}]]></password>`,
  'yaml, typed': (s) => `password: !!str ${s}\n`,
  'IN of SQL': (s) => `SELECT id FROM t WHERE token IN ('${s}', '${s}')`,
  'LIKE of SQL': (s) => `WHERE api_key LIKE '${s}%'`,
  'variable of SQL': (s) => `DECLARE @pwd NVARCHAR(50) = '${s}'`,
  'violation in Postgres': (s) => `Key (user_id, api_token)=(4, ${s}) already exists.`,
  'violation in MySQL': (s) => `ER_DUP_ENTRY: Duplicate entry '${s}' for key 'users.api_token'`,
  'complaint of joi': (s) => `"password" with value "${s}" fails to match the pattern`,
  'complaint of zod': (s) => `Invalid input at "password": received "${s}"`,
  'complaint of mongoose': (s) => `Cast to Number failed for value "${s}" (type string) at path "apiToken"`,
  'alias of SQL': (s) => `SELECT 1, '${s}' AS api_token FROM t`,
  'encryption in Postgres': (s) => `SELECT pgp_sym_decrypt(body, '${s}') FROM t`,
  'hash in Postgres': (s) => `WHERE password = crypt('${s}', password)`,
  'user of Redis': (s) => `ACL SETUSER bob on >${s} ~* +@all`,
  'dump of PHP': (s) => `array(1) {\n  ["password"]=>\n  string(12) "${s}"\n}`,
  'debug of Rust': (s) => `Config { password: Some("${s}") }`,
  'in brackets': (s) => `wrong password (${s})`,
  'code of OAuth': (s) => `https://shop.example/callback?code=${s}${s}&state=x`,
  'link to reset': (s) => `https://shop.example/password-reset/${s}${s}`,
  'an API key in a sentence': (s) => `cannot connect with api key ${s}`,
  'an API key that was provided': (s) => `Incorrect API key provided: ${s}. See the docs`,
  pgpass: (s) => `db.example.com:5432:shop:bob:${s}`,
  smtp: (s) => `C: AUTH PLAIN ${s}`,
};

for (const [name, write] of Object.entries(FORMS)) {
  test(`redaction: a credential written as ${name} is masked`, () => {
    for (const length of [12, 20, 40]) {
      // Two digits apart from each other: words with one number are told from secrets.
      const secret = `k7${randomBytes(length).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, length)}9`;
      const masked = redactor.text(write(secret));
      expect(piecesLeft(masked, secret), masked).toEqual([]);
      expect(masked).toContain('REDACTED');
    }
  });
}

test('redaction: in JSON a pair of a field and its value is one whatever their order, and headers may be a list', () => {
  const secret = ['h7Kq2vXp', '9LmZ'].join('');
  for (const json of [
    JSON.stringify({ instancePath: '/password', data: secret, message: 'too short' }),
    JSON.stringify({ value: secret, msg: 'too short', path: 'password' }),
    JSON.stringify([{ loc: ['body', 'password'], msg: 'no', input: secret }]),
    JSON.stringify([{ op: 'replace', path: '/password', value: secret }]),
    JSON.stringify(['Host', 'h', 'Authorization', secret]),
    JSON.stringify([['x-api-key', secret]]),
    JSON.stringify({ label: 'password', value: secret, key: 'password' }),
    JSON.stringify({ name: 'ValidatorError', path: 'apiToken', value: secret }),
  ]) {
    expect(redactor.text(json), json).not.toContain(secret);
    expect(JSON.stringify(redactor.value('body', JSON.parse(json))), json).not.toContain(secret);
  }
  for (const json of [
    JSON.stringify({ name: 'read_token', input: { path: '/etc/hosts' }, data: [1, 2] }),
    JSON.stringify({ path: '/users', value: secret }),
    JSON.stringify(['Host', secret, 'Accept', secret]),
  ]) {
    expect(redactor.text(json), json).toBe(json);
    expect(redactor.value('body', JSON.parse(json)), json).toEqual(JSON.parse(json));
  }
});

test('redaction: a credential is known in other languages and scripts', () => {
  const secret = ['h7Kq2vXp', '9LmZ'].join('');
  for (const text of [
    `Пароль: ${secret}`,
    `用户密码：${secret}`,
    `パスワード: ${secret}`,
    `contraseña=${secret}`,
    `mot de passe : ${secret}`,
    `hasło: ${secret}`,
  ])
    for (const each of [text, `login failed, ${text}`, JSON.stringify({ text })])
      expect(redactor.text(each), each).not.toContain(secret);
});

test('redaction: signs in a password do not end it', () => {
  const passwords = [
    'Wint@r$77',
    'q8Zt!Rk52m',
    's4nd~c4stle',
    'a{b}c(d)e[f]9',
    'M4ple&Oak3',
    'x;y,z9',
    '%aB3kdZ9',
    '$ecret12',
  ];
  for (const password of passwords) {
    for (const text of [
      `password="${password}"`,
      `password: '${password}'`,
      `PASSWORD=${password}`,
      JSON.stringify({ password }),
    ]) {
      expect(redactor.text(text), text).not.toContain(password);
    }
  }
});

test("redaction: behind an issuer's prefix the alphabet and one letter over and over are masked as well", () => {
  for (const prefix of ['ghp_', 'sk-ant-api03-', 'AIza', 'glpat-', 'sk_live_']) {
    for (const body of [
      'abcdefghijklmnopqrstuvwxyz012345678',
      'A'.repeat(35),
      'a1B2'.repeat(9).slice(0, 35),
    ]) {
      const secret = prefix === 'ghp_' ? `${body}9` : body;
      const masked = redactor.text(`got ${prefix}${secret} from bob`);
      expect(piecesLeft(masked, secret), masked).toEqual([]);
    }
  }
});

test('redaction: how a credential is written does not matter in bytes, in base64 and behind percent signs', () => {
  const secret = `k7${randomBytes(20).toString('hex')}`;
  for (const [name, write] of Object.entries(FORMS)) {
    const text = write(secret);
    const encoded = [
      encodeURIComponent(text),
      Buffer.from(text).toString('base64'),
      JSON.stringify({ text }),
    ];
    for (const value of [...encoded, Buffer.from(text), Buffer.from(`🔑\n${text}`, 'utf16le')]) {
      const after = redactor.value('', value as never);
      const shown = typeof after === 'string' ? after : Buffer.from(after as never).toString('latin1');
      const read = `${shown} ${shown.replaceAll('\0', '')} ${Buffer.from(shown, 'base64').toString('latin1')}`;
      expect(piecesLeft(read, secret), `${name}: ${shown}`).toEqual([]);
    }
  }
});

test('redaction: only the value goes, the text around it stays', () => {
  expect(redactor.text('user=bob password=hunter2, host=db1')).toBe(
    'user=bob password=[REDACTED:credential], host=db1',
  );
  expect(redactor.text('Password=hunter2;Server=db')).toBe('Password=[REDACTED:credential];Server=db');
  expect(redactor.text('f(password="hunter2")')).toBe('f(password="[REDACTED:credential]")');
});

test('redaction: a passphrase of several words goes whole, a sentence and a command behind it stay', () => {
  const mark = '[REDACTED:credential]';
  for (const [before, after] of [
    ['password = two words', `password = ${mark}`],
    ['PASSWORD=correct horse battery', `PASSWORD=${mark}`],
    ['export DB_PASSWORD=correct horse battery staple\nPORT=80', `export DB_PASSWORD=${mark}\nPORT=80`],
    ['user: bob\npassword: correct horse battery\nport: 1', `user: bob\npassword: ${mark}\nport: 1`],
    ['PASSWORD=h7Kq2vXp node app.js', `PASSWORD=${mark} node app.js`],
    ['user=bob password=hunter2 accepted', `user=bob password=${mark} accepted`],
    ['password=hunter2 host=db1', `password=${mark} host=db1`],
    ['MY_KEY=ab12cd', `MY_KEY=${mark}`],
    ["token - 'h7Kq2vXp9LmZ'", `token - '${mark}'`],
    [
      '{"name":"registry-password","value":"h7Kq2vXp9LmZ"} x',
      `{"name":"registry-password","value":"${mark}"} x`,
    ],
    [
      'docker login r.example -u bob -p h7Kq2vXp9LmZ',
      'docker login r.example -u bob -p [REDACTED:command-password]',
    ],
    ['curl -u h7Kq2vXp9LmZ: https://api.example', 'curl -u [REDACTED:command-password]: https://api.example'],
  ] as const) {
    expect(redactor.text(before)).toBe(after);
  }
  for (const text of [
    'Password: must be at least 8 characters',
    'password = must be set by the admin',
    'Password: reset link sent',
    'password: required for login',
  ]) {
    expect(redactor.text(text)).toBe(text);
  }
});

test('redaction: a secret told by its name is masked wherever else the text has it, a word is not', () => {
  const secret = ['h7Kq2vXp', '9LmZ4tRb'].join('');
  expect(redactor.text(`token = '${secret}', the server got ${secret} (${secret})`)).not.toContain(secret);
  expect(
    redactor.text(JSON.stringify({ password: secret, message: `cannot log in with ${secret}` })),
  ).not.toContain(secret);
  expect(redactor.text('POSTGRES_PASSWORD=postgres host=postgres')).toBe(
    'POSTGRES_PASSWORD=[REDACTED:credential] host=postgres',
  );
});

test('redaction: a drawing makes a placeholder only of what is little else', () => {
  const redactor = createRedactor();
  const key = `b3BlbnNzaC1r${'A'.repeat(18)}QG9uZTM2Nx7Kq2Zp4Lw9Tt5Vb8Nm1Hc6Rd3Fg`;
  expect(redactor.text(`token=${key}`)).toBe('token=[REDACTED:credential]');
  expect(redactor.attributes({ 'db.password': key })).toEqual({ 'db.password': '[REDACTED:sensitive-key]' });
  expect(redactor.text(`token=${'x'.repeat(30)}`)).toBe(`token=${'x'.repeat(30)}`);
});

test('redaction: a password that people make of words is masked where data stands, a variable is not', () => {
  const redactor = createRedactor();
  const words = ['super', 'secret'];
  const joined = words.join('-');
  for (const password of [
    joined,
    `${joined}-password`,
    words.join('_'),
    'SuperSecret',
    'Hello.World',
    'x.y.z',
    'no-one-knows',
  ]) {
    for (const text of [
      `DB_PASSWORD=${password}`,
      `db:\n  password: ${password}\n  port: 1`,
      `[db]\npassword = ${password}\nhost = h`,
      `/login?user=bob&password=${password}&x=1`,
      `host=db user=shop password=${password} dbname=x`,
      `Server=db;User Id=sa;Password=${password};Encrypt=true`,
      `x-api-key: ${password}`,
      JSON.stringify({ password, a: 1 }),
    ])
      expect(redactor.text(text), text).not.toContain(password);
  }
  expect(redactor.text('password=Summer(2024) x')).toBe('password=[REDACTED:credential] x');
  expect(redactor.text('password=hope]nobody[9x')).toBe('password=[REDACTED:credential]');
  for (const text of [
    'password = dbPassword;',
    'login({ password: dbPassword, user })',
    'password=config.url',
    'password=row.password',
    'token=getToken()',
    "secret_key=creds['secret_key']",
    'self.token = next',
    'secretKey: api-key',
  ])
    expect(redactor.text(text), text).toBe(text);
});

test('redaction: a word at the end of a message is a password, a state of one is not', () => {
  const redactor = createRedactor();
  for (const password of ['dragon', 'letmein', 'super-secret', 'iloveyou'])
    for (const text of [`login failed, password: ${password}`, `bob, password: ${password}\nnext line`])
      expect(redactor.text(text), text).not.toContain(password);
  for (const state of [
    'wrong',
    'expired',
    'too weak',
    'missing',
    'mismatch',
    'required',
    'invalid',
    'not set',
  ])
    expect(redactor.text(`login failed, password: ${state}`)).toBe(`login failed, password: ${state}`);
});

test('redaction: in tables the cells below the name of a secret go, the others stay', () => {
  const redactor = createRedactor();
  const mark = '[REDACTED:credential]';
  const [a, b] = [['h7Kq', '2vXp'].join(''), 'dragon'];
  for (const write of [
    (x: string, y: string) => `name,password,age\nbob,${x},3\namy,${y},4\n`,
    (x: string, y: string) => `"name";"apiToken"\n"bob";"${x}"\n"amy";"${y}"`,
    (x: string, y: string) => `name\tpassword\nbob\t${x}\namy\t${y}`,
    (x: string, y: string) => `| name | password |\n|---|---|\n| bob | ${x} |\n| amy | ${y} |`,
    (x: string, y: string) => ` name | password \n------+----------\n bob  | ${x}\n amy  | ${y}\n(2 rows)`,
  ])
    expect(redactor.text(write(a, b))).toBe(write(mark, mark));
  const long = b.repeat(12);
  for (const table of [
    drawn([
      { name: 'bob', password: a },
      { name: 'amy', password: long },
    ]),
    drawn({ bob: { password: long, age: 7 }, amy: { password: a, age: 7 } }),
  ])
    expect(redactor.text(table)).toBe(table.replaceAll(a, mark).replaceAll(long, mark));
  for (const text of [
    'user, password\nThe server, however, is up',
    'name,tokens\nbob,1234',
    'password,\nsecret,\n',
  ])
    expect(redactor.text(text)).toBe(text);
});

test('redaction: what only repeats its name, and what says how or how much, stays', () => {
  const redactor = createRedactor();
  for (const text of [
    'codeVerifierKey = "code_verifier"',
    "const authorizationHeader = 'Authorization'",
    'token: "token3"',
    'SyntaxError: unexpected token "hello"',
    'password_encryption = scram-sha-256',
    'secretRatio: 0.5',
    'password={password!r}',
    "credentials = '{0}:{1}'.format(a, b)",
    'json:"labels" protobuf_key:"bytes,1,opt,name=key"',
    'nextPageToken: CAUQAA1b2c3d4e5f6',
    'token: []byte{1, 2, 3}',
    'creds: &oauth2.Token{Access: t}',
    '{"secret":"[Redacted]","a":1}',
    'https://$' + '{CI_TOKEN}@git.example/a',
    '--crypto-key=projects/p/locations/l/keyRings/r/cryptoKeys/k',
    'Authorization: Required. This will be applied.',
  ])
    expect(redactor.text(text), text).toBe(text);
  // The same forms around a secret.
  const secret = ['h7Kq2vXp', '9LmZ'].join('');
  for (const text of [
    `codeVerifierKey = "${secret}"`,
    `authorizationHeader = '${secret}'`,
    'password: "password1"',
    'admin_password=admin',
    `invalid token "${secret}"`,
    `password_encryption_key = ${secret}`,
    `password={${secret}}`,
    `credentials = '{0}:${secret}'.format(a)`,
    `Authorization: ${secret}`,
    `https://${secret}@git.example/a`,
    `--crypto-key=${secret}`,
    `{"secret":"[${secret}]","a":1}`,
  ])
    expect(redactor.text(text), text).toMatch(/REDACTED/);
});

test('redaction: an example word in a real password does not show it', () => {
  const redactor = createRedactor();
  for (const password of [
    'testing7Qx2p',
    'myTest-9k2Lm4',
    'fake-8f3kd92ls',
    'vault:7Qx2!p',
    'Example-Pass-7291',
  ]) {
    expect(redactor.text(`password=${password}`), password).toBe('password=[REDACTED:credential]');
  }
});

test('redaction: a password is masked in the places of commands, statements and sentences', () => {
  const redactor = createRedactor();
  const password = ['Kx7Q', 'm2Zp'].join('');
  for (const text of [
    `ConvertTo-SecureString "${password}" -AsPlainText -Force`,
    `new System.Net.NetworkCredential("shop", "${password}")`,
    `new DirectoryEntry("LDAP://10.0.0.1", "shop", "${password}")`,
    `net use Z: /user:corp\\shop ${password}`,
    `psexec \\\\host -u shop -p ${password} cmd`,
    `smbclient //host/share -U shop%${password}`,
    `mongosh -u shop -p ${password} --quiet`,
    `openssl enc -aes-256-cbc -k ${password} -in a`,
    `EXEC sp_addlogin 'shop', '${password}'`,
    `the password for user 'shop' is '${password}'`,
    `login of shop with password ${password} rejected`,
    `wifi psk=${password}`,
    `password = {{h}${password}}`,
  ]) {
    expect(redactor.text(text), text).not.toContain(password);
  }
});

test('redaction: of rows that are inserted, the values of columns named for secrets go and the others stay', () => {
  const redactor = createRedactor();
  const password = ['open', 'sesame'].join('');
  const row = `('bob', '${password}', now(), 3)`;
  expect(redactor.text(`INSERT INTO users (name, password, at, age) VALUES ${row}, ${row}`)).toBe(
    "INSERT INTO users (name, password, at, age) VALUES ('bob', '[REDACTED:sql-password]', now(), 3), ('bob', '[REDACTED:sql-password]', now(), 3)",
  );
  for (const text of [
    `insert into "public"."users" ("name","api_key") values ($1, $2)`,
    `INSERT INTO users (name, password) VALUES (?, ?)`,
    `INSERT INTO users (name, age) VALUES ('bob', '3')`,
    `INSERT INTO users (name, password_policy) VALUES ('bob', 'strict')`,
    `INSERT INTO users (password) SELECT password FROM old`,
  ]) {
    expect(redactor.text(text)).toBe(text);
  }
});

test('redaction: a passphrase in quotes is one, a label is not', () => {
  const redactor = createRedactor();
  const phrase = ['correct', 'horse', 'battery'].join(' ');
  expect(redactor.text(`password = '${phrase}'`)).toBe("password = '[REDACTED:credential]'");
  for (const label of ['Enter your password', 'Password:', 'forgot it', 'must be set', 'new password'])
    expect(redactor.text(`password: '${label}'`)).toBe(`password: '${label}'`);
});

/** As `console.table` prints it. */
function drawn(rows: unknown): string {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  new Console(stdout).table(rows);
  return text;
}
