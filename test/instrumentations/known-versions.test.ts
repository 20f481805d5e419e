import { expect, test } from 'vitest';
import { isKnownVersion } from '../../instrumentations/known-versions.ts';

test.each([
  ['4.0.0', ['>=4.0.0 <6'], true],
  ['5.3.0', ['>=4.0.0 <6'], true],
  ['6.0.0', ['>=4.0.0 <6'], false],
  ['3.21.2', ['>=4.0.0 <6'], false],
  ['12.5.1', ['>=4.0.0 <12', '>=12.0.0 <13'], true],
  ['13.0.0', ['>=4.0.0 <12', '>=12.0.0 <13'], false],
  ['3.1.0', ['^3.1.0'], true],
  ['4.0.0', ['^3.1.0'], false],
  ['3.0.9', ['^3.1.0'], false],
  ['0.5.7', ['^0.5.5'], true],
  ['0.6.0', ['^0.5.5'], false],
  ['1.2.9', ['~1.2.3'], true],
  ['1.3.0', ['~1.2.3'], false],
  ['2.9.1', ['2'], true],
  ['3.0.0', ['2'], false],
  ['8.2.7', ['8.2.x'], true],
  ['8.3.0', ['8.2.x'], false],
  ['9.9.9', ['*'], true],
  ['2.0.0-rc.1', ['>=2.0.0 <3'], true],
  ['6.1.0', ['<4 || >=6'], true],
  ['5.0.0', ['<4 || >=6'], false],
  ['next', ['>=1.0.0 <2'], true],
])('known versions: %s in %j: %s', (version, ranges, isKnown) => {
  expect(isKnownVersion(version, ranges)).toBe(isKnown);
});
