/** smtp-server with Exchange's own words: a reply that brings its enhanced status code gets no second one. */
import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';

class InboundConnection extends SMTPConnection {
  #isCoded = false;

  override send(code: number, data?: string | string[], context?: string): void {
    this.#isCoded = typeof data === 'string' && /^[245]\.\d+\.\d+ /.test(data);
    super.send(code, data, context);
  }

  override _getEnhancedStatusCode(code: number, context?: string): string {
    return this.#isCoded ? '' : super._getEnhancedStatusCode(code, context);
  }
}

export class InboundServer extends SMTPServer {
  constructor(options: SMTPServerOptions) {
    super({ ...options, hideENHANCEDSTATUSCODES: false, logger: false });
    this.on('error', () => undefined);
  }

  override connect(socket: Socket, options?: SMTPConnectionOptions | null): void {
    const connection = new InboundConnection(this, socket, options);
    this.connections.add(connection);
    connection.on('error', (error: Error) => this._onError(error));
    connection.init();
  }
}
