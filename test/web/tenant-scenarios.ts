/** Rows of scenarios.test.ts for what a tenant has, and the tenant that they run on. */
import type { Rule } from '../../src/signature/rule.ts';
import type { Web } from '../support/web.ts';

type Outcome = number | string;
type Outcomes = Readonly<Record<'guest' | 'auditor' | 'editor' | 'admin' | 'owner' | 'foreign', Outcome>>;
type Scenario = {
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly outcomes: Outcomes;
  readonly holds?: RegExp;
  readonly never?: RegExp;
};

const of = '/tenants/acme';

function reads(path: string, holds: RegExp): Scenario {
  const outcomes = { ...allowed('auditor', 200), guest: toSignIn(path), foreign: 404 };
  return { path, holds, never: /<b>/, outcomes };
}

function readsAs(role: 'editor' | 'admin', path: string, holds: RegExp, outcome: Outcome = 200): Scenario {
  return { path, holds, outcomes: { ...allowed(role, outcome), guest: toSignIn(path), foreign: 404 } };
}

function changes(
  role: 'editor' | 'admin',
  path: string,
  outcome: Outcome,
  fields: Readonly<Record<string, string>>,
): Scenario {
  return { path, fields, outcomes: { ...allowed(role, outcome), guest: '/session/new', foreign: 404 } };
}

function allowed(role: 'auditor' | 'editor' | 'admin', outcome: Outcome) {
  return {
    auditor: role === 'auditor' ? outcome : 403,
    editor: role === 'admin' ? 403 : outcome,
    admin: outcome,
    owner: outcome,
  };
}

function toSignIn(path: string) {
  return `/session/new?to=${encodeURIComponent(path)}`;
}

const put = { _method: 'PUT' };
const gone = { _method: 'DELETE' };

const flow = `${of}/mail-flow`;

/** Of a tenant with servers of its own: there is nothing to connect, but who may come as far as hearing that is the same. */
const mailFlowScenarios: Readonly<Record<string, Scenario>> = {
  'GET /tenants/:tenantId/mail-flow': reads(flow, /servers of your own/),
  'PUT /tenants/:tenantId/mail-flow/signing': changes('admin', `${flow}/signing`, flow, {
    ...put,
    signing: 'off',
  }),
  'GET /tenants/:tenantId/mail-flow/setup': readsAs('admin', `${flow}/setup`, /./, 404),
  'GET /tenants/:tenantId/mail-flow/sign-in': readsAs('admin', `${flow}/sign-in`, /no sign-in under way/),
  'POST /tenants/:tenantId/mail-flow/sign-in': changes('admin', `${flow}/sign-in`, 422, {
    flow: 'device-code',
  }),
  'GET /auth/callback': {
    path: '/auth/callback?code=stolen&state=guessed',
    outcomes: {
      ...{
        auditor: '/tenants',
        editor: '/tenants',
        admin: '/tenants',
        owner: '/tenants',
        foreign: '/tenants',
      },
      guest: toSignIn('/auth/callback?code=stolen&state=guessed'),
    },
  },
  'GET /tenants/:tenantId/mail-flow/scope': readsAs('admin', `${flow}/scope`, /./, 404),
  'PUT /tenants/:tenantId/mail-flow/scope': changes('admin', `${flow}/scope`, `${flow}/sign-in?then=setup`, {
    ...put,
    senders: 'all',
  }),
  'GET /tenants/:tenantId/mail-flow/configure': readsAs(
    'admin',
    `${flow}/configure`,
    /./,
    `${flow}/sign-in?then=setup`,
  ),
  'POST /tenants/:tenantId/mail-flow/runs': changes('admin', `${flow}/runs`, `${flow}/sign-in?then=pause`, {
    action: 'pause',
  }),
  'GET /tenants/:tenantId/mail-flow/run': readsAs('admin', `${flow}/run`, /Nothing was run yet/),
  'DELETE /tenants/:tenantId/mail-flow/run': changes('admin', `${flow}/run`, `${flow}/run`, gone),
  'GET /tenants/:tenantId/mail-flow/act': readsAs(
    'admin',
    `${flow}/act?action=remove`,
    /./,
    `${flow}/sign-in?then=remove`,
  ),
  'GET /tenants/:tenantId/mail-flow/manual': readsAs('admin', `${flow}/manual`, /./, 422),
  'PUT /tenants/:tenantId/mail-flow/manual': changes('admin', `${flow}/manual`, 422, put),
  'GET /tenants/:tenantId/mail-flow/script': readsAs('admin', `${flow}/script`, /./, `${flow}/manual`),
  'GET /tenants/:tenantId/mail-flow/removal-script': readsAs(
    'admin',
    `${flow}/removal-script`,
    /./,
    `${flow}/manual`,
  ),
  'GET /tenants/:tenantId/mail-flow/emergency': {
    path: `${flow}/emergency`,
    outcomes: { ...allowed('auditor', 404), guest: toSignIn(`${flow}/emergency`), foreign: 404 },
  },
};

