import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importCodeTwo, importExchange } from '../../src/signature/import.ts';
import { personWith, problemsOf, render } from '../support/signatures.ts';

const documented =
  'City Company CountryOrRegion Department DisplayName Fax FirstName HomePhone Initials LastName Manager MobilePhone Notes Office Pager Phone PostalCode PostOfficeBox StateOrProvince StreetAddress Title UserPrincipalName WindowsEmailAddress'.split(
    ' ',
  );

describe('A disclaimer of Exchange is imported', () => {
  it('with all 23 documented tokens, as a template that can be saved', () => {
    assert.equal(documented.length, 23);
    const { source, notes } = importExchange(documented.map(name => `<p>%%${name}%%</p>`).join('\n'));
    assert.doesNotMatch(source, /%%/);
    assert.deepEqual(problemsOf({ html: source }), []);
    assert.deepEqual(
      notes.map(({ token, line }) => `${line} ${token}`),
      ['8 %%HomePhone%%', '9 %%Initials%%', '13 %%Notes%%', '15 %%Pager%%', '18 %%PostOfficeBox%%'],
    );
  });

  it('in attributes, in any case, with extension attributes', () => {
    const { source, notes } = importExchange(
      '<a href="mailto:%%email%%">%%DISPLAYNAME%%</a> %%CustomAttribute7%% 100%% %%x',
    );
    assert.equal(
      source,
      '<a href="mailto:{{person.email}}">{{person.displayName}}</a> {{person.extensionAttribute7}} 100%% %%x',
    );
    assert.deepEqual(notes, []);
  });

  it('telling what it does not know', () => {
    const { source, notes } = importExchange('a\n  %%Shoesize%%');
    assert.equal(source, 'a\n  %%Shoesize%%');
    assert.deepEqual(notes, [
      {
        line: 2,
        column: 3,
        token: '%%Shoesize%%',
        sentence: 'Signet knows no such field; it was left as it is.',
      },
    ]);
  });
});

describe('A signature of CodeTwo is imported', () => {
  it('with fields and {RT}', () => {
    const { source } = importCodeTwo(
      '{First name} {Last name}<br>{RT}Tel. {Phone}<br>{/RT}{RT}Mobile {Mobile}<br>{/RT}{E-mail}',
    );
    assert.equal(
      source,
      '{{person.givenName}} {{person.surname}}<br>{{#line}}Tel. {{person.businessPhone}}<br>{{/line}}{{#line}}Mobile {{person.mobilePhone}}<br>{{/line}}{{person.email}}',
    );
    const person = personWith({
      givenName: 'Jane',
      surname: 'Doe',
      businessPhone: '1',
      email: 'j@example.com',
    });
    assert.equal(render({ html: source }, { person }).html, 'Jane Doe<br>Tel. 1<br>j@example.com');
  });

  it('leaving style sheets and our own tags alone, and telling unknown placeholders', () => {
    const { source, notes } = importCodeTwo(
      '<style>p {color:red}</style>{{person.city}} {Email} {Shoe size}',
    );
    assert.equal(source, '<style>p {color:red}</style>{{person.city}} {{person.email}} {Shoe size}');
    assert.deepEqual(
      notes.map(({ token }) => token),
      ['{Shoe size}'],
    );
  });
});
