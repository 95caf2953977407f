/** What the pages stand on; `app.ts` hands it in. Each route takes the part that it uses. */
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { MailFlowService } from '../microsoft/mail-flow-types.ts';
import type { Result } from '../problem.ts';
import type { RecorderState } from '../store/recorder.ts';
import type { Store } from '../store/store.ts';
import type { FactorPolicy } from './accounts/sign-in.ts';
import type { Editing } from './editing.ts';
import type { RelayHealth } from './routes/health.ts';
import type { MetricsText } from './routes/metrics.ts';
import type { Random } from './tokens.ts';

export type WebStore = Pick<
  Store,
  | 'tenants'
  | 'people'
  | 'signatures'
  | 'blocks'
  | 'images'
  | 'rules'
  | 'licences'
  | 'messages'
  | 'settings'
  | 'accounts'
  | 'factors'
  | 'invitations'
  | 'sessions'
  | 'audit'
>;

export type WebNeeds = {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly wait: (ms: number) => Promise<void>;
  readonly store: WebStore;
  /** What is done to tenants of Exchange Online. */
  readonly mailFlow: MailFlowService;
  /** Validates what forms say, and renders previews. */
  readonly editing: Editing;
  readonly health: () => RelayHealth;
  readonly metrics: MetricsText;
  readonly recorder: () => RecorderState;
  /** When the process started, milliseconds since 1970. */
  readonly startedAt: number;
  /** The relay's name, and until when its certificate is good; undefined without one. */
  readonly hostname: string;
  readonly certificateUntil: () => number | undefined;
  /** PEM of the certificates in use. */
  readonly certificates: () => { readonly relay?: string; readonly pages?: string };
  readonly versions: { readonly signet: string; readonly node: string; readonly openssl: string };
  /** An online copy of the whole store. */
  readonly takeBackup: () => Promise<
    Result<{ readonly name: string; readonly sizeBytes: number; readonly bytes: Readable }>
  >;
  /** The server's own. */
  readonly timeZone: string;
  readonly publicUrl?: string;
  readonly factorPolicy: FactorPolicy;
  readonly trustedProxies: readonly string[];
};
