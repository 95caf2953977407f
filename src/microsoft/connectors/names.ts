/** Names that an administrator sees in the Exchange admin centre, and the header fields of PRODUCT.md 3. */
import type { Role } from './desired.ts';

export const objectNames: Readonly<Record<Role, string>> = {
  inbound: 'Signet - from relay',
  outbound: 'Signet - to relay',
  'out-of-office': 'Signet - out of office mail stays',
  recall: 'Signet - recall mail stays',
  pilot: 'Signet - pilot',
  route: 'Signet - route for signature',
};

export const processedHeader = 'X-Signet-Processed';
export const routeHeader = 'X-Signet-Route';
