/** The log as a process of its own writes it: lines are gathered, and none that counts stays behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const log = pathToFileURL(new URL('../src/log.ts', import.meta.url).pathname).href;

/** What a program with `log` at hand leaves on standard error, and how it ended. */
async function linesOf(program: string) {
  const source = `import { createLog } from '${log}';\nconst log = createLog('info');\n${program}`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', source];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (piece: Buffer) => {
    text += piece.toString();
    if (text.includes('"die"')) child.kill('SIGKILL');
  });
  const [code] = await once(child, 'close');
  const messages = text.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line).msg] : []));
  return { code, messages };
}

test('the lines of a program that ends are all there, in order', async () => {
  const program = "for (let n = 0; n < 2000; n++) log.info(String(n)); log.info('last');";
  const { code, messages } = await linesOf(program);
  assert.equal(code, 0);
  assert.deepEqual(messages, [...Array.from({ length: 2000 }, (_, n) => String(n)), 'last']);
});

test('the lines before a fault that ends the process are there', async () => {
  const { code, messages } = await linesOf("log.info('before'); throw new Error('a fault');");
  assert.deepEqual([code, messages], [1, ['before']]);
});

test('a warning takes the lines before it along at once', async () => {
  // The loop never turns again: what is to be seen must have left with the warning itself.
  const { code, messages } = await linesOf("log.info('before'); log.warn('die'); for (;;);");
  assert.deepEqual([code, messages], [null, ['before', 'die']]);
});
