/** Settings of a contoso that is connected, for the tests of connectors, plans and set-ups. */
import type { ConnectorSettings } from '../../src/microsoft/connectors/settings.ts';

export const contosoSettings: ConnectorSettings = {
  installationId: '7f3c9a1e5b2d4c6f8091a2b3c4d5e6f7',
  version: '0.1.0',
  relayHost: 'signet.contoso.com',
  relayTls: 'verified',
  identification: { kind: 'certificate', name: 'signet.contoso.com' },
  keepsHeaders: true,
  scope: { senders: { kind: 'all' }, isInternalToo: false },
  token: '0123456789abcdef0123456789abcdef',
  routeSecret: 'route-secret-of-contoso-0123456789_AB',
  priority: 0,
  stopsOtherRules: true,
  onRuleError: 'ignore',
  sizeLimitBytes: 23_592_960,
};
