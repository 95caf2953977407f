/** PURE. A plan in sentences that an administrator reads before saying yes. No secret is in a plan, so none is in here. */
import type { DesiredObject, Role } from '../../microsoft/connectors/desired.ts';
import type { PlanLine } from '../../microsoft/mail-flow-types.ts';
import { driftSentences } from '../../microsoft/plan/drift.ts';
import type { Plan, Step } from '../../microsoft/plan/plan-types.ts';

export function planLines(plan: Plan): readonly PlanLine[] {
  return plan.map(planLine);
}

export function planLine(step: Step): PlanLine {
  const { kind, objectKind, role, name } = step;
  return {
    action: kind,
    objectKind,
    ...(role === undefined ? {} : { role }),
    name,
    sentences: sentencesOf(step),
  };
}

const nouns = {
  'inbound-connector': 'inbound connector',
  'outbound-connector': 'outbound connector',
  'transport-rule': 'mail flow rule',
} as const;

function sentencesOf(step: Step): readonly string[] {
  const what = `${nouns[step.objectKind]} "${step.name}"`;
  switch (step.kind) {
    case 'create':
      return [`Make the ${what}.`, ...purpose(step.object)];
    case 'change':
      return [`Change the ${what}.`, ...driftSentences([step])];
    case 'keep':
      return [`Keep the ${what} as it is.`];
    case 'remove':
      return [`Remove the ${what}.`, step.reason];
    case 'conflict':
      return [step.reason];
  }
}

const purposes: Readonly<Record<Role, (parameters: DesiredObject['parameters']) => readonly string[]>> = {
  inbound: ({ TlsSenderCertificateName, SenderIPAddresses }) => [
    TlsSenderCertificateName
      ? `Exchange takes mail back from Signet, known by its certificate for ${listed(TlsSenderCertificateName)}.`
      : `Exchange takes mail back from Signet, known by its address ${listed(SenderIPAddresses)}.`,
  ],
  outbound: ({ SmartHosts, TlsSettings }) => [
    `Exchange hands mail to ${listed(SmartHosts)}, port 25, over TLS${TlsSettings === 'DomainValidation' ? ', and checks the certificate' : ' with any certificate'}. Only mail that the rule sends takes this way.`,
  ],
  'out-of-office': () => ['Out of office replies do not go through Signet.'],
  recall: () => ['Messages that take others back do not go through Signet.'],
  pilot: ({ From, ExpiryDate }) => [
    `Mail of ${listed(From)} alone goes through Signet first, until ${listed(ExpiryDate)} at most.`,
  ],
  route: ({ FromMemberOf, SentToScope, ExceptIfMessageSizeOver, StopRuleProcessing, ExpiryDate }) => [
    `Mail of ${FromMemberOf ? `members of ${listed(FromMemberOf)}` : 'everyone in the organisation'} goes through Signet, ${SentToScope ? 'to recipients outside only' : 'also to recipients inside'}.`,
    `Meeting requests, mail over ${Number((Number(ExceptIfMessageSizeOver) / 2 ** 20).toFixed(1))} MB and mail that Signet has had already stay.`,
    ...(StopRuleProcessing ? ['Rules behind it wait for the signed mail.'] : []),
    ...(ExpiryDate ? [`It ends by itself at ${listed(ExpiryDate)} unless Signet extends it.`] : []),
  ],
};

function purpose({ role, parameters }: DesiredObject) {
  return purposes[role](parameters);
}

function listed(value: DesiredObject['parameters'][string] | undefined) {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}
