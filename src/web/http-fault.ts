/** Ends a request with a status and a page of the closed list in views/errors. Thrown under `web/` only. */
import type { FaultKind } from '../../views/errors/show.tsx';

export class HttpFault extends Error {
  readonly status: number;
  readonly kind: FaultKind;

  constructor(status: number, kind: FaultKind) {
    super(kind);
    this.status = status;
    this.kind = kind;
  }
}
