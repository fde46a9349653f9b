import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange } from '../src/arrange.ts';
import { diff, nearChanges } from '../src/diff.ts';
import { completions, isPython } from '../src/python.ts';
import { passes, sections } from '../src/steps.ts';

test('cells are set side by side where they belong together', () => {
  const cells = ['54-01-ko', '54-01-en', '54-01-py', '54-01-py-2', '54-01-go', 'mine', '54-02-ko', '54-02-go', 'note', 'its']
    .map(id => ({ id, translates: id === 'its' ? 'note' : null }));
  const columns = (languages: string[], pairs: boolean): string =>
    arrange(cells, { languages, pairs }).join(' ');
  assert.equal(columns(['ko', 'en'], false), 'left right all all all note all all left right');
  assert.equal(columns(['ko', 'en'], true), 'left right all left right note all all left right');
  assert.equal(columns(['ko'], false), 'all all all all all note all all left right');
});

test('a lesson is divided at its headings', () => {
  const found = sections([
    { id: '54-00-ko', source: '# 락' }, { id: '54-00-en', source: '# **Locks**' }, { id: '54-00-go', source: '%%\nx()' },
    { id: '54-01-ko', source: '## 둘\n글' }, { id: '54-01-en', source: '## Two\n' + 'word '.repeat(360) },
    { id: 'mine', source: '# not a step' }, { id: '54-01-ko-2', source: '### below' }, { id: '54-01-ko-3', source: '## 셋' },
  ]);
  assert.deepEqual(found.map(s => [s.first, s.last, s.titles, s.minutes]), [
    [0, 2, { ko: '락', en: 'Locks' }, 1], [3, 6, { ko: '둘', en: 'Two' }, 2], [7, 7, { ko: '셋' }, 1],
  ]);
});

test('a difference has the lines of both texts', () => {
  const lines = diff('a\nb\nc\nd', 'a\nB\nc\nd\ne');
  assert.equal(lines.map(l => ({ same: ' ', gone: '-', new: '+' })[l.kind] + l.text).join('|'), ' a|-b|+B| c| d|+e');
  assert.deepEqual(nearChanges(diff('1\n2\n3\n4\n5', '1\n2\n3\n4\nx'), 1).map(l => l?.text ?? '…'), ['…', '4', '5', 'x']);
  assert.deepEqual(nearChanges(diff('same', 'same'), 1), [null]);
});

test('Python is known by the first line', () => {
  for (const yes of ['%%script python3\nx', '%%script /usr/bin/python3.13 -u', '%%writefile ${GONB_TMP_DIR}/a.py\nx', '%%script python3.14t']) {
    assert.ok(isPython(yes), yes);
  }
  for (const no of ['', '%%', '%%script bash', '%%writefile a.go', 'x := "%%script python3"', '%%script pythonic']) assert.ok(!isPython(no), no);
  assert.deepEqual(completions('cou', ['counter = count', 'def co(): pass']), ['count', 'counter']);
  assert.deepEqual(completions('이', ['이름 = 1']), ['이름']);
  assert.deepEqual(completions('yie', []), ['yield']);
});

test('a check has passed if it says so and nothing else', () => {
  assert.ok(passes('=== RUN TestX\n--- PASS: TestX\nPASS\n'));
  for (const no of ['', '--- FAIL: TestX\nFAIL\n', 'WARNING: DATA RACE\nPASS', 'panic: x\nPASS']) assert.ok(!passes(no), no);
});
