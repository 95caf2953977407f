/**
 * A simulated Microsoft 365: sign-in, Exchange admin API and Graph, each at an address of its own on 127.0.0.1, over HTTPS with a
 * certificate made at the start. Browsers reach the sign-in pages over plain HTTP too. Built from the documented facts, so
 * that it refuses what Microsoft refuses; see README.md.
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import {
  type Authority as CertificateAuthority,
  createAuthority as createCertificateAuthority,
} from './authority.ts';
import { createControl } from './control.ts';
import { createExchange } from './exchange/admin-api.ts';
import { createGraph } from './graph/graph.ts';
import { type Listener, listen, type Service } from './http.ts';
import { type SandboxMail, startMail } from './mail.ts';
import { seed } from './seed.ts';
import { createAuthority } from './sign-in/authority.ts';
import { createKeys } from './sign-in/keys.ts';
import { createPending } from './sign-in/pending.ts';
import { createState, type Random, type State } from './state.ts';

export type SandboxNeeds = {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Log, 'error'>;
};

/** Origins, without a slash at the end. Tokens are asked for by Microsoft's own resource names or by these. */
export type Cloud = {
  /** `https://login.microsoftonline.com` of this cloud. */
  readonly authority: string;
  /** `https://outlook.office365.com`. */
  readonly exchange: string;
  /** `https://graph.microsoft.com`. */
  readonly graph: string;
  /** The sign-in pages and `/sandbox` over plain HTTP. */
  readonly pages: string;
  /** PEM of the authority that stands behind all certificates of this cloud. */
  readonly certificateAuthority: string;
  /** The inbound host of all tenants; `sandbox.mail().smartHosts` says where their smart hosts are. */
  readonly mail: { readonly host: string; readonly port: number };
};

export type Sandbox = {
  readonly state: State;
  readonly listen: () => Promise<Cloud>;
  /** @throws before `listen` */
  readonly cloud: () => Cloud;
  /** @throws before `listen` */
  readonly mail: () => SandboxMail;
  /** As a public authority would, for what stands beside the cloud, such as a relay. @throws before `listen` */
  readonly issue: CertificateAuthority['issue'];
  readonly close: () => Promise<void>;
};

export function createSandbox({ clock, random, log }: SandboxNeeds): Sandbox {
  const state = createState({ clock, random });
  seed(state);
  let listeners: readonly Listener[] = [];
  let cloud: Cloud | undefined;
  let mail: SandboxMail | undefined;
  let issuer: CertificateAuthority | undefined;

  async function start(): Promise<Cloud> {
    issuer = await createCertificateAuthority({
      commonName: 'Signet sandbox authority',
      now: clock.now(),
      random,
    });
    const { certificate: cert, key } = await issuer.issue(['localhost']);
    const certificate = { cert, key };
    const services = new Map<string, Service>();
    const open = async (name: string, isSecure: boolean) => {
      const service: Service = request => services.get(name)?.(request) ?? { status: 503 };
      const listener = await listen({ service, log, ...(isSecure ? { certificate } : {}) });
      listeners = [...listeners, listener];
      return listener.origin;
    };
    const origins = {
      authority: await open('authority', true),
      exchange: await open('exchange', true),
      graph: await open('graph', true),
      pages: await open('pages', false),
    };
    const keys = await createKeys(state);
    const signIn = createAuthority({ state, keys, origins, pending: createPending(state) });
    const control = createControl({ state, mail: () => listening(mail) });
    services.set('authority', signIn);
    services.set('exchange', createExchange({ state, keys, origins }));
    services.set('graph', createGraph({ state, keys, origins }));
    services.set('pages', request =>
      request.url.pathname.startsWith('/sandbox') ? control(request) : signIn(request),
    );
    mail = await startMail({ state, authority: issuer });
    cloud = {
      ...origins,
      certificateAuthority: issuer.certificate,
      mail: { host: mail.host, port: mail.port },
    };
    return cloud;
  }

  return {
    state,
    listen: start,
    cloud: () => listening(cloud),
    mail: () => listening(mail),
    issue: names => listening(issuer).issue(names),
    close: async () => {
      await mail?.close();
      await Promise.all(listeners.map(({ close }) => close()));
    },
  };
}

function listening<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('the sandbox does not listen yet');
  return part;
}
