/**
 * Errors of the Exchange admin API in its own shape (reference 1.7, examples 06, 10, 11, 19). `error.message` says nothing; the truth is
 * `details[].message`: id, exception type and text, separated by `|`.
 */
import { createHash } from 'node:crypto';
import { type Answer, json } from '../http.ts';

export type CmdletError = {
  readonly kind: 'error';
  readonly status: number;
  readonly exception: string;
  readonly text: string;
};

const exceptions = {
  notFound: 'Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException',
  exists: 'Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException',
  dehydrated: 'Microsoft.Exchange.Management.Tasks.TenantDehydratedException',
  binding: 'System.Management.Automation.ParameterBindingException',
  type: 'System.Management.Automation.ParameterBindingArgumentTransformationException',
  command: 'System.Management.Automation.CommandNotFoundException',
  connector: 'Microsoft.Exchange.Management.Transport.InvalidConnectorSettingException',
  rule: 'Microsoft.Exchange.MessagingPolicies.Rules.Tasks.InvalidTransportRuleException',
  operation: 'Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException',
} as const;

export type ExceptionName = keyof typeof exceptions;

export function cmdletError(
  name: ExceptionName,
  text: string,
  status = name === 'notFound' ? 404 : 400,
): CmdletError {
  return { kind: 'error', status, exception: exceptions[name], text };
}

export function notFound(identity: string): CmdletError {
  return cmdletError(
    'notFound',
    `The operation couldn't be performed because object '${identity}' couldn't be found on 'AM0PR05A01DC001.EURPR05A001.PROD.OUTLOOK.COM'.`,
  );
}

export const dehydrated = cmdletError(
  'dehydrated',
  "The command you tried to run isn't currently allowed in your organization. To run this command, you first need to run the command: Enable-OrganizationCustomization.",
);

/** Exchange leaves the id out for some exceptions: `|Type|text`. */
const withoutId: readonly string[] = [exceptions.exists, exceptions.dehydrated];

export function answerError({ status, exception, text }: CmdletError): Answer {
  const id = withoutId.includes(exception) ? '' : idOf(exception);
  const isMissing = exception === exceptions.notFound;
  const innererror = {
    message: 'Error executing cmdlet',
    type: 'Microsoft.Exchange.Admin.OData.Core.ODataServiceException',
    stacktrace: '   at ...',
    internalexception: { message: text, type: exception, stacktrace: '   at ...' },
  };
  const error = {
    code: isMissing ? 'NotFound' : 'BadRequest',
    message: 'Error executing cmdlet',
    details: [{ code: isMissing ? 'Context' : 'Client', target: '', message: `${id}|${exception}|${text}` }],
    innererror,
  };
  return json(status, { error }, { 'content-type': 'application/json', 'x-exceptiontype': exception });
}

/** Six hexadecimal digits that stay the same for a type. */
function idOf(exception: string) {
  if (exception === exceptions.notFound) return 'Ex6F9304';
  return `Ex${createHash('sha256').update(exception).digest('hex').slice(0, 6).toUpperCase()}`;
}

/** An error outside any cmdlet. */
export function gatewayError(status: number, code: string, message: string): Answer {
  return json(status, { error: { code, message } }, { 'content-type': 'application/json' });
}
