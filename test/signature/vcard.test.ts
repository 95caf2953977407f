import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vcardOf } from '../../src/signature/vcard.ts';
import { personWith } from '../support/signatures.ts';

describe('A vCard', () => {
  it('has what reaches a person at work', () => {
    const person = personWith({
      displayName: 'Jane Doe',
      givenName: 'Jane',
      surname: 'Doe',
      jobTitle: 'CTO',
      companyName: 'Example, Ltd',
      department: 'IT',
      businessPhone: '+44 1',
      mobilePhone: '+44 2',
      streetAddress: '1 Main St',
      city: 'Bristol',
      country: 'UK',
    });
    assert.deepEqual(vcardOf(person).split('\r\n'), [
      'BEGIN:VCARD',
      'VERSION:3.0',
      'N:Doe;Jane;;;',
      'FN:Jane Doe',
      'ORG:Example\\, Ltd;IT',
      'TITLE:CTO',
      'TEL;TYPE=WORK,VOICE:+44 1',
      'TEL;TYPE=CELL:+44 2',
      'EMAIL;TYPE=INTERNET:jane@example.com',
      'ADR;TYPE=WORK:;;1 Main St;Bristol;;;UK',
      'END:VCARD',
      '',
    ]);
  });

  it('leaves out what is not known', () => {
    assert.equal(
      vcardOf(personWith({})),
      'BEGIN:VCARD\r\nVERSION:3.0\r\nN:jane@example.com;;;;\r\nFN:jane@example.com\r\nEMAIL;TYPE=INTERNET:jane@example.com\r\nEND:VCARD\r\n',
    );
  });

  it('holds no value that begins a line or a part of its own', () => {
    const person = personWith({ displayName: 'a\r\nTEL:+1900;b,c\\n', surname: 'x;y' });
    assert.match(vcardOf(person), /\r\nN:x\\;y;;;;\r\nFN:a TEL:\+1900\\;b\\,c\\\\n\r\n/);
  });
});
