/** Graph's way of saying no: `{error: {code, message, innerError}}`, and its usual refusals (exchange-online.md 10; example 17). */
import { type Answer, json } from '../http.ts';

export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function refusal(status: number, code: string, message: string): Refusal {
  return { status, code, message };
}

export function answerRefusal(
  { status, code, message, headers = {} }: Refusal,
  about: { readonly requestId: string; readonly date: string },
): Answer {
  const innerError = {
    date: about.date,
    'request-id': about.requestId,
    'client-request-id': about.requestId,
  };
  return json(status, { error: { code, message, innerError } }, headers);
}

export const noPrivileges = refusal(
  403,
  'Authorization_RequestDenied',
  'Insufficient privileges to complete the operation.',
);

export const badToken = refusal(401, 'InvalidAuthenticationToken', 'Access token is empty or invalid.');

export const noSegment = refusal(
  400,
  'BadRequest',
  'Resource not found for the segment: the sandbox has no such path.',
);

export function noResource(id: string): Refusal {
  return refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function unsupported(message: string): Refusal {
  return refusal(400, 'Request_UnsupportedQuery', message);
}

export function badRequest(message: string): Refusal {
  return refusal(400, 'Request_BadRequest', message);
}

export const resync = refusal(
  410,
  'syncStateNotFound',
  'The delta token is no longer valid, and the application must get the full collection again.',
);
