import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { powershellCommand, powershellText } from '../../../src/microsoft/script/powershell.ts';
import { createPowershellReader } from '../../support/powershell.ts';

const read = await createPowershellReader();

function readBack(text: string) {
  const [command, ...more] = read(`Set-Thing -Value ${powershellText(text)} -Last $true`);
  assert.equal(more.length, 0);
  assert.deepEqual(command?.arguments.Last, true, 'nothing of the value was taken for the rest');
  return command?.arguments.Value;
}

const hostile = [
  '',
  ' ',
  "O'Brien",
  "''",
  "'; Remove-Mailbox -Identity '*",
  '"; Remove-Mailbox',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: PowerShell's own placeholder is what must stay text.
  '$(Remove-Mailbox) $env:PATH ${x} @x @(1)',
  '`n `0 `" `$',
  '‘single’ ‚low‛ “double” „low”',
  "’; Remove-Mailbox '",
  'first\nsecond\r\nthird\tend',
  '\u0000\u0001\u007f',
  'Ünïcödé 署名 👩🏽‍💻 \u202Egnp.exe',
  '\ud800 alone',
  // Its UTF-8 bytes hold 0x92, a quote in code page 1252.
  'Ò’',
  '#> <# comment',
  '--%',
  '-Confirm:$false',
  '%%{|}&;,()[]<>~',
  '\\',
  "@'\nhere\n'@",
];

for (const text of hostile)
  test(`${JSON.stringify(text)} is read back as it was`, () => {
    assert.equal(readBack(text), text);
  });

test('any text is read back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
      assert.equal(readBack(text), text);
    }),
    { numRuns: 500 },
  );
});

test('a command is read back with its types', () => {
  const command = {
    cmdlet: 'Set-InboundConnector',
    parameters: {
      Identity: "x'y",
      RequireTls: true,
      SenderDomains: ['*', "a'b", 'é'],
      SenderIPAddresses: null,
      Confirm: false,
    },
  };
  const written = powershellCommand(
    { cmdlet: 'Remove-InboundConnector', parameters: { Identity: 'x', Confirm: false } },
    '',
  );
  assert.equal(written, "Remove-InboundConnector -Identity 'x' -Confirm:$false");
  const [back] = read(powershellCommand(command, ''));
  assert.deepEqual(back, { name: command.cmdlet, arguments: { ...command.parameters } });
});

test('what is added to a list and taken from it is a hash table', () => {
  const parameters = { Identity: 'c', SenderIPAddresses: { add: ["1'"], remove: ['2'] } };
  const written = powershellCommand({ cmdlet: 'Set-InboundConnector', parameters }, '');
  assert.equal(
    written,
    "Set-InboundConnector -Identity 'c' -SenderIPAddresses @{ Add = @('1'''); Remove = @('2') }",
  );
  const [back] = read(written);
  assert.deepEqual(back?.arguments.SenderIPAddresses, { table: { Add: ["1'"], Remove: ['2'] } });
});
