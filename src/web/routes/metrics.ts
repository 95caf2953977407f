/** `GET /metrics`: the counts for Prometheus (src/metrics). Tenant ids are all that it tells of anybody. */
import type { Context } from 'koa';

export type MetricsText = { readonly text: () => Promise<string>; readonly contentType: string };

export async function showMetrics(context: Context, metrics: MetricsText): Promise<void> {
  const text = await metrics.text();
  context.set('Cache-Control', 'no-store');
  context.set('Content-Type', metrics.contentType);
  context.body = text;
}
