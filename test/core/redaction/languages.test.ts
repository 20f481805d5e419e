import { expect, test } from 'vitest';
import { createRedactor, senseOfKey } from '../../../src/core/redaction/index.ts';
import { OTHER_NAMES, OTHER_PAIRS } from '../../../src/core/redaction/names.ts';

/** What people call a password, a token, a key in other languages. */
const NAMES = [
  ...OTHER_NAMES,
  ...OTHER_PAIRS,
  'सुपर_पासवर्ड',
  'Пароль',
  'ПАРОЛЬ',
  'Токен',
  '用户密码',
  'データベースパスワード',
];
const redactor = createRedactor();
const secret = ['h7Kq2vXp', '9LmZ'].join('');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const escaped = (text: string): string =>
  text.replaceAll(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

test('redaction: a name in any script is known wherever it stands: settings, sentences, JSON, forms, XML', () => {
  for (const name of NAMES) {
    expect(senseOfKey(name), name).toBe('strong');
    const words = name.replaceAll('_', ' ');
    for (const text of [
      `${words}: ${secret}`,
      `${words}=${secret}`,
      `${words}："${secret}"`,
      `login failed, ${words} = '${secret}'`,
      JSON.stringify({ [words]: secret }),
      `12:00 body=${JSON.stringify({ a: 1, [name]: secret })}`,
      `{ '${words}': '${secret}' }`,
      `user=bob&${name}=${secret}&x=1`,
      `<${name}>${secret}</${name}>`,
      `| ${words} | id |\n| ${secret} | 7 |`,
    ])
      expect(redactor.text(text), text).not.toContain(secret);
    expect(JSON.stringify(redactor.attributes({ [name]: secret }))).not.toContain(secret);
  }
});

test('redaction: a name in any script is known through percent signs, escapes, bytes and base64', () => {
  for (const name of NAMES) {
    const text = `user=7&${name}=${secret}&lang=x`;
    for (const encoded of [
      encodeURIComponent(text),
      `https://shop.example/login?${encodeURIComponent(name)}=${secret}&a=1`,
      escaped(text),
      `{"${escaped(name)}":"${secret}"}`,
      `got {"${escaped(name)}": "${secret}"}`,
      `b'${[...Buffer.from(name)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}=${secret}'`,
    ])
      expect(redactor.text(encoded), encoded).not.toContain(secret);
    const packed = base64(text);
    expect(redactor.text(`body ${packed} end`), name).not.toContain(packed.slice(-16, -4));
    const bytes = redactor.value('body', Buffer.from(`${text} 🔑`)) as Uint8Array;
    expect(Buffer.from(bytes).toString(), name).not.toContain(secret);
    expect(Buffer.from(bytes).toString(), name).toContain(name);
    const wide = redactor.value('body', Buffer.from(`${text}, of user bob`, 'utf16le')) as Uint8Array;
    expect(Buffer.from(wide).toString().replaceAll('\0', ''), name).not.toContain(secret);
  }
});

test('redaction: a sentence in another script gives a password away, and one about passwords stays', () => {
  for (const text of [
    `您的密码是${secret}`,
    `密码为 ${secret}`,
    `パスワードは${secret}です`,
    `비밀번호는 ${secret} 입니다`,
    `パスワード「${secret}」`,
  ])
    expect(redactor.text(text), text).not.toContain(secret);
  for (const text of [
    '密码错误，请重试',
    '密码长度: 8',
    '请输入密码：',
    'パスワードは必須です',
    '비밀번호가 틀렸습니다',
    'Пароль: обязательное поле',
    'неверный пароль для user 7',
    'κωδικός σφάλματος: 404',
    '令牌已过期',
  ])
    expect(redactor.text(text), text).toBe(text);
});

test('redaction: full-width letters are read as what they look like', () => {
  const wide = (text: string): string =>
    text.replaceAll(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
  for (const name of ['password', 'PASSWORD', 'Password', 'api_key', 'TOKEN'])
    for (const text of [
      `${wide(name)}＝${secret}`,
      `${wide(`${name}=`)}${secret}`,
      `${wide(name)}：${secret}`,
    ]) {
      expect(redactor.text(text), text).not.toContain(secret);
      expect(redactor.text(encodeURIComponent(text)), text).not.toContain(secret);
    }
});

test('redaction: a sign that nobody sees inside a name hides nothing, alone in its text or not', () => {
  for (const sign of ['\u200b', '\u200c', '\ufeff', '\u00ad', '\u200e', '\u200f', '\u0301', '\u0308'])
    for (const name of ['password', 'api_key', 'Authorization', 'пароль'])
      for (const place of [1, 3, name.length - 1]) {
        const hidden = name.slice(0, place) + sign + name.slice(place);
        for (const text of [
          `${hidden}=${secret}`,
          `x ${hidden}: ${secret} y`,
          JSON.stringify({ a: 1, [hidden]: secret }),
          JSON.stringify({ text: `${hidden}=${secret}` }),
          encodeURIComponent(`${hidden}=${secret}`),
        ])
          expect(redactor.text(text), JSON.stringify(text)).not.toContain(secret);
        expect(
          JSON.stringify(redactor.attributes({ a: `${hidden}=${secret}`, b: 'plain text' })),
        ).not.toContain(secret);
      }
});

test('redaction: a text with accents, emoji and hidden signs but no secret stays as it is', () => {
  for (const text of [
    'cafe\u0301 au lait',
    'family 👩\u200d👩\u200d👧',
    'soft\u00adhyphen',
    '密かに',
    '\ufeffa,b,c\n1,2,3',
    'نص عربي\u200f',
    'ｆｕｌｌ ｗｉｄｔｈ',
  ])
    for (const each of [text, encodeURIComponent(text), JSON.stringify({ text })]) {
      expect(redactor.text(each)).toBe(each);
      const bytes = Buffer.from(each);
      expect(redactor.value('body', bytes)).toBe(bytes);
    }
});
