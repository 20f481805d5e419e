/** What telemetry is full of beside prose and code, by kind, some thousand tokens each; the same at each run. */

let seed = 7;
/** From 0 to 1, the same numbers at each run. */
function chance(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
}
const below = (limit: number): number => Math.floor(chance() * limit);
const oneOf = (list: readonly string[]): string => list[below(list.length)] ?? '';
const times = (count: number, make: (index: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(between);
const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => below(256)));
const words = (text: string): string[] => text.split(' ');

const THINGS = words(
  'orders checkout payments inventory users sessions reports internal admin webhooks invoice products search assets',
);
const NAMES: Readonly<Record<string, readonly [given: string, family: string]>> = {
  English: [
    'James Mary Patricia Jennifer Ashleigh Brayden Kaitlyn Tristan Gwendolyn Reginald Susan Joseph',
    'Smith Johnson Cholmondeley Featherstone Higginbottom Blackwood Pemberton Ramirez Thompson Lee',
  ],
  German: [
    'Jürgen Günther Hannelore Wolfgang Käthe Björn Ulrike Friedhelm Annegret Thorsten',
    'Müller Schäfer Köhler Krüger Weiß Zimmermann Vogelsang Eichendorff Grünewald Böhm',
  ],
  French: [
    'Étienne Amélie Benoît Céline François Hélène Jérôme Maëlle Océane Solène',
    'Lefèvre Moreau Rousseau Blanchard Gauthier Chevalier Béranger Côté',
  ],
  Spanish: [
    'José Íñigo Begoña Álvaro Lucía Andrés Ángela Ramón Joaquín',
    'García Fernández Rodríguez Jiménez Muñoz Gutiérrez Álvarez Díaz',
  ],
  Polish: [
    'Agnieszka Małgorzata Krzysztof Zbigniew Stanisław Łukasz Bożena Świętosława',
    'Kowalski Wiśniewski Wójcik Szymański Woźniak Dąbrowski Piotrowski',
  ],
  Czech: [
    'Jiří Zdeněk Růžena Kateřina Ondřej Vojtěch Žaneta',
    'Novotný Dvořák Černý Procházka Kučera Veselý Růžička',
  ],
  Turkish: [
    'Mehmet Ayşe Zeynep Çağlar Gökhan Şebnem Oğuzhan İbrahim',
    'Yılmaz Çelik Şahin Yıldırım Öztürk Özdemir Doğan',
  ],
  Vietnamese: ['Anh Bảo Dũng Hương Khánh Ngọc Phương Quỳnh Thảo', 'Nguyễn Trần Phạm Hoàng Huỳnh Đặng Dương'],
  Indian: [
    'Priyanka Venkatesh Subramaniam Lakshmi Ananya Dhruv Aishwarya',
    'Chatterjee Mukhopadhyay Balasubramanian Deshpande Srinivasan Chakraborty',
  ],
  African: [
    'Oluwaseun Chukwuemeka Adaeze Thandiwe Nkechi Kwabena Tendai',
    'Okonkwo Adebayo Mthembu Owusu Mwangi',
  ],
  Japanese: ['Takahiro Yoshiko Kazuyuki Shinnosuke Tomoko', 'Watanabe Kobayashi Hasegawa Yamashita Fujiwara'],
  Russian: ['Александр Екатерина Дмитрий Анастасия Николай', 'Иванов Смирнова Кузнецов Михайлова Фёдорова'],
  Greek: ['Γιώργος Δημήτρης Ελένη Κωνσταντίνος', 'Παπαδόπουλος Γεωργίου Οικονόμου'],
  Arabic: ['محمد أحمد فاطمة عائشة خالد', 'الحسن المصري النجار الخطيب'],
  Hebrew: ['יוסף משה שרה אברהם', 'כהן מזרחי פרץ ביטון'],
  Hindi: ['राजेश प्रिया सुनीता अनीता', 'शर्मा गुप्ता सिंह पटेल'],
  Chinese: ['伟 秀英 娜 静 建国 志强 晓明 雨婷', '王 李 张 刘 陈 赵'],
  'Japanese signs': ['太郎 花子 さくら ケンジ 美咲 翔太', '佐藤 鈴木 高橋 渡辺 小林'],
  Korean: ['민준 서연 지훈 도윤 하은', '김 이 박 최 정'],
  Thai: ['สมชาย สมหญิง ประเสริฐ วิไล', 'ใจดี รักไทย ศรีสุข ทองคำ'],
};

