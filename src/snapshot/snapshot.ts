/**
 * What the relay reads, from the bundle on disk: read and checked first, compiled when a data folder is there. What is
 * bad makes no snapshot, and the one before stays.
 */
import type { Bundle } from '../bundle/bundle.ts';
import { loadBundle } from '../bundle/load.ts';
import type { ContentTools } from '../content/content.ts';
import type { Result } from '../problem.ts';
import type { RelayTenant } from '../relay/message.ts';
import { renderSignature } from '../signature/render.ts';
import { type Compiler, createCompiler } from './signature.ts';
import { compileTenants, tenantId } from './tenant.ts';
import { keepTokens } from './tokens.ts';

export type Snapshot = { readonly bundle: Bundle; readonly tenants: readonly RelayTenant[] };

export const emptySnapshot: Snapshot = { bundle: { version: 1, tenants: [] }, tenants: [] };

export type SnapshotSource = {
  /** Without a bundle there are no tenants. */
  readonly bundleFile: string | undefined;
  /** IANA name of the server's own zone. */
  readonly timeZone: string;
  readonly random: (bytes: number) => Buffer;
  readonly content: ContentTools;
};

export type Snapshots = {
  readonly read: () => Promise<Result<Bundle>>;
  /** Keeps new tokens in the data folder. */
  readonly compile: (bundle: Bundle, dataFolder: string) => Promise<Result<Snapshot>>;
};

export function createSnapshots({ bundleFile, timeZone, random, content }: SnapshotSource): Snapshots {
  const compiler: Compiler = createCompiler(content);
  return {
    async read() {
      if (bundleFile === undefined) return { kind: 'ok', value: emptySnapshot.bundle };
      return loadBundle(bundleFile, compiler.check);
    },
    async compile(bundle, dataFolder) {
      const without = bundle.tenants.filter(({ token }) => token === undefined);
      const tokens = await keepTokens(dataFolder, without.map(tenantId), random);
      if (tokens.kind === 'problem') return tokens;
      const tenants = compileTenants(bundle, {
        compile: compiler.compile,
        render: renderSignature,
        qr: content.qr,
        tokens: tokens.value,
        timeZone,
      });
      return tenants.kind === 'ok' ? { kind: 'ok', value: { bundle, tenants: tenants.value } } : tenants;
    },
  };
}
