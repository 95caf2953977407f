/**
 * The Exchange admin API: `InvokeCommand` and the list of cmdlets that a caller may run (reference 1). It answers in the order in which the
 * real one finds out: token, routing, throttling, body, cmdlet, permission, parameters, and only then the work.
 */
import type { Answer, Request, Service } from '../http.ts';
import { json } from '../http.ts';
import { type Caller, type ExchangeNeeds, identifyCaller, mayRun } from './caller.ts';
import type { Cmdlet, Cmdlets, Output } from './cmdlet.ts';
import { answerError, type CmdletError, cmdletError, gatewayError } from './errors.ts';
import { faultAfter, faultBefore, faultInstead } from './fault-answers.ts';
import { inboundConnectorCmdlets } from './inbound-connector.ts';
import { organizationCmdlets } from './organization.ts';
import { outboundConnectorCmdlets } from './outbound-connector.ts';
import { createPages, type Pages } from './pages.ts';
import { bind } from './parameters.ts';
import { recipientCmdlets } from './recipients.ts';
import { transportRuleCmdlets } from './transport-rule.ts';

export const cmdlets: Cmdlets = {
  ...inboundConnectorCmdlets,
  ...outboundConnectorCmdlets,
  ...transportRuleCmdlets,
  ...recipientCmdlets,
  ...organizationCmdlets,
};

export function createExchange(needs: ExchangeNeeds): Service {
  const pages = createPages(needs);
  return async request => {
    const { pathname } = request.url;
    const invoke = /^\/adminapi\/beta\/([^/]+)\/InvokeCommand$/.exec(pathname)?.[1];
    const moduleFile = /^\/adminapi\/v1\.0\/([^/]+)\/EXOModuleFile$/.exec(pathname)?.[1];
    const answer = await route(needs, { request, pages, invoke, moduleFile });
    return { ...answer, headers: { 'request-id': needs.state.newGuid(), ...answer.headers } };
  };
}

type Route = {
  readonly request: Request;
  readonly pages: Pages;
  readonly invoke?: string | undefined;
  readonly moduleFile?: string | undefined;
};

async function route(needs: ExchangeNeeds, { request, pages, invoke, moduleFile }: Route): Promise<Answer> {
  const tenantKey = invoke ?? moduleFile;
  if (tenantKey === undefined) return { status: 404 };
  if (request.method !== (invoke === undefined ? 'GET' : 'POST')) return { status: 405 };
  const caller = await identifyCaller(
    needs,
    request.headers.authorization ?? '',
    decodeURIComponent(tenantKey),
  );
  if (caller.kind === 'unauthorized') return unauthorized;
  if (caller.kind === 'wrong-scope') return { status: 403 };
  if (invoke === undefined) return listCmdlets(caller, request);
  return invokeCommand(needs, { caller, request, pages });
}

const unauthorized: Answer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer realm="", error="invalid_token"' },
};

/** The permission probe (reference 1.1). */
function listCmdlets(caller: Caller, { headers, url }: Request): Answer {
  if (headers.commandname === undefined || !url.searchParams.has('Version')) {
    return gatewayError(400, 'BadRequest', 'Expected the header CommandName and the parameter Version.');
  }
  if (caller.roles.length === 0 || caller.isStale) return forbidden(caller);
  const allowed = Object.entries(cmdlets).filter(([, cmdlet]) => mayRun(caller, cmdlet));
  return json(200, { value: [{ exportedCmdlets: allowed.map(([name]) => name).join(',') }] });
}

/** The reason stands in a header, and the body holds nothing but NULs; a stale token gets no reason at all. */
function forbidden({ isStale }: Caller): Answer {
  if (isStale) return { status: 403 };
  const reason =
    '2000012;reason="The user isn\'t assigned to a role that allows this cmdlet.";error_category="invalid_grant"';
  return { status: 403, headers: { 'x-ms-diagnostics': reason }, body: '\0\0' };
}

type Invocation = { readonly caller: Caller; readonly request: Request; readonly pages: Pages };

