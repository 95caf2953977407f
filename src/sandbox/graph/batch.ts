/**
 * `$batch`: up to twenty requests in one, each with its own status (exchange-online.md 10.4). Their URLs are relative, their
 * ids unique; bodies that are no JSON come in base64. `dependsOn` is not simulated and is refused.
 */
import { type Answer, json, type Request } from '../http.ts';
import { badRequest, type Refusal } from './errors.ts';

const most = 20;

type Part = {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

export async function answerBatch(
  request: Request,
  answerOne: (request: Request) => Promise<Answer>,
): Promise<Answer | Refusal> {
  const parts = readParts(request);
  if ('status' in parts) return parts;
  const responses = [];
  for (const { id, method, url, headers } of parts) {
    const answer = await answerOne({
      method,
      url: new URL(`/v1.0${url}`, request.url.origin),
      headers: { ...headers, authorization: request.headers.authorization ?? '' },
      body: Buffer.alloc(0),
    });
    responses.push({ id, status: answer.status, headers: answer.headers ?? {}, ...bodyOf(answer) });
  }
  // Graph does not keep the order of the requests.
  return json(200, { responses: responses.reverse() });
}

function bodyOf({ headers = {}, body }: Answer) {
  if (body === undefined || body === '') return {};
  const isJson = /json/.test(headers['content-type'] ?? '');
  return { body: isJson ? JSON.parse(String(body)) : Buffer.from(body).toString('base64') };
}

function readParts({ method, headers, body }: Request): readonly Part[] | Refusal {
  if (method !== 'POST') return { ...badRequest('$batch takes POST only.'), status: 405 };
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    return badRequest('Content-Type of a batch must be application/json.');
  const given = read(body);
  if (!Array.isArray(given)) return badRequest('Invalid batch payload format.');
  if (given.length === 0 || given.length > most)
    return badRequest(`Number of batch requests exceeds the limit or is zero: ${given.length} of ${most}.`);
  const parts = given.map(partOf);
  const ids = new Set(parts.map(part => part?.id));
  return parts.every(part => part !== undefined) && ids.size === parts.length
    ? (parts as readonly Part[])
    : badRequest('Every request of a batch needs a unique id, a method and a relative url.');
}

function read(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString('utf8')) as { requests?: unknown }).requests;
  } catch {
    return undefined;
  }
}

function partOf(given: unknown): Part | undefined {
  const { id, method, url, headers = {}, dependsOn } = (given ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || id === '' || typeof method !== 'string' || typeof url !== 'string')
    return undefined;
  if (!url.startsWith('/') || url.startsWith('//') || url.startsWith('/$batch') || dependsOn !== undefined)
    return undefined;
  const named = Object.entries(headers as object).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { id, method: method.toUpperCase(), url, headers: Object.fromEntries(named) };
}
