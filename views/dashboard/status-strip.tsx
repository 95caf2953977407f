/** What mail depends on, one card each. */
import { Dot, type Health } from '../parts/state.tsx';

export type Light = {
  readonly name: string;
  readonly health: Health;
  readonly value: string;
  readonly detail: string;
};

export function StatusStrip({ lights }: { readonly lights: readonly Light[] }) {
  return (
    <dl class="strip">
      {lights.map(({ name, health, value, detail }) => (
        <div class="card">
          <dt>
            <Dot health={health} /> {name}
          </dt>
          <dd>
            {value}
            <small>{detail}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
