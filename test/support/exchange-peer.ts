/** Who speaks to the relay as Exchange Online does, and who pretends to: certificates of one test authority, and a sender. */
import { randomBytes } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { makeCertificate } from '../../src/make-certificate.ts';
import type { ExchangeProof } from '../../src/relay/message.ts';
import { connectSecurely } from './smtp-client.ts';

const day = 24 * 60 * 60 * 1_000;
const base = () => ({ validFrom: Date.now() - day, validUntil: Date.now() + day, serial: randomBytes(16) });

export const microsoftName = 'mail.protection.outlook.com';

/** Stands for the public authorities. */
export const publicAuthority = await makeCertificate({
  ...base(),
  commonName: 'Public authority',
  keyType: 'p-256',
  isAuthority: true,
});
/** The operator's own, for peers. */
export const privateAuthority = await makeCertificate({
  ...base(),
  commonName: 'Private authority',
  keyType: 'p-256',
  isAuthority: true,
});

type Kind = {
  readonly issuer?: typeof publicAuthority;
  readonly purposes?: readonly ('server' | 'client')[];
};

async function client(commonName: string, { issuer, purposes }: Kind): Promise<ConnectionOptions> {
  const made = await makeCertificate({
    ...base(),
    commonName,
    dnsNames: [commonName],
    keyType: 'p-256',
    ...(issuer && { issuer }),
    ...(purposes && { purposes }),
  });
  return { cert: made.certificate, key: made.key };
}

export const certificates = {
  /** As Exchange Online shows itself for every one of its customers. */
  microsoft: await client(microsoftName, { issuer: publicAuthority }),
  /** The same from an authority that no longer vouches for clients. */
  microsoftServerOnly: await client(microsoftName, { issuer: publicAuthority, purposes: ['server'] }),
  /** Somebody who took Microsoft's name. */
  selfSigned: await client(microsoftName, {}),
  /** The operator's authority has no say about Microsoft. */
  privateMicrosoft: await client(microsoftName, { issuer: privateAuthority }),
  privatePeer: await client('mx.contoso.com', { issuer: privateAuthority }),
  /** The public authorities have no say about peers. */
  publicPeer: await client('mx.contoso.com', { issuer: publicAuthority }),
  other: await client('mail.example', { issuer: publicAuthority }),
  none: {},
} satisfies Record<string, ConnectionOptions>;

export type Letter = {
  readonly certificate?: ConnectionOptions;
  readonly from?: string;
  readonly recipients?: readonly string[];
  /** Header lines of the message, without their line ends. */
  readonly header?: readonly string[];
};

/** One message over TLS; answers the first reply that refuses, else the one to the content, and whether DATA was reached. */
export async function sendAsExchange(port: number, letter: Letter): Promise<string> {
  const { certificate = certificates.microsoft, from = 'ann@contoso.com', header = [] } = letter;
  const { recipients = ['bob@x.example'] } = letter;
  const peer = await connectSecurely(port, certificate);
  const ask = async (text: string) => {
    peer.send(`${text}\r\n`);
    return (await peer.reply()) ?? '';
  };
  try {
    await ask('EHLO AM0PR83CU005.outbound.protection.outlook.com');
    for (const command of [`MAIL FROM:<${from}>`, ...recipients.map(to => `RCPT TO:<${to}>`), 'DATA']) {
      const reply = await ask(command);
      if (!/^[23]/.test(reply)) return `${command.slice(0, 4)} ${reply}`;
    }
    const fields = [...header, `From: <${from || 'postmaster@contoso.com'}>`, 'Subject: Offer'];
    return await ask(`${fields.join('\r\n')}\r\n\r\nHello\r\n.`);
  } finally {
    peer.socket.destroy();
  }
}

export const proofOf = (tenantId: string, ...routeSecrets: readonly string[]): ExchangeProof => ({
  tenantId,
  routeSecrets,
});
