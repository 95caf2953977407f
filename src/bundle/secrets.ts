/** Which secrets a tenant needs and does not have: an export holds none, so an import may lack some. */
import type { BundleTenant } from './bundle.ts';
import { lacksPassword } from './directory.ts';
import { lacksRouteSecret } from './microsoft.ts';

/** Each as the end of "it has no secret for ...", with the key that would name its file. */
export function lackingSecrets({
  kind,
  peers,
  nextHop,
  microsoft,
}: Pick<BundleTenant, 'kind' | 'peers' | 'nextHop' | 'microsoft'>): string[] {
  return [
    ...peers.flatMap(peer =>
      peer.kind === 'user' && peer.password.value === undefined
        ? [`the password of peer "${peer.user}" (passwordFile)`]
        : [],
    ),
    ...(lacksRouteSecret({ kind, ...(microsoft && { microsoft }) })
      ? ['its route secret ("signet tenant connect" makes one; until then its mail waits)']
      : []),
    ...lackingForNextHop({ nextHop }),
  ];
}

/** The password with which a directory is read; without it mail flows on with the people known before. */
export function lackingForDirectory({ directory }: Pick<BundleTenant, 'directory'>): string[] {
  return directory && lacksPassword(directory) ? ['the password of its directory (passwordFile)'] : [];
}

/** Those without which no mail can be handed on. */
export function lackingForNextHop({ nextHop }: Pick<BundleTenant, 'nextHop'>): string[] {
  const { auth, clientCertificate } = nextHop;
  return [
    ...(auth && auth.password.value === undefined ? ['the password for its next hop (passwordFile)'] : []),
    ...(clientCertificate && clientCertificate.key.value === undefined
      ? ['the key of its client certificate (clientKeyFile)']
      : []),
  ];
}