export const tenantScenarios: Readonly<Record<string, Scenario>> = {
  ...mailFlowScenarios,
  'GET /tenants/:tenantId/rules': reads(`${of}/rules`, /External &lt;b>|External &lt;b&gt;/),
  'GET /tenants/:tenantId/rules/new': readsAs('editor', `${of}/rules/new`, /A new rule/),
  'POST /tenants/:tenantId/rules': changes('editor', `${of}/rules`, 422, { name: '', action: 'none' }),
  'GET /tenants/:tenantId/rules/:ruleId': reads(`${of}/rules/rule1`, /External &lt;b>|External &lt;b&gt;/),
  'PUT /tenants/:tenantId/rules/:ruleId': changes('editor', `${of}/rules/rule1`, 409, {
    ...put,
    name: 'Mine',
    action: 'none',
    basedOn: '0',
  }),
  'GET /tenants/:tenantId/rules/:ruleId/removal': readsAs('editor', `${of}/rules/rule1/removal`, /for good/),
  'DELETE /tenants/:tenantId/rules/:ruleId': changes('editor', `${of}/rules/of-nobody`, 404, gone),
  'PUT /tenants/:tenantId/rules/:ruleId/switch': changes(
    'editor',
    `${of}/rules/rule1/switch`,
    `${of}/rules`,
    put,
  ),
  'DELETE /tenants/:tenantId/rules/:ruleId/switch': changes(
    'editor',
    `${of}/rules/rule1/switch`,
    `${of}/rules`,
    gone,
  ),
  'PUT /tenants/:tenantId/rules/:ruleId/place': changes('editor', `${of}/rules/rule1/place`, `${of}/rules`, {
    ...put,
    to: 'down',
  }),
  'POST /tenants/:tenantId/rules/:ruleId/copies': changes('editor', `${of}/rules/of-nobody/copies`, 404, {
    x: '',
  }),
  'GET /tenants/:tenantId/signatures': reads(`${of}/signatures`, /Corporate &lt;b>/),
  'POST /tenants/:tenantId/signatures': changes('editor', `${of}/signatures`, 422, { name: '' }),
  'GET /tenants/:tenantId/signatures/:signatureId': reads(`${of}/signatures/s1`, /Corporate &lt;b>/),
  'PUT /tenants/:tenantId/signatures/:signatureId': changes('editor', `${of}/signatures/s1`, 409, {
    ...put,
    name: 'Mine',
    basedOn: '0',
  }),
  'GET /tenants/:tenantId/signatures/:signatureId/removal': readsAs(
    'editor',
    `${of}/signatures/s1/removal`,
    /for good/,
  ),
  'DELETE /tenants/:tenantId/signatures/:signatureId': changes('editor', `${of}/signatures/none`, 404, gone),
  'GET /tenants/:tenantId/signatures/:signatureId/preview': {
    ...reads(`${of}/signatures/s1/preview`, /Acme/),
    never: /<script/,
  },
  'PUT /tenants/:tenantId/signatures/:signatureId/preview': {
    path: `${of}/signatures/s1/preview`,
    fields: { ...put, section: '0', 's0.new.html': '<p>typed</p>' },
    holds: /typed/,
    outcomes: { ...allowed('auditor', 200), guest: '/session/new', foreign: 404 },
  },
  'PUT /tenants/:tenantId/signatures/:signatureId/publication': changes(
    'editor',
    `${of}/signatures/s1/publication`,
    `${of}/signatures/s1`,
    { ...put, version: '1' },
  ),
  'DELETE /tenants/:tenantId/signatures/:signatureId/publication': changes(
    'editor',
    `${of}/signatures/s1/publication`,
    `${of}/signatures/s1`,
    gone,
  ),
  'POST /tenants/:tenantId/signatures/:signatureId/images': changes(
    'editor',
    `${of}/signatures/s1/images`,
    422,
    { x: '' },
  ),
  'GET /tenants/:tenantId/signatures/:signatureId/images/:imageName': {
    path: `${of}/signatures/s1/images/none.png`,
    outcomes: {
      ...allowed('auditor', 404),
      guest: toSignIn(`${of}/signatures/s1/images/none.png`),
      foreign: 404,
    },
  },
  'DELETE /tenants/:tenantId/signatures/:signatureId/images/:imageName': changes(
    'editor',
    `${of}/signatures/none/images/a.png`,
    404,
    gone,
  ),
};

export const everybody: Rule = {
  id: 'rule1',
  name: 'External <b>',
  enabled: true,
  senders: { include: [], except: [] },
  recipients: { include: [{ kind: 'external' }], except: [] },
  message: { conversation: 'any', subjectWords: [], textWords: [], importance: 'any' },
  time: { weekdays: [] },
  action: { kind: 'no-signature' },
  onMatch: 'stop',
  onNoMatch: 'continue',
};

export async function seedTenant({ store }: Web): Promise<void> {
  const section = { zone: 'signature', new: { html: '<p>{{tenant.name}}</p>' }, reply: 'same' } as const;
  const content = { sections: [{ kind: 'own', section } as const], images: [] };
  await store.signatures.save('acme', {
    ...{ id: 's1', name: 'Corporate <b>', content, basedOn: 0, savedBy: 'test', publish: true },
  });
  await store.rules.saveRule('acme', everybody, { basedOn: 0, changedBy: 'test' });
}
