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

function readsAs(role: 'editor' | 'admin', path: string, holds: RegExp): Scenario {
  return { path, holds, outcomes: { ...allowed(role, 200), guest: toSignIn(path), foreign: 404 } };
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

export const tenantScenarios: Readonly<Record<string, Scenario>> = {
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
  await store.rules.saveRule('acme', everybody, { basedOn: 0, changedBy: 'test' });
}
