/**
 * Names of credentials in other languages than English: each alone names a secret, in scripts that part no words at
 * the end of a longer one too (`用户密码`). The gate looks for the part behind the bar, where what begins a name comes
 * too often: it sees the low halves of characters only, so that `पास` is `*>8` to it.
 */
const NAMES: readonly string[] = (
  'kennwort passwort contrasena contraseña contrasenya senha parola wachtwoord haslo hasło ş|ifre lösenord passord salasana ' +
  'h|eslo jelszó jelszo adgangskode kodeord lozinka parool sl|aptažodis ' +
  'пароль пароля паролем парола т|окен т|окена с|екрет κωδικός κωδικος κωδικού συνθηματικό ' +
  '密码 密碼 口令 密钥 密鑰 金鑰 私钥 私鑰 秘钥 令牌 验证码 驗證碼 授权码 授權碼 ' +
  'パスワード ﾊﾟｽﾜｰﾄﾞ パスコード パスフレーズ トークン シークレット シークレットキー アクセスキー apiキー 認証キー 秘密鍵 暗証番号 合言葉 ' +
  '비밀번호 비번 암호 패스워드 토큰 시크릿 인증키 비밀키 개인키 보안키 서비스키 액세스키 api키 인증번호 ' +
  'סיסמה סיסמא אסימון पास|वर्ड कूटशब्द टोकन পাসওয়ার্ড கடவுச்சொல் รหัส|ผ่าน โทเค็น โทเคน گذرواژه'
).split(' ');

/** Two words that name one together. */
const PAIRS: readonly string[] = (
  'mật_khẩu mat_khau секретный_к|люч закрытый_к|люч приватный_к|люч ' +
  'كلمة_ال|مرور كلمه_ال|مرور كلمة_مرور كلمة_السر كلمه_السر رمز_ال|مرور الرقم_السري رمز_ع|بور کلمه_ع|بور'
).split(' ');

/** The last letter of Latin-1 and its extensions. */
const LAST_LATIN = 0x24f;
/** The gate looks for three characters at least: a shorter name has one of these behind it. */
const BEHIND = ':：=＝"\' \t\\>(「';
/** What says "is" behind it. */
const IS = '是为為は';
const IS_IN_KOREAN = '는은';
const FIRST_KOREAN = 0xac00;
/** Of full-width letters the low halves of small ones are letters of ASCII, which the gate looks for anyway. */
const FULL_WIDTH = 'ORD= ORD: Pass OKEN Token SECRET KEY'.split(' ');

export const OTHER_NAMES: readonly string[] = NAMES.map((name) => name.replace('|', ''));
export const OTHER_PAIRS: readonly string[] = PAIRS.map((pair) => pair.replace('|', ''));

/** Those that may be the end of a word. */
export const OTHER_ENDINGS: readonly string[] = OTHER_NAMES.filter(
  (name) => name.charCodeAt(name.length - 1) > LAST_LATIN,
);

/** What the gate looks for to find any of them, in each case it is written in, and names in full-width letters. */
export function otherLiterals(): string[] {
  const literals = new Set<string>([...FULL_WIDTH.map(wide), 'ＯＲＤ=', 'ＯＲＤ:']);
  for (const name of [...NAMES, ...PAIRS]) {
    // The gate looks for that anyway.
    if (name.includes('pass')) continue;
    for (const form of casesOf(name.replace(/.*[|_]/, ''))) {
      if (form.length > 2) literals.add(form);
      else {
        const is = form.charCodeAt(0) < FIRST_KOREAN ? IS : IS_IN_KOREAN;
        for (const sign of BEHIND + is) literals.add(form + sign);
      }
    }
  }
  return [...literals];
}

/** Of ASCII the gate does not mind the case. */
function casesOf(word: string): string[] {
  const isAscii = Buffer.byteLength(word) === word.length;
  return isAscii ? [word] : [word, word.toUpperCase(), (word[0] as string).toUpperCase() + word.slice(1)];
}

function wide(word: string): string {
  return word.replaceAll(/./g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
}