async function invokeCommand(needs: ExchangeNeeds, { caller, request, pages }: Invocation): Promise<Answer> {
  const misrouted = checkHeaders(caller, request);
  if (misrouted) return misrouted;
  const asked = readBody(request.body);
  if (!asked)
    return gatewayError(
      400,
      'BadRequest',
      'Expected {"CmdletInput": {"CmdletName": "...", "Parameters": {}}}.',
    );
  const { faults } = needs.state;
  const fault = faultBefore(needs, request, asked.name);
  if (fault) return fault;
  if (request.url.searchParams.has('$skiptoken')) return pages.next(request);
  const [name, cmdlet] =
    Object.entries(cmdlets).find(([one]) => one.toLowerCase() === asked.name.toLowerCase()) ?? [];
  if (name === undefined || !cmdlet) return answerError(unknown(asked.name));
  if (caller.isStale || !mayRun(caller, cmdlet)) return forbidden(caller);
  const instead = faultInstead(faults, name);
  if (instead) return instead;
  const result = await run(needs, { name, cmdlet, caller, parameters: asked.parameters });
  const lost = faultAfter(faults, name);
  if (lost) return lost;
  if (result.kind === 'error') {
    const isHidden = result.status === 404 && faults.strikes('exchange-not-found-400', name);
    return answerError(isHidden ? { ...result, status: 400 } : result);
  }
  return pages.first(request, result);
}

function unknown(name: string) {
  return cmdletError(
    'command',
    `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program.`,
  );
}

const anchors = /^(UPN:[^@\s]+@[^@\s]+|APP:SystemMailbox\{[0-9a-f-]{36}\}@{1,2}\S+)$/i;

/** JSON, and an anchor mailbox of this tenant or of whoever signed in (reference 1.2, 1.3). */
function checkHeaders({ tenant }: Caller, { headers }: Request): Answer | undefined {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return { status: 415 };
  if (/^clixml$/i.test(headers['x-responseformat'] ?? '')) {
    return gatewayError(
      406,
      'NotAcceptable',
      'The sandbox answers in JSON only: send X-ResponseFormat: json.',
    );
  }
  const anchor = headers['x-anchormailbox'] ?? '';
  if (!anchors.test(anchor))
    return gatewayError(
      400,
      'BadRequest',
      'Expected the header X-AnchorMailbox, as UPN:... or APP:SystemMailbox{...}@...',
    );
  const domain = anchor.slice(anchor.lastIndexOf('@') + 1).toLowerCase();
  const own = [
    tenant.id,
    ...tenant.acceptedDomains.latest().map(({ DomainName }) => DomainName.toLowerCase()),
  ];
  const isPartner = tenant.partners.size > 0 && anchor.startsWith('UPN:');
  if (own.includes(domain) || isPartner) return undefined;
  return gatewayError(404, 'MailboxNotFound', `No mailbox of this organization is known by '${anchor}'.`);
}

type Asked = { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> };

function readBody(body: Buffer): Asked | undefined {
  try {
    const { CmdletInput: input } = JSON.parse(body.toString('utf8'));
    const parameters: unknown = input?.Parameters;
    const isObject = typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters);
    if (typeof input?.CmdletName !== 'string' || !isObject) return undefined;
    return { name: input.CmdletName, parameters: { ...parameters } };
  } catch {
    return undefined;
  }
}

type Run = Asked & { readonly cmdlet: Cmdlet; readonly caller: Caller };

async function run(
  { state }: ExchangeNeeds,
  { cmdlet, caller, parameters }: Run,
): Promise<Output | CmdletError> {
  const { tenant } = caller;
  const bound = bind(cmdlet.parameters, parameters, name => currentList(tenant, parameters, name));
  if (bound.kind === 'error') return bound;
  const { values, isTrial, isConfirmed } = bound;
  if (cmdlet.confirms && !isConfirmed && !isTrial) {
    return cmdletError(
      'operation',
      'This command asks for confirmation, which is not possible here: set Confirm to false.',
    );
  }
  return cmdlet.run({ state, tenant, values, isTrial });
}

/** The list that `{Add, Remove}` changes. */
function currentList(
  tenant: Caller['tenant'],
  parameters: Readonly<Record<string, unknown>>,
  name: string,
): readonly string[] {
  if (name === 'IPAllowList') return tenant.ipAllowList.addresses;
  const identity = Object.entries(parameters).find(([key]) => key.toLowerCase() === 'identity')?.[1];
  const stored = [tenant.inboundConnectors, tenant.outboundConnectors, tenant.transportRules].flatMap(
    ({ latest }) => [...latest()],
  );
  const found = stored.find(({ Name, Guid }) =>
    [Name, Guid].some(key => key.toLowerCase() === String(identity).toLowerCase()),
  );
  const value = new Map<string, unknown>(Object.entries(found ?? {})).get(name);
  return Array.isArray(value) ? value : [];
}
