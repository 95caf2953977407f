/**
 * The configuration bundle: everything that makes up the tenants of one appliance, as one value (PRODUCT.md 10). It is
 * what SIGNET_BUNDLE holds and what `export` writes and `import` reads. References between its parts are names and
 * have been checked; files it named have been read in. A default that was not written is absent where others may
 * change it (preferences), else filled in. Secrets may be missing: an export never holds them.
 */
import type { CsvSource } from '../directory/csv.ts';
import type { LdapSource } from '../directory/ldap-settings.ts';
import type { StoredCloudName } from '../microsoft/cloud.ts';
import type { PersonField, PersonKind } from '../signature/person.ts';
import type { Rule } from '../signature/rule.ts';
import type { SignatureImage, SignatureSection } from '../signature/signature.ts';
import type { Preferences } from '../signature/tenant.ts';

export type Bundle = { readonly version: 1; readonly tenants: readonly BundleTenant[] };

export type BundleTenant = {
  readonly id?: string;
  /** Unique in the bundle. */
  readonly name: string;
  readonly kind: 'smtp' | 'exchange-online';
  readonly mode: 'on' | 'shadow' | 'off';
  /** Lower-case A-labels. */
  readonly domains: readonly string[];
  readonly peers: readonly BundlePeer[];
  readonly nextHop: BundleNextHop;
  /** Of `exchange-online`, once the tenant is connected. */
  readonly microsoft?: BundleMicrosoft;
  /** Value of `X-Signet-Processed`; absent: made once and kept in the store. */
  readonly token?: string;
  /** `{{tenant.NAME}}`: the legal name, the register, the country that telephone numbers are read for. */
  readonly fields: Readonly<Record<string, string>>;
  /** Only what differs from the defaults. */
  readonly preferences: Partial<Preferences>;
  readonly blocks: readonly BundleBlock[];
  readonly signatures: readonly BundleSignature[];
  readonly rules: readonly BundleRule[];
  readonly groups: readonly BundleGroup[];
  readonly people: readonly BundlePerson[];
  readonly licences: readonly BundleLicence[];
  /** Where further people come from, by a job. */
  readonly directory?: BundleDirectory;
};

export type BundleMicrosoft = {
  /** Entra's id of the tenant, lower case. */
  readonly tenantId: string;
  /** No file leads to a `sandbox`. */
  readonly cloud: StoredCloudName;
  /** Valid values of `X-Signet-Route`. Never in a file: they are made by the appliance and stay there. */
  readonly routeSecrets: readonly string[];
  /** Exchange's own test is taken at the moment. Never in a file. */
  readonly validation?: {
    readonly id: string;
    readonly until: number;
    readonly recipients: readonly string[];
    readonly taken: number;
  };
};

/** Microsoft Graph, by the tenant's standing access *directory*. */
export type GraphDirectory = { readonly kind: 'graph'; readonly photos: boolean };

export type BundleDirectory = {
  readonly source: CsvSource | LdapSource | GraphDirectory;
  /** Of `bindName`. */
  readonly password: BundleSecret;
  readonly everyMinutes: number;
};

/** A secret and the file it came from; only the file's name is ever written. */
export type BundleSecret = { readonly file?: string; readonly value?: string };

export type BundlePeer =
  | { readonly kind: 'address'; readonly block: string }
  | { readonly kind: 'user'; readonly user: string; readonly password: BundleSecret }
  | { readonly kind: 'certificate'; readonly name: string };

export type BundleNextHop = {
  readonly target:
    | { readonly kind: 'host'; readonly host: string }
    /** `within`: ends of host names; other exchangers do not count. */
    | { readonly kind: 'mx'; readonly domain: string; readonly within?: readonly string[] };
  readonly port: number;
  readonly tls: 'required' | 'opportunistic' | 'off';
  /** PEM. */
  readonly ca?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: BundleSecret };
  readonly auth?: { readonly user: string; readonly password: BundleSecret };
  /** Shows the appliance's own certificate, in the place of one of the tenant's. */
  readonly serverCertificate?: true;
  /** Was not written and follows from the domains: what is stored stays. */
  readonly isDefault?: true;
};

/** A section that several signatures show, with the images that its HTML shows. */
export type BundleBlock = SignatureSection & {
  readonly name: string;
  readonly images: readonly SignatureImage[];
};

export type BundleSection =
  | { readonly kind: 'own'; readonly section: SignatureSection }
  | { readonly kind: 'block'; readonly block: string };

export type BundleSignature = {
  readonly id?: string;
  readonly name: string;
  readonly sections: readonly BundleSection[];
  readonly images: readonly SignatureImage[];
};

/** A rule as in src/signature/rule.ts; signatures and groups are named, ids only kept. */
export type BundleRule = Omit<Rule, 'id'> & { readonly id?: string };

/** A group that has an address of its own: mail from it is mail of no person. */
export type BundleGroup = { readonly name: string; readonly address?: string };

export type BundlePerson = {
  /** Primary address, lower case. */
  readonly address: string;
  readonly kind: PersonKind;
  readonly aliases: readonly string[];
  readonly fields: Readonly<Partial<Record<PersonField, string>>>;
  readonly custom: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  /** Primary address of another person. */
  readonly manager?: string;
  /** A PNG, JPEG or GIF. */
  readonly photo?: Uint8Array;
};

/** `from` and `until` are days, `YYYY-MM-DD`, both included, in the tenant's time zone. */
export type BundleLicence = {
  readonly seats: number;
  readonly from?: string;
  readonly until?: string;
  readonly note?: string;
};

/** Line and column count from 1. */
export type BundleProblem = { readonly line: number; readonly column: number; readonly sentence: string };
