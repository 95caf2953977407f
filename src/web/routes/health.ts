/**
 * `GET /healthz`: whether the relay takes mail, with its counts. No names: it asks nobody who they are. 503 while the
 * relay does not listen, so that load balancers and container engines look elsewhere.
 */
import type { Context } from 'koa';

export type RelayHealth = {
  readonly isListening: boolean;
  readonly tenants: number;
  readonly connections: number;
  readonly messages: number;
  readonly waiting: number;
  readonly reservedBytes: number;
  readonly budgetBytes: number;
};

export function showHealth(context: Context, health: () => RelayHealth): void {
  const { isListening, tenants, connections, messages, waiting, reservedBytes, budgetBytes } = health();
  context.set('Cache-Control', 'no-store');
  context.status = isListening ? 200 : 503;
  context.body = {
    status: isListening ? 'ok' : 'not-accepting',
    relay: {
      listening: isListening,
      tenants,
      connections,
      inWork: messages,
      waiting,
      budget: { bytes: budgetBytes, reserved: reservedBytes },
    },
  };
}
