import { isPlaceholder } from '../assignment/placeholder.ts';
import { senseOfKey } from '../keys.ts';
import type { Match, Rule, ScanMemo } from '../rule.ts';
import { sample } from './sample.ts';

const ID = 'command-password';
/** How far behind the name of a tool its arguments are read, and before it what it is called by. */
const REACH = 400;
const BEFORE = 80;
const MOST = 4;
/** Most places end at one small expression. */
const REJECTED = 0.5;
const ARGUMENTS = 12;
const VALUE = `(?:'{1,2}(?<single>[^'\\n]{3,200})'|\\\\{0,4}"(?<double>[^"\\n\\\\]{3,200})\\\\{0,4}"|(?<bare>(?![-$<])(?:[^\\s"'\`<|;&\\\\]|<(?!\\/)){3,200}))`;

interface Tool {
  /** The ends of its name, or what else the gate looks for. */
  readonly literals: readonly string[];
  /** What stands at the end of the literal: the whole name. */
  readonly name: RegExp;
  /** Its arguments up to the value; `name` or `key` when one of them says what the value is. */
  readonly args: RegExp;
}

const LOGIN =
  '(?:docker|podman|nerdctl|buildah|skopeo|helm registry|helm|az|oc|cf|ibmcloud|crane auth) login';

/** Passwords among the arguments of tools: names, and what stands before the value. */
const TOOLS: readonly Tool[] = [
  tool('mongosh |mongodump |mongorestore |mongoexport |mongoimport ', 'mongo[a-z]{2,7}', '-p +'),
  tool('cqlsh |twine |ncftpput |ncftpget |psexec ', 'cqlsh|twine|ncftp[a-z]{3}|psexec', '-p +'),
  tool(' login ', LOGIN, '-p +'),
  tool(' login ', 'vault login', '(?=[^\\s=&]{3,200}(?:[\\s"\'<&\\\\]|$))', false),
  tool('redis-cli ', 'redis-cli', '(?:-a|--pass) +'),
  tool('ldapsearch |ldapmodify |ldapadd |ldapdelete |ldapwhoami ', 'ldap[a-z]{3,6}', '-w +'),
  tool(
    'zip |sqlcmd |bcp |ipmitool |o_pub |o_sub ',
    '(?:un)?zip|sqlcmd|bcp|ipmitool|mosquitto_[ps]ub',
    '-P +',
  ),
  tool('7z |7za |7zr |rar ', '7z[ar]?|(?:un)?rar', '-h?p'),
  tool('ssh-keygen ', 'ssh-keygen', '-[NP] +'),
  tool('openssl ', 'openssl', '(?:-pass(?:in|out)? +pass:|-k +)'),
  tool(
    'htpasswd ',
    'htpasswd',
    '(?:-[a-zA-Z]*(?:n[a-zA-Z]*b|b[a-zA-Z]*n)[a-zA-Z]* +\\S{1,64} +|-[a-zA-Z]*b[a-zA-Z]* +\\S{1,200} +\\S{1,64} +)',
  ),
  tool('net user ', 'net user', '[^\\s/]{1,64} +(?!\\/)', false),
  tool('mqctl ', 'rabbitmqctl', '(?:add_user|change_password|authenticate_user) +\\S{1,64} +'),
  tool('radd |rmod ', 'user(?:add|mod)', '-p +'),
  tool('lftp ', 'lftp', '-u +[^\\s,]{1,64},'),
  tool('xfreerdp |cmdkey ', 'xfreerdp|cmdkey', '\\/p(?:ass)?:'),
  tool(
    'figure set |fig set ',
    '(?:aws configure|(?:npm|pnpm|yarn) config) set',
    '(?<name>\\S{1,160})[ =]+',
    false,
  ),
  tool('m-literal', '--from-literal', '[= ](?<key>[\\w.-]{1,64})=', false),
  tool(
    '-h |-header ',
    '-H|--header',
    '(?=["\'])\\\\{0,4}["\'](?<name>[\\w-]{2,64}): *(?<header>[^"\'\\n\\\\]{3,400})',
    false,
  ),
];

/** `echo x | docker login --password-stdin`, `echo x | sudo -S …`, `echo bob:x | chpasswd`. */
const PIPED = new RegExp(
  `(?:echo|printf)(?: +-[neE]+)? +(?:(["']?)[\\w.-]{1,64}:(?<changed>[^\\s"'|]{3,200})\\1|${VALUE}) *\\| *(?:[\\w./-]+ +)?[^|\\n]{0,160}$`,
  'd',
);
const PIPES: readonly string[] = ['d-stdin', 'sudo -s', 'chpasswd'];

/** What a shell, a log or a list of steps has before a command. */
const BEGIN: ReadonlySet<string> = new Set(';&|(`"\'$#>:=\n\r\t');
const CALLER = /^(?:sudo|exec|time|spawn|ran|run|running|executing|command|cmd)$/i;
const WORD_CHAR = /[\w.~/-]/;
/** Of a text about the command. */
const PROSE =
  /^(?:flags?|options?|parameters?|arguments?|switch|and|or|the|to|for|is|in|as|it|with|your|if|value|password|passwd|pwd|pass)$/i;
