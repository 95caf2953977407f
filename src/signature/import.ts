/**
 * Templates of others in our language: Exchange disclaimers (`%%DisplayName%%`) and CodeTwo (`{First name}`, `{RT}...{/RT}`).
 * What has no counterpart is told with its place. The result is checked like any template when it is saved.
 */
import { type Position, positionsIn } from './template-position.ts';

export type Imported = {
  readonly source: string;
  /** Tokens that need a look, in order, with their places in the original. */
  readonly notes: readonly ImportNote[];
};

export type ImportNote = Position & { readonly token: string; readonly sentence: string };

type Replacement = { readonly tag: string; readonly note?: string };

/** The 23 tokens that the documentation of `New-TransportRule -ApplyHtmlDisclaimerText` lists, and older spellings of them. */
export function importExchange(source: string): Imported {
  return converted(source, /%%([A-Za-z0-9]{1,40})%%/g, name => exchangeTag(name.toLowerCase()));
}

/**
 * CodeTwo's placeholders, in any case. `{RT}` is what goes when a field in it is empty, our `{{#line}}`: that one goes when all
 * of them are, which is told.
 */
export function importCodeTwo(source: string): Imported {
  return converted(source, /\{(\/?[A-Za-z][A-Za-z0-9 ./-]{0,40})\}(?!\})/g, codeTwoTag);
}

function converted(
  source: string,
  pattern: RegExp,
  tagFor: (name: string) => Replacement | undefined,
): Imported {
  const positionOf = positionsIn(source);
  const notes: ImportNote[] = [];
  const result = source.replace(pattern, (token: string, name: string, at: number) => {
    const replacement = source[at - 1] === '{' ? undefined : tagFor(name);
    const sentence = replacement ? replacement.note : unknownSentence;
    if (sentence !== undefined) notes.push({ ...positionOf(at), token, sentence });
    return replacement?.tag ?? token;
  });
  return { source: result, notes };
}

const unknownSentence = 'Signet knows no such field; it was left as it is.';

function field(name: string): Replacement {
  return { tag: `{{person.${name}}}` };
}

/** Entra has no such attribute; where the directory is LDAP or CSV it can be had as a custom one. */
function custom(name: string): Replacement {
  return {
    tag: `{{person.custom.${name}}}`,
    note: `Microsoft 365 does not hold this attribute: fill the custom attribute "${name}", or take it out.`,
  };
}

const shared: Readonly<Record<string, Replacement>> = {
  city: field('city'),
  company: field('companyName'),
  department: field('department'),
  displayname: field('displayName'),
  fax: field('faxNumber'),
  faxnumber: field('faxNumber'),
  firstname: field('givenName'),
  homephone: custom('homePhone'),
  initials: custom('initials'),
  lastname: field('surname'),
  manager: { tag: '{{manager.displayName}}' },
  mobilephone: field('mobilePhone'),
  mobilenumber: field('mobilePhone'),
  notes: custom('notes'),
  office: field('officeLocation'),
  pager: custom('pager'),
  phone: field('businessPhone'),
  phonenumber: field('businessPhone'),
  postalcode: field('postalCode'),
  state: field('state'),
  street: field('streetAddress'),
  streetaddress: field('streetAddress'),
  title: field('jobTitle'),
  userprincipalname: field('userPrincipalName'),
  userlogonname: field('userPrincipalName'),
  zipcode: field('postalCode'),
};

const ofExchange: Readonly<Record<string, Replacement>> = {
  ...shared,
  country: field('country'),
  countryorregion: field('country'),
  email: field('email'),
  homephonenumber: custom('homePhone'),
  pagernumber: custom('pager'),
  pobox: custom('postOfficeBox'),
  postofficebox: custom('postOfficeBox'),
  stateorprovince: field('state'),
  windowsemailaddress: field('email'),
};

function exchangeTag(name: string): Replacement | undefined {
  return own(ofExchange, name) ?? attributeTag(name);
}

const ofCodeTwo: Readonly<Record<string, Replacement>> = {
  ...shared,
  companyname: field('companyName'),
  country: field('country'),
  countryregion: field('country'),
  currentdate: { tag: '{{message.date}}' },
  date: { tag: '{{message.date}}' },
  email: field('email'),
  emailaddress: field('email'),
  employeeid: field('employeeId'),
  jobtitle: field('jobTitle'),
  mobile: field('mobilePhone'),
  officelocation: field('officeLocation'),
  photo: {
    tag: '<img src="{{person.photo}}" width="96" height="96" alt="">',
    note: 'The photo became an <img> of 96 pixels: set its size.',
  },
  pobox: custom('postOfficeBox'),
  preferredlanguage: field('preferredLanguage'),
  province: field('state'),
  rt: {
    tag: '{{#line}}',
    note: '{RT} goes when any field in it is empty, {{#line}} when all are: give each field its own {{#line}} where that matters.',
  },
  '/rt': { tag: '{{/line}}' },
  stateprovince: field('state'),
  subject: { tag: '{{message.subject}}' },
  upn: field('userPrincipalName'),
  webpage: custom('webPage'),
  zippostalcode: field('postalCode'),
};

function codeTwoTag(written: string): Replacement | undefined {
  const isEnd = written.startsWith('/');
  const name = (isEnd ? '/' : '') + written.toLowerCase().replace(/[^a-z0-9]/g, '');
  return own(ofCodeTwo, name) ?? attributeTag(name);
}

/** `Custom attribute 7`, `ExtensionAttribute7`. */
function attributeTag(name: string): Replacement | undefined {
  const number = Number(/^(?:custom|extension)attribute(\d{1,2})$/.exec(name)?.[1]);
  return number >= 1 && number <= 15 ? field(`extensionAttribute${number}`) : undefined;
}

function own(table: Readonly<Record<string, Replacement>>, name: string) {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