function namesIn(): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [language, [given, family]] of Object.entries(NAMES)) {
    const [first, last] = [words(given), words(family)];
    texts[`names, ${language}, a list`] = times(300, () => `${oneOf(first)} ${oneOf(last)}`);
    texts[`names, ${language}, in log records`] = times(
      120,
      (n) => `+${n}ms #${n} INFO "order placed" customer="${oneOf(first)} ${oneOf(last)}" orderId=${n}`,
    );
    texts[`names, ${language}, as JSON`] = times(150, () =>
      JSON.stringify({ firstName: oneOf(first), lastName: oneOf(last) }),
    );
  }
  return texts;
}

const signs = (alphabet: string, count: number): string => times(count, () => oneOf([...alphabet]), '');

export const TELEMETRY_TEXTS: Readonly<Record<string, string>> = {
  ...namesIn(),
  uuids: times(250, () =>
    bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  ),
  'trace and span ids': times(250, () => `${bytes(16).toString('hex')} ${bytes(8).toString('hex')}`),
  'hex in capitals': times(250, () => bytes(16).toString('hex').toUpperCase()),
  'hex in one piece': bytes(6_000).toString('hex'),
  ULIDs: times(250, () => signs('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26)),
  nanoids: times(250, () => signs('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-', 21)),
  base64: bytes(6_000).toString('base64'),
  'base64 in lines': bytes(6_000).toString('base64').replace(/.{76}/g, '$&\n'),
  base64url: times(80, () => bytes(60).toString('base64url')),
  'whole numbers': times(500, () => String(below(1e9))),
  'decimal numbers': times(500, () => String(chance() * 1_000), ' '),
  nanoseconds: times(250, () => String(1_795_250_407_123_000_000n + BigInt(below(1e15)))),
  'times of day': times(250, (n) => new Date(1_795_250_407_123 + n * 8_123_457).toISOString()),
  'addresses, IPv4': times(300, () => times(4, () => String(below(256)), '.')),
  'addresses, IPv6': times(200, () => times(8, () => below(65_536).toString(16), ':')),
  'e-mail addresses': times(
    200,
    () => `${oneOf(THINGS)}.${oneOf(words('smith pemberton garcia'))}@mail.internal`,
  ),
  URLs: times(150, () => {
    const path = times(3, () => oneOf(THINGS), '/');
    return `https://${oneOf(THINGS)}.eu-west-1.internal:${8_000 + below(999)}/${path}?id=${below(1e6)}&cursor=${bytes(9).toString('base64url')}`;
  }),
  paths: times(
    150,
    () =>
      `/srv/${oneOf(THINGS)}/node_modules/@x/${oneOf(THINGS)}/dist/esm/index.js:${below(900)}:${below(90)}`,
  ),
  'paths of Windows': times(
    150,
    () => `C:\\Users\\build\\AppData\\Local\\${oneOf(THINGS)}\\${oneOf(THINGS)}.mjs`,
  ),
  stacks: times(
    120,
    () =>
      `    at ${oneOf(THINGS)}Service.fetchAll (file:///srv/app/src/${oneOf(THINGS)}.ts:${below(900)}:${below(90)})`,
  ),
  SQL: times(
    80,
    () =>
      `SELECT "${oneOf(THINGS)}"."id", COUNT(*) AS cnt FROM "${oneOf(THINGS)}" LEFT OUTER JOIN "${oneOf(THINGS)}" ON "${oneOf(THINGS)}"."owner_id" = $1 WHERE deleted_at IS NULL GROUP BY 1 LIMIT ?`,
  ),
  'SQL that writes': times(
    60,
    () =>
      `INSERT INTO ${oneOf(THINGS)} (order_id, sku, price_cents) VALUES ($1, $2, $3), ($4, $5, $6) RETURNING *`,
  ),
  JSON: times(60, (n) =>
    JSON.stringify({
      spanId: bytes(8).toString('hex'),
      name: `GET /${oneOf(THINGS)}`,
      kind: 2,
      attributes: [{ key: 'http.response.status_code', value: { intValue: String(200 + n) } }],
    }),
  ),
  'JSON in JSON': JSON.stringify(
    times(60, (n) => JSON.stringify({ name: oneOf(THINGS), ms: n, ok: true }), ','),
  ),
  'indented JSON': JSON.stringify(
    Array.from({ length: 60 }, (_, n) => ({ name: oneOf(THINGS), at: { ms: n } })),
    null,
    2,
  ),
  emoji: signs('😀😂🥰🔥👍🎉🚀✅❌💥🐛🧪📦🛒💳', 500),
  'emoji of several signs': times(150, () => oneOf(['👨‍👩‍👧‍👦', '🏳️‍🌈', '👩🏽‍💻', '🇩🇪', '🇯🇵']), ' '),
  Chinese: times(
    60,
    () =>
      oneOf(['订单处理失败，请稍后重试。', '数据库连接超时。', '用户已取消支付，退款将在三个工作日内到账。']),
    '',
  ),
  Japanese: times(
    60,
    () =>
      oneOf([
        '注文の処理に失敗しました。',
        'データベース接続がタイムアウトしました。',
        'もう一度お試しください。',
      ]),
    '',
  ),
  Korean: times(
    60,
    () =>
      oneOf(['주문 처리에 실패했습니다.', '데이터베이스 연결 시간이 초과되었습니다.', '다시 시도해 주세요.']),
    ' ',
  ),
  Russian: times(
    60,
    () =>
      oneOf([
        'Не удалось обработать заказ.',
        'Превышено время ожидания соединения.',
        'Повторите попытку позже.',
      ]),
    ' ',
  ),
  Thai: times(60, () => oneOf(['การประมวลผลคำสั่งซื้อล้มเหลว', 'กรุณาลองใหม่อีกครั้งในภายหลัง']), ' '),
  'names in code': times(
    200,
    () => `${oneOf(THINGS)}RepositoryImpl.findOneOrFail(${oneOf(THINGS)}_total_ms)`,
  ),
  'names in capitals': times(200, () => `${oneOf(THINGS)}_${oneOf(THINGS)}_TIMEOUT`.toUpperCase()),
  versions: times(250, () => `${oneOf(THINGS)}@${below(20)}.${below(30)}.${below(9)}-beta.${below(9)}`),
  'HTTP headers': times(
    60,
    () =>
      `user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + below(30)}.0.0.0\nif-none-match: W/"${bytes(6).toString('hex')}"`,
  ),
  HTML: times(
    60,
    () =>
      `<div class="${oneOf(THINGS)}-card"><a href="/${oneOf(THINGS)}/${below(99)}">${oneOf(THINGS)}</a>&nbsp;</div>`,
    '',
  ),
  XML: times(
    60,
    () =>
      `<soap:Body><${oneOf(THINGS)}Request><customerId>${below(1e6)}</customerId></${oneOf(THINGS)}Request></soap:Body>`,
  ),
  forms: times(
    100,
    () => `${oneOf(THINGS)}=${encodeURIComponent(`Amélie 王 ${below(99)}`)}&q=a%20b%2Fc`,
    '&',
  ),
  'what was masked': times(
    150,
    () => `[REDACTED:${oneOf(words('card email auth-scheme jwt password'))}]${oneOf(['', '4242'])}`,
    ' ',
  ),
};
