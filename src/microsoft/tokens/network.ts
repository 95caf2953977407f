/**
 * MSAL's way to the network: our `fetch` (proxy, tests, simulated tenants), with three repairs (exchange-online.md 3.3). What
 * the token endpoint said is kept, since MSAL drops all but one word. `slow_down` slows polling down instead of ending it
 * (RFC 8628 3.5). A failure on the way during polling is not the end of the sign-in.
 */
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { limits } from '../../limits.ts';
import type { OAuthError } from './refusal.ts';

export type NetworkPorts = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export type Network = {
  readonly client: INetworkModule;
  /** What was last refused; forgotten with every request. */
  readonly lastError: () => OAuthError | undefined;
  /** Whether the last request found no server. */
  readonly wasSilent: () => boolean;
  /** Ends what is under way. */
  readonly abort: () => void;
};

export function createNetwork({ fetch, wait }: NetworkPorts): Network {
  const stop = new AbortController();
  const pace = { slowerMs: 0, failures: 0 };
  let lastError: OAuthError | undefined;
  let wasSilent = false;

  const request = async (url: string, init: RequestInit): Promise<Answer> => {
    lastError = undefined;
    wasSilent = false;
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(limits.microsoft.signInRequestMs)]);
    try {
      const response = await fetch(url, { ...init, signal, redirect: 'manual' });
      const answer = {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await bodyOf(response),
      };
      lastError = errorOf(answer);
      return answer;
    } catch (error) {
      wasSilent = true;
      throw error;
    }
  };

  const poll = async (url: string, init: RequestInit): Promise<Answer> => {
    if (pace.slowerMs > 0) await wait(pace.slowerMs, stop.signal);
    const answer = await request(url, init).catch((error: unknown) => silence(error));
    if (stop.signal.aborted) throw new Error('stopped');
    if (answer.body.error === 'slow_down') {
      pace.slowerMs += slowDownMs;
      return pending;
    }
    if (!isPassing(answer) || ++pace.failures > patience) {
      if (answer.status === 0) throw new Error('no answer');
      return answer;
    }
    await wait(retryAfterMs(answer.headers) ?? slowDownMs, stop.signal);
    return pending;
  };

  const post = async (url: string, { headers = {}, body = '' }: NetworkRequestOptions = {}) => {
    const isPolling = /(?:^|&)grant_type=device_code(?:&|$)/.test(body);
    return await (isPolling ? poll : request)(url, { method: 'POST', headers, body });
  };
  return {
    client: {
      sendGetRequestAsync: <T>(url: string, { headers = {} }: NetworkRequestOptions = {}) =>
        request(url, { method: 'GET', headers }) as Promise<NetworkResponse<T>>,
      sendPostRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
        post(url, options) as Promise<NetworkResponse<T>>,
    },
    lastError: () => lastError,
    wasSilent: () => wasSilent,
    abort: () => stop.abort(),
  };
}

type Answer = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
};

/** RFC 8628 3.5: five seconds more, from then on. */
const slowDownMs = 5_000;

/** Failures on the way in one sign-in; at five seconds each, about the life of a code. */
const patience = 60;

const pending: Answer = { status: 400, headers: {}, body: { error: 'authorization_pending' } };

function silence(error: unknown): Answer {
  return { status: 0, headers: {}, body: { error: 'no_answer', error_description: String(error) } };
}

function isPassing({ status, body }: Answer) {
  return (
    status === 0 ||
    status === 408 ||
    status === 429 ||
    status >= 500 ||
    body.error === 'temporarily_unavailable'
  );
}

/** A gateway's page is an error that says so; MSAL would stumble over it. */
async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return withInterval(value as Record<string, unknown>);
  } catch {
    // Said below.
  }
  const word = response.status >= 500 ? 'temporarily_unavailable' : 'invalid_response';
  return { error: word, error_description: `HTTP ${response.status} without JSON` };
}

/** RFC 8628 3.2: five seconds where none is named. Without one MSAL would ask without a pause. */
function withInterval(body: Record<string, unknown>) {
  if (typeof body.device_code !== 'string') return body;
  return typeof body.interval === 'number' && body.interval > 0 ? body : { ...body, interval: 5 };
}

function errorOf({ body }: Answer): OAuthError | undefined {
  if (typeof body.error !== 'string' || body.error === 'authorization_pending') return undefined;
  const codes = Array.isArray(body.error_codes)
    ? body.error_codes.filter(code => typeof code === 'number')
    : [];
  const description = typeof body.error_description === 'string' ? body.error_description : '';
  return { error: body.error, description, codes };
}

function retryAfterMs(headers: Record<string, string>) {
  const seconds = headers['retry-after'] ?? '';
  return /^\d{1,4}$/.test(seconds)
    ? Math.min(Number(seconds) * 1_000, limits.microsoft.retryAfterMs)
    : undefined;
}
