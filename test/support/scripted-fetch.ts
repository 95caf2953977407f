/** A server of prepared answers: each request takes the next one, and is kept for the test to look at. */
export type ScriptedReply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON, nothing for none. */
  readonly body?: unknown;
  /** Instead of an answer. */
  readonly error?: Error;
};

export type Asked = {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
};

export function scriptedFetch(replies: readonly (ScriptedReply | ((asked: Asked) => ScriptedReply))[]) {
  const asked: Asked[] = [];
  const rest = [...replies];
  const fetch = async (url: string, init: RequestInit = {}) => {
    const request: Asked = {
      url,
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : '',
    };
    asked.push(request);
    const next = rest.shift();
    if (!next) throw new Error(`no answer is prepared for ${request.method} ${url}`);
    const reply = typeof next === 'function' ? next(request) : next;
    if (reply.error) throw reply.error;
    const { status = 200, headers = {}, body } = reply;
    const text =
      body === undefined || body === null ? null : typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(status === 204 ? null : text, { status, headers });
  };
  return { fetch, asked, left: () => rest.length };
}

/** What Node's fetch throws: the reason stands in `cause`. */
export function networkError(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}
