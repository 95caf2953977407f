/** Peers and next hop as written -> with passwords, keys and certificates read in and tried. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { BundleNextHop, BundlePeer } from './bundle.ts';
import type { Files, Tell } from './files.ts';
import type { WrittenNextHop, WrittenPeer } from './schema/relay.ts';
import type { Path } from './source.ts';

type Source = { readonly files: Files; readonly tell: Tell };

export async function readPeer({ files }: Source, path: Path, written: WrittenPeer): Promise<BundlePeer> {
  if (typeof written === 'string') return { kind: 'address', block: written };
  if ('certificate' in written) return { kind: 'certificate', name: written.certificate };
  const password = await files.secret([...path, 'passwordFile'], written.passwordFile);
  return { kind: 'user', user: written.user, password };
}

export async function readNextHop(
  source: Source,
  path: Path,
  written: WrittenNextHop,
): Promise<BundleNextHop> {
  const { files, tell } = source;
  const ca =
    written.caFile === undefined ? written.ca : await files.text([...path, 'caFile'], written.caFile);
  if (ca !== undefined && !readCertificate(ca))
    tell(
      [...path, written.caFile === undefined ? 'ca' : 'caFile'],
      'there is no PEM certificate in it: give the certificate of the authority.',
    );
  const clientCertificate = await readClientCertificate(source, path, written);
  return {
    target:
      written.mx === undefined
        ? { kind: 'host', host: written.host ?? '' }
        : { kind: 'mx', domain: written.mx },
    port: written.port ?? 25,
    tls: written.tls ?? 'required',
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(written.serverCertificate && { serverCertificate: true as const }),
    ...(written.user === undefined
      ? {}
      : {
          auth: {
            user: written.user,
            password: await files.secret([...path, 'passwordFile'], written.passwordFile),
          },
        }),
  };
}

async function readClientCertificate({ files, tell }: Source, path: Path, written: WrittenNextHop) {
  const { clientCertificate, clientCertificateFile, clientKeyFile } = written;
  const isInline = clientCertificateFile === undefined;
  const place = [...path, isInline ? 'clientCertificate' : 'clientCertificateFile'];
  const certificate = isInline ? clientCertificate : await files.text(place, clientCertificateFile);
  if (certificate === undefined) return undefined;
  const parsed = readCertificate(certificate);
  if (!parsed) tell(place, 'there is no PEM certificate in it: give the certificate, then its chain.');
  const key = await files.secret([...path, 'clientKeyFile'], clientKeyFile);
  if (parsed && key.value !== undefined && !fits(parsed, key.value))
    tell(
      [...path, 'clientKeyFile'],
      'the key does not belong to the certificate, or is no PEM key without a passphrase: give the right one.',
    );
  return { certificate, key };
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return pem.includes('-----BEGIN') ? new X509Certificate(pem) : undefined;
  } catch {
    return undefined;
  }
}

function fits(certificate: X509Certificate, key: string) {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
