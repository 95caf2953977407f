/** The certificates beside this file, as PEM. */
import { readFileSync } from 'node:fs';

const read = (name: string): string => readFileSync(new URL(`certificates/${name}`, import.meta.url), 'utf8');

export const ca = read('ca.pem');
export const relayTls = { certificate: read('relay.pem'), key: read('relay.key') };
export const renewedTls = { certificate: read('renewed.pem'), key: read('renewed.key') };
export const clientCertificate = { cert: read('client.pem'), key: read('client.key') };
export const strangerCertificate = { cert: read('stranger.pem'), key: read('stranger.key') };