const PLAIN_KEY = /user|name|host|port|url|region|database|^(?:db|id|env|mode)$/i;
const KNOWN_HEADER = /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i;

/** A password among the arguments of a command, or piped into one. */
export const COMMAND_LINE_RULES: readonly Rule[] = [
  {
    id: ID,
    kind: 'token',
    literals: [...new Set(TOOLS.flatMap((row) => row.literals))],
    work: REJECTED,
    isContext: true,
    find: findArgument,
    reference: 'https://docs.docker.com/reference/cli/docker/login/',
    examples: () => {
      const secret = sample('alnum', 24);
      return ['docker login -u shop -p', 'redis-cli -a', 'vault login'].map((command) => ({
        text: `${command} ${secret}`,
        secret,
      }));
    },
  },
  {
    id: ID,
    kind: 'token',
    literals: PIPES,
    work: REJECTED,
    isContext: true,
    find: findPiped,
    reference: 'https://docs.docker.com/reference/cli/docker/login/',
    examples: () => {
      const secret = sample('alnum', 14);
      return [{ text: `echo ${secret} | docker login -u shop --password-stdin`, secret }];
    },
  },
];

function tool(literals: string, name: string, args: string, isAnywhere = true): Tool {
  // An argument may stand behind others.
  const before = isAnywhere ? '(?:[^\\n|;]{0,200}?[ \\t])??' : '';
  return {
    literals: literals.split('|'),
    name: new RegExp(`(?<![\\w.-])(?:${name})[ \\t]?$`, 'i'),
    args: new RegExp(`${before}${args.replaceAll(' +', '[ \\t]{1,4}')}(?:${VALUE})?`, 'dy'),
  };
}

function findArgument(text: string, at: number, literal: string, memo: ScanMemo): Match[] | undefined {
  const end = at + literal.length;
  const called = text.slice(Math.max(0, end - BEFORE), end);
  const matches: Match[] = [];
  for (const row of TOOLS) {
    if (!row.literals.includes(literal)) continue;
    const name = row.name.exec(called);
    if (name === null) continue;
    memo.work += ARGUMENTS;
    const isCommand = name[0].startsWith('-') || isCalled(called, name.index);
    const { args } = row;
    args.lastIndex = end;
    for (let found = args.exec(text); found !== null && matches.length < MOST; found = args.exec(text)) {
      if (args.lastIndex - end > REACH) break;
      const place = placeIn(found);
      if (place === undefined) break;
      const value = text.slice(...place);
      if (isNamed(found.groups ?? {}) && isPassword(value, isCommand))
        matches.push({ start: place[0], end: place[1], ruleId: ID, isSpecific: true });
      args.lastIndex = place[1];
    }
  }
  return matches.length === 0 ? undefined : matches;
}

/** Whether what ends at `end`, but for the path of a tool, is where a command begins. */
function isCalled(text: string, end: number): boolean {
  const pathStart = startOfWord(text, end);
  let at = pathStart;
  while (at > 0 && text[at - 1] === ' ') at--;
  if (at === 0 || BEGIN.has(text[at - 1] as string)) return true;
  const word = text.slice(startOfWord(text, at), at);
  return CALLER.test(word) || text[at - word.length - 1] === '=';
}

function startOfWord(text: string, end: number): number {
  let start = end;
  while (start > 0 && WORD_CHAR.test(text[start - 1] as string)) start--;
  return start;
}

function findPiped(text: string, at: number, literal: string, memo: ScanMemo): Match[] | undefined {
  // `sudo -s` opens a shell.
  if (literal === 'sudo -s' && text[at + literal.length - 1] !== 'S') return undefined;
  const from = Math.max(0, at - REACH);
  const before = text.slice(Math.max(from, text.lastIndexOf('\n', at) + 1), at);
  if (!before.includes('|')) return undefined;
  memo.work += ARGUMENTS;
  const found = PIPED.exec(before);
  const place = found === null ? undefined : placeIn(found, literal === 'chpasswd');
  if (place === undefined || !isPassword(before.slice(...place), true)) return undefined;
  const start = at - before.length;
  return [{ start: start + place[0], end: start + place[1], ruleId: ID, isSpecific: true }];
}

function placeIn(found: RegExpExecArray, isChanged = false): [number, number] | undefined {
  const { single, double, bare, header, changed } = found.indices?.groups ?? {};
  if (isChanged) return changed;
  return header ?? single ?? double ?? bare;
}

function isNamed({ name, key }: { name?: string; key?: string }): boolean {
  if (key !== undefined) return !PLAIN_KEY.test(key);
  return (
    name === undefined || (senseOfKey(name.replace(/.*[/:]/, '')) === 'strong' && !KNOWN_HEADER.test(name))
  );
}

/** A word counts only where a command stands, and a text about it does not. */
function isPassword(value: string, isCommand: boolean): boolean {
  if (isPlaceholder(value) || PROSE.test(value)) return false;
  return isCommand || /\d/.test(value);
}
