/**
 * What the two libraries do by themselves, in a process of its own: smtp-server takes a message and its stream goes into
 * nodemailer, as their documentation shows. Nothing is checked, held, decided or logged.
 *
 * `keeps`: nodemailer's pool keeps the connections to the next hop. `greets`: smtp-server's fixed delay of 100 ms before
 * every greeting is taken out, which its documentation has no setting for.
 */
import { readFileSync } from 'node:fs';
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';

// Nobody is left to work for.
process.on('disconnect', () => process.exit());

const [settings] = process.argv.slice(2);
const { nextPort, certificate, key, isTls, keeps, greets } = JSON.parse(settings);
const cert = readFileSync(certificate);

if (greets) {
  SMTPConnection.prototype.init = function init() {
    this._setListeners(() => this.connectionReady());
  };
}

const transport = nodemailer.createTransport({
  host: '127.0.0.1',
  port: nextPort,
  secure: false,
  ...(isTls ? { requireTLS: true, tls: { ca: cert, servername: 'localhost' } } : { ignoreTLS: true }),
  ...(keeps ? { pool: true, maxConnections: 50, maxMessages: Infinity } : {}),
});

const server = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: isTls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
  cert,
  key: readFileSync(key),
  onData(stream, session, callback) {
    const { mailFrom, rcptTo } = session.envelope;
    const envelope = { from: mailFrom.address, to: rcptTo.map(({ address }) => address) };
    transport.sendMail({ envelope, raw: stream }, callback);
  },
});
server.on('error', () => undefined);
server.listen(0, '127.0.0.1', () => process.send(server.server.address().port));
